/**
 * Typing into several terminals at once, while it is on: in memory only, so that no start begins with it.
 *
 * Only what a person typed goes to the others, never what a terminal answers by itself (`terminal/typing.ts`). It ends as soon as one
 * of the receivers is not there any more: nothing is kept for later.
 */
import { markOf } from '../state/accountMark.ts';
import type { Mirror } from '../state/mirror.ts';
import { createStore, type Store } from '../state/store.ts';
import type { WindowState } from '../state/windowState.ts';
import { onTyped, openTerminal, sendText } from '../terminal/openTerminals.ts';
import { tabName } from '../workspace/tabText.ts';
import { pastedText, receiversOf, whatEnds, type BroadcastEnd, type BroadcastGroup } from './broadcastRules.ts';

export interface BroadcastState {
  readonly group: BroadcastGroup | undefined;
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
  const store = createStore<BroadcastState>({ group: undefined, ended: undefined, lastTabIds: [] });
  // What a tab that is closed was called.
  let names: ReadonlyMap<string, string> = new Map();

  /** @returns the group, unless it has just ended */
  const checked = (): BroadcastGroup | undefined => {
    const { group } = store.get();
    if (group === undefined) return undefined;
    const { tabs, link, takenOverTabIds } = window.get();
    const { sessions, instances, settings } = mirror.get();
    const end = whatEnds(group, {
      tabs: tabs.tabs,
      sessions,
      takenOverTabIds,
      linkOpen: link.name === 'open',
      isProduction: (instanceId) => markOf(instances.get(instanceId), settings)?.production === true,
    });
    if (end === undefined) return group;
    store.set((state) => ({ ...state, group: undefined, ended: { why: end.why, name: names.get(end.tabId ?? '') ?? '' } }));
    return undefined;
  };

  const send = (sessionId: string, typed: string): void => {
    const group = checked();
    if (group === undefined) return;
    const { tabs } = window.get().tabs;
    const from = tabs.find((tab) => tab.sessionId === sessionId);
    if (from === undefined) return;
    const pasted = pastedText(typed);
    for (const tabId of receiversOf(group, from.tabId)) {
      const parts = openTerminal(tabs.find((tab) => tab.tabId === tabId)?.sessionId ?? '');
      if (parts === undefined) continue;
      if (pasted === undefined) parts.terminal.input(typed, false);
      else sendText(parts, { text: pasted }, false);
    }
  };

  const considerEnd = (): void => void checked();
  window.subscribe(considerEnd);
  mirror.subscribe(considerEnd);
  onTyped(send);

  return {
    store,
    start(group) {
      const { sessions } = mirror.get();
      names = new Map(window.get().tabs.tabs.map((tab) => [tab.tabId, tabName(tab, sessions.get(tab.sessionId))]));
      store.set(() => ({ group, ended: undefined, lastTabIds: group.tabIds }));
      considerEnd();
    },
    stop: () => store.set((state) => ({ ...state, group: undefined, ended: undefined })),
    dismissEnded: () => store.set((state) => ({ ...state, ended: undefined })),
  };
}
