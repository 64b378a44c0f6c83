/** What stands over and under the panes: the broadcast's banner, and the search over all output. */
import { useState, type ReactNode } from 'react';
import { BroadcastBar } from '../broadcast/BroadcastBar.tsx';
import { useBroadcastAction, useBroadcastState } from '../broadcast/useBroadcast.ts';
import { OutputSearch } from '../outputSearch/OutputSearch.tsx';
import { shortcutText } from '../state/shortcuts.ts';
import { useWindowAction } from '../state/windowActions.ts';
import { useWorkspace } from './WorkspaceContext.ts';
import { tabName } from './tabText.ts';

export function WorkBars({ children }: { readonly children: ReactNode }) {
  const { postern, mirror, state, platform } = useWorkspace();
  const broadcast = useBroadcastState();
  const [searching, setSearching] = useState(0);
  useBroadcastAction();
  useWindowAction(
    'output-search',
    () => {
      setSearching((count) => count + 1);
      return true;
    },
    state.view === 'hosts',
  );
  const shownTabIds = broadcast.group?.tabIds ?? broadcast.starting?.waitingTabIds ?? [];
  const names = state.tabs.tabs.filter(({ tabId }) => shownTabIds.includes(tabId)).map((tab) => tabName(tab, mirror.sessions.get(tab.sessionId)));
  return (
    <>
      <BroadcastBar
        state={broadcast}
        names={names}
        keys={shortcutText('broadcast', platform, mirror.settings.shortcuts)}
        onChange={() => postern.window.set((value) => ({ ...value, dialog: { name: 'broadcast' } }))}
        onStop={postern.broadcast.stop}
        onDismiss={postern.broadcast.dismissEnded}
      />
      {children}
      {searching === 0 ? undefined : <OutputSearch asked={searching} onClose={() => setSearching(0)} />}
    </>
  );
}
