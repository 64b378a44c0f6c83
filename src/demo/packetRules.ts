/**
 * Pure rules of a VPC: what route tables, security groups and network ACLs say of one TCP connection.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
 */
import { BlockList, isIPv6 } from 'node:net';
import type { DemoNetworkAcl, DemoSecurityGroup, DemoVpcRoute } from './estateModel.ts';

/** A port no server listens on: where the answers of a connection go. */
const EPHEMERAL_PORT = 50_000;
const TCP_PROTOCOL_NUMBER = '6';

export type Direction = 'inbound' | 'outbound';

/** The far end of a connection, as the near end's rules see it. */
export interface Peer {
  readonly address: string;
  /** The groups of its interface, where it is in the same VPC. */
  readonly groupIds: readonly string[];
}

const blocks = new Map<string, BlockList>();

export function cidrContains(cidr: string, address: string): boolean {
  let block = blocks.get(cidr);
  if (block === undefined) {
    const [network, prefixLength] = cidr.split('/');
    if (network === undefined) return false;
    block = new BlockList();
    block.addSubnet(network, Number(prefixLength), isIPv6(network) ? 'ipv6' : 'ipv4');
    blocks.set(cidr, block);
  }
  return isIPv6(cidr.split('/')[0] ?? '') === isIPv6(address) && block.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** The most specific route to `address`; undefined: it goes nowhere. */
export function routeTo(routes: readonly DemoVpcRoute[], address: string): DemoVpcRoute | undefined {
  const prefixLength = (route: DemoVpcRoute): number => Number(route.destination.split('/')[1]);
  return routes.filter((route) => cidrContains(route.destination, address)).sort((left, right) => prefixLength(right) - prefixLength(left))[0];
}

/** Stateful: asked for the direction in which the connection is opened. One matching rule of any group is enough. */
export function securityGroupsAllow(groups: readonly DemoSecurityGroup[], direction: Direction, peer: Peer, port: number): boolean {
  return groups.some((group) =>
    group[direction].some((rule) => {
      if (rule.protocol !== 'tcp' && rule.protocol !== '-1') return false;
      if (rule.ports !== undefined && (port < rule.ports[0] || port > rule.ports[1])) return false;
      if ('prefixListId' in rule.peer) return rule.peer.cidrs.some((cidr) => cidrContains(cidr, peer.address));
      return 'cidr' in rule.peer ? cidrContains(rule.peer.cidr, peer.address) : peer.groupIds.includes(rule.peer.groupId);
    }),
  );
}

/** Stateless: the connection must pass towards `port`, and its answers the other way to an ephemeral port. */
export function networkAclAllows(acl: DemoNetworkAcl, opened: Direction, peerAddress: string, port: number): boolean {
  const inbound = opened === 'inbound';
  return passes(acl, !inbound, peerAddress, port) && passes(acl, inbound, peerAddress, EPHEMERAL_PORT);
}

function passes(acl: DemoNetworkAcl, egress: boolean, peerAddress: string, port: number): boolean {
  const first = acl.entries
    .filter((entry) => entry.egress === egress)
    .filter((entry) => entry.protocol === '-1' || entry.protocol === TCP_PROTOCOL_NUMBER)
    .filter((entry) => entry.ports === undefined || (port >= entry.ports[0] && port <= entry.ports[1]))
    .filter((entry) => cidrContains(entry.cidrBlock, peerAddress))
    .sort((left, right) => left.ruleNumber - right.ruleNumber)[0];
  return first?.action === 'allow';
}
