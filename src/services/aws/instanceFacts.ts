/**
 * Puts together what several calls say of one instance. What DescribeNetworkInterfaces adds to an interface takes the place of
 * both sources: three of each for 50,000 hosts would be 200 MB.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Instance, NetworkInterface, PrivateIpAddress, SsmFacts, StatusChecks } from '../../contract/instance.ts';
import type { ElasticAddress } from './ec2Answers.ts';
import { nodeState } from './managedNodes.ts';

/** The facts of one scope, each kind by the id it is known by. */
export interface InstanceFacts {
  /** From DescribeInstances, by instance id. */
  readonly instances: Map<string, Instance>;
  /** Machines outside EC2, from Systems Manager. */
  readonly managedNodes: Map<string, Instance>;
  /** From DescribeNetworkInterfaces, by network interface id. */
  readonly networkInterfaces: Map<string, NetworkInterface>;
  /** From DescribeAddresses, by public address. */
  readonly addresses: Map<string, ElasticAddress>;
  /** From DescribeInstanceStatus, by instance id. */
  readonly statusChecks: Map<string, StatusChecks>;
  /** From Systems Manager, by instance id. */
  readonly ssm: Map<string, SsmFacts>;
  /** Whether Systems Manager has told all it knows. */
  ssmKnown: boolean;
}

export function createInstanceFacts(): InstanceFacts {
  return { instances: new Map(), managedNodes: new Map(), networkInterfaces: new Map(), addresses: new Map(), statusChecks: new Map(), ssm: new Map(), ssmKnown: false };
}

/** Of everything a scope lists. */
export function listedIds({ instances, managedNodes }: InstanceFacts): string[] {
  return [...instances.keys(), ...managedNodes.keys()];
}

/** The instance with everything known of it; absent when neither DescribeInstances nor, for a machine outside EC2, Systems Manager names it. */
export function composeInstance(instanceId: string, facts: InstanceFacts): Instance | undefined {
  const instance = facts.instances.get(instanceId);
  const ssm = facts.ssm.get(instanceId);
  if (instance === undefined) {
    const node = facts.managedNodes.get(instanceId);
    return node === undefined || ssm === undefined ? node : { ...node, state: nodeState(ssm), ssm };
  }
  const statusChecks = facts.statusChecks.get(instanceId);
  foldDetails(instance, facts);
  return {
    ...instance,
    networkInterfaces: allWithAddresses(instance.networkInterfaces, facts.addresses),
    ...(statusChecks === undefined ? {} : { statusChecks }),
    ...(ssm === undefined ? {} : { ssm }),
    ssmKnown: facts.ssmKnown || ssm !== undefined,
  };
}

/**
 * Whether a person would see no difference: that a fact was read again, or that an agent reported once more, is none.
 *
 * @param closely somebody looks at it right now: when it was read, and when its agent last reported, are on the screen
 */
export function isSameInstance(one: Instance, other: Instance, closely = false): boolean {
  const names = Object.keys(one) as (keyof Instance)[];
  // Most values are the same text, or the very same object as last time: a deep comparison is for the few that are left.
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name] || isDeepStrictEqual(closely ? one[name] : withoutTimes(one[name]), closely ? other[name] : withoutTimes(other[name])));
}

/** An agent reports every five minutes: told anew each time, a refresh would tell every host. */
function withoutTimes(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'seenAt' in value ? { ...value, seenAt: undefined, lastPingDateTime: undefined } : value;
}

/** Each new list of instances brings its own interfaces, so what was folded into the ones before does not outlive them. */
function foldDetails(instance: Instance, { networkInterfaces }: InstanceFacts): void {
  const own = instance.networkInterfaces;
  if (own.every((eni) => (networkInterfaces.get(eni.networkInterfaceId) ?? eni) === eni)) return;
  instance.networkInterfaces = own.map((eni) => {
    const detail = networkInterfaces.get(eni.networkInterfaceId);
    if (detail === undefined || detail === eni) return eni;
    const whole = withDetail(eni, detail);
    networkInterfaces.set(eni.networkInterfaceId, whole);
    return whole;
  });
}

/** DescribeNetworkInterfaces says more than DescribeInstances; what it leaves out, DescribeInstances may say. */
function withDetail(own: NetworkInterface, detail: NetworkInterface): NetworkInterface {
  return {
    ...own,
    ...detail,
    ...(own.attachment === undefined && detail.attachment === undefined ? {} : { attachment: { ...own.attachment, ...detail.attachment } }),
    privateIpAddresses: fuller(detail.privateIpAddresses, own.privateIpAddresses),
    ipv6Addresses: fuller(detail.ipv6Addresses, own.ipv6Addresses),
    ipv4Prefixes: fuller(detail.ipv4Prefixes, own.ipv4Prefixes),
    ipv6Prefixes: fuller(detail.ipv6Prefixes, own.ipv6Prefixes),
    groups: fuller(detail.groups, own.groups),
  };
}

function fuller<T>(first: T[], second: T[]): T[] {
  return first.length > 0 ? first : second;
}

/** The same list where none of its addresses is an Elastic IP. */
function allWithAddresses(interfaces: NetworkInterface[], addresses: ReadonlyMap<string, ElasticAddress>): NetworkInterface[] {
  const holdsElastic = ({ privateIpAddresses }: NetworkInterface): boolean => privateIpAddresses.some(({ association }) => association !== undefined && addresses.has(association.publicIp));
  return addresses.size > 0 && interfaces.some(holdsElastic) ? interfaces.map((eni) => (holdsElastic(eni) ? withAddresses(eni, addresses) : eni)) : interfaces;
}

/** The Elastic IP's ids and name, which tell it from an automatic public address. */
function withAddresses(eni: NetworkInterface, addresses: ReadonlyMap<string, ElasticAddress>): NetworkInterface {
  const privateIpAddresses = eni.privateIpAddresses.map((address): PrivateIpAddress => {
    const elastic = address.association === undefined ? undefined : addresses.get(address.association.publicIp);
    return address.association === undefined || elastic === undefined ? address : { ...address, association: { ...address.association, ...elastic } };
  });
  return { ...eni, privateIpAddresses };
}
