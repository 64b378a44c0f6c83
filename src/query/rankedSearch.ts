/**
 * Finds instances by what a person types, on each keystroke: the field terms of `hostFilter.ts` hold, the words are ranked.
 *
 * Every word must be a substring of the row's text (name, id, addresses, state, type, tags, place). Where no row has that, and the
 * query is one word, its letters in order on the name count (`prdwb` finds `prod-web`). A bit mask of the letters rules
 * most rows out before they are looked at. Measured in stack.md: 2-18 ms over 50,000 rows. Entries are kept in name order, so that
 * ranking is dealing them into a few buckets and not a sort.
 */
import type { Instance } from '../contract/instance.ts';
import { parseHostFilter, searchText, type HostFilter } from './hostFilter.ts';

export interface FilterEntry {
  readonly instance: Instance;
  /** Lower-cased name, or the instance id where there is none. */
  readonly name: string;
  /** Lower-cased text of everything that can be searched; it begins with the name. */
  readonly text: string;
  /** Where the name ends in it: to look into two texts of 50,000 hosts takes twice the time. */
  readonly nameLength: number;
  readonly isRunning: boolean;
  /** One bit for each letter and digit of the name. */
  readonly nameMask: number;
}

function toFilterEntry(instance: Instance): FilterEntry {
  const name = (instance.name ?? instance.instanceId).toLowerCase();
  return { instance, name, text: searchText(instance), nameLength: name.length, isRunning: instance.state === 'running', nameMask: letterMask(name) };
}

