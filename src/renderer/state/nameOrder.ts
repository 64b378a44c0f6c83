/** Hosts in the order of their names, kept while more of them come: what stood in order is not put in order again. */
import type { Instance } from '../../contract/instance.ts';
import { compareText } from '../../query/hostIndex.ts';

export class NameOrder {
  /** Of each place, in the order of the places. */
  #names: string[] = [];
  /** Indexes into the places, by name; those of one name as they came. */
  #order: readonly number[] = [];

  /** @param places of before, and maybe more. @returns them by name */
  of(places: readonly number[], at: (place: number) => Instance | undefined): number[] {
    const names = this.#names;
    for (let index = names.length; index < places.length; index += 1) {
      const instance = at(places[index] ?? -1);
      names.push(instance === undefined ? '' : sortName(instance));
    }
    const nameAt = (index: number | undefined): string => (index === undefined ? '' : (names[index] ?? ''));
    const added = Array.from({ length: places.length - this.#order.length }, (_, index) => index + this.#order.length).sort((a, b) => compareText(nameAt(a), nameAt(b)));
    if (added.length > 0) this.#order = merged(this.#order, added, nameAt);
    return this.#order.map((index) => places[index] ?? -1);
  }

  /** One of them has another name now. */
  forget(): void {
    this.#names = [];
    this.#order = [];
  }
}

function merged(left: readonly number[], right: readonly number[], nameAt: (index: number | undefined) => string): readonly number[] {
  if (left.length === 0) return right;
  const all: number[] = [];
  let taken = 0;
  for (const index of right) {
    for (let first = left[taken]; first !== undefined && nameAt(first) <= nameAt(index); first = left[taken]) {
      all.push(first);
      taken += 1;
    }
    all.push(index);
  }
  for (; taken < left.length; taken += 1) all.push(left[taken] ?? -1);
  return all;
}

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
