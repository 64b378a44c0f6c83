/** Makes the search texts of the instances while nothing else happens, so that the first keystroke need not. */
import { useEffect } from 'react';
import type { Instance } from '../../contract/instance.ts';
import { filterEntry } from '../../query/rankedSearch.ts';

/** Left of an idle period when this stops, so that input never waits. */
const SPARE_MS = 2;

export function usePreparedFilter(instances: ReadonlyMap<string, Instance>): void {
  useEffect(() => {
    if (!('requestIdleCallback' in window)) return;
    const waiting = instances.values();
    let handle = 0;
    const prepareSome = (deadline: IdleDeadline): void => {
      while (deadline.timeRemaining() > SPARE_MS) {
        const next = waiting.next();
        if (next.done === true) return;
        filterEntry(next.value);
      }
      handle = window.requestIdleCallback(prepareSome);
    };
    handle = window.requestIdleCallback(prepareSome);
    return () => window.cancelIdleCallback(handle);
  }, [instances]);
}
