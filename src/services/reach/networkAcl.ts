/**
 * What a network ACL says about a TCP connection. Pure: entries in, answer with the entries it rests on out.
 *
 * Stateless and numbered: the first entry that fits decides, and `*` denies. A range of ports may be decided by several.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
 */
import { isIP } from 'node:net';
import type { NetworkAclEntry } from '../../contract/networkDetail.ts';
import type { Judgement } from '../../contract/networkReach.ts';
import { cidrContains } from './cidr.ts';
import { isPrivateRange } from './inboundTcp.ts';

/** Where the answers of a connection go: whichever port the far end took. */
export const EPHEMERAL_PORTS = { fromPort: 1024, toPort: 65_535 } as const;
/** IANA's number of TCP. */
const TCP = '6';

export interface AclQuestion {
  readonly egress: boolean;
  readonly fromPort: number;
  readonly toPort: number;
  /** The far end: an address, or any at all, or any of the internet. */
  readonly peer: { readonly address: string } | { readonly any: 'all' | 'internet'; readonly family: 4 | 6 };
}

export interface AclAnswer {
  /** `unknown`: some of the ports or addresses pass and others do not. */
  readonly result: Judgement;
  /** The entries that decide, in order; none: nothing fits, so `*` denies. */
  readonly deciding: readonly NetworkAclEntry[];
}

export function judgeAcl(entries: readonly NetworkAclEntry[], question: AclQuestion): AclAnswer {
  const deciding: NetworkAclEntry[] = [];
  /** Ports that no entry has decided for every address asked about. */
  let open: readonly (readonly [from: number, to: number])[] = [[question.fromPort, question.toPort]];
  for (const entry of entries.toSorted((a, b) => a.ruleNumber - b.ruleNumber)) {
    if (open.length === 0) break;
    if (entry.egress !== question.egress || (entry.protocol !== '-1' && entry.protocol !== TCP)) continue;
    const fits = fitsPeer(entry, question);
    const [from, to] = [entry.fromPort ?? 0, entry.toPort ?? entry.fromPort ?? 65_535];
    if (fits === 'no' || !open.some(([first, last]) => from <= last && to >= first)) continue;
    deciding.push(entry);
    if (fits === 'yes') open = open.flatMap(([first, last]) => without(first, last, from, to));
  }
  const actions = new Set([...deciding.map(({ ruleAction }) => ruleAction), ...(open.length > 0 ? ['deny'] : [])]);
  return { result: actions.size > 1 ? 'unknown' : actions.has('allow') ? 'yes' : 'no', deciding };
}

/** What is left of a range of ports when another is taken out. */
function without(first: number, last: number, from: number, to: number): (readonly [number, number])[] {
  return ([[first, Math.min(last, from - 1)], [Math.max(first, to + 1), last]] as const).filter(([start, end]) => start <= end);
}

/** `unknown`: some of the addresses asked about. */
function fitsPeer({ cidrBlock, ipv6CidrBlock }: NetworkAclEntry, { peer }: AclQuestion): Judgement {
  const version = 'address' in peer ? isIP(peer.address) : peer.family;
  const block = version === 6 ? ipv6CidrBlock : cidrBlock;
  if (block === undefined) return 'no';
  if ('address' in peer) return cidrContains(block, peer.address) ? 'yes' : 'no';
  if (block === '0.0.0.0/0' || block === '::/0') return 'yes';
  return peer.any === 'internet' && isPrivateRange({ kind: version === 6 ? 'ipv6' : 'ipv4', source: block }) ? 'no' : 'unknown';
}
