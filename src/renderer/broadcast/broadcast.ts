/**
 * Typing into several terminals at once, while it is on: in memory only, so that no start begins with it.
 *
 * Only what a person typed goes to the others, never what a terminal answers by itself (`terminal/typing.ts`). It begins when what is
 * typed arrives in every receiver, and ends as soon as one of them is not there any more: nothing is kept for later.
 */
import { markOf } from '../state/accountMark.ts';
import type { Mirror } from '../state/mirror.ts';
import { createStore, type Store } from '../state/store.ts';
import type { WindowState } from '../state/windowState.ts';
import { haveTurns } from '../terminal/buildTurns.ts';
import { onTypable, onTyped, sendText, typableTerminal } from '../terminal/openTerminals.ts';
import { tabName } from '../workspace/tabText.ts';
import { pastedText, receiversOf, whatEnds, type BroadcastEnd, type BroadcastGroup } from './broadcastRules.ts';

export interface BroadcastState {
  readonly group: BroadcastGroup | undefined;
  /** Chosen, but not all of them can be typed into yet: after a reload they are built one by one. */
  readonly starting: { readonly group: BroadcastGroup; readonly waitingTabIds: readonly string[] } | undefined;
  /** Why the last one ended without the person's doing; shown until it is dismissed. */
  readonly ended: { readonly why: BroadcastEnd; readonly name: string } | undefined;
  /** The receivers of the last one, to begin with at the next. */
  readonly lastTabIds: readonly string[];
}

export interface Broadcast {
  readonly store: Store<BroadcastState>;
  start(group: BroadcastGroup): void;
  stop(): void;
  dismissEnded(): void;
}

export function createBroadcast({ window, mirror }: { readonly window: Store<WindowState>; readonly mirror: Store<Mirror> }): Broadcast {
  const store = createStore<BroadcastState>({ group: undefined, starting: undefined, ended: undefined, lastTabIds: [] });
  // What a tab that is closed was called.
  let names: ReadonlyMap<string, string> = new Map();

  const sessionIdOf = (tabId: string | undefined): string => window.get().tabs.tabs.find((tab) => tab.tabId === tabId)?.sessionId ?? '';
  const isTypable = (tabId: string): boolean => typableTerminal(sessionIdOf(tabId)) !== undefined;

  const end = (why: BroadcastEnd, tabId: string | undefined): void =>
    store.set((state) => ({ ...state, group: undefined, starting: undefined, ended: { why, name: names.get(tabId ?? '') ?? '' } }));

  /** @returns the group that is on, unless it has just ended */
  const checked = (): BroadcastGroup | undefined => {
    const { group, starting } = store.get();
    const chosen = group ?? starting?.group;
    if (chosen === undefined) return undefined;
    const { tabs, link, takenOverTabIds } = window.get();
    const { sessions, instances, settings } = mirror.get();
    const ending = whatEnds(chosen, {
      tabs: tabs.tabs,
      sessions,
      takenOverTabIds,
      linkOpen: link.name === 'open',
      isProduction: (instanceId) => markOf(instances.get(instanceId), settings)?.production === true,
    });
    if (ending === undefined) return group;
    end(ending.why, ending.tabId);
    return undefined;
  };

  const considerBegin = (): void => {
    const { starting } = store.get();
    if (starting === undefined) return;
    const waitingTabIds = starting.group.tabIds.filter((tabId) => !isTypable(tabId));
    store.set((state) => (waitingTabIds.length === 0 ? { ...state, group: starting.group, starting: undefined } : { ...state, starting: { ...starting, waitingTabIds } }));
  };

  const send = (sessionId: string, typed: string): void => {
    const group = checked();
    if (group === undefined) return;
    const from = window.get().tabs.tabs.find((tab) => tab.sessionId === sessionId);
    if (from === undefined) return;
    const receivers = receiversOf(group, from.tabId);
    // All or none.
    const lost = receivers.find((tabId) => !isTypable(tabId));
    if (lost !== undefined) {
      end('dropped', lost);
      return;
    }
    const pasted = pastedText(typed);
    for (const tabId of receivers) {
      const parts = typableTerminal(sessionIdOf(tabId));
      if (parts === undefined) continue;
      if (pasted === undefined) parts.terminal.input(typed, false);
      else sendText(parts, { text: pasted }, false);
    }
  };

  const considerEnd = (): void => void checked();
  window.subscribe(considerEnd);
  mirror.subscribe(considerEnd);
  onTyped(send);
  onTypable(considerBegin);

  return {
    store,
    start(group) {
      const { sessions } = mirror.get();
      names = new Map(window.get().tabs.tabs.map((tab) => [tab.tabId, tabName(tab, sessions.get(tab.sessionId))]));
      haveTurns(group.tabIds.map(sessionIdOf));
      store.set(() => ({ group: undefined, starting: { group, waitingTabIds: group.tabIds }, ended: undefined, lastTabIds: group.tabIds }));
      considerEnd();
      considerBegin();
    },
    stop: () => store.set((state) => ({ ...state, group: undefined, starting: undefined, ended: undefined })),
    dismissEnded: () => store.set((state) => ({ ...state, ended: undefined })),
  };
}
