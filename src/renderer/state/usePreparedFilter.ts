/** Makes the index of the instances while nothing else happens, so that the first keystroke need not. */
import { useEffect } from 'react';
import type { Instance } from '../../contract/instance.ts';
import { prepareIndex } from '../../query/preparedIndex.ts';

/** Left of an idle period when this stops, so that input never waits. */
const SPARE_MS = 4;

export function usePreparedFilter(instances: ReadonlyMap<string, Instance>): void {
  useEffect(() => {
    if (!('requestIdleCallback' in window)) return;
    let handle = 0;
    const prepareSome = (deadline: IdleDeadline): void => {
      if (!prepareIndex(instances, () => deadline.timeRemaining() > SPARE_MS)) handle = window.requestIdleCallback(prepareSome);
    };
    handle = window.requestIdleCallback(prepareSome);
    return () => window.cancelIdleCallback(handle);
  }, [instances]);
}
