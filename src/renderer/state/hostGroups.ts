/**
 * The groups that hosts stand in, in the hosts list: by account, region and VPC, or by a tag. Pure.
 *
 * All hosts are grouped once; a filter then only says which of them are shown, and a group is put in order when it is looked at.
 */
import type { Instance } from '../../contract/instance.ts';
import type { Scope, ScopeStatus } from '../../contract/scope.ts';
import { compareText } from '../../query/hostIndex.ts';

export interface Group {
  readonly id: string;
  readonly key: string;
  /** The ids from the top to it. */
  readonly path: string;
  readonly level: Level;
  readonly parent: Group | undefined;
  readonly groups: Map<string, Group>;
  /** Of the hosts right in it, in the list that was grouped. */
  readonly places: number[];
  /** The same by name, once somebody looked. */
  byName: readonly number[] | undefined;
  readonly statuses: ScopeStatus[];
  readonly profiles: Set<string>;
  accountId: string | undefined;
}

export interface Grouping {
  readonly groupBy: string;
  readonly root: Group;
  /** The groups with hosts of their own, and which of them each host is in. */
  readonly leaves: readonly Group[];
  readonly leafOf: Uint32Array;
}

export interface Level {
  readonly kind: string;
  readonly idOf: (instance: Instance) => string;
}

export const accountLevel: Level = { kind: 'account', idOf: ({ scope }) => accountKey(scope) };
export const regionLevel: Level = { kind: 'region', idOf: ({ scope }) => scope.region };
export const vpcLevel: Level = { kind: 'vpc', idOf: ({ vpcId }) => vpcId ?? '' };

export function levelsOf(groupBy: string): readonly Level[] {
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

export function newGroup(id: string, key: string, level: Level, path = '', parent?: Group): Group {
  return { id, key, path, level, parent, groups: new Map(), places: [], byName: undefined, statuses: [], profiles: new Set(), accountId: undefined };
}

/** Of the lists that are shown: folding a group, a filter or a scope that is read on must not group 50,000 hosts anew. */
const groupings = new WeakMap<readonly Instance[], Grouping>();

export function grouped(instances: readonly Instance[], groupBy: string, levels: readonly Level[]): Grouping {
  let grouping = groupings.get(instances);
  if (grouping?.groupBy !== groupBy) {
    grouping = intoGroups(instances, groupBy, levels);
    groupings.set(instances, grouping);
  }
  return grouping;
}

/** Hosts that come one after the other are often of one place: only where that changes is their group looked up. */
function intoGroups(instances: readonly Instance[], groupBy: string, levels: readonly Level[]): Grouping {
  const root = newGroup('', '', accountLevel);
  const leaves: Group[] = [];
  const leafOf = new Uint32Array(instances.length);
  const leafNumbers = new Map<Group, number>();
  /** The groups that the host before is in, from the top down. */
  const path: Group[] = [];
  let leaf = 0;
  let profile: string | undefined;
  for (const [place, instance] of instances.entries()) {
    let parent = root;
    let same = place > 0;
    for (const [depth, level] of levels.entries()) {
      const id = level.idOf(instance);
      let group = path[depth];
      if (group === undefined || group.id !== id) {
        group = childOf(parent, id, level);
        path.length = depth;
        path.push(group);
        same = false;
      }
      parent = group;
    }
    if (!same) {
      leaf = leafNumbers.get(parent) ?? leaves.push(parent) - 1;
      leafNumbers.set(parent, leaf);
    }
    leafOf[place] = leaf;
    parent.places.push(place);
    const [top] = path;
    if (top?.level !== accountLevel || (same && profile === instance.scope.profile && top.accountId !== undefined)) continue;
    nameAccount(top, instance.scope);
    profile = instance.scope.profile;
  }
  return { groupBy, root, leaves, leafOf };
}

/** Where the chosen ones stand among all, in whose order they are. */
export function placesIn(all: readonly Instance[], chosen: readonly Instance[]): Uint8Array {
  const held = new Uint8Array(all.length);
  let next = 0;
  for (let place = 0; place < all.length && next < chosen.length; place += 1) {
    if (all[place] !== chosen[next]) continue;
    held[place] = 1;
    next += 1;
  }
  return held;
}

export function countsOf({ leaves, leafOf }: Grouping, held: Uint8Array | undefined): ReadonlyMap<Group, number> {
  const own = held === undefined ? Uint32Array.from(leaves, ({ places }) => places.length) : new Uint32Array(leaves.length);
  if (held !== undefined) for (let place = 0; place < held.length; place += 1) if (held[place] === 1) own[leafOf[place] ?? 0] = (own[leafOf[place] ?? 0] ?? 0) + 1;
  const counts = new Map<Group, number>();
  for (const [number, leaf] of leaves.entries()) {
    const count = own[number] ?? 0;
    if (count > 0) for (let group: Group | undefined = leaf; group !== undefined; group = group.parent) counts.set(group, (counts.get(group) ?? 0) + count);
  }
  return counts;
}

/** Its key is made with it, once: 50,000 hosts look for it. */
function childOf(parent: Group, id: string, level: Level): Group {
  let child = parent.groups.get(id);
  if (child === undefined) {
    const path = parent.key === '' ? id : `${parent.path}/${id}`;
    child = newGroup(id, `${level.kind}:${path}`, level, path, parent);
    parent.groups.set(id, child);
  }
  return child;
}

export function statusGroup(root: Group, { scope }: ScopeStatus): Group {
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

export function byName(places: readonly number[], at: (place: number) => Instance | undefined): number[] {
  const nameAt = (place: number): string => {
    const instance = at(place);
    return instance === undefined ? '' : sortName(instance);
  };
  return places.map((place) => ({ place, name: nameAt(place) })).sort((a, b) => compareText(a.name, b.name)).map(({ place }) => place);
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
export function naturalOrder(text: string): string {
  return text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(10, '0'));
}
