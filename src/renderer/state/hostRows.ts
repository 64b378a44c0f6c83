/**
 * The rows of the hosts list: instances in groups, with what is loading or failed in between. Pure.
 *
 * Groups are counted at once and sorted only when one of their rows is looked at: of 50,000 hosts some forty are on the screen.
 * With words in the filter there are no groups: the best match comes first.
 */
import { listText } from '../i18n/locale.ts';
import type { Instance } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import { scopeKey, type Scope, type ScopeStatus } from '../../contract/scope.ts';
import { compareText } from '../../query/hostIndex.ts';
import { regionName } from './regionName.ts';

export type HostRow =
  | { readonly kind: 'group'; readonly key: string; readonly level: 0 | 1 | 2; readonly label: string; readonly note?: string; readonly count: number; readonly folded: boolean; readonly accountId?: string; /** Of a region: how its scopes stand. */ readonly statuses?: readonly ScopeStatus[] }
  | { readonly kind: 'instance'; readonly key: string; readonly level: 0 | 1 | 2 | 3; readonly instance: Instance }
  | { readonly kind: 'scope'; readonly key: string; readonly status: ScopeStatus };

export interface HostRowsInput {
  /** All instances, or with a filter the matching ones, in rank order where it has words. */
  readonly instances: readonly Instance[];
  readonly ranked: boolean;
  readonly scopes: readonly ScopeStatus[];
  readonly network: ReadonlyMap<string, NetworkFacts>;
  readonly folded: ReadonlySet<string>;
  /** `place` (account, region, VPC), `account`, `region`, `vpc`, `none`, or `tag:` and a tag's key. */
  readonly groupBy?: string;
  /** Shown first, and in their place too. */
  readonly pinned?: ReadonlySet<string>;
  readonly accountLabels?: ReadonlyMap<string, string>;
  /** The texts that are no data. */
  readonly words?: HostRowWords;
}

export interface HostRowWords {
  readonly pinned: string;
  readonly noVpc: string;
  readonly noTag: (key: string) => string;
}

const english: HostRowWords = { pinned: 'Pinned', noVpc: 'No VPC', noTag: (key) => `No tag ${key}` };

/** Rows by position, made when they are asked for. */
export interface HostRows {
  readonly count: number;
  /** Positions of the `scope` rows, which alone differ in height. */
  readonly scopeRows: ReadonlySet<number>;
  at(index: number): HostRow | undefined;
  /** -1 where no row has the key. */
  indexOf(key: string): number;
}

interface Group {
  readonly id: string;
  readonly key: string;
  /** The ids from the top to it. */
  readonly path: string;
  readonly level: Level;
  readonly groups: Map<string, Group>;
  readonly instances: Instance[];
  readonly statuses: ScopeStatus[];
  readonly profiles: Set<string>;
  accountId: string | undefined;
  count: number;
}

interface Level {
  readonly kind: string;
  readonly idOf: (instance: Instance) => string;
}

const accountLevel: Level = { kind: 'account', idOf: ({ scope }) => accountKey(scope) };
const regionLevel: Level = { kind: 'region', idOf: ({ scope }) => scope.region };
const vpcLevel: Level = { kind: 'vpc', idOf: ({ vpcId }) => vpcId ?? '' };

export function toHostRows(input: HostRowsInput): HostRows {
  const sections: Section[] = [];
  if (input.ranked) return joined([{ instances: input.instances, level: 0, prefix: '', sorted: true }]);
  const levels = levelsOf(input.groupBy ?? 'place');
  const words = input.words ?? english;
  const pinned = input.pinned === undefined || input.pinned.size === 0 ? [] : input.instances.filter(({ instanceId }) => input.pinned?.has(instanceId));
  if (pinned.length > 0) {
    const folded = input.folded.has('pinned');
    sections.push({ rows: [{ kind: 'group', key: 'pinned', level: 0, label: words.pinned, count: pinned.length, folded }] });
    if (!folded) sections.push({ instances: pinned, level: 1, prefix: 'pin:', sorted: false });
  }
  const inPlace = levels.includes(regionLevel) && levels[0] === accountLevel;
  if (!inPlace) sections.push({ rows: input.scopes.filter(({ state }) => state !== 'ready').map(scopeRow) });
  const root: Group = newGroup('', '', accountLevel);
  intoGroups(root, levels, input.instances);
  if (inPlace) for (const status of input.scopes) statusGroup(root, status).statuses.push(status);
  const place: Place = { input, words, vpcNames: namesOfVpcs(input.network) };
  if (levels.length === 0) sections.push({ instances: root.instances, level: 0, prefix: '', sorted: false });
  else pushGroups(sections, root, 0, place);
  return joined(sections);
}

