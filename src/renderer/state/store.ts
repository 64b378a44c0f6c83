/**
 * A value many components read, changed in batches: all changes of one animation frame become one render.
 */
import { useRef, useSyncExternalStore } from 'react';

/** A hidden page gets no animation frames; its state must not wait for one. */
const HIDDEN_FLUSH_MS = 250;

export interface Store<T> {
  get(): T;
  /** Change now; listeners are told at once. For what the person did. */
  set(change: (value: T) => T): void;
  /** Change with the next frame, together with everything else that came. For what the services told. */
  setSoon(change: (value: T) => T): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  let waiting: ((value: T) => T)[] = [];
  let cancelFlush: (() => void) | undefined;
  const listeners = new Set<() => void>();

  const flush = (): void => {
    cancelFlush?.();
    cancelFlush = undefined;
    const changes = waiting;
    waiting = [];
    const before = value;
    for (const change of changes) value = change(value);
    if (value !== before) for (const listener of listeners) listener();
  };

  return {
    get: () => value,
    set: (change) => {
      waiting.push(change);
      flush();
    },
    setSoon: (change) => {
      waiting.push(change);
      cancelFlush ??= scheduleFrame(flush);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function scheduleFrame(callback: () => void): () => void {
  const frame = requestAnimationFrame(callback);
  const timer = setTimeout(callback, HIDDEN_FLUSH_MS);
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}

/** Reads a part of a store; renders again only when that part is another value (`Object.is`). */
export function useStore<T, S>(store: Store<T>, select: (value: T) => S): S {
  const last = useRef<{ readonly value: T; readonly select: (value: T) => S; readonly selected: S } | undefined>(undefined);
  const read = (): S => {
    const value = store.get();
    // The value itself may be undefined.
    if (last.current !== undefined && last.current.value === value && last.current.select === select) return last.current.selected;
    const selected = select(value);
    last.current = { value, select, selected };
    return selected;
  };
  return useSyncExternalStore(store.subscribe, read, read);
}
