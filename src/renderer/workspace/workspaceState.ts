/** The workspace as it is kept between two starts, and what is kept of a closed tab. Pure. */
import type { TerminalSession } from '../../contract/session.ts';
import { MAX_TABS, type PaneLayout, type SavedWorkspace, type WorkspaceTab } from '../../contract/workspace.ts';
import type { OpenChoice, Tab, Tabs } from '../state/tabs.ts';
import type { ClosedTab } from '../state/windowState.ts';

const MAX_CLOSED = 20;

/** The same route and user again. Where every way in was tried and none worked, they are all tried again. */
export function againOf({ route, osUser, state }: Pick<TerminalSession, 'route' | 'osUser' | 'state'>): OpenChoice {
  const via = state.name === 'failed' && state.error.code === 'route.none-usable' ? undefined : route;
  return {
    ...(via === undefined ? {} : { via: via.kind }),
    ...(via?.kind === 'jump' && via.through.every(isInstanceId) ? { through: via.through } : {}),
    ...(osUser === undefined ? {} : { osUser }),
  };
}

/** Bastions of ~/.ssh/config have names there: the configuration knows them, and is asked again. */
function isInstanceId(id: string): boolean {
  return id.startsWith('i-');
}

/** The last closed tab first; what is older than twenty is forgotten. */
export function closedTab(closed: readonly ClosedTab[], tab: Tab, session: TerminalSession | undefined): readonly ClosedTab[] {
  const again = session === undefined ? tab.again : againOf(session);
  return [{ instanceId: tab.instanceId, ...(tab.title === undefined ? {} : { title: tab.title }), ...(again === undefined ? {} : { again }) }, ...closed].slice(0, MAX_CLOSED);
}

/** Tab ids as the panes show them, from left to right and from top to bottom. */
export function tabIdsOf(layout: PaneLayout): readonly string[] {
  return layout.kind === 'group' ? layout.tabIds : layout.parts.flatMap(tabIdsOf);
}

/** Without tabs that are not there; undefined when nothing is left. A split with one part left is that part. */
export function pruned(layout: PaneLayout, tabIds: ReadonlySet<string>): PaneLayout | undefined {
  if (layout.kind === 'group') {
    const kept = layout.tabIds.filter((tabId) => tabIds.has(tabId));
    const active = layout.activeTabId;
    return kept.length === 0 ? undefined : { kind: 'group', size: layout.size, tabIds: kept, ...(active !== undefined && kept.includes(active) ? { activeTabId: active } : {}) };
  }
  const parts = layout.parts.flatMap((part) => pruned(part, tabIds) ?? []);
  const [only] = parts;
  if (only === undefined) return undefined;
  return parts.length === 1 ? { ...only, size: layout.size } : { ...layout, parts };
}

/** @param before what was kept last: a session that is forgotten, as all are when the services stop, is named and reached as it was then */
export function toSavedWorkspace(tabs: Tabs, layout: PaneLayout | undefined, sessions: ReadonlyMap<string, TerminalSession>, before?: SavedWorkspace): SavedWorkspace {
  const saved = tabs.tabs.slice(0, MAX_TABS).map((tab): WorkspaceTab => {
    const session = sessions.get(tab.sessionId);
    const forgotten = session === undefined ? before?.tabs.find(({ tabId, sessionId }) => tabId === tab.tabId && sessionId === tab.sessionId) : undefined;
    const { via, through, osUser } = forgotten ?? (session === undefined ? tab.again : againOf(session)) ?? {};
    const name = session?.instanceName ?? forgotten?.name ?? tab.name;
    return {
      tabId: tab.tabId,
      sessionId: tab.sessionId,
      instanceId: tab.instanceId,
      ...(name === undefined ? {} : { name: name.slice(0, 256) }),
      ...(tab.title === undefined ? {} : { title: tab.title }),
      ...(via === undefined ? {} : { via }),
      ...(through === undefined ? {} : { through }),
      ...(osUser === undefined ? {} : { osUser }),
    };
  });
  const shown = layout === undefined ? undefined : pruned(layout, new Set(saved.map(({ tabId }) => tabId)));
  return { tabs: saved, ...(shown === undefined ? {} : { layout: shown }), ...(tabs.activeTabId === undefined ? {} : { activeTabId: tabs.activeTabId }) };
}

/** The tabs of a kept workspace; none of them is connected by this. A layout that names a tab twice is no layout. */
export function fromSavedWorkspace(saved: SavedWorkspace): { readonly tabs: Tabs; readonly layout: PaneLayout | undefined } {
  const byId = new Map(saved.tabs.map((tab) => [tab.tabId, tab]));
  const tabs = [...byId.values()].map(({ tabId, sessionId, instanceId, name, title, via, through, osUser }): Tab => ({
    tabId,
    sessionId,
    instanceId,
    ...(name === undefined ? {} : { name }),
    ...(title === undefined ? {} : { title }),
    again: { ...(via === undefined ? {} : { via }), ...(through === undefined ? {} : { through }), ...(osUser === undefined ? {} : { osUser }) },
  }));
  const active = saved.activeTabId !== undefined && byId.has(saved.activeTabId) ? saved.activeTabId : tabs[0]?.tabId;
  const layout = saved.layout === undefined ? undefined : pruned(saved.layout, new Set(byId.keys()));
  const placed = layout === undefined ? [] : tabIdsOf(layout);
  return { tabs: { tabs, activeTabId: active }, layout: new Set(placed).size === placed.length ? layout : undefined };
}

const STORAGE_KEY = 'postern.workspace';

/** For a reload of this page: its titles and panes. The services keep the same for the next start. */
export function keepForReload(storage: Pick<Storage, 'setItem'>, workspace: SavedWorkspace): void {
  storage.setItem(STORAGE_KEY, JSON.stringify(workspace));
}

/** What this very page kept; undefined when there is nothing of the kind. */
export function keptForReload(storage: Pick<Storage, 'getItem'>): SavedWorkspace | undefined {
  try {
    const value: unknown = JSON.parse(storage.getItem(STORAGE_KEY) ?? 'null');
    return isWorkspace(value) ? value : undefined;
  } catch {
    // Written by something else: as good as nothing.
    return undefined;
  }
}

/** Enough to tell our own from something else: only this page's own scripts write there. */
function isWorkspace(value: unknown): value is SavedWorkspace {
  return typeof value === 'object' && value !== null && 'tabs' in value && Array.isArray(value.tabs);
}