interface Place {
  readonly input: HostRowsInput;
  readonly words: HostRowWords;
  readonly vpcNames: ReadonlyMap<string, string>;
}

function levelsOf(groupBy: string): readonly Level[] {
  switch (groupBy) {
    case 'none':
      return [];
    case 'account':
      return [accountLevel];
    case 'region':
      return [regionLevel];
    case 'vpc':
      return [vpcLevel];
    default: {
      if (!groupBy.startsWith('tag:')) return [accountLevel, regionLevel, vpcLevel];
      const tag = groupBy.slice('tag:'.length);
      return [{ kind: groupBy, idOf: ({ tags }) => (Object.hasOwn(tags, tag) ? (tags[tag] ?? '') : '') }];
    }
  }
}

function newGroup(id: string, key: string, level: Level, path = ''): Group {
  return { id, key, path, level, groups: new Map(), instances: [], statuses: [], profiles: new Set(), accountId: undefined, count: 0 };
}

/** Hosts that come one after the other are mostly of one place: only where that changes are 50,000 of them looked up. */
function intoGroups(root: Group, levels: readonly Level[], instances: readonly Instance[]): void {
  /** The groups that the host before is in, from the top down. */
  const path: Group[] = [];
  let profile: string | undefined;
  for (const instance of instances) {
    let parent = root;
    let depth = 0;
    for (const level of levels) {
      const id = level.idOf(instance);
      let group = path[depth];
      if (group === undefined || group.id !== id) {
        group = childOf(parent, id, level);
        path.length = depth;
        path.push(group);
        profile = undefined;
      }
      group.count += 1;
      parent = group;
      depth += 1;
    }
    parent.instances.push(instance);
    const top = path[0];
    if (top?.level !== accountLevel || (profile === instance.scope.profile && top.accountId !== undefined)) continue;
    nameAccount(top, instance.scope);
    profile = instance.scope.profile;
  }
}

/** Its key is made with it, once: 50,000 hosts look for it. */
function childOf(parent: Group, id: string, level: Level): Group {
  let child = parent.groups.get(id);
  if (child === undefined) {
    const path = parent.key === '' ? id : `${parent.path}/${id}`;
    child = newGroup(id, `${level.kind}:${path}`, level, path);
    parent.groups.set(id, child);
  }
  return child;
}

function statusGroup(root: Group, { scope }: ScopeStatus): Group {
  const account = childOf(root, accountKey(scope), accountLevel);
  nameAccount(account, scope);
  return childOf(account, scope.region, regionLevel);
}

function nameAccount(group: Group, scope: Scope): void {
  group.profiles.add(scope.profile);
  group.accountId ??= scope.accountId;
}

function accountKey(scope: Scope): string {
  return scope.accountId ?? scope.profile;
}

function pushGroups(sections: Section[], parent: Group, level: 0 | 1 | 2, place: Place): void {
  const named = [...parent.groups.values()].map((group) => ({ group, ...textOf(group, place) }));
  for (const { group, label, note } of named.toSorted((a, b) => compareText(a.order, b.order))) {
    const folded = place.input.folded.has(group.key);
    sections.push({ rows: [{ kind: 'group', key: group.key, level, label, ...(note === undefined ? {} : { note }), count: group.count, folded, ...(group.level === accountLevel && group.accountId !== undefined ? { accountId: group.accountId } : {}), ...(group.statuses.length === 0 ? {} : { statuses: group.statuses }) }] });
    if (folded) continue;
    const waiting = group.statuses.filter(needsRow);
    if (waiting.length > 0) sections.push({ rows: waiting.map(scopeRow) });
    if (group.groups.size > 0 && level < 2) pushGroups(sections, group, level === 0 ? 1 : 2, place);
    if (group.instances.length > 0) sections.push({ instances: group.instances, level: level === 0 ? 1 : level === 1 ? 2 : 3, prefix: '', sorted: false });
  }
}

