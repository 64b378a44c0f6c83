/** Counts what is used: what the palette runs, and hosts however they are opened. */
import { createStore, type Store } from '../state/store.ts';
import type { WindowState } from '../state/windowState.ts';
import { usedAgain, type Usage } from './usage.ts';

export interface UsageStore extends Store<Usage> {
  used(key: string): void;
}

export function createUsage(window: Store<WindowState>): UsageStore {
  const store = createStore<Usage>(new Map());
  const used = (key: string): void => store.set((usage) => usedAgain(usage, key, Date.now()));
  let { tabs } = window.get().tabs;
  window.subscribe(() => {
    const before = tabs;
    tabs = window.get().tabs.tabs;
    if (tabs === before) return;
    const known = new Set(before.map(({ tabId }) => tabId));
    // A tab that was restored is none that was opened now.
    for (const { tabId, instanceId, again } of tabs) if (!known.has(tabId) && again === undefined) used(`host:${instanceId}`);
  });
  return { ...store, used };
}
