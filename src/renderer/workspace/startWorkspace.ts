/** The workspace of one window from its first connection on: what it shows first, what it offers to bring back, what it keeps. */
import type { SavedWorkspace } from '../../contract/workspace.ts';
import { isDesktop } from '../link.ts';
import type { UsageStore } from '../palette/keepUsage.ts';
import { usageOf } from '../palette/usage.ts';
import type { Actions } from '../state/actions.ts';
import type { Client } from '../state/connection.ts';
import type { Mirror } from '../state/mirror.ts';
import type { Store } from '../state/store.ts';
import { addTab, loadTabs, noTabs, saveTabs } from '../state/tabs.ts';
import type { WindowState } from '../state/windowState.ts';
import { detachedSession } from './detached.ts';
import { keepWorkspace } from './keepWorkspace.ts';
import { createWorkspaceActions, type WorkspaceActions } from './workspaceActions.ts';
import { fromSavedWorkspace, keptForReload } from './workspaceState.ts';

export interface StartedWorkspace {
  readonly workspace: WorkspaceActions;
  /** To be called with every new link; the first is asked what the last start showed, so that nothing waits for it later. */
  readonly connecting: (client: Client) => void;
  /** To be called whenever the services are connected and sessions listed; only the first time does something. */
  readonly connected: () => void;
}

export interface StartWorkspaceParts {
  readonly page: Window;
  readonly mirror: Store<Mirror>;
  readonly window: Store<WindowState>;
  readonly usage: UsageStore;
  readonly actions: Actions;
  readonly client: () => Client | undefined;
}

export function startWorkspace({ page, mirror, window, usage, actions, client }: StartWorkspaceParts): StartedWorkspace {
  const workspace = createWorkspaceActions({ page, mirror, window, actions });
  const detached = detachedSession(page.location);
  if (detached !== undefined) window.set((state) => ({ ...state, detached: true, panels: { hosts: false, host: false } }));
  let begun = false;
  let asked: Promise<SavedWorkspace | undefined> | undefined;

  /** What the last start showed, unless this page shows it already. */
  const offer = async (): Promise<void> => {
    const saved = await asked;
    usage.set((now) => new Map([...usageOf(saved?.used ?? []), ...now]));
    const shown = new Set(window.get().tabs.tabs.map(({ sessionId }) => sessionId));
    const { settings, sessions } = mirror.get();
    if (saved === undefined || saved.tabs.length === 0 || saved.tabs.some(({ sessionId }) => shown.has(sessionId)) || settings.restoreWorkspace === 'never') return;
    window.set((state) => ({ ...state, offered: saved }));
    // A session that still runs may be shown by another window, which must not lose it unasked.
    if (settings.restoreWorkspace === 'always' && !saved.tabs.some(({ sessionId }) => sessions.has(sessionId))) workspace.restore();
  };

  const keep = (): void => {
    window.subscribe(() => saveTabs(page.sessionStorage, window.get().tabs));
    keepWorkspace({
      storage: page.sessionStorage,
      mirror,
      window,
      usage,
      // Not worth a message of its own: the next change is told again.
      save: (saved) => void client()?.workspace.save(saved).catch((cause: unknown) => console.debug('The workspace was not kept', cause)),
    });
  };

  return {
    workspace,
    connecting: (link) => {
      if (begun || detached !== undefined) return;
      asked = link.workspace.get({});
      // Reported where it is needed; a link that drops before is asked no more.
      asked.catch(() => undefined);
    },
    connected: () => {
      if (begun) return;
      begun = true;
      window.set((state) => ({ ...state, ...(detached === undefined ? firstTabs(page, mirror.get()) : tabOf(detached, mirror.get())) }));
      if (detached !== undefined) return;
      keep();
      void offer().catch(actions.report);
    },
  };
}

/** A window for one session shows that one. */
function tabOf(sessionId: string, { sessions }: Mirror): Pick<WindowState, 'tabs' | 'layout'> {
  const session = sessions.get(sessionId);
  return { tabs: session === undefined ? noTabs : addTab(noTabs, { tabId: `tab-${sessionId}`, sessionId, instanceId: session.instanceId }), layout: undefined };
}

/** The tabs from before a reload, arranged as they were. The desktop has one main window, so there every session that still runs gets its tab. */
function firstTabs(page: Window, mirror: Mirror): Pick<WindowState, 'tabs' | 'layout'> {
  const kept = keptForReload(page.sessionStorage);
  const reloaded = kept === undefined ? undefined : fromSavedWorkspace(kept);
  const saved = loadTabs(page.sessionStorage);
  const sessions = [...mirror.sessions.values()].filter((session) => saved?.sessionIds.includes(session.sessionId) ?? isDesktop(page.navigator));
  const order = (sessionId: string): number => saved?.sessionIds.indexOf(sessionId) ?? 0;
  let tabs = noTabs;
  for (const { sessionId, instanceId } of sessions.toSorted((a, b) => order(a.sessionId) - order(b.sessionId))) {
    tabs = addTab(tabs, reloaded?.tabs.tabs.find((tab) => tab.sessionId === sessionId) ?? { tabId: `tab-${sessionId}`, sessionId, instanceId });
  }
  const active = tabs.tabs.find((tab) => tab.sessionId === saved?.active);
  return { tabs: active === undefined ? tabs : { ...tabs, activeTabId: active.tabId }, layout: reloaded?.layout };
}
