/**
 * Which hosts others are reached through, by the security groups alone. Pure.
 *
 * A bastion is a running host with a public address whose group another group's inbound rule lets in on port 22, and whose
 * own groups let somebody in on it who is no security group. The judgement of one way to one host is services/reach's.
 */
import type { Instance } from '../contract/instance.ts';
import type { NetworkFacts, SecurityGroup, SecurityGroupRule } from '../contract/network.ts';

const SSH_PORT = 22;

export function findBastionIds(instances: Iterable<Instance>, network: Iterable<NetworkFacts>): Set<string> {
  const groups = new Map<string, SecurityGroup>();
  for (const facts of network) for (const group of facts.securityGroups) groups.set(group.groupId, group);
  const letInElsewhere = new Set<string>();
  for (const group of groups.values()) for (const rule of group.inbound) if (coversSsh(rule)) for (const source of rule.groupIds) if (source !== group.groupId) letInElsewhere.add(source);
  const ids = new Set<string>();
  if (letInElsewhere.size === 0) return ids;
  for (const instance of instances) {
    if (instance.state !== 'running') continue;
    const isBastion = instance.networkInterfaces.some(
      (eni) => eni.groups.some(({ groupId }) => letInElsewhere.has(groupId)) && eni.privateIpAddresses.some(({ association }) => association !== undefined) && eni.groups.some(({ groupId }) => groups.get(groupId)?.inbound.some(letsPeopleIn) ?? false),
    );
    if (isBastion) ids.add(instance.instanceId);
  }
  return ids;
}

function letsPeopleIn(rule: SecurityGroupRule): boolean {
  return coversSsh(rule) && (rule.cidrBlocks.length > 0 || rule.ipv6CidrBlocks.length > 0 || rule.prefixListIds.length > 0);
}

function coversSsh({ ipProtocol, fromPort, toPort }: SecurityGroupRule): boolean {
  if (ipProtocol === '-1') return true;
  if (ipProtocol !== 'tcp' && ipProtocol !== '6') return false;
  return fromPort === undefined || fromPort === -1 || (fromPort <= SSH_PORT && SSH_PORT <= (toPort ?? fromPort));
}
