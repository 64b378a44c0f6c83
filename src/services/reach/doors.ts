/**
 * Why the person gets in by a public address, or does not: each thing that decides, in the order packets meet it. Pure.
 *
 * Of what nobody could know from here (the host's own firewall, whether a server listens) nothing is said.
 */
import { isIP } from 'node:net';
import type { Instance, NetworkInterface } from '../../contract/instance.ts';
import type { SecurityGroup } from '../../contract/network.ts';
import type { NetworkDetail } from '../../contract/networkDetail.ts';
import type { Judgement, ReachDoor, ReachStep, ReachSubnet } from '../../contract/networkReach.ts';
import { cidrContains } from './cidr.ts';
import { allowedSources, isEveryone, isPrivateRange, type AllowedSource } from './inboundTcp.ts';
import { EPHEMERAL_PORTS, judgeAcl } from './networkAcl.ts';
import { defaultRoute, routeTo } from './routeChoice.ts';

export interface DoorFacts {
  readonly securityGroups: readonly SecurityGroup[];
  readonly detail: Pick<NetworkDetail, 'networkAcls' | 'prefixLists'>;
  /** By id, with their routes; those of the instance. */
  readonly subnets: ReadonlyMap<string, Pick<ReachSubnet, 'routeTable' | 'routes'>>;
  /** The person's public address, where it is known. */
  readonly person: string | undefined;
}

/** What decides about one public address, without the instance's own state; undefined for an address it does not have. */
export function judgeAddress(instance: Instance, address: string, port: number, facts: DoorFacts): readonly ReachStep[] | undefined {
  const eni = instance.networkInterfaces.find((one) => publicAddressesOf(one).includes(address));
  return eni === undefined ? undefined : stepsOf(eni, address, port, facts);
}

/** The best answer of all public addresses. */
export function judgeDoor(instance: Instance, port: number, facts: DoorFacts): ReachDoor {
  const state: ReachStep = { check: 'state', result: instance.state === 'running' ? 'yes' : 'no', evidence: instance.state };
  const personFamily = facts.person === undefined ? 0 : isIP(facts.person);
  const doors = instance.networkInterfaces.flatMap((eni) =>
    publicAddressesOf(eni)
      .filter((address) => personFamily === 0 || isIP(address) === personFamily)
      .map((address): ReachDoor => {
        const steps = [state, { check: 'public-address' as const, result: 'yes' as const, evidence: address }, ...stepsOf(eni, address, port, facts)];
        return { port, address, verdict: worst(steps), steps };
      }),
  );
  return doors.find(({ verdict }) => verdict === 'yes') ?? doors.find(({ verdict }) => verdict === 'unknown') ?? doors[0] ?? withoutDoor(instance, port, state);
}

/** It has no public address, or of the interfaces that would have it nothing is known. */
function withoutDoor({ networkInterfaces, publicIpAddress }: Instance, port: number, state: ReachStep): ReachDoor {
  const known = networkInterfaces.length > 0 || state.result === 'no';
  const steps: ReachStep[] = [state, known ? { check: 'public-address', result: 'no' } : { check: 'public-address', result: publicIpAddress === undefined ? 'unknown' : 'yes', ...(publicIpAddress === undefined ? {} : { evidence: publicIpAddress }) }];
  if (!known) steps.push({ check: 'security-group', result: 'unknown' });
  return { port, ...(known || publicIpAddress === undefined ? {} : { address: publicIpAddress }), verdict: worst(steps), steps };
}

function worst(steps: readonly ReachStep[]): Judgement {
  return steps.some(({ result }) => result === 'no') ? 'no' : steps.every(({ result }) => result === 'yes') ? 'yes' : 'unknown';
}

function publicAddressesOf(eni: NetworkInterface): string[] {
  return [...eni.privateIpAddresses.flatMap(({ association }) => association?.publicIp ?? []), ...eni.ipv6Addresses.map(({ ipv6Address }) => ipv6Address)];
}

