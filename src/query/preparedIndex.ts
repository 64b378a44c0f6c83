/** The index of the hosts that were searched last, for every search over them: the list has made it when the palette opens. */
import type { Instance } from '../contract/instance.ts';
import { emptyIndex, indexing, type HostIndex } from './hostIndex.ts';

type Hosts = ReadonlyMap<string, Instance>;

interface Indexed {
  readonly hosts: Hosts;
  readonly index: HostIndex;
}

let newest: Indexed = { hosts: new Map(), index: emptyIndex };
/** A list that is made ready before it is shown must not cost the one that still is shown its index. */
let previous = newest;
let making: { readonly hosts: Hosts; readonly steps: Generator<undefined, HostIndex> } | undefined;

/**
 * Makes the index of the hosts in steps of a few milliseconds while there is time, and goes on where it stopped.
 *
 * @returns whether it is made
 */
export function prepareIndex(hosts: Hosts, hasTime: () => boolean): boolean {
  if (newest.hosts === hosts || previous.hosts === hosts) return true;
  if (making?.hosts !== hosts) making = { hosts, steps: indexing(hosts.values(), newest.index) };
  while (hasTime()) {
    const step = making.steps.next();
    if (step.done !== true) continue;
    previous = newest;
    newest = { hosts, index: step.value };
    making = undefined;
    return true;
  }
  return false;
}

export function indexOf(hosts: Hosts): HostIndex {
  prepareIndex(hosts, () => true);
  return previous.hosts === hosts ? previous.index : newest.index;
}
