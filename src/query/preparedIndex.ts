/** The index of the hosts that were searched last, for every search over them: the list has made it when the palette opens. */
import type { Instance } from '../contract/instance.ts';
import { emptyIndex, indexing, type HostIndex } from './hostIndex.ts';

type Hosts = ReadonlyMap<string, Instance>;

let newest: { readonly hosts: Hosts; readonly index: HostIndex } = { hosts: new Map(), index: emptyIndex };
let making: { readonly hosts: Hosts; readonly steps: Generator<undefined, HostIndex> } | undefined;

/**
 * Makes the index of the hosts in steps of a few milliseconds while there is time, and goes on where it stopped.
 *
 * @returns whether it is made
 */
export function prepareIndex(hosts: Hosts, hasTime: () => boolean): boolean {
  if (newest.hosts === hosts) return true;
  if (making?.hosts !== hosts) making = { hosts, steps: indexing(hosts.values(), newest.index) };
  while (hasTime()) {
    const step = making.steps.next();
    if (step.done !== true) continue;
    newest = { hosts, index: step.value };
    making = undefined;
    return true;
  }
  return false;
}

export function indexOf(hosts: Hosts): HostIndex {
  prepareIndex(hosts, () => true);
  return newest.index;
}
