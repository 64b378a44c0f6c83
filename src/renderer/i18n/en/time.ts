/** How long ago, and how long. */
export const time = {
  now: 'now',
  ago: '{{span}} ago',
  ahead: 'in {{span}}',
  milliseconds: '{{number}} ms',
  seconds: '{{number}} s',
  minutes: '{{number}} min',
  hours: '{{number}} h',
  days: '{{number}} d',
  withUtc: '{{moment}} ({{utc}} UTC)',
} as const;
