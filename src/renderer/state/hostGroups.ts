/**
 * The groups that hosts stand in, in the hosts list: by account, region and VPC, or by a tag. Pure.
 *
 * All hosts are grouped once; a filter then only says which of them are shown, and a group is put in order when it is looked at.
 */
import type { Instance } from '../../contract/instance.ts';
import type { Scope, ScopeStatus } from '../../contract/scope.ts';
import { NameOrder, sortName } from './nameOrder.ts';

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
  /** The same by name, for whoever looks. */
  readonly order: NameOrder;
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
  return { id, key, path, level, parent, groups: new Map(), places: [], order: new NameOrder(), statuses: [], profiles: new Set(), accountId: undefined };
}

/** Of the lists that are shown: folding a group, a filter or a scope that is read on must not group 50,000 hosts anew. */
const groupings = new WeakMap<readonly Instance[], Grouping>();
let latest: { readonly instances: readonly Instance[]; readonly grouping: Grouping } | undefined;

export function grouped(instances: readonly Instance[], groupBy: string, levels: readonly Level[]): Grouping {
  let grouping = groupings.get(instances);
  if (grouping?.groupBy !== groupBy) {
    grouping = (latest?.grouping.groupBy === groupBy ? goneOn(latest, instances, levels) : undefined) ?? { groupBy, ...addHosts(newGroup('', '', accountLevel), [], new Uint32Array(0), instances, levels) };
    groupings.set(instances, grouping);
    latest = { instances, grouping };
  }
  return grouping;
}

/**
 * The groups of a list in which some hosts have changed, or some more have come at its end, are those of the list before.
 *
 * @returns undefined: some have gone, or stand in other groups now
 */
function goneOn(before: NonNullable<typeof latest>, instances: readonly Instance[], levels: readonly Level[]): Grouping | undefined {
  const { grouping } = before;
  if (instances.length < before.instances.length) return undefined;
  const renamed: number[] = [];
  for (let place = 0; place < before.instances.length; place += 1) {
    const was = before.instances[place];
    const now = instances[place];
    if (now === was || was === undefined) continue;
    if (now?.scope.profile !== was.scope.profile || now.scope.accountId !== was.scope.accountId || !levels.every(({ idOf }) => idOf(now) === idOf(was))) return undefined;
    if (sortName(now) !== sortName(was)) renamed.push(place);
  }
  // They are the new list's from here on.
  groupings.delete(before.instances);
  for (const place of renamed) grouping.leaves[grouping.leafOf[place] ?? 0]?.order.forget();
  return { groupBy: grouping.groupBy, ...addHosts(grouping.root, grouping.leaves, grouping.leafOf, instances, levels) };
}

/**
 * Puts the hosts into their groups for which `leafOf` has none yet.
 *
 * Hosts that come one after the other are often of one place: only where that changes is their group looked up.
 */
function addHosts(root: Group, leavesBefore: readonly Group[], leafOfBefore: Uint32Array, instances: readonly Instance[], levels: readonly Level[]): Omit<Grouping, 'groupBy'> {
  const from = leafOfBefore.length;
  if (from === instances.length) return { root, leaves: leavesBefore, leafOf: leafOfBefore };
  const leaves = [...leavesBefore];
  const leafOf = new Uint32Array(instances.length);
  leafOf.set(leafOfBefore);
  const leafNumbers = new Map(leaves.map((leaf, number) => [leaf, number]));
  /** The groups that the host before is in, from the top down. */
  const path: Group[] = [];
  let leaf = 0;
  let profile: string | undefined;
  for (let place = from; place < instances.length; place += 1) {
    const instance = instances[place];
    if (instance === undefined) continue;
    let parent = root;
    let same = place > from;
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
  return { root, leaves, leafOf };
}

/** Groups the hosts and puts each group in order, in steps of a few milliseconds: whoever looks at a group next need not wait. */
export function* arranging(instances: readonly Instance[], groupBy: string): Generator<undefined, void> {
  const { leaves } = grouped(instances, groupBy, levelsOf(groupBy));
  for (const { order, places } of leaves) {
    yield;
    yield* order.making(places, (place) => instances[place]);
  }
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
