/** The question before a paste. */
export const paste = {
  title_one: 'Paste this?',
  title_other: 'Paste {{count}} lines?',
  paste: 'Paste',
  runsLines: 'The shell may run each line as it arrives.',
  removed_one: '{{count}} control character will be left out.',
  removed_other: '{{count}} control characters will be left out.',
  preview: 'What will be pasted',
} as const;
