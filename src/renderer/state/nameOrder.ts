/** Hosts in the order of their names, kept while more of them come: what stood in order is not put in order again. */
import type { Instance } from '../../contract/instance.ts';
import { merged, sorting } from '../../query/hostIndex.ts';

export class NameOrder {
  /** Of each place, in the order of the places. */
  #names: string[] = [];
  /** Indexes into the places, by name; those of one name as they came. */
  #order: Uint32Array = new Uint32Array(0);

  /** @param places of before, and maybe more. @returns them by name */
  of(places: readonly number[], at: (place: number) => Instance | undefined): number[] {
    for (const steps = this.making(places, at); steps.next().done !== true; );
    return Array.from(this.#order, (index) => places[index] ?? -1);
  }

  /** The same in steps of a few milliseconds, so that `of` finds it done. */
  *making(places: readonly number[], at: (place: number) => Instance | undefined): Generator<undefined, void> {
    const names = this.#names;
    const before = this.#order;
    const count = places.length;
    if (before.length === count) return;
    for (let index = names.length; index < count; index = names.length) {
      const instance = at(places[index] ?? -1);
      names.push(instance === undefined ? '' : sortName(instance));
      if (index % NAMED_AT_ONCE === NAMED_AT_ONCE - 1) yield;
    }
    const nameAt = (index: number | undefined): string => (index === undefined ? '' : (names[index] ?? ''));
    const added = yield* sorting(Array.from({ length: count - before.length }, (_, index) => index + before.length), nameAt);
    const order = before.length === 0 ? added : yield* merged(before, added, nameAt);
    // Somebody could not wait, or one of them has another name now.
    if (this.#order === before && this.#names === names) this.#order = order;
  }

  /** One of them has another name now. */
  forget(): void {
    this.#names = [];
    this.#order = new Uint32Array(0);
  }
}

const NAMED_AT_ONCE = 2048;

/** An instance that changed is another object. Without it a large estate that streams in is named anew with every page of it. */
const sortNames = new WeakMap<Instance, string>();

/** Hosts without a name come last. */
export function sortName(instance: Instance): string {
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
