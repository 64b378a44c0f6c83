/** How SSH treats one host. */
export const hostSsh = {
  osUser: 'Sign in as',
  osUserTitle: 'A user name of the host',
  save: 'Save',
  ownUser: 'Set for this host. Empty: the usual one.',
  guessed: '{{osUser}}, guessed from the image.',
  byRule: '{{osUser}}, by a rule of the settings.',
  hostKey: 'Host key',
  keyNote: '{{keyType}}, {{voucher}}, {{since}}',
  noKey: 'No host key is trusted yet.',
  allowWeak: 'Allow weak algorithms (SHA-1, CBC, group\u00a01)',
  weakAllowed: 'Weak algorithms are allowed for this host: what is sent may be read or changed on the way.',
  weakInUse: 'Weak algorithms in use: {{names}}',
  weakMark: 'weak',
} as const;
