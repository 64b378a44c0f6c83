/**
 * Finds instances by what a person types, on each keystroke: the field terms of `hostFilter.ts` hold, the words are ranked.
 *
 * Every word must be a substring of the row's text (name, id, addresses, state, type, tags, place). Where no row has that, and the
 * query is one word, its letters in order on the name count (`prdwb` finds `prod-web`). Nothing is sorted: hosts in the order of
 * their names are dealt into a few buckets. Measured by bench/filter.ts.
 */
import type { Instance } from '../contract/instance.ts';
import type { HostFilter } from './hostFilter.ts';
import { letterMask, type HostBlock, type HostIndex } from './hostIndex.ts';
import { indexOf } from './preparedIndex.ts';

/** What a filter found, by the places of the index. */
interface Searched {
  readonly filter: HostFilter;
  /** Those that hold every term and every word; what a narrower filter finds is among them. */
  readonly held: Uint8Array;
  readonly count: number;
  /** The best first, where the filter has words. */
  readonly ranked: Uint32Array | undefined;
  /** Absent until somebody asks. */
  instances: readonly Instance[] | undefined;
}

/** Letters that may be taken back at no cost. */
const REMEMBERED_SEARCHES = 16;

export interface HostSearchOptions {
  /** How hosts stand where the filter has no words: by name, or in the order they came, which takes a third of the time. */
  readonly withoutWords?: 'by-name' | 'as-they-came';
}

/**
 * A search that remembers: a query that grew by a letter looks only at what the shorter one found, and one that lost a letter is
 * answered as before.
 *
 * @returns the matching instances, best first where the filter has words
 */
export function createHostSearch({ withoutWords = 'by-name' }: HostSearchOptions = {}): (instances: ReadonlyMap<string, Instance>, filter: HostFilter) => readonly Instance[] {
  let searchedIn: HostIndex | undefined;
  /** The latest last. */
  let remembered: readonly Searched[] = [];
  /** Used again for each search: what a key leaves behind is collected between two others. */
  let scores = new Uint32Array(0);
  const recall = (filter: HostFilter): Searched | undefined => remembered.find((one) => one.filter.words.join('\n') === filter.words.join('\n') && isBroader(one.filter, filter) && isBroader(filter, one.filter));
  const keep = (searched: Searched): Searched => {
    remembered = [...remembered.filter((one) => one !== searched).slice(1 - REMEMBERED_SEARCHES), searched];
    return searched;
  };
  const find = (index: HostIndex, filter: HostFilter): Searched => {
    const known = recall(filter);
    if (known !== undefined) return keep(known);
    let broader: Searched | undefined;
    for (const one of remembered) if (one.count < (broader?.count ?? Infinity) && isBroader(one.filter, filter)) broader = one;
    if (filter.words.length === 0) return keep(holding(index, filter, broader));
    // Its own, for the letters that are looked for where no host has the word.
    const byFields = filter.hasFields ? find(index, { ...filter, words: [] }) : undefined;
    scores = scores.length === index.instances.length ? scores.fill(0) : new Uint32Array(index.instances.length);
    return keep(ranking(index, filter, scores, broader !== undefined && broader.count < (byFields?.count ?? Infinity) ? broader : byFields, byFields));
  };
  return (instances, filter) => {
    const index = indexOf(instances);
    if (index !== searchedIn) {
      remembered = searchedIn !== undefined && readsAlike(searchedIn, index) ? stillFound(remembered, searchedIn, index) : [];
      searchedIn = index;
    }
    const found = find(index, filter);
    // The same list for the same question: whoever arranged it need not again.
    found.instances ??= found.ranked !== undefined ? standingAt(index, found.ranked) : withoutWords === 'by-name' ? inOrder(index, found.held) : index.instances.filter((_instance, place) => found.held[place] === 1);
    return found.instances;
  };
}

/** Whether every host reads as it did, in the same place. */
function readsAlike(one: HostIndex, other: HostIndex): boolean {
  return one.byName === other.byName && one.blocks.length === other.blocks.length && one.blocks.every(({ starts }, place) => starts === other.blocks[place]?.starts);
}