/** Bits 0-25 letters, 26 any digit, 27 dash, 28 everything else. */
function letterMask(text: string): number {
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

/** Smaller is better. Undefined: no match. */
function scoreSubstrings(entry: FilterEntry, terms: readonly string[]): number | undefined {
  let score = 0;
  for (const term of terms) {
    const at = entry.text.indexOf(term);
    if (at < 0) return undefined;
    if (at + term.length > entry.nameLength) score += 300;
    else if (at === 0) score += entry.nameLength === term.length ? 0 : 10;
    else score += isBoundary(entry.text.charCodeAt(at - 1)) ? 50 : 100;
  }
  return score;
}

/** Letters in order on the name; gaps cost. */
function scoreSubsequence(entry: FilterEntry, query: string): number | undefined {
  let from = 0;
  let first = -1;
  for (let index = 0; index < query.length; index += 1) {
    const found = entry.name.indexOf(query.charAt(index), from);
    if (found < 0) return undefined;
    if (first < 0) first = found;
    from = found + 1;
  }
  return 1000 + (from - first - query.length) * 4 + first;
}

function isBoundary(code: number): boolean {
  return !(code >= 97 && code <= 122) && !(code >= 48 && code <= 57);
}

/** Running hosts before others at the same score. */
function rank(entry: FilterEntry, score: number): number {
  return score * 2 + (entry.isRunning ? 0 : 1);
}

/**
 * The matching instances: by name where the filter has no words, else best first. `entries` are in name order: see `filterEntries`.
 *
 * @param filter a parsed filter, or the query itself where no facts beside the hosts are at hand
 */
export function filterInstances(entries: readonly FilterEntry[], filter: HostFilter | string): Instance[] {
  return search(entries, typeof filter === 'string' ? parseHostFilter(filter) : filter).instances;
}

interface Found {
  readonly instances: Instance[];
  /** Those that hold the words themselves, in name order; what a longer word finds is among them. */
  readonly holding: readonly FilterEntry[];
}

function search(entries: readonly FilterEntry[], { words, hasFields, holds }: HostFilter, among?: readonly FilterEntry[]): Found {
  const kept = among ?? (hasFields ? entries.filter((entry) => holds(entry.instance, entry.text)) : entries);
  if (words.length === 0) return { instances: kept.map((entry) => entry.instance), holding: kept };
  const holding: FilterEntry[] = [];
  const found = rankedBy(kept, (entry) => {
    const score = scoreSubstrings(entry, words);
    if (score !== undefined) holding.push(entry);
    return score;
  });
  const only = words.length === 1 ? words[0] : undefined;
  if (found.length > 0 || only === undefined || only.length < 2) return { instances: found, holding };
  const mask = letterMask(only);
  const all = hasFields ? entries.filter((entry) => holds(entry.instance, entry.text)) : entries;
  return { instances: rankedBy(all, (entry) => ((entry.nameMask & mask) === mask ? scoreSubsequence(entry, only) : undefined)), holding };
}

/** Letters that may be taken back at no cost. */
const REMEMBERED_SEARCHES = 12;

/**
 * A search that remembers: a query that grew by a letter looks only at what the shorter one found, one that lost a letter is
 * answered as before, and hosts that came are put among those that are in order already.
 */
export function createHostSearch(): (instances: ReadonlyMap<string, Instance>, filter: HostFilter) => Instance[] {
  let listed: ReadonlyMap<string, Instance> = new Map();
  /** What was searched among these hosts, the latest last. */
  let searched: { readonly filter: HostFilter; readonly found: Found }[] = [];
  return (instances, filter) => {
    const entries = orderedEntries(instances);
    if (instances !== listed) {
      listed = instances;
      searched = [];
    }
    const alike = searched.filter((one) => one.filter.hasSameFields(filter));
    const same = alike.find((one) => one.filter.words.join('\n') === filter.words.join('\n'));
    if (same !== undefined) return same.found.instances;
    const narrower = alike.findLast((one) => one.filter.words.every((word) => filter.words.some((longer) => longer.includes(word))));
    const found = search(entries, filter, narrower?.found.holding);
    searched = [...searched.slice(1 - REMEMBERED_SEARCHES), { filter, found }];
    return found.instances;
  };
}

/** The newest hosts in order, for every search over them: the list has put them in order when the palette opens. */
let ordered: { readonly listed: ReadonlyMap<string, Instance>; readonly entries: FilterEntry[] } = { listed: new Map(), entries: [] };

function orderedEntries(instances: ReadonlyMap<string, Instance>): FilterEntry[] {
  if (ordered.listed !== instances) ordered = { listed: instances, entries: mergedEntries(ordered.entries, ordered.listed, instances) };
  return ordered.entries;
}

/** Sorting what is nearly in order costs little (V8's sort finds the runs). */
function mergedEntries(before: readonly FilterEntry[], listed: ReadonlyMap<string, Instance>, instances: ReadonlyMap<string, Instance>): FilterEntry[] {
  const entries: FilterEntry[] = [];
  for (const { instance } of before) {
    const now = instances.get(instance.instanceId);
    if (now !== undefined) entries.push(filterEntry(now));
  }
  if (entries.length < instances.size) {
    const come: FilterEntry[] = [];
    for (const instance of instances.values()) if (!listed.has(instance.instanceId)) come.push(filterEntry(instance));
    for (const entry of sortedEntries(come)) entries.push(entry);
  }
  return sortedEntries(entries);
}

function rankedBy(entries: readonly FilterEntry[], score: (entry: FilterEntry) => number | undefined): Instance[] {
  const buckets = new Map<number, Instance[]>();
  let lastKey = Number.NaN;
  let last: Instance[] = [];
  for (const entry of entries) {
    const value = score(entry);
    if (value === undefined) continue;
    const key = rank(entry, value);
    if (key !== lastKey) {
      lastKey = key;
      last = buckets.get(key) ?? [];
      if (last.length === 0) buckets.set(key, last);
    }
    last.push(entry.instance);
  }
  return [...buckets].toSorted((a, b) => a[0] - b[0]).flatMap(([, bucket]) => bucket);
}

/** An instance that did not change keeps its object, and so its entry. */
const known = new WeakMap<Instance, FilterEntry>();

/** The instance's entry, made once. */
export function filterEntry(instance: Instance): FilterEntry {
  let entry = known.get(instance);
  if (entry === undefined) {
    entry = toFilterEntry(instance);
    known.set(instance, entry);
  }
  return entry;
}

/** What `filterInstances` searches: in name order. */
export function filterEntries(instances: Iterable<Instance>): FilterEntry[] {
  return sortedEntries(Array.from(instances, filterEntry));
}

function sortedEntries(entries: FilterEntry[]): FilterEntry[] {
  return entries.sort((a, b) => compareText(a.name, b.name));
}

/** By character code: locale-aware comparing costs a hundred times as much. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
