/** Commands that ended where nobody looked. */
export const notifications = {
  watching: 'You will be told when {{name}} is done.',
  ended: '{{name}}: the command has ended',
  endedStatus: 'Exit status {{exitCode}}, after {{duration}}.',
  endedNoStatus: 'After {{duration}}.',
  quiet: '{{name}}: the prompt is back',
  quietText: 'No output for {{duration}}.',
  show: 'Show the tab',
  list: 'Commands that ended',
  dismiss: 'Dismiss',
  allow: 'Allow notifications of the system…',
  allowNote: 'Postern tells of it in the window. The system can tell it, too, once you allow that.',
  granted: 'Notifications of the system are allowed.',
  denied: 'The system or the browser does not allow notifications of this page. Postern tells of it in the window.',
} as const;
