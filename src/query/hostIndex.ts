/**
 * The texts of many hosts side by side, for a search on each keystroke. Pure.
 *
 * What a search over 50,000 hosts costs is memory, not comparing: texts that lie in memory in the order they are looked into are
 * read ten times as fast as texts that do not. So hosts stand here in the order they came, the texts of some hundred of them as one
 * string, and the order of their names is a list of numbers. When hosts come, go or change, only the blocks they stand in are made anew.
 */
import type { Instance } from '../contract/instance.ts';
import { searchText } from './hostFilter.ts';

export interface HostBlock {
  readonly instances: readonly Instance[];
  /** Lower-cased names, or the instance ids where there are none. */
  readonly names: readonly string[];
  /** Of every host its `searchText` and a line feed. Each begins with the name. */
  readonly text: string;
  /** Where each text begins, and where the last one ends. */
  readonly starts: Uint32Array;
  readonly nameLengths: Uint16Array;
  /** One bit for each letter and digit of the name. */
  readonly nameMasks: Int32Array;
}

export interface HostIndex {
  readonly blocks: readonly HostBlock[];
  /** Those of the blocks, one after the other: in the order they came. Their places here are what the others speak of. */
  readonly instances: readonly Instance[];
  /** Places in the order of names, by character code. */
  readonly byName: Uint32Array;
  readonly isRunning: Uint8Array;
}

/** Large enough that there are few, small enough that one is made in a millisecond or two. */
const BLOCK_HOSTS = 256;

export const emptyIndex: HostIndex = { blocks: [], instances: [], byName: new Uint32Array(0), isRunning: new Uint8Array(0) };

/**
 * The index of the hosts, in steps of a few milliseconds: a caller that is in no hurry may stop between two of them.
 *
 * @param before of some of them as they were: what did not change is taken from it
 */
export function* indexing(hosts: Iterable<Instance>, before: HostIndex): Generator<undefined, HostIndex> {
  const blocks: HostBlock[] = [];
  const come: number[] = [];
  const placeNow = new Int32Array(before.instances.length).fill(-1);
  const remaining = hosts[Symbol.iterator]();
  let next = remaining.next();
  let place = 0;
  let placeBefore = 0;
  let waiting: Instance[] = [];
  for (const block of before.blocks) {
    const kept: Instance[] = [];
    let same = true;
    for (const [index, host] of block.instances.entries()) {
      const now = next.done === true ? undefined : next.value;
      if (now === host || now?.instanceId === host.instanceId) {
        if (now !== host) same = false;
        if (now === host || nameOf(now) === block.names[index]) placeNow[placeBefore] = place;
        else come.push(place);
        kept.push(now);
        place += 1;
        next = remaining.next();
      } else same = false;
      placeBefore += 1;
    }
    // The last block is filled up by those that come.
    if (block === before.blocks.at(-1) && kept.length < BLOCK_HOSTS && next.done !== true) waiting = kept;
    else if (same) blocks.push(block);
    else if (kept.length > 0) {
      blocks.push(readsAsBefore(block, kept) ? { ...block, instances: kept } : toBlock(kept));
      yield;
    }
  }
  while (next.done !== true) {
    come.push(place);
    waiting.push(next.value);
    place += 1;
    next = remaining.next();
    if (waiting.length < BLOCK_HOSTS) continue;
    blocks.push(toBlock(waiting));
    waiting = [];
    yield;
  }
  if (waiting.length > 0) blocks.push(toBlock(waiting));
  yield;
  const instances = blocks.flatMap((block) => block.instances);
  yield;
  const isRunning = new Uint8Array(place);
  for (const [index, { state }] of instances.entries()) isRunning[index] = state === 'running' ? 1 : 0;
  yield;
  // Nobody came, went or has another name.
  if (come.length === 0 && place === before.instances.length) return { blocks, instances, isRunning, byName: before.byName };
  return { blocks, instances, isRunning, byName: yield* ordering(blocks, place, come, before.byName, placeNow) };
}

