/** Texts of machines outside EC2 that Systems Manager knows. */
export const managedNode = {
  mark: 'managed node',
  markTitle: 'A machine outside EC2, registered with Systems Manager',
  routes: 'It is no EC2 instance: only Session Manager leads to it, and forwards through it. Addresses, bastions, endpoints and the serial console are ways into EC2.',
  address: 'IP address',
  addressMeaning: 'As its agent reports it. Nothing AWS knows tells who reaches it.',
  noAddress: 'Its agent reports no address.',
  noInterfaces: 'EC2 does not know this machine: it has no network interfaces, security groups, subnet, volumes, status checks or instance profile there.',
  resourceType: 'Resource type',
  iamRole: 'IAM role',
  registered: 'Registered',
  state: 'State',
  stateNote: 'as its agent answers',
} as const;
