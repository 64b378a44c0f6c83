/**
 * The five addresses AWS keeps in each subnet, and how many are left. Pure.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
import { isIPv4 } from 'node:net';

export interface ReservedAddresses {
  readonly network: string;
  readonly router: string;
  readonly dns: string;
  readonly future: string;
  readonly broadcast: string;
}

const RESERVED = 5;
/** The smallest subnet AWS makes. */
const LONGEST_PREFIX = 28;

/** Undefined for what is no IPv4 block of a subnet. */
export function reservedAddresses(cidrBlock: string): { readonly reserved: ReservedAddresses; /** Without the five. */ readonly total: number } | undefined {
  const block = toBlock(cidrBlock);
  if (block === undefined || block.bits > LONGEST_PREFIX) return undefined;
  const size = 2 ** (32 - block.bits);
  const at = (offset: number): string => toText(block.first + offset);
  return { reserved: { network: at(0), router: at(1), dns: at(2), future: at(3), broadcast: at(size - 1) }, total: size - RESERVED };
}

/** The address at which Amazon's DNS server answers in a VPC: the network address of its first block plus two. */
export function resolverOf(vpcCidrBlock: string): string | undefined {
  const block = toBlock(vpcCidrBlock);
  return block === undefined ? undefined : toText(block.first + 2);
}

function toBlock(cidrBlock: string): { readonly first: number; readonly bits: number } | undefined {
  const [address = '', length = ''] = cidrBlock.split('/');
  const bits = Number(length);
  if (!isIPv4(address) || !/^\d{1,2}$/.test(length) || bits > 32) return undefined;
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return { first: value - (value % 2 ** (32 - bits)), bits };
}

function toText(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}
