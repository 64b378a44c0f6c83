/** The host keys that are trusted. */
export const knownHosts = {
  title: 'Known hosts',
  proof: 'What may vouch for a host key that is seen for the first time',
  proofs: {
    console: 'The console output of the instance (GetConsoleOutput)',
    'console-and-session-manager': 'The console output, then the host itself through Session Manager',
    off: 'Nothing: always ask me',
  },
  vouchers: {
    person: 'confirmed by you',
    demo: 'demo cloud',
    'console-output': 'proven by its console output',
    'session-manager': 'proven by the host through Session Manager',
  },
  none: 'None yet. A host’s key is proven or asked about once, and kept by instance, because addresses move.',
  host: 'Host',
  type: 'Type',
  fingerprint: 'Fingerprint',
  firstSeen: 'First seen',
  actions: 'Actions',
  forget: 'Forget',
  forgetKeyOf: 'Forget the key of {{instanceId}}',
  forgetTitle: 'Forget the host key of {{name}}?',
  forgetWhy: 'Do this only if you know why the host has another key than {{fingerprint}}, for example because it was set up anew. The next connection proves the new key or asks about it.',
  typeName: 'Type {{name}} to confirm',
} as const;
