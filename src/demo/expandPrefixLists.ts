/** Gives declared prefix lists their ids, and each region the list that AWS keeps of S3's addresses. */
import type { RegionDeclaration } from './estateDeclaration.ts';
import { createIds } from './estateIds.ts';
import type { DemoPrefixList } from './estateModel.ts';

/** Stand for S3's; documentation addresses (RFC 5737), like all public ones here. */
const S3_BLOCKS = ['192.0.2.0/25', '192.0.2.128/25'];

export function expandPrefixLists({ region, prefixLists = [] }: RegionDeclaration, accountId: string): DemoPrefixList[] {
  return [
    { prefixListId: s3PrefixListIdOf(region), prefixListName: `com.amazonaws.${region}.s3`, ownerId: 'AWS', addressFamily: 'IPv4', entries: S3_BLOCKS.map((cidr) => ({ cidr })) },
    ...prefixLists.map(({ name, entries }): DemoPrefixList => ({ prefixListId: createIds(region, 'prefix-list', name).id('pl'), prefixListName: name, ownerId: accountId, addressFamily: 'IPv4', entries })),
  ];
}

/** What a gateway endpoint's routes lead to. */
export function s3PrefixListIdOf(region: string): string {
  return createIds(region, 'prefix-list', 's3').id('pl');
}
