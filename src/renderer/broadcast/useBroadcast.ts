/** The broadcast as the workspace shows it. */
import { useStore } from '../state/store.ts';
import { useWindowAction } from '../state/windowActions.ts';
import { useWorkspace } from '../workspace/WorkspaceContext.ts';
import { tabName } from '../workspace/tabText.ts';
import type { BroadcastState } from './broadcast.ts';

const whole = (state: BroadcastState): BroadcastState => state;

export function useBroadcastState(): BroadcastState {
  const { postern } = useWorkspace();
  return useStore(postern.broadcast.store, whole);
}

/** On, or about to be. */
export function isOn({ group, starting }: Pick<BroadcastState, 'group' | 'starting'>): boolean {
  return group !== undefined || starting !== undefined;
}

/** Whether a tab receives, as one of how many, and what all of them are called. */
export function useReceiver(tabId: string): { readonly count: number; readonly names: readonly string[] } | undefined {
  const { mirror, state } = useWorkspace();
  const { group } = useBroadcastState();
  if (group?.tabIds.includes(tabId) !== true) return undefined;
  const names = state.tabs.tabs.filter((tab) => group.tabIds.includes(tab.tabId)).map((tab) => tabName(tab, mirror.sessions.get(tab.sessionId)));
  return { count: names.length, names };
}

/** Its keys: they stop it, or choose who receives. */
export function useBroadcastAction(): void {
  const { postern, state } = useWorkspace();
  useWindowAction(
    'broadcast',
    () => {
      if (isOn(postern.broadcast.store.get())) postern.broadcast.stop();
      else postern.window.set((value) => ({ ...value, dialog: { name: 'broadcast' } }));
      return true;
    },
    state.view === 'hosts',
  );
}
