/** TCP straight to each address of an instance: which of them lets whom in, from facts already held. Pure. */
import { isIP } from 'node:net';
import type { Instance } from '../../contract/instance.ts';
import { isElastic, isWindows } from '../../contract/instance.ts';
import type { RoutePlan } from '../../contract/route.ts';
import { say } from '../../contract/say.ts';
import { judgeAddress } from '../reach/doors.ts';
import { allowedSources, isEveryone, isPrivateRange } from '../reach/inboundTcp.ts';
import { subnetRoutes } from '../reach/routeChoice.ts';
import type { PlanFacts, Verdict } from './verdict.ts';
import { listed, notRunning, SSH_PORT } from './verdict.ts';

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
          : [{ address: association.publicIp, family: 'ipv4', publicly: true, label: isElastic(association) === true ? say`Elastic IP` : say`public address`, groupIds }],
      ),
      ...eni.ipv6Addresses.map(({ ipv6Address }): Address => ({ address: ipv6Address, family: 'ipv6', publicly: true, label: say`IPv6 address`, groupIds })),
      ...eni.privateIpAddresses.map(({ privateIpAddress }): Address => ({ address: privateIpAddress, family: 'ipv4', publicly: false, label: say`private address`, groupIds })),
    ];
  });
  const rank = (address: Address): number => (address.publicly ? (address.family === 'ipv4' ? 0 : 1) : 2);
  return addresses.toSorted((a, b) => rank(a) - rank(b));
}

/** Public and Elastic addresses first, then IPv6, then private ones. */
export function planDirect(instance: Instance, facts: PlanFacts): RoutePlan[] {
  const port = facts.port ?? SSH_PORT;
  return addressesOf(instance).map((address) => ({
    route: { kind: 'direct', address: address.address, port },
    ...(instance.state === 'running' ? judgeDirect(instance, address, port, facts) : notRunning(instance)),
  }));
}

function judgeDirect(instance: Instance, address: Address, port: number, facts: PlanFacts): Verdict {
  const way = say`${port === SSH_PORT ? 'SSH' : say`Port ${port}`} to the ${address.label} ${address.address}`;
  const groups = facts.securityGroups?.filter((group) => address.groupIds.includes(group.groupId)) ?? [];
  // An interface always has a group: when none is known, they were not read, or not yet.
  if (groups.length === 0) return { usable: 'unknown', reason: say`${way}; its security groups are not known.` };
  const all = allowedSources(groups, port).filter((source) => source.kind === address.family || source.kind === 'group' || source.kind === 'prefix-list');
  // Whoever reaches a public address from outside has a public address too.
  const sources = address.publicly ? all.filter((source) => !isPrivateRange(source)) : all;
  const named = sources.find((source) => source.kind !== 'group');
  if (sources.length === 0 && all.length > 0) return { usable: 'no', reason: say`Port ${port} is open to ${listed(all.map((source) => source.source))} only.` };
  if (sources.length === 0) return { usable: 'no', reason: say`No rule of ${listed(address.groupIds)} lets anybody in on port ${port}.` };
  if (named === undefined) return { usable: 'no', reason: say`Port ${port} is open to members of ${listed(sources.map((source) => source.source))} only.` };
  if (!address.publicly) return { usable: 'unknown', reason: say`${way}: works from inside its network only (VPN, Direct Connect, peering).` };
  if (isWindows(instance) && port === SSH_PORT) return { usable: 'unknown', reason: say`${way}: Windows seldom runs an SSH server.` };
  const known = judgeKnown(instance, address, port, way, facts);
  if (known !== undefined) return known;
  const open = sources.find(isEveryone);
  if (open !== undefined) return { usable: 'yes', reason: say`${way}: ${open.groupId} lets everyone in on port ${port}.` };
  return { usable: 'unknown', reason: say`${way}: ${named.groupId} lets ${listed(sources.filter((source) => source.groupId === named.groupId).map((source) => source.source))} in on port ${port}; whether that is you is not known here.` };
}

/** What route tables, network ACLs and the person's address add, once they are known; undefined: nothing. */
function judgeKnown(instance: Instance, { address }: Address, port: number, way: string, { detail, person, securityGroups = [] }: PlanFacts): Verdict | undefined {
  if (detail === undefined || (person !== undefined && isIP(person) !== isIP(address))) return undefined;
  const subnets = subnetRoutes(instance.networkInterfaces.flatMap(({ subnetId }) => subnetId ?? []), detail);
  const steps = judgeAddress(instance, address, port, { securityGroups, detail, subnets, person }) ?? [];
  const against = steps.find(({ result }) => result === 'no');
  const evidence = against?.evidence ?? '';
  switch (against?.check) {
    case 'route':
      return { usable: 'no', reason: say`${way}: no route to an internet gateway leads back (${evidence}).` };
    case 'acl-in':
      return { usable: 'no', reason: say`${way}: the network ACL denies it (${evidence}).` };
    case 'acl-out':
      return { usable: 'no', reason: say`${way}: the network ACL denies the answers (${evidence}).` };
    case 'security-group':
      return person === undefined ? undefined : { usable: 'no', reason: say`${way}: no rule of ${evidence} lets your address ${person} in on port ${port}.` };
    default: {
      const rule = steps.find(({ check }) => check === 'security-group')?.evidence;
      return person !== undefined && rule !== undefined && steps.every(({ result }) => result === 'yes') ? { usable: 'yes', reason: say`${way}: ${rule} lets your address ${person} in on port ${port}.` } : undefined;
    }
  }
}
