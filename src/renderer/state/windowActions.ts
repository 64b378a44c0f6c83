/**
 * What an action of the shortcuts means in what is shown right now: the terminal in front says what "find" does, and takes it back
 * when it goes. App.tsx asks here first.
 */
import { useEffect, useEffectEvent } from 'react';
import type { WindowAction } from './shortcuts.ts';

const handlers = new Map<WindowAction['kind'], Set<() => boolean>>();

/**
 * Runs with the action's keys and from the palette, while `active`.
 *
 * @param run returns false when it means nothing right now
 */
export function useWindowAction(kind: WindowAction['kind'], run: () => boolean, active = true): void {
  const handle = useEffectEvent(run);
  useEffect(() => {
    if (!active) return undefined;
    const handler = (): boolean => handle();
    const same = handlers.get(kind) ?? new Set();
    handlers.set(kind, same.add(handler));
    return () => void same.delete(handler);
  }, [kind, active]);
}

/** @returns whether somebody did something; the newest is asked first */
export function runWindowAction(kind: WindowAction['kind']): boolean {
  return [...(handlers.get(kind) ?? [])].toReversed().some((handler) => handler());
}

/** Whether anything shown now would take it, e.g. for the palette. */
export function hasWindowAction(kind: WindowAction['kind']): boolean {
  return (handlers.get(kind)?.size ?? 0) > 0;
}
