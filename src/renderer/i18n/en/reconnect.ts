/** A session whose line dropped. */
export const reconnect = {
  dropped: 'The line dropped at {{time}}: {{reason}}',
  comesBack: 'It comes back by itself. What is typed now is not sent.',
  waiting_one: 'Trying again in {{count}} second (attempt {{attempt}}). What is typed now is not sent.',
  waiting_other: 'Trying again in {{count}} seconds (attempt {{attempt}}). What is typed now is not sent.',
  trying: 'Trying to connect (attempt {{attempt}}). What is typed now is not sent.',
  now: 'Reconnect now',
  stop: 'Stop',
  roundTrip: '{{milliseconds}} ms',
  roundTripTitle: 'To {{host}} and back, as last measured',
} as const;
