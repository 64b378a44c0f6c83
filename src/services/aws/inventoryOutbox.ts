/**
 * What the inventory has to tell, told at most every 100 ms: a window that got an event for every page of 170 scopes would
 * spend its time redrawing.
 */
import type { Instance } from '../../contract/instance.ts';
import type { InventoryEvent } from './inventoryEvent.ts';
import type { ScopeStatus } from '../../contract/scope.ts';

/** Between two events of a kind. The first after a pause is told in the same turn. */
const INTERVAL_MS = 100;
/** Instances of one event: about 10 ms to write down for a window. More are told without waiting. */
const MAX_INSTANCES = 1000;

export interface InventoryOutbox {
  /** New or different, whole; replaces what waits of it. @param isRecalled it is as an earlier run left it */
  changed(instance: Instance, isRecalled?: boolean): void;
  removed(instanceId: string): void;
  statusesChanged(): void;
  /** Tell what waits, now. */
  flush(): void;
  close(): void;
}

/** @param statuses as they are when they are told */
export function createOutbox(tell: (event: InventoryEvent) => void, statuses: () => ScopeStatus[], now: () => number = () => performance.now()): InventoryOutbox {
  const changed = new Map<string, Instance>();
  let recalled = new Set<string>();
  const removed = new Set<string>();
  let statusesWait = false;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | NodeJS.Immediate | undefined;

  function stop(): void {
    clearTimeout(timer as NodeJS.Timeout);
    clearImmediate(timer as NodeJS.Immediate);
    timer = undefined;
  }

  function flush(): void {
    stop();
    toldAtMs = now();
    const instances = [...changed.values()];
    const known = recalled;
    const instanceIds = [...removed];
    const withStatuses = statusesWait;
    changed.clear();
    recalled = new Set();
    removed.clear();
    statusesWait = false;
    if (instances.length > 0) tell({ type: 'changed', instances, ...(known.size === 0 ? {} : { recalled: known }) });
    if (instanceIds.length > 0) tell({ type: 'removed', instanceIds });
    if (withStatuses) tell({ type: 'scopes', statuses: statuses() });
  }

  function soon(): void {
    if (timer !== undefined) return;
    const waitMs = toldAtMs + INTERVAL_MS - now();
    timer = waitMs <= 0 ? setImmediate(flush) : setTimeout(flush, waitMs);
  }

  return {
    changed(instance, isRecalled = false) {
      removed.delete(instance.instanceId);
      if (isRecalled) recalled.add(instance.instanceId);
      else recalled.delete(instance.instanceId);
      changed.set(instance.instanceId, instance);
      if (changed.size >= MAX_INSTANCES) flush();
      else soon();
    },
    removed(instanceId) {
      changed.delete(instanceId);
      removed.add(instanceId);
      soon();
    },
    statusesChanged() {
      statusesWait = true;
      soon();
    },
    flush,
    close: stop,
  };
}
