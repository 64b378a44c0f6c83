/** Everything of one window put together: stores, connection, actions. Made once, in main.tsx. */
import { connectContract } from '../../link/client.ts';
import { isDesktop, openPortLink, openSocketLink, socketAddress, takeToken } from '../link.ts';
import { createActions, type Actions } from './actions.ts';
import { keepConnected, type Client, type Connection } from './connection.ts';
import { emptyMirror, type Mirror } from './mirror.ts';
import { createShownHosts, type ShownHosts } from './shownHosts.ts';
import { createStore, type Store } from './store.ts';
import { createBroadcast, type Broadcast } from '../broadcast/broadcast.ts';
import { createCommandEnds, type CommandEnds } from '../notifications/commandEnds.ts';
import { createUsage, type UsageStore } from '../palette/keepUsage.ts';
import { createTypeAhead } from '../workspace/createTypeAhead.ts';
import { startWorkspace } from '../workspace/startWorkspace.ts';
import type { WorkspaceActions } from '../workspace/workspaceActions.ts';
import { initialWindowState, type WindowState } from './windowState.ts';

export interface Postern {
  readonly mirror: Store<Mirror>;
  readonly window: Store<WindowState>;
  readonly actions: Actions;
  readonly workspace: WorkspaceActions;
  /** Typing into several terminals at once. */
  readonly broadcast: Broadcast;
  /** Commands that ended where nobody looked. */
  readonly commandEnds: CommandEnds;
  /** What was used how often, for the palette. */
  readonly usage: UsageStore;
  /** What is on the screen is told here, and kept fresh by the services. */
  readonly shownHosts: ShownHosts;
  /** Absent when there is nothing to connect to: a browser page without a token. */
  readonly connection: Connection | undefined;
}

export function createPostern(page: Window): Postern {
  const mirror = createStore<Mirror>(emptyMirror);
  const window = createStore<WindowState>(initialWindowState);
  let client: Client | undefined;
  const actions = createActions({ mirror, window, client: () => client, askTab: createTypeAhead({ page: page.document, mirror, window }) });
  const watcher = crypto.randomUUID();
  const shownHosts = createShownHosts({
    // A hint only: the next one is told anew.
    tell: (instanceIds) => void client?.instances.watch({ watcher, instanceIds }).catch((cause: unknown) => console.debug('What is shown was not told', cause)),
    isHidden: () => page.document.visibilityState === 'hidden',
  });
  page.document.addEventListener('visibilitychange', () => shownHosts.tellNow());
  const broadcast = createBroadcast({ window, mirror });
  const commandEnds = createCommandEnds({ page, mirror, window });
  const usage = createUsage(window);
  const { workspace, connecting, connected: workspaceConnected } = startWorkspace({ page, mirror, window, usage, actions, client: () => client });
  const openLink = chooseLink(page);
  if (openLink === undefined) {
    window.set((state) => ({ ...state, link: { name: 'no-token' } }));
    return { mirror, window, actions, workspace, broadcast, commandEnds, usage, shownHosts, connection: undefined };
  }
  const connection = keepConnected({
    openLink,
    connect: (link) => {
      const connected: Client = connectContract(link);
      client = connected;
      connecting(connected);
      return connected;
    },
    mirror,
    onState: (link) => {
      if (link.name !== 'open' && link.name !== 'connecting') client = undefined;
      window.set((state) => ({ ...state, link }));
    },
    onReady: () => {
      workspaceConnected();
      window.set((state) => ({ ...state, linkGeneration: state.linkGeneration + 1 }));
      shownHosts.tellNow();
    },
  });
  // A hint only: without a connection there is nobody to tell, and a new one finds the sessions as they are.
  page.addEventListener('online', () => void client?.sessions.wake({}).catch((cause: unknown) => console.debug('The wake was not told', cause)));
  return { mirror, window, actions, workspace, broadcast, commandEnds, usage, shownHosts, connection };
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