/**
 * What was found, with the hosts as they are now. Words are found where they were before; what a field is judged by may be what
 * changed, in a few hosts, and those alone are judged again.
 */
function stillFound(remembered: readonly Searched[], before: HostIndex, index: HostIndex): Searched[] {
  const changed: number[] = [];
  for (let place = 0; place < index.instances.length; place += 1) if (index.instances[place] !== before.instances[place]) changed.push(place);
  const isWorthIt = changed.length <= index.instances.length / REMEMBERED_SEARCHES;
  return remembered.flatMap((one): Searched[] => {
    const { filter } = one;
    if (filter.terms.length === 0) return [{ ...one, instances: undefined }];
    if (!isWorthIt || filter.words.length > 0 || filter.terms.some(({ byContext }) => byContext)) return [];
    const held = one.held.slice();
    let { count } = one;
    for (const place of changed) {
      const instance = index.instances[place];
      const holds = instance !== undefined && filter.holds(instance) ? 1 : 0;
      count += holds - (held[place] ?? 0);
      held[place] = holds;
    }
    return [{ filter, held, count, ranked: undefined, instances: undefined }];
  });
}

/** Whether a filter finds at least what the other does. */
function isBroader(filter: HostFilter, other: HostFilter): boolean {
  return (
    (filter.context === other.context || !filter.terms.some(({ byContext }) => byContext)) &&
    filter.words.every((word) => other.words.some((longer) => longer.includes(word))) &&
    filter.terms.every(({ text }) => other.terms.some((term) => term.text === text)) &&
    filter.unwanted.every((word) => other.unwanted.includes(word))
  );
}

/** The hosts that the field terms hold for. */
function holding(index: HostIndex, filter: HostFilter, broader: Searched | undefined): Searched {
  const held = broader === undefined ? new Uint8Array(index.instances.length).fill(1) : broader.held.slice();
  const terms = filter.terms.filter(({ text }) => !(broader?.filter.terms.some((term) => term.text === text) ?? false));
  const { instances } = index;
  for (const { holds } of terms) {
    for (let place = 0; place < held.length; place += 1) {
      const instance = instances[place];
      if (held[place] === 1 && instance !== undefined && !holds(instance)) held[place] = 0;
    }
  }
  for (const word of filter.unwanted) if (!(broader?.filter.unwanted.includes(word) ?? false)) leaveOut(index, word, held);
  let count = 0;
  for (const one of held) count += one;
  return { filter, held, count, ranked: undefined, instances: undefined };
}

function standingAt({ instances }: HostIndex, places: Uint32Array): Instance[] {
  const found: Instance[] = [];
  for (const place of places) {
    const instance = instances[place];
    if (instance !== undefined) found.push(instance);
  }
  return found;
}

function inOrder({ instances, byName }: HostIndex, held: Uint8Array): Instance[] {
  const found: Instance[] = [];
  for (const place of byName) {
    const instance = instances[place];
    if (held[place] === 1 && instance !== undefined) found.push(instance);
  }
  return found;
}

/** The hosts that hold the words, and where none does, those whose names have the letters of the only word in order. */
function ranking(index: HostIndex, filter: HostFilter, scores: Uint32Array, broader: Searched | undefined, byFields: Searched | undefined): Searched {
  const size = index.instances.length;
  const held = broader === undefined ? new Uint8Array(size).fill(1) : broader.held.slice();
  for (const word of filter.words) lookFor(index, word, held, scores);
  let count = 0;
  for (const one of held) count += one;
  const [only = ''] = filter.words;
  if (count > 0 || filter.words.length > 1 || only.length < 2) return { filter, held, count, ranked: dealt(index, held, scores), instances: undefined };
  const likely = byFields === undefined ? new Uint8Array(size).fill(1) : byFields.held.slice();
  lookForLetters(index, only, likely, scores);
  return { filter, held, count, ranked: dealt(index, likely, scores), instances: undefined };
}

/**
 * Takes out who does not hold the word, and adds to the scores of who does: the smaller, the better. One look into a block's text
 * finds the next host that holds it, wherever that is.
 */
