/**
 * The rows of the hosts list: instances in groups, with what is loading or failed in between. Pure.
 *
 * Groups are counted at once and sorted only when one of their rows is looked at: of 50,000 hosts some forty are on the screen.
 * With words in the filter there are no groups: the best match comes first.
 */
import { listText } from '../i18n/locale.ts';
import type { Instance } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import { scopeKey, type ScopeStatus } from '../../contract/scope.ts';
import { compareText } from '../../query/hostIndex.ts';
import { accountLevel, countsOf, grouped, levelsOf, newGroup, placesIn, regionLevel, statusGroup, vpcLevel, type Group } from './hostGroups.ts';
import { NameOrder, naturalOrder } from './nameOrder.ts';
import { regionName } from './regionName.ts';

export type HostRow =
  | { readonly kind: 'group'; readonly key: string; readonly level: 0 | 1 | 2; readonly label: string; readonly note?: string; readonly count: number; readonly folded: boolean; readonly accountId?: string; /** Of a region: how its scopes stand. */ readonly statuses?: readonly ScopeStatus[] }
  | { readonly kind: 'instance'; readonly key: string; readonly level: 0 | 1 | 2 | 3; readonly instance: Instance }
  | { readonly kind: 'scope'; readonly key: string; readonly status: ScopeStatus };