/** Whether what is looked for in the block's hosts is what it was: a status check or an agent's ping is not. */
function readsAsBefore({ instances, text, starts }: HostBlock, now: readonly Instance[]): boolean {
  return now.length === instances.length && now.every((host, index) => host === instances[index] || `${searchText(host)}\n` === text.slice(starts[index], starts[index + 1]));
}

/** The order of names: what was in order stays so, and those that came are put in between. */
function* ordering(blocks: readonly HostBlock[], count: number, come: readonly number[], before: Uint32Array, placeNow: Int32Array): Generator<undefined, Uint32Array> {
  const names = blocks.flatMap((block) => block.names);
  const nameAt = (place: number | undefined): string => (place === undefined ? '' : (names[place] ?? ''));
  const comesBefore = (one: number, other: number): boolean => {
    const order = compareText(nameAt(one), nameAt(other));
    return order < 0 || (order === 0 && one < other);
  };
  const added = yield* sorting(come, nameAt);
  const byName = new Uint32Array(count);
  let filled = 0;
  let taken = 0;
  for (const [index, placeBefore] of before.entries()) {
    if (index % MERGED_AT_ONCE === MERGED_AT_ONCE - 1) yield;
    const place = placeNow[placeBefore] ?? -1;
    if (place < 0) continue;
    for (let one = added[taken]; one !== undefined && comesBefore(one, place); one = added[taken]) {
      byName[filled++] = one;
      taken += 1;
    }
    byName[filled++] = place;
  }
  byName.set(added.subarray(taken), filled);
  return byName;
}

/** Runs of this many are sorted in one step. */
const SORTED_AT_ONCE = 2048;
const MERGED_AT_ONCE = 8192;

/** By name, those of one name in the order they came. */
export function* sorting(places: readonly number[], nameAt: (place: number | undefined) => string): Generator<undefined, Uint32Array> {
  let runs: Uint32Array[] = [];
  for (let from = 0; from < places.length; from += SORTED_AT_ONCE) {
    runs.push(Uint32Array.from(places.slice(from, from + SORTED_AT_ONCE).sort((a, b) => compareText(nameAt(a), nameAt(b)))));
    yield;
  }
  while (runs.length > 1) {
    const longer: Uint32Array[] = [];
    for (let index = 0; index < runs.length; index += 2) {
      longer.push(yield* merged(runs[index] ?? none, runs[index + 1] ?? none, nameAt));
      yield;
    }
    runs = longer;
  }
  return runs[0] ?? none;
}

const none = new Uint32Array(0);

export function* merged(left: Uint32Array, right: Uint32Array, nameAt: (place: number | undefined) => string): Generator<undefined, Uint32Array> {
  const all = new Uint32Array(left.length + right.length);
  let fromLeft = 0;
  let fromRight = 0;
  for (let index = 0; index < all.length; index += 1) {
    if (index % MERGED_AT_ONCE === MERGED_AT_ONCE - 1) yield;
    const isLeft = fromRight >= right.length || (fromLeft < left.length && nameAt(left[fromLeft]) <= nameAt(right[fromRight]));
    all[index] = (isLeft ? left[fromLeft++] : right[fromRight++]) ?? 0;
  }
  return all;
}

function toBlock(instances: readonly Instance[]): HostBlock {
  const names = instances.map(nameOf);
  const texts = instances.map((instance) => `${searchText(instance)}\n`);
  const starts = new Uint32Array(instances.length + 1);
  for (const [index, text] of texts.entries()) starts[index + 1] = (starts[index] ?? 0) + text.length;
  return { instances, names, text: texts.join(''), starts, nameLengths: Uint16Array.from(names, ({ length }) => length), nameMasks: Int32Array.from(names, letterMask) };
}

function nameOf({ name, instanceId }: Instance): string {
  return (name ?? instanceId).toLowerCase();
}

/** Bits 0-25 letters, 26 any digit, 27 dash, 28 everything else. */
export function letterMask(text: string): number {
  let mask = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 97 && code <= 122) mask |= 1 << (code - 97);
    else if (code >= 48 && code <= 57) mask |= 1 << 26;
    else if (code === 45) mask |= 1 << 27;
    else mask |= 1 << 28;
  }
  return mask;
}

/** By character code: locale-aware comparing costs a hundred times as much. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