function stepsOf(eni: NetworkInterface, address: string, port: number, facts: DoorFacts): ReachStep[] {
  const family = isIP(address) === 6 ? 6 : 4;
  const acl = facts.detail.networkAcls?.find(({ subnetIds }) => eni.subnetId !== undefined && subnetIds.includes(eni.subnetId));
  const aclStep = (check: 'acl-in' | 'acl-out', ports: { readonly fromPort: number; readonly toPort: number }): ReachStep => {
    if (acl === undefined) return { check, result: 'unknown' };
    const { result, deciding } = judgeAcl(acl.entries, { egress: check === 'acl-out', ...ports, peer: facts.person === undefined ? { any: 'internet', family } : { address: facts.person } });
    const rules = deciding.map(({ ruleNumber }) => (ruleNumber >= LAST_ACL_RULE ? '*' : `${ruleNumber}`));
    return { check, result, evidence: `${acl.networkAclId} ${rules.length === 0 ? '*' : rules.join(', ')}` };
  };
  return [routeStep(eni, family, facts), aclStep('acl-in', { fromPort: port, toPort: port }), groupStep(eni, family, port, facts), aclStep('acl-out', EPHEMERAL_PORTS)];
}

/** The numbers AWS gives the last rules, `*`: of IPv4, and the next for IPv6. */
export const LAST_ACL_RULE = 32_767;

/** Answers must leave by an internet gateway: a NAT gateway lets nothing in, and an egress-only one neither. */
function routeStep(eni: NetworkInterface, family: 4 | 6, { subnets, detail, person }: DoorFacts): ReachStep {
  const subnet = eni.subnetId === undefined ? undefined : subnets.get(eni.subnetId);
  if (subnet?.routeTable === undefined) return { check: 'route', result: 'unknown' };
  const { routeTableId } = subnet.routeTable;
  const route = person === undefined ? defaultRoute(subnet.routes, family) : routeTo(subnet.routes, person, detail.prefixLists);
  if (route === undefined) {
    // Without a default route some addresses may still have a way.
    const some = person === undefined && subnet.routes.some(({ target, blackhole }) => target.kind === 'internet-gateway' && !blackhole);
    return { check: 'route', result: some ? 'unknown' : 'no', evidence: routeTableId };
  }
  const evidence = [routeTableId, route.destination, route.target.id].filter((part) => part !== undefined).join(' ');
  if (route.blackhole) return { check: 'route', result: 'no', evidence };
  switch (route.target.kind) {
    case 'internet-gateway':
      return { check: 'route', result: 'yes', evidence };
    case 'nat-gateway':
    case 'egress-only-internet-gateway':
    case 'gateway-endpoint':
      return { check: 'route', result: 'no', evidence };
    // Firewalls and other networks may stand between: what they do is not to be seen from here.
    default:
      return { check: 'route', result: 'unknown', evidence };
  }
}

function groupStep(eni: NetworkInterface, family: 4 | 6, port: number, { securityGroups, detail, person }: DoorFacts): ReachStep {
  const groupIds = eni.groups.map(({ groupId }) => groupId);
  const groups = securityGroups.filter(({ groupId }) => groupIds.includes(groupId));
  if (groups.length === 0) return { check: 'security-group', result: 'unknown' };
  const sources = allowedSources(groups, port).filter((source) => source.kind === 'prefix-list' || (source.kind === (family === 4 ? 'ipv4' : 'ipv6') && !isPrivateRange(source)));
  const judged = sources.map((source) => ({ source, result: letsIn(source, detail.prefixLists, person) }));
  const best = judged.find(({ result }) => result === 'yes') ?? judged.find(({ result }) => result === 'unknown');
  if (best !== undefined) return { check: 'security-group', result: best.result, evidence: `${best.source.groupId} ${best.source.source}` };
  return { check: 'security-group', result: groups.length < groupIds.length ? 'unknown' : 'no', evidence: groupIds.join(', ') };
}

function letsIn(source: AllowedSource, prefixLists: NetworkDetail['prefixLists'], person: string | undefined): Judgement {
  const cidrs = source.kind === 'prefix-list' ? prefixLists?.find(({ prefixListId }) => prefixListId === source.source)?.entries?.map(({ cidr }) => cidr) : [source.source];
  if (cidrs === undefined) return 'unknown';
  if (cidrs.some((cidr) => isEveryone({ ...source, source: cidr }) || (person !== undefined && cidrContains(cidr, person)))) return 'yes';
  return person === undefined ? 'unknown' : 'no';
}
