/**
 * Ranks the ways into an instance from facts already held, each with the fact it rests on. Pure: nothing is tried here.
 */
import type { Instance } from '../../contract/instance.ts';
import { isWindows } from '../../contract/instance.ts';
import type { SecurityGroup } from '../../contract/network.ts';
import type { Route, RoutePlan } from '../../contract/route.ts';
import { allowedSources, isEveryone, isPrivateRange } from '../reach/inboundTcp.ts';

export const SSH_PORT = 22;

export interface PlanFacts {
  /** The security groups of the instance's scope, as far as they could be read. */
  readonly securityGroups?: readonly SecurityGroup[];
  /** Milliseconds since 1970, to say how old a fact is. */
  readonly now: number;
  /** The port that is wanted; SSH's when absent. */
  readonly port?: number;
}

type Verdict = Pick<RoutePlan, 'usable' | 'reason'>;

/** Best way first: `yes` before `unknown` before `no`, and among equals the one that needs least. */
export function planRoutes(instance: Instance, facts: PlanFacts): RoutePlan[] {
  const plans = [planSessionManager(instance, facts), ...planDirect(instance, facts)];
  const order = { yes: 0, unknown: 1, no: 2 };
  return plans.toSorted((a, b) => order[a.usable] - order[b.usable]);
}

/** The route a person who chose nothing gets: the first that should work, else the first that may. */
export function bestRoute(plans: readonly RoutePlan[]): Route | undefined {
  return plans.find((plan) => plan.usable !== 'no')?.route;
}

function planSessionManager(instance: Instance, facts: PlanFacts): RoutePlan {
  return { route: { kind: 'session-manager', instanceId: instance.instanceId }, ...judgeSessionManager(instance, facts) };
}

function judgeSessionManager(instance: Instance, facts: PlanFacts): Verdict {
  if (instance.state !== 'running') return notRunning(instance);
  if (!instance.ssmKnown) return { usable: 'unknown', reason: 'Systems Manager has not told yet whether its agent runs there.' };
  const { ssm } = instance;
  if (ssm === undefined) {
    return { usable: 'no', reason: 'Not registered with Systems Manager: the agent is missing, has no way out on port 443, or its instance profile does not allow it.' };
  }
  const age = ssm.lastPingDateTime === undefined ? '' : `, last heard ${ageOf(ssm.lastPingDateTime, facts.now)}`;
  if (ssm.pingStatus === 'Online') return { usable: 'yes', reason: `SSM agent ${ssm.agentVersion ?? '(version unknown)'} is online${age}.` };
  return { usable: 'no', reason: `SSM agent is not answering (${ssm.pingStatus}${age}).` };
}

interface Address {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly publicly: boolean;
  readonly label: string;
  readonly groupIds: readonly string[];
}

/** Public and Elastic addresses first, then IPv6, then private ones. */
function addressesOf(instance: Instance): Address[] {
  const addresses = instance.networkInterfaces.flatMap((eni) => {
    const groupIds = eni.groups.map((group) => group.groupId);
    return [
      ...eni.privateIpAddresses.flatMap(({ association }): Address[] =>
        association === undefined
          ? []
          : [{ address: association.publicIp, family: 'ipv4', publicly: true, label: association.allocationId === undefined ? 'public address' : 'Elastic IP', groupIds }],
      ),
      ...eni.ipv6Addresses.map(({ ipv6Address }): Address => ({ address: ipv6Address, family: 'ipv6', publicly: true, label: 'IPv6 address', groupIds })),
      ...eni.privateIpAddresses.map(({ privateIpAddress }): Address => ({ address: privateIpAddress, family: 'ipv4', publicly: false, label: 'private address', groupIds })),
    ];
  });
  const rank = (address: Address): number => (address.publicly ? (address.family === 'ipv4' ? 0 : 1) : 2);
  return addresses.toSorted((a, b) => rank(a) - rank(b));
}

function planDirect(instance: Instance, facts: PlanFacts): RoutePlan[] {
  const port = facts.port ?? SSH_PORT;
  return addressesOf(instance).map((address) => ({
    route: { kind: 'direct', address: address.address, port },
    ...(instance.state === 'running' ? judgeDirect(instance, address, port, facts) : notRunning(instance)),
  }));
}

function judgeDirect(instance: Instance, address: Address, port: number, facts: PlanFacts): Verdict {
  const way = `${port === SSH_PORT ? 'SSH' : `Port ${port}`} to the ${address.label} ${address.address}`;
  const groups = facts.securityGroups?.filter((group) => address.groupIds.includes(group.groupId)) ?? [];
  // An interface always has a group: when none is known, they were not read, or not yet.
  if (groups.length === 0) return { usable: 'unknown', reason: `${way}; its security groups are not known.` };
  const all = allowedSources(groups, port).filter((source) => source.kind === address.family || source.kind === 'group' || source.kind === 'prefix-list');
  // Whoever reaches a public address from outside has a public address too.
  const sources = address.publicly ? all.filter((source) => !isPrivateRange(source)) : all;
  const named = sources.find((source) => source.kind !== 'group');
  if (sources.length === 0 && all.length > 0) return { usable: 'no', reason: `Port ${port} is open to ${listed(all.map((source) => source.source))} only.` };
  if (sources.length === 0) return { usable: 'no', reason: `No rule of ${listed(address.groupIds)} lets anybody in on port ${port}.` };
  if (named === undefined) return { usable: 'no', reason: `Port ${port} is open to members of ${listed(sources.map((source) => source.source))} only.` };
  if (!address.publicly) return { usable: 'unknown', reason: `${way}: works from inside its network only (VPN, Direct Connect, peering).` };
  if (isWindows(instance) && port === SSH_PORT) return { usable: 'unknown', reason: `${way}: Windows seldom runs an SSH server.` };
  const open = sources.find(isEveryone);
  if (open !== undefined) return { usable: 'yes', reason: `${way}: ${open.groupId} lets everyone in on port ${port}.` };
  return { usable: 'unknown', reason: `${way}: ${named.groupId} lets ${listed(sources.filter((source) => source.groupId === named.groupId).map((source) => source.source))} in on port ${port}; whether that is you shows when it is tried.` };
}

function notRunning(instance: Instance): Verdict {
  return { usable: 'no', reason: `${instance.instanceId} is ${instance.state}.` };
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'its security groups' : [...new Set(names)].join(', ');
}

/** `12 s ago`, `3 min ago`, `5 h ago`, `2 d ago`. */
function ageOf(isoTime: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(isoTime)) / 1000));
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} d ago`;
}