function lookFor({ blocks }: HostIndex, word: string, held: Uint8Array, scores: Uint32Array): void {
  let first = 0;
  for (const block of blocks) {
    const { text, starts, nameLengths } = block;
    const hosts = nameLengths.length;
    for (let host = nextHeld(held, first, 0, hosts); host < hosts; host = nextHeld(held, first, host + 1, hosts)) {
      const at = text.indexOf(word, starts[host]);
      while (host < hosts && (at < 0 || at >= (starts[host + 1] ?? 0))) held[first + host++] = 0;
      if (host === hosts || held[first + host] === 0) continue;
      const within = at - (starts[host] ?? 0);
      scores[first + host] = (scores[first + host] ?? 0) + scoreAt(block, within, word.length, host);
    }
    first += hosts;
  }
}

function nextHeld(held: Uint8Array, first: number, from: number, hosts: number): number {
  let host = from;
  while (host < hosts && held[first + host] === 0) host += 1;
  return host;
}

/** Of a word found so far from the beginning of a host's text. */
function scoreAt({ text, starts, nameLengths }: HostBlock, within: number, length: number, host: number): number {
  const nameLength = nameLengths[host] ?? 0;
  if (within + length > nameLength) return 300;
  if (within === 0) return nameLength === length ? 0 : 10;
  return isBoundary(text.charCodeAt((starts[host] ?? 0) + within - 1)) ? 50 : 100;
}

function isBoundary(code: number): boolean {
  return !(code >= 97 && code <= 122) && !(code >= 48 && code <= 57);
}

/** Takes out who holds the word. */
function leaveOut(index: HostIndex, word: string, held: Uint8Array): void {
  const holders = held.slice();
  lookFor(index, word, holders, new Uint32Array(held.length));
  for (const [place, holds] of holders.entries()) if (holds === 1) held[place] = 0;
}

/** Takes out whose name has not the letters in their order; gaps cost. */
function lookForLetters({ blocks }: HostIndex, letters: string, held: Uint8Array, scores: Uint32Array): void {
  const mask = letterMask(letters);
  let place = 0;
  for (const { names, nameMasks } of blocks) {
    for (let host = 0; host < names.length; host += 1, place += 1) {
      if (held[place] === 0) continue;
      const score = ((nameMasks[host] ?? 0) & mask) === mask ? scoreLetters(names[host] ?? '', letters) : undefined;
      if (score === undefined) held[place] = 0;
      else scores[place] = score;
    }
  }
}

function scoreLetters(name: string, letters: string): number | undefined {
  let from = 0;
  let first = -1;
  for (let index = 0; index < letters.length; index += 1) {
    const found = name.indexOf(letters.charAt(index), from);
    if (found < 0) return undefined;
    if (first < 0) first = found;
    from = found + 1;
  }
  return 1000 + (from - first - letters.length) * 4 + first;
}

/** The best first, the running ones before others of the same score, each kind by name: dealt into a bucket for every score. */
function dealt({ isRunning, byName }: HostIndex, held: Uint8Array, scores: Uint32Array): Uint32Array {
  let count = 0;
  let worst = 0;
  for (let place = 0; place < held.length; place += 1) {
    if (held[place] === 0) continue;
    count += 1;
    const bucket = (scores[place] ?? 0) * 2 + (isRunning[place] === 1 ? 0 : 1);
    scores[place] = bucket;
    if (bucket > worst) worst = bucket;
  }
  const ends = new Uint32Array(worst + 2);
  for (let place = 0; place < held.length; place += 1) if (held[place] === 1) ends[(scores[place] ?? 0) + 1] = (ends[(scores[place] ?? 0) + 1] ?? 0) + 1;
  for (let bucket = 1; bucket < ends.length; bucket += 1) ends[bucket] = (ends[bucket] ?? 0) + (ends[bucket - 1] ?? 0);
  const places = new Uint32Array(count);
  for (const place of byName) {
    if (held[place] === 0) continue;
    const bucket = scores[place] ?? 0;
    const at = ends[bucket] ?? 0;
    places[at] = place;
    ends[bucket] = at + 1;
  }
  return places;
}
