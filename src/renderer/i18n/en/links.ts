/** Links in a terminal. */
export const links = {
  title: 'Open {{host}}?',
  leadsTo: 'A program in the terminal made this link. It leads to:',
  open: 'Open in the browser',
  beyondAscii: 'The host’s name has letters beyond ASCII and is shown as it is looked up. It may have looked like another name.',
  hasUser: 'What stands before the @ is a user name. The host is {{host}}.',
  refused: 'This link is not opened',
  protocol: 'Postern opens http and https links only. This one begins with {{protocol}}',
  tooLong: 'It is longer than 2,000 characters.',
  noAddress: 'It is not a whole address.',
} as const;
