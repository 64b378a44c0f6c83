/**
 * Who the security groups of an interface let in on a TCP port. Pure: facts in, answer with its evidence out.
 *
 * Groups are stateful and hold allow rules only; all rules of all groups count together, and what nothing matches is
 * dropped silently, so the client sees a time-out.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
import { BlockList } from 'node:net';
import type { SecurityGroup, SecurityGroupRule } from '../../contract/network.ts';

/** One source that is let in, and the group whose rule says so. */
export interface AllowedSource {
  readonly groupId: string;
  readonly kind: 'ipv4' | 'ipv6' | 'group' | 'prefix-list';
  /** A CIDR block, a group id or a prefix list id. */
  readonly source: string;
}

/** Every source the groups let in on a TCP port. An empty answer means that nobody gets in. */
export function allowedSources(groups: readonly SecurityGroup[], port: number): AllowedSource[] {
  return groups.flatMap((group) =>
    group.inbound
      .filter((rule) => coversTcpPort(rule, port))
      .flatMap((rule) => [
        ...rule.cidrBlocks.map((source): AllowedSource => ({ groupId: group.groupId, kind: 'ipv4', source })),
        ...rule.ipv6CidrBlocks.map((source): AllowedSource => ({ groupId: group.groupId, kind: 'ipv6', source })),
        ...rule.groupIds.map((source): AllowedSource => ({ groupId: group.groupId, kind: 'group', source })),
        ...rule.prefixListIds.map((source): AllowedSource => ({ groupId: group.groupId, kind: 'prefix-list', source })),
      ]),
  );
}

/** True for `0.0.0.0/0` and `::/0`: the whole world of that family. */
export function isEveryone(source: AllowedSource): boolean {
  return source.source === '0.0.0.0/0' || source.source === '::/0';
}

/** True for a CIDR block of private addresses (RFC 1918; RFC 4193 for IPv6), which never come from the internet. */
export function isPrivateRange({ kind, source }: Pick<AllowedSource, 'kind' | 'source'>): boolean {
  const [address = '', bits = '0'] = source.split('/');
  return (kind === 'ipv4' || kind === 'ipv6') && privateRanges.some((range) => Number(bits) >= range.bits && range.list.check(address, kind));
}

const privateRanges = (
  [
    ['10.0.0.0', 8, 'ipv4'],
    ['172.16.0.0', 12, 'ipv4'],
    ['192.168.0.0', 16, 'ipv4'],
    ['fc00::', 7, 'ipv6'],
  ] as const
).map(([network, bits, family]) => {
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return { bits, list };
});

/** Whether a rule is about a TCP port at all. */
export function coversTcpPort(rule: SecurityGroupRule, port: number): boolean {
  if (rule.ipProtocol === '-1') return true;
  // 6 is TCP's protocol number; EC2 answers with the name, but accepts and keeps either.
  if (rule.ipProtocol !== 'tcp' && rule.ipProtocol !== '6') return false;
  if (rule.fromPort === undefined || rule.fromPort === -1) return true;
  return rule.fromPort <= port && port <= (rule.toPort ?? rule.fromPort);
}