export interface HostRowsInput {
  /** All instances, or with a filter the matching ones, in rank order where it has words. */
  readonly instances: readonly Instance[];
  /** What a filter without words chose them from, in the same order: all are put into groups once, and not for every filter. */
  readonly all?: readonly Instance[];
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

export function toHostRows(input: HostRowsInput): HostRows {
  const sections: Section[] = [];
  if (input.ranked) return joined([{ count: input.instances.length, level: 0, prefix: '', instances: () => input.instances, has: () => true }]);
  const levels = levelsOf(input.groupBy ?? 'place');
  const words = input.words ?? english;
  const pinned = input.pinned === undefined || input.pinned.size === 0 ? [] : input.instances.filter(({ instanceId }) => input.pinned?.has(instanceId));
  if (pinned.length > 0) {
    const folded = input.folded.has('pinned');
    sections.push({ rows: [{ kind: 'group', key: 'pinned', level: 0, label: words.pinned, count: pinned.length, folded }] });
    const inOrder = new NameOrder().of([...pinned.keys()], (place) => pinned[place]).flatMap((place) => pinned[place] ?? []);
    if (!folded) sections.push({ count: pinned.length, level: 1, prefix: 'pin:', instances: () => inOrder, has: () => true });
  }
  const inPlace = levels.includes(regionLevel) && levels[0] === accountLevel;
  if (!inPlace) sections.push({ rows: input.scopes.filter(({ state }) => state !== 'ready').map(scopeRow) });
  const listed = input.all ?? input.instances;
  const grouping = grouped(listed, input.groupBy ?? 'place', levels);
  const held = listed === input.instances ? undefined : placesIn(listed, input.instances);
  // Beside the groups of hosts, which stay as they are when a scope changes.
  const standing = newGroup('', '', accountLevel);
  if (inPlace) for (const status of input.scopes) statusGroup(standing, status).statuses.push(status);
  const place: Place = { input, words, vpcNames: namesOfVpcs(input.network), listed, held, counts: countsOf(grouping, held) };
  if (levels.length === 0) sections.push(sectionOf(grouping.root, 0, place));
  else pushGroups(sections, [grouping.root, standing], 0, place);
  return joined(sections);
}

interface Place {
  readonly input: HostRowsInput;
  readonly words: HostRowWords;
  readonly vpcNames: ReadonlyMap<string, string>;
  readonly listed: readonly Instance[];
  /** Which of the listed hosts are shown; undefined: all. */
  readonly held: Uint8Array | undefined;
  /** Hosts shown in each group and below it. */
  readonly counts: ReadonlyMap<Group, number>;
}

/** The hosts right in a group, by name; put in order when one of them is looked at. */
function sectionOf(group: Group, level: InstanceSection['level'], { listed, held, counts }: Place): InstanceSection {
  let list: readonly Instance[] | undefined;
  const count = group.groups.size === 0 ? (counts.get(group) ?? 0) : 0;
  const at = (place: number): Instance | undefined => listed[place];
  const instances = (): readonly Instance[] => (list ??= shownOf(group.order.of(group.places, at), listed, held));
  const has = (instanceId: string): boolean => group.places.some((place) => listed[place]?.instanceId === instanceId);
  return { count, level, prefix: '', instances, has };
}

function shownOf(places: readonly number[], listed: readonly Instance[], held: Uint8Array | undefined): Instance[] {
  const shown: Instance[] = [];
  for (const place of places) {
    const instance = listed[place];
    if (instance !== undefined && (held === undefined || held[place] === 1)) shown.push(instance);
  }
  return shown;
}

/** @param parents what is shown as one: the hosts' groups and the scopes' */
function pushGroups(sections: Section[], parents: readonly Group[], level: 0 | 1 | 2, place: Place): void {
  const { counts, input } = place;
  const isShown = (group: Group): boolean => counts.has(group) || group.statuses.length > 0 || [...group.groups.values()].some((below) => below.statuses.length > 0);
  const parts = new Map<string, Group[]>();
  for (const parent of parents) for (const [id, group] of parent.groups) if (isShown(group)) parts.set(id, [...(parts.get(id) ?? []), group]);
  const named = Array.from(parts.values(), (groups) => ({ groups, ...textOf(groups, place) }));
  for (const { groups, label, note } of named.toSorted((a, b) => compareText(a.order, b.order))) {
    const [group] = groups;
    if (group === undefined) continue;
    const accountId = accountIdOf(groups);
    const statuses = groups.flatMap((part) => part.statuses);
    const folded = input.folded.has(group.key);
    sections.push({ rows: [{ kind: 'group', key: group.key, level, label, ...(note === undefined ? {} : { note }), count: counts.get(group) ?? 0, folded, ...(group.level === accountLevel && accountId !== undefined ? { accountId } : {}), ...(statuses.length === 0 ? {} : { statuses }) }] });
    if (folded) continue;
    const waiting = statuses.filter(needsRow);
    if (waiting.length > 0) sections.push({ rows: waiting.map(scopeRow) });
    if (level < 2) pushGroups(sections, groups, level === 0 ? 1 : 2, place);
    if (group.places.length > 0 && counts.has(group)) sections.push(sectionOf(group, level === 0 ? 1 : level === 1 ? 2 : 3, place));
  }
}

function accountIdOf(parts: readonly Group[]): string | undefined {
  return parts.find(({ accountId }) => accountId !== undefined)?.accountId;
}

function textOf(parts: readonly Group[], { input, words, vpcNames }: Place): { readonly label: string; readonly note?: string; readonly order: string } {
  const { id, level } = parts[0] ?? newGroup('', '', accountLevel);
  switch (level) {
    case accountLevel: {
      const accountId = accountIdOf(parts);
      const profiles = listText([...new Set(parts.flatMap((part) => [...part.profiles]))].toSorted(compareText));
      const label = (accountId === undefined ? undefined : input.accountLabels?.get(accountId)) ?? profiles;
      return { label, ...(accountId === undefined ? {} : { note: accountId }), order: label };
    }
    case regionLevel: {
      const note = regionName(id);
      return { label: id, ...(note === undefined ? {} : { note }), order: id };
    }
    case vpcLevel: {
      const name = vpcNames.get(id);
      return { label: name ?? (id === '' ? words.noVpc : id), ...(name === undefined ? {} : { note: id }), order: name ?? `~${id}` };
    }
    default: {
      const tag = level.kind.slice('tag:'.length);
      return id === '' ? { label: words.noTag(tag), order: '\u{ffff}' } : { label: id, order: naturalOrder(id) };
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
  readonly count: number;
  readonly level: 0 | 1 | 2 | 3;
  readonly prefix: string;
  /** As they are shown. */
  readonly instances: () => readonly Instance[];
  /** Whether it may be among them: what has it not need not be put in order. */
  readonly has: (instanceId: string) => boolean;
}
type Section = { readonly rows: readonly HostRow[] } | InstanceSection;

function joined(sections: readonly Section[]): HostRows {
  const starts: number[] = [];
  let count = 0;
  for (const section of sections) {
    starts.push(count);
    count += 'rows' in section ? section.rows.length : section.count;
  }
  const scopeRows = new Set<number>();
  for (const [index, section] of sections.entries()) if ('rows' in section) for (const [offset, row] of section.rows.entries()) if (row.kind === 'scope') scopeRows.add((starts[index] ?? 0) + offset);
  const made = new Map<number, HostRow>();
  /** Asked for again each time a row scrolls by. */
  const places = new Map<string, number>();
  const positionOf = (key: string): number => {
    for (const [index, section] of sections.entries()) {
      const found = indexIn(section, key);
      if (found >= 0) return (starts[index] ?? 0) + found;
    }
    return -1;
  };
  const instanceRow = (position: number, start: number, section: InstanceSection): HostRow | undefined => {
    const known = made.get(position);
    if (known !== undefined) return known;
    const instance = section.instances()[position - start];
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
      return 'rows' in section ? section.rows[position - (starts[low] ?? 0)] : instanceRow(position, starts[low] ?? 0, section);
    },
    indexOf(key) {
      let position = places.get(key);
      if (position === undefined) {
        position = positionOf(key);
        places.set(key, position);
      }
      return position;
    },
  };
}

function indexIn(section: Section, key: string): number {
  if ('rows' in section) return section.rows.findIndex((row) => row.key === key);
  if (!key.startsWith(section.prefix)) return -1;
  const wanted = key.slice(section.prefix.length);
  return section.has(wanted) ? section.instances().findIndex(({ instanceId }) => instanceId === wanted) : -1;
}
