/** What the ways in are judged by, and how a judgement is put. */
import type { Instance } from '../../contract/instance.ts';
import type { InstanceConnectEndpoint, SecurityGroup, Subnet } from '../../contract/network.ts';
import type { NetworkDetail } from '../../contract/networkDetail.ts';
import type { RoutePlan } from '../../contract/route.ts';
import { inState, say } from '../../contract/say.ts';

export const SSH_PORT = 22;

export interface PlanFacts {
  /** The security groups of the instance's scope, as far as they could be read. */
  readonly securityGroups?: readonly SecurityGroup[];
  readonly subnets?: readonly Subnet[];
  /** Absent: not known. */
  readonly instanceConnectEndpoints?: readonly InstanceConnectEndpoint[] | undefined;
  /** The instances of the scope, among which a bastion may be. */
  readonly instances?: readonly Instance[];
  /** What packets of the VPC pass, where somebody looked at it already. */
  readonly detail?: NetworkDetail | undefined;
  /** The person's public address, where they had it looked up. */
  readonly person?: string | undefined;
  /** Milliseconds since 1970, to say how old a fact is. */
  readonly now: number;
  /** The port that is wanted; SSH's when absent. */
  readonly port?: number;
}

export type Verdict = Pick<RoutePlan, 'usable' | 'reason'>;

export function notRunning(instance: Instance): Verdict {
  return { usable: 'no', reason: say`${instance.instanceId} is ${inState(instance.state)}.` };
}

export function listed(names: readonly string[]): string {
  return names.length === 0 ? say`its security groups` : [...new Set(names)].join(', ');
}

/** `web-1 (i-0abc)`: names repeat. */
export function nameOf({ name, instanceId }: Pick<Instance, 'name' | 'instanceId'>): string {
  return name === undefined ? instanceId : `${name} (${instanceId})`;
}
