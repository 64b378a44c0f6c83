/** The question about a host's key. */
export const hostKey = {
  title: 'Is this the right host?',
  trust: 'Trust this key and connect',
  refuse: 'Refuse',
  askHost: 'Check through Session Manager',
  askHostHint: 'Checking opens a Session Manager session that reads the public key files of the host. A key that differs is refused.',
  seenFirst: '{{address}} answered with a host key that Postern has not seen for {{instanceId}}.',
  fingerprint: 'the fingerprint',
  unproven: 'Nothing proves that this key belongs to the host:',
  compare: 'To compare it yourself, run on the host:',
} as const;
