/**
 * What a port session connects to, and what an agent refuses to connect to. Session-manager-protocol.md, sections 6.1 and 6.4.
 */
import { BlockList, isIP } from 'node:net';
import { SessionFailure, textOf } from './agentPlugin.ts';
import type { HostNetwork } from './hostNetwork.ts';
import type { SessionProperties } from './sessionDocuments.ts';

/** The metadata service, the VPC's resolver and other link-local services of AWS. An instance's own configuration may say otherwise. */
export const DENIED_ADDRESSES: readonly string[] = [
  '169.254.169.254',
  '169.254.169.253',
  '169.254.169.123',
  '169.254.169.250',
  '169.254.169.251',
  'fd00:ec2::254',
  'fd00:ec2::253',
  'fd00:ec2::123',
  'fd00:ec2::240',
];
/** The network address, the router, the resolver and the reserved one: all of them AWS's. */
const RESERVED_AT_START = 4;
/** The agent's own machine. */
const LOCALHOST = 'localhost';

export interface PortTarget {
  /** As the document says it. */
  readonly host: string;
  readonly port: number;
  /** Several connections at a time, or one. */
  readonly forwards: boolean;
  /** Tried in order. */
  readonly addresses: readonly string[];
}

export interface PortRules {
  readonly network: HostNetwork;
  readonly deniedAddresses: readonly string[];
  /** False: an agent too old for the property `host`. */
  readonly knowsRemoteHost: boolean;
}

/** @throws SessionFailure in the agent's words */
export async function readPortTarget(properties: SessionProperties, rules: PortRules): Promise<PortTarget> {
  const text = (name: string): string => (typeof properties[name] === 'string' ? properties[name] : '');
  const portNumber = text('portNumber');
  if (portNumber === '') throw new SessionFailure(`Port number is empty in session properties. ${goMap(properties)}`);
  const forwards = text('type') === 'LocalPortForwarding';
  const host = rules.knowsRemoteHost && text('host') !== '' ? text('host') : LOCALHOST;
  const port = Number(portNumber);
  if (host === LOCALHOST) return { host, port, forwards, addresses: [LOCALHOST] };
  // A name that nobody knows is found out when it is dialled.
  const addresses = await rules.network.resolve(host).catch(() => []);
  const denied = deniedBlocks(rules);
  if (addresses.some((address) => denied.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'))) throw new SessionFailure(`Forwarding to IP address ${host} is forbidden.`);
  return { host, port, forwards, addresses };
}

/** What Go's dialler says of a failure: the person reads it. */
export function dialFailure(host: string, port: number, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const where = isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
  if (code === 'route.refused') return `dial tcp ${where}: connect: connection refused`;
  return code === '' ? `dial tcp: lookup ${host}: no such host` : `dial tcp ${where}: ${code === 'route.unreachable' ? 'i/o timeout' : textOf(error)}`;
}

function deniedBlocks({ deniedAddresses, network }: PortRules): BlockList {
  const denied = new BlockList();
  for (const address of deniedAddresses) denied.addAddress(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  for (const block of network.vpcCidrBlocks) {
    const [base = '', prefix = ''] = block.split('/');
    const type = isIP(base) === 6 ? 'ipv6' : 'ipv4';
    const bits = (type === 'ipv6' ? 128 : 32) - Number(prefix);
    const first = (toNumber(base) >> BigInt(bits)) << BigInt(bits);
    const last = first + (1n << BigInt(bits)) - 1n;
    for (let index = 0; index < RESERVED_AT_START; index += 1) denied.addAddress(toAddress(first + BigInt(index), type), type);
    denied.addAddress(toAddress(last, type), type);
  }
  return denied;
}

function toNumber(address: string): bigint {
  if (isIP(address) === 4) return address.split('.').reduce((sum, octet) => (sum << 8n) + BigInt(octet), 0n);
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = address.includes('::') ? [...groups(head), ...Array.from({ length: missing }, () => '0'), ...groups(tail)] : groups(head);
  return all.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

function toAddress(number: bigint, type: 'ipv4' | 'ipv6'): string {
  const [count, width, base, separator] = type === 'ipv4' ? ([4, 8n, 10, '.'] as const) : ([8, 16n, 16, ':'] as const);
  const mask = (1n << width) - 1n;
  return Array.from({ length: count }, (_, index) => ((number >> (width * BigInt(count - 1 - index))) & mask).toString(base)).join(separator);
}

/** As Go prints a map: by key, without quotes. */
function goMap(properties: SessionProperties): string {
  const entries = Object.entries(properties).sort(([left], [right]) => (left < right ? -1 : 1));
  return `map[${entries.map(([name, value]) => `${name}:${typeof value === 'string' ? value : JSON.stringify(value)}`).join(' ')}]`;
}
