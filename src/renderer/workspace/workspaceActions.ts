/** What a person can do with the tabs as a whole: split, duplicate, rename, move out, open again, and bring back the last start's. */
import { PosternError } from '../../contract/error.ts';
import { LOCAL_SHELL_ID } from '../../contract/workspace.ts';
import { i18n } from '../i18n/i18n.ts';
import type { Actions } from '../state/actions.ts';
import type { Mirror } from '../state/mirror.ts';
import type { Store } from '../state/store.ts';
import { addTab, changeTab, removeTab, type Placement, type Tab } from '../state/tabs.ts';
import type { WindowState } from '../state/windowState.ts';
import { detachedAddress } from './detached.ts';
import { againOf, fromSavedWorkspace } from './workspaceState.ts';

export type WorkspaceActions = ReturnType<typeof createWorkspaceActions>;

export interface WorkspaceActionParts {
  readonly page: Pick<Window, 'open' | 'location' | 'setInterval' | 'clearInterval'>;
  readonly mirror: Store<Mirror>;
  readonly window: Store<WindowState>;
  readonly actions: Pick<Actions, 'open' | 'adopt' | 'changeSettings' | 'report'>;
}

const MAX_TITLE_CHARACTERS = 60;
/** How soon a tab comes back whose own window was closed. No event tells the opener. */
const CLOSED_CHECK_MS = 500;

export function createWorkspaceActions({ page, mirror, window, actions }: WorkspaceActionParts) {
  const duplicate = (tab: Tab, direction?: Placement['direction']): Promise<boolean> => {
    const session = mirror.get().sessions.get(tab.sessionId);
    return actions.open(tab.instanceId, (session === undefined ? tab.again : againOf(session)) ?? {}, {
      ...(tab.title === undefined ? {} : { title: tab.title }),
      ...(direction === undefined ? {} : { placement: { beside: tab.tabId, direction } }),
    });
  };

  return {
    openLocalShell: () => actions.open(LOCAL_SHELL_ID),
    duplicate,
    /** Empty: what the host is called. */
    rename: (tabId: string, title: string) => window.set((state) => ({ ...state, tabs: renamed(state.tabs, tabId, title) })),
    /** @returns false when nothing was closed */
    reopenClosed: (): boolean => {
      const [last, ...closed] = window.get().closed;
      if (last === undefined) return false;
      window.set((state) => ({ ...state, closed }));
      void actions.open(last.instanceId, last.again ?? {}, last.title === undefined ? {} : { title: last.title });
      return true;
    },
    /** To a window of its own; the session goes on, and its tab comes back here when that window is closed. */
    detach: (tab: Tab): boolean => {
      const opened = page.open(detachedAddress(page.location, tab.sessionId), '_blank', 'popup,width=900,height=600');
      if (opened === null) {
        actions.report(new PosternError({ code: 'input.invalid', message: i18n.t('workspace.detachBlocked'), remedy: i18n.t('workspace.detachBlockedRemedy') }));
        return false;
      }
      window.set((state) => ({ ...state, tabs: removeTab(state.tabs, tab.tabId) }));
      const check = page.setInterval(() => {
        if (!opened.closed) return;
        page.clearInterval(check);
        const session = mirror.get().sessions.get(tab.sessionId);
        if (session !== undefined && session.state.name !== 'closed') actions.adopt(session);
      }, CLOSED_CHECK_MS);
      return true;
    },
    /** The tabs of the last start, each waiting to be connected. */
    restore: () =>
      window.set((state) => {
        if (state.offered === undefined) return state;
        const before = new Set(state.tabs.tabs.map(({ tabId }) => tabId));
        const kept = fromSavedWorkspace(state.offered);
        // Panes as they were, where nothing is in the way; else behind what was opened meanwhile.
        if (before.size === 0) return { ...state, offered: undefined, view: 'hosts', tabs: kept.tabs, layout: kept.layout };
        const tabs = kept.tabs.tabs.filter(({ tabId }) => !before.has(tabId)).reduce(addTab, state.tabs);
        return { ...state, offered: undefined, view: 'hosts', tabs: { ...tabs, activeTabId: state.tabs.activeTabId } };
      }),
    dismissOffer: () => window.set((state) => ({ ...state, offered: undefined })),
    restoreWithoutAsking: () => actions.changeSettings({ restoreWorkspace: 'always' }),
  };
}

function renamed(tabs: WindowState['tabs'], tabId: string, title: string): WindowState['tabs'] {
  const shown = title.trim().slice(0, MAX_TITLE_CHARACTERS);
  if (shown !== '') return changeTab(tabs, tabId, { title: shown });
  return {
    ...tabs,
    tabs: tabs.tabs.map((tab) => {
      if (tab.tabId !== tabId) return tab;
      const { title: _, ...rest } = tab;
      return rest;
    }),
  };
}
