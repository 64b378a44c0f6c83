/**
 * The rules of security groups, one for each other end, with what is known of it. Pure.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
import type { NetworkFacts, SecurityGroup, SecurityGroupRule } from '../../contract/network.ts';
import type { NetworkDetail } from '../../contract/networkDetail.ts';
import type { Judgement, ReachGroup, ReachRule, RulePeer } from '../../contract/networkReach.ts';
import { cidrContains } from './cidr.ts';
import { coversTcpPort } from './inboundTcp.ts';

/** What people come in by. */
const DOORS = [22, 3389] as const;

export interface GroupFacts {
  readonly network: Pick<NetworkFacts, 'vpcs' | 'subnets' | 'securityGroups'> | undefined;
  readonly prefixLists: NetworkDetail['prefixLists'];
  /** The VPC whose names count: blocks repeat between VPCs. */
  readonly vpcId: string | undefined;
  /** Listed instances in a group. */
  readonly memberCount: (groupId: string) => number;
  /** The person's public address, where it is known. */
  readonly person: string | undefined;
}

/** @param networkInterfaceIds those of the instance in the group */
export function toReachGroup(groupId: string, groupName: string | undefined, networkInterfaceIds: readonly string[], facts: GroupFacts): ReachGroup {
  const group = facts.network?.securityGroups.find((one) => one.groupId === groupId);
  const name = group?.groupName ?? groupName;
  return {
    groupId,
    ...(name === undefined ? {} : { groupName: name }),
    ...(group?.description === undefined ? {} : { description: group.description }),
    networkInterfaceIds: [...networkInterfaceIds],
    known: group !== undefined,
    inbound: (group?.inbound ?? []).flatMap((rule) => toReachRules(rule, facts, true)),
    outbound: (group?.outbound ?? []).flatMap((rule) => toReachRules(rule, facts, false)),
  };
}

function toReachRules(rule: SecurityGroupRule, facts: GroupFacts, inbound: boolean): ReachRule[] {
  const { ipProtocol, fromPort, toPort, descriptions = {} } = rule;
  const doors = DOORS.filter((port) => coversTcpPort(rule, port));
  return peersOf(rule, facts).map(({ source, peer }): ReachRule => {
    const description = Object.hasOwn(descriptions, source) ? descriptions[source] : undefined;
    return {
      protocol: ipProtocol,
      ...(fromPort === undefined ? {} : { fromPort }),
      ...(toPort === undefined ? {} : { toPort }),
      peer,
      ...(description === undefined ? {} : { description }),
      doors,
      ...(inbound ? { you: letsIn(peer, facts.person) } : {}),
    };
  });
}

function peersOf({ cidrBlocks, ipv6CidrBlocks, prefixListIds, groupIds }: SecurityGroupRule, facts: GroupFacts): { readonly source: string; readonly peer: RulePeer }[] {
  return [
    ...[...cidrBlocks, ...ipv6CidrBlocks].map((cidr) => ({ source: cidr, peer: toCidrPeer(cidr, facts) })),
    ...prefixListIds.map((prefixListId) => {
      const list = facts.prefixLists?.find((one) => one.prefixListId === prefixListId);
      const cidrs = list?.entries?.map(({ cidr }) => cidr);
      return {
        source: prefixListId,
        peer: { kind: 'prefix-list' as const, prefixListId, ...(list?.prefixListName === undefined ? {} : { name: list.prefixListName }), ...(cidrs === undefined ? {} : { cidrs }), everyone: cidrs?.some(isEveryone) ?? false },
      };
    }),
    ...groupIds.map((groupId) => {
      const group = facts.network?.securityGroups.find((one) => one.groupId === groupId);
      return {
        source: groupId,
        peer: { kind: 'group' as const, groupId, ...(group?.groupName === undefined ? {} : { name: group.groupName }), ...(group === undefined ? {} : { memberCount: facts.memberCount(groupId) }) },
      };
    }),
  ];
}

function toCidrPeer(cidr: string, { network, vpcId }: GroupFacts): RulePeer {
  const vpc = network?.vpcs.find((one) => one.vpcId === vpcId && (one.cidrBlocks.includes(cidr) || one.ipv6CidrBlocks.includes(cidr)));
  const subnet = network?.subnets.find((one) => one.vpcId === vpcId && (one.cidrBlock === cidr || one.ipv6CidrBlocks?.includes(cidr) === true));
  const of = vpc === undefined ? (subnet === undefined ? undefined : { id: subnet.subnetId, name: subnet.name }) : { id: vpc.vpcId, name: vpc.name };
  return { kind: 'cidr', cidr, ...(of === undefined ? {} : { of: { id: of.id, ...(of.name === undefined ? {} : { name: of.name }) } }), everyone: isEveryone(cidr) };
}

/** Members of a group are inside the VPC, which the person's public address is not. */
function letsIn(peer: RulePeer, person: string | undefined): Judgement {
  if (peer.kind === 'group') return 'no';
  const cidrs = peer.kind === 'cidr' ? [peer.cidr] : peer.cidrs;
  if (person === undefined) return peer.everyone ? 'yes' : 'unknown';
  if (cidrs === undefined) return 'unknown';
  return cidrs.some((cidr) => cidrContains(cidr, person)) ? 'yes' : 'no';
}

function isEveryone(cidr: string): boolean {
  return cidr === '0.0.0.0/0' || cidr === '::/0';
}

/** Whether groups let one far end in on a TCP port; undefined groups: not known. */
export function groupsLetIn(groups: readonly SecurityGroup[], port: number, peer: { readonly addresses: readonly string[]; readonly groupIds: readonly string[] }, prefixLists: NetworkDetail['prefixLists']): Judgement {
  let doubt = false;
  for (const rule of groups.flatMap(({ inbound }) => inbound)) {
    if (!coversTcpPort(rule, port)) continue;
    if (rule.groupIds.some((groupId) => peer.groupIds.includes(groupId))) return 'yes';
    const lists = rule.prefixListIds.map((id) => prefixLists?.find(({ prefixListId }) => prefixListId === id)?.entries);
    doubt ||= lists.includes(undefined);
    const cidrs = [...rule.cidrBlocks, ...rule.ipv6CidrBlocks, ...lists.flatMap((entries) => entries?.map(({ cidr }) => cidr) ?? [])];
    if (cidrs.some((cidr) => peer.addresses.some((address) => cidrContains(cidr, address)))) return 'yes';
  }
  return doubt ? 'unknown' : 'no';
}
