/** Everything of one window put together: stores, connection, actions. Made once, in main.tsx. */
import { connectContract } from '../../link/client.ts';
import { isDesktop, openPortLink, openSocketLink, socketAddress, takeToken } from '../link.ts';
import { createActions, type Actions } from './actions.ts';
import { keepConnected, type Client, type Connection } from './connection.ts';
import { emptyMirror, type Mirror } from './mirror.ts';
import { createStore, type Store } from './store.ts';
import { addTab, loadTabs, noTabs, saveTabs, type Tabs } from './tabs.ts';
import { initialWindowState, type WindowState } from './windowState.ts';

export interface Postern {
  readonly mirror: Store<Mirror>;
  readonly window: Store<WindowState>;
  readonly actions: Actions;
  /** Absent when there is nothing to connect to: a browser page without a token. */
  readonly connection: Connection | undefined;
}

export function createPostern(page: Window): Postern {
  const mirror = createStore<Mirror>(emptyMirror);
  const window = createStore<WindowState>(initialWindowState);
  let client: Client | undefined;
  const actions = createActions({ mirror, window, client: () => client });
  const openLink = chooseLink(page);
  if (openLink === undefined) {
    window.set((state) => ({ ...state, link: { name: 'no-token' } }));
    return { mirror, window, actions, connection: undefined };
  }
  let restored = false;
  const connection = keepConnected({
    openLink,
    connect: (link) => {
      const connected: Client = connectContract(link);
      client = connected;
      return connected;
    },
    mirror,
    onState: (link) => {
      if (link.name !== 'open' && link.name !== 'connecting') client = undefined;
      window.set((state) => ({ ...state, link }));
    },
    onReady: () => {
      window.set((state) => {
        const tabs = restored ? state.tabs : restoreTabs(page, mirror.get());
        restored = true;
        return { ...state, linkGeneration: state.linkGeneration + 1, tabs };
      });
    },
  });
  // A hint only: without a connection there is nobody to tell, and a new one finds the sessions as they are.
  page.addEventListener('online', () => void client?.sessions.wake({}).catch((cause: unknown) => console.debug('The wake was not told', cause)));
  window.subscribe(() => {
    if (restored) saveTabs(page.sessionStorage, window.get().tabs);
  });
  return { mirror, window, actions, connection };
}

function chooseLink(page: Window) {
  if (isDesktop(page.navigator)) return () => openPortLink(page);
  // The address that Postern printed, opened in a tab that shows it already, changes the fragment only.
  page.addEventListener('hashchange', () => {
    if (new URLSearchParams(page.location.hash.slice(1)).has('token')) page.location.reload();
  });
  const token = takeToken(page.location, page.history, page.sessionStorage);
  if (token === undefined) return undefined;
  return () => openSocketLink(socketAddress(page.location), token);
}

/** The tabs from before a reload. The desktop has one window, so there every session that still runs gets its tab. */
function restoreTabs(page: Window, mirror: Mirror): Tabs {
  const saved = loadTabs(page.sessionStorage);
  const sessions = [...mirror.sessions.values()].filter((session) => saved?.sessionIds.includes(session.sessionId) ?? isDesktop(page.navigator));
  const order = (sessionId: string): number => saved?.sessionIds.indexOf(sessionId) ?? 0;
  let tabs = noTabs;
  for (const { sessionId, instanceId } of sessions.toSorted((a, b) => order(a.sessionId) - order(b.sessionId))) tabs = addTab(tabs, { tabId: `tab-${sessionId}`, sessionId, instanceId });
  const active = tabs.tabs.find((tab) => tab.sessionId === saved?.active);
  return active === undefined ? tabs : { ...tabs, activeTabId: active.tabId };
}
