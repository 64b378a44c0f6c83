/** Machines that Systems Manager alone knows (`mi-...`), as rows of the list. Pure. */
import type { Instance, SsmFacts } from '../../contract/instance.ts';
import type { Scope } from '../../contract/scope.ts';

/** What DescribeInstanceInformation says of a machine outside EC2, besides the agent's facts. */
export interface ManagedNodeFacts {
  /** Given at its activation. */
  readonly name?: string;
  readonly ipAddress?: string;
  readonly resourceType: string;
  readonly iamRole?: string;
  readonly registrationDate?: string;
}

/** The row without the agent's facts, which are put on it as on an instance's. */
export function toManagedInstance(instanceId: string, scope: Scope, { name, ipAddress, ...node }: ManagedNodeFacts, ssm: Omit<SsmFacts, 'seenAt'>): Instance {
  const shownName = name ?? ssm.computerName;
  const platform = ssm.platformName ?? ssm.platformType;
  return {
    instanceId,
    managedNode: node,
    ...(shownName === undefined ? {} : { name: shownName }),
    scope,
    state: nodeState(ssm),
    ...(platform === undefined ? {} : { platformDetails: platform }),
    ...(ipAddress === undefined ? {} : { privateIpAddress: ipAddress }),
    networkInterfaces: [],
    securityGroups: [],
    ssmKnown: true,
    tags: {},
  };
}

/** Nobody but its agent tells whether it runs. */
export function nodeState({ pingStatus }: Pick<SsmFacts, 'pingStatus'>): string {
  return pingStatus === 'Online' ? 'running' : pingStatus.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}
