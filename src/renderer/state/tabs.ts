/** The tabs of this window: which sessions it shows, in which order, and which one is in front. Pure. */
import type { RouteKind } from '../../contract/route.ts';

/** How a host is opened where the person chose. */
export interface OpenChoice {
  readonly via?: RouteKind;
  /** Bastions by their instance ids, the nearest first. */
  readonly through?: string[];
  readonly osUser?: string;
  readonly keyPairId?: string;
  /** Which keys is asked once for each host. */
  readonly forwardAgent?: boolean;
}

/** Where a new tab goes in the workspace; absent: behind the one in front. */
export interface Placement {
  readonly beside: string;
  readonly direction: 'right' | 'below';
}

export interface Tab {
  readonly tabId: string;
  /** Replaced when the tab reconnects: a new session in the same tab. */
  readonly sessionId: string;
  readonly instanceId: string;
  /** The title the shell set, already stripped of what cannot be seen. */
  readonly shellTitle?: string;
  /** The title the person gave. */
  readonly title?: string;
  /** What the host was called, for a tab whose session is not there (any more). */
  readonly name?: string;
  /** How a tab that was restored is opened again. */
  readonly again?: OpenChoice;
  /** What happened in it while it was hidden. */
  readonly mark?: 'activity' | 'bell';
  readonly placement?: Placement;
}

export interface Tabs {
  readonly tabs: readonly Tab[];
  readonly activeTabId: string | undefined;
}

export const noTabs: Tabs = { tabs: [], activeTabId: undefined };

/** Adds at the end and brings to the front. */
export function addTab(state: Tabs, tab: Tab): Tabs {
  return { tabs: [...state.tabs, tab], activeTabId: tab.tabId };
}

/** Removes; the right neighbour comes to the front, else the left one. */
export function removeTab(state: Tabs, tabId: string): Tabs {
  const index = state.tabs.findIndex((tab) => tab.tabId === tabId);
  if (index < 0) return state;
  const tabs = state.tabs.filter((tab) => tab.tabId !== tabId);
  const activeTabId = state.activeTabId === tabId ? (tabs[index] ?? tabs[index - 1])?.tabId : state.activeTabId;
  return { tabs, activeTabId };
}

/** To the front: what happened in it meanwhile is seen now. */
export function activateTab(state: Tabs, tabId: string): Tabs {
  return state.activeTabId === tabId || !state.tabs.some((tab) => tab.tabId === tabId) ? state : { ...seenTab(state, tabId), activeTabId: tabId };
}

/** What happened in a tab is in view. */
export function seenTab(state: Tabs, tabId: string): Tabs {
  if (!state.tabs.some((tab) => tab.tabId === tabId && tab.mark !== undefined)) return state;
  return {
    ...state,
    tabs: state.tabs.map((tab) => {
      if (tab.tabId !== tabId) return tab;
      const { mark: _, ...rest } = tab;
      return rest;
    }),
  };
}

/** A bell outweighs output. */
export function markTab(state: Tabs, tabId: string, mark: 'activity' | 'bell'): Tabs {
  const before = state.tabs.find((tab) => tab.tabId === tabId);
  return before === undefined || before.mark === mark || before.mark === 'bell' ? state : changeTab(state, tabId, { mark });
}

/** As the panes show them, from left to right and from top to bottom. Tabs that are in no pane yet stay behind. */
export function orderTabs(state: Tabs, tabIds: readonly string[]): Tabs {
  const place = (tab: Tab): number => (tabIds.includes(tab.tabId) ? tabIds.indexOf(tab.tabId) : tabIds.length);
  const tabs = state.tabs.toSorted((a, b) => place(a) - place(b));
  return tabs.every((tab, index) => tab === state.tabs[index]) ? state : { ...state, tabs };
}

/** The tab `offset` places to the right of the active one, round the end. */
export function stepTab(state: Tabs, offset: number): Tabs {
  const count = state.tabs.length;
  if (count === 0) return state;
  const index = state.tabs.findIndex((tab) => tab.tabId === state.activeTabId);
  const next = state.tabs[(((index + offset) % count) + count) % count];
  return next === undefined ? state : activateTab(state, next.tabId);
}

export function changeTab(state: Tabs, tabId: string, change: Partial<Omit<Tab, 'tabId' | 'instanceId'>>): Tabs {
  return { ...state, tabs: state.tabs.map((tab) => (tab.tabId === tabId ? { ...tab, ...change } : tab)) };
}

export function activeTab(state: Tabs): Tab | undefined {
  return state.tabs.find((tab) => tab.tabId === state.activeTabId);
}

const STORAGE_KEY = 'postern.tabs';

/** Remembered for a reload of this page; another window has its own. */
export function saveTabs(storage: Pick<Storage, 'setItem'>, state: Tabs): void {
  storage.setItem(STORAGE_KEY, JSON.stringify({ sessionIds: state.tabs.map((tab) => tab.sessionId), active: activeTab(state)?.sessionId }));
}

export interface SavedTabs {
  readonly sessionIds: readonly string[];
  readonly active: string | undefined;
}

/** Undefined when nothing (or nothing readable) was kept. */
export function loadTabs(storage: Pick<Storage, 'getItem'>): SavedTabs | undefined {
  const text = storage.getItem(STORAGE_KEY);
  if (text === null) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Written by something else: as good as nothing.
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('sessionIds' in value) || !Array.isArray(value.sessionIds)) return undefined;
  const sessionIds = value.sessionIds.filter((id): id is string => typeof id === 'string');
  return { sessionIds, active: 'active' in value && typeof value.active === 'string' ? value.active : undefined };
}