function textOf(group: Group, { input, words, vpcNames }: Place): { readonly label: string; readonly note?: string; readonly order: string } {
  switch (group.level) {
    case accountLevel: {
      const profiles = listText([...group.profiles].toSorted(compareText));
      const label = (group.accountId === undefined ? undefined : input.accountLabels?.get(group.accountId)) ?? profiles;
      return { label, ...(group.accountId === undefined ? {} : { note: group.accountId }), order: label };
    }
    case regionLevel: {
      const note = regionName(group.id);
      return { label: group.id, ...(note === undefined ? {} : { note }), order: group.id };
    }
    case vpcLevel: {
      const name = vpcNames.get(group.id);
      return { label: name ?? (group.id === '' ? words.noVpc : group.id), ...(name === undefined ? {} : { note: group.id }), order: name ?? `~${group.id}` };
    }
    default: {
      const tag = group.level.kind.slice('tag:'.length);
      return group.id === '' ? { label: words.noTag(tag), order: '\u{ffff}' } : { label: group.id, order: naturalOrder(group.id) };
    }
  }
}

function scopeRow(status: ScopeStatus): HostRow {
  return { kind: 'scope', key: `scope:${scopeKey(status.scope)}`, status };
}

/** A finished scope that holds something needs no row of its own. */
function needsRow(status: ScopeStatus): boolean {
  return status.state !== 'ready' || status.instanceCount === 0;
}

function namesOfVpcs(network: ReadonlyMap<string, NetworkFacts>): Map<string, string> {
  const names = new Map<string, string>();
  for (const facts of network.values()) for (const vpc of facts.vpcs) if (vpc.name !== undefined) names.set(vpc.vpcId, vpc.name);
  return names;
}

/** Instances whose rows are made when one of them is looked at. */
interface InstanceSection {
  readonly instances: readonly Instance[];
  readonly level: 0 | 1 | 2 | 3;
  readonly prefix: string;
  readonly sorted: boolean;
}
type Section = { readonly rows: readonly HostRow[] } | InstanceSection;

function joined(sections: readonly Section[]): HostRows {
  const starts: number[] = [];
  let count = 0;
  for (const section of sections) {
    starts.push(count);
    count += 'rows' in section ? section.rows.length : section.instances.length;
  }
  const scopeRows = new Set<number>();
  for (const [index, section] of sections.entries()) if ('rows' in section) for (const [offset, row] of section.rows.entries()) if (row.kind === 'scope') scopeRows.add((starts[index] ?? 0) + offset);
  const ordered: (readonly Instance[] | undefined)[] = [];
  const instancesOf = (index: number, section: InstanceSection): readonly Instance[] => (ordered[index] ??= section.sorted ? section.instances : byName(section.instances));
  const made = new Map<number, HostRow>();
  const instanceRow = (position: number, index: number, section: InstanceSection): HostRow | undefined => {
    const known = made.get(position);
    if (known !== undefined) return known;
    const instance = instancesOf(index, section)[position - (starts[index] ?? 0)];
    if (instance === undefined) return undefined;
    const row: HostRow = { kind: 'instance', key: `${section.prefix}${instance.instanceId}`, level: section.level, instance };
    made.set(position, row);
    return row;
  };
  return {
    count,
    scopeRows,
    at(position) {
      if (position < 0 || position >= count) return undefined;
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= position) low = middle;
        else high = middle - 1;
      }
      const section = sections[low];
      if (section === undefined) return undefined;
      return 'rows' in section ? section.rows[position - (starts[low] ?? 0)] : instanceRow(position, low, section);
    },
    indexOf(key) {
      for (const [index, section] of sections.entries()) {
        const isKey = (instance: Instance): boolean => !('rows' in section) && key === `${section.prefix}${instance.instanceId}`;
        if ('rows' in section ? false : !key.startsWith(section.prefix) || !section.instances.some(isKey)) continue;
        const found = 'rows' in section ? section.rows.findIndex((row) => row.key === key) : instancesOf(index, section).findIndex(isKey);
        if (found >= 0) return (starts[index] ?? 0) + found;
      }
      return -1;
    },
  };
}

function byName(instances: readonly Instance[]): Instance[] {
  return instances.map((instance) => ({ instance, name: sortName(instance) })).sort((a, b) => compareText(a.name, b.name)).map(({ instance }) => instance);
}

/** An instance that changed is another object. Without it a large estate that streams in is named anew with every page of it. */
const sortNames = new WeakMap<Instance, string>();

/** Hosts without a name come last. */
function sortName(instance: Instance): string {
  let name = sortNames.get(instance);
  if (name === undefined) {
    name = instance.name === undefined || instance.name === '' ? `~${instance.instanceId}` : naturalOrder(instance.name);
    sortNames.set(instance, name);
  }
  return name;
}

/** Numbers count as numbers: `web-9` before `web-10`. */
function naturalOrder(text: string): string {
  return text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(10, '0'));
}
