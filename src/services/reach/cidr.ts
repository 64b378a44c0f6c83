/** CIDR blocks: what they hold. Pure. */
import { BlockList, isIP } from 'node:net';

/** Whether a block holds an address of its family. False for what is no block or no address. */
export function cidrContains(cidrBlock: string, address: string): boolean {
  const block = toBlock(cidrBlock);
  return block !== undefined && isIP(address) === block.version && block.list.check(address, block.version === 4 ? 'ipv4' : 'ipv6');
}

/** Whether a block holds every address of another one. */
export function cidrCovers(outer: string, inner: string): boolean {
  const inside = toBlock(inner);
  return inside !== undefined && (toBlock(outer)?.bits ?? Infinity) <= inside.bits && cidrContains(outer, inside.network);
}

function toBlock(cidrBlock: string): { readonly network: string; readonly bits: number; readonly version: number; readonly list: BlockList } | undefined {
  const [network = '', length = ''] = cidrBlock.split('/');
  const version = isIP(network);
  const bits = Number(length);
  if (version === 0 || !/^\d{1,3}$/.test(length) || bits > (version === 4 ? 32 : 128)) return undefined;
  const list = new BlockList();
  list.addSubnet(network, bits, version === 4 ? 'ipv4' : 'ipv6');
  return { network, bits, version, list };
}
