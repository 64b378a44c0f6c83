/**
 * The rows of the hosts list: instances under account, region and VPC, with what is loading or failed in between. Pure.
 *
 * With a query there are no groups: the best match comes first.
 */
import type { Instance } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import { scopeKey, type ScopeStatus } from '../../contract/scope.ts';
import { compareText } from '../../query/rankedSearch.ts';
import { regionName } from './regionName.ts';

export type HostRow =
  | { readonly kind: 'group'; readonly key: string; readonly level: 0 | 1 | 2; readonly label: string; readonly note?: string; readonly count: number; readonly folded: boolean }
  | { readonly kind: 'instance'; readonly key: string; readonly level: 0 | 1 | 2 | 3; readonly instance: Instance }
  | { readonly kind: 'scope'; readonly key: string; readonly status: ScopeStatus };

export interface HostRowsInput {
  /** All instances, or with a query the matching ones in rank order. */
  readonly instances: readonly Instance[];
  readonly ranked: boolean;
  readonly scopes: readonly ScopeStatus[];
  readonly network: ReadonlyMap<string, NetworkFacts>;
  readonly folded: ReadonlySet<string>;
}

interface Region {
  readonly vpcs: Map<string, Instance[]>;
  readonly statuses: ScopeStatus[];
}
interface Account {
  readonly profiles: Set<string>;
  accountId: string | undefined;
  readonly regions: Map<string, Region>;
}

export function toHostRows(input: HostRowsInput): HostRow[] {
  if (input.ranked) return input.instances.map((instance) => ({ kind: 'instance', key: instance.instanceId, level: 0, instance }));
  const accounts = groupAccounts(input);
  const vpcNames = namesOfVpcs(input.network);
  const rows: HostRow[] = [];
  for (const [accountKey, account] of [...accounts].toSorted((a, b) => compareText(accountLabel(a[1]), accountLabel(b[1])))) {
    const key = `account:${accountKey}`;
    const folded = input.folded.has(key);
    rows.push({ kind: 'group', key, level: 0, label: accountLabel(account), ...(account.accountId === undefined ? {} : { note: account.accountId }), count: countOf(account), folded });
    if (!folded) pushRegions(rows, accountKey, account, vpcNames, input.folded);
  }
  return rows;
}

function pushRegions(rows: HostRow[], accountKey: string, account: Account, vpcNames: ReadonlyMap<string, string>, foldedKeys: ReadonlySet<string>): void {
  for (const [region, { vpcs, statuses }] of [...account.regions].toSorted((a, b) => compareText(a[0], b[0]))) {
    const key = `region:${accountKey}/${region}`;
    const folded = foldedKeys.has(key);
    const count = [...vpcs.values()].reduce((sum, list) => sum + list.length, 0);
    const place = regionName(region);
    rows.push({ kind: 'group', key, level: 1, label: region, ...(place === undefined ? {} : { note: place }), count, folded });
    if (folded) continue;
    for (const status of statuses) if (needsRow(status)) rows.push({ kind: 'scope', key: `scope:${scopeKey(status.scope)}`, status });
    for (const [vpcId, instances] of [...vpcs].toSorted((a, b) => compareText(vpcNames.get(a[0]) ?? `~${a[0]}`, vpcNames.get(b[0]) ?? `~${b[0]}`))) {
      const vpcKey = `vpc:${accountKey}/${region}/${vpcId}`;
      const vpcFolded = foldedKeys.has(vpcKey);
      const name = vpcNames.get(vpcId);
      rows.push({ kind: 'group', key: vpcKey, level: 2, label: name ?? (vpcId === '' ? 'No VPC' : vpcId), ...(name === undefined ? {} : { note: vpcId }), count: instances.length, folded: vpcFolded });
      if (vpcFolded) continue;
      const named = instances.map((instance) => ({ instance, name: sortName(instance) }));
      named.sort((a, b) => compareText(a.name, b.name));
      for (const { instance } of named) rows.push({ kind: 'instance', key: instance.instanceId, level: 3, instance });
    }
  }
}

function groupAccounts({ instances, scopes }: HostRowsInput): Map<string, Account> {
  const accounts = new Map<string, Account>();
  const accountOf = (scope: ScopeStatus['scope']): Account => {
    const key = scope.accountId ?? scope.profile;
    let account = accounts.get(key);
    if (account === undefined) {
      account = { profiles: new Set(), accountId: scope.accountId, regions: new Map() };
      accounts.set(key, account);
    }
    account.profiles.add(scope.profile);
    return account;
  };
  const regionOf = (scope: ScopeStatus['scope']): Region => {
    const { regions } = accountOf(scope);
    let region = regions.get(scope.region);
    if (region === undefined) {
      region = { vpcs: new Map(), statuses: [] };
      regions.set(scope.region, region);
    }
    return region;
  };
  for (const status of scopes) regionOf(status.scope).statuses.push(status);
  for (const instance of instances) {
    const { vpcs } = regionOf(instance.scope);
    const list = vpcs.get(instance.vpcId ?? '');
    if (list === undefined) vpcs.set(instance.vpcId ?? '', [instance]);
    else list.push(instance);
  }
  return accounts;
}

/** A finished scope that holds something needs no row of its own. */
function needsRow(status: ScopeStatus): boolean {
  return status.state !== 'ready' || status.instanceCount === 0;
}

function accountLabel(account: Account): string {
  return [...account.profiles].toSorted(compareText).join(', ');
}

function countOf(account: Account): number {
  let count = 0;
  for (const region of account.regions.values()) for (const list of region.vpcs.values()) count += list.length;
  return count;
}

function namesOfVpcs(network: ReadonlyMap<string, NetworkFacts>): Map<string, string> {
  const names = new Map<string, string>();
  for (const facts of network.values()) for (const vpc of facts.vpcs) if (vpc.name !== undefined) names.set(vpc.vpcId, vpc.name);
  return names;
}

/** An instance that changed is another object. Without it a large estate that streams in is named anew with every page of it. */
const sortNames = new WeakMap<Instance, string>();

/** Numbers count as numbers (`web-9` before `web-10`); hosts without a name come last. */
function sortName(instance: Instance): string {
  let name = sortNames.get(instance);
  if (name === undefined) {
    name = instance.name === undefined || instance.name === '' ? `~${instance.instanceId}` : instance.name.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(10, '0'));
    sortNames.set(instance, name);
  }
  return name;
}
