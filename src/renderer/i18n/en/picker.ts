/** Choosing one instance in a form. */
export const picker = {
  instance: 'Instance',
  another: 'Another…',
  placeholder: 'Name, address, id or tag…',
  instances: 'Instances',
  none: 'No instance is listed.',
} as const;
