/** What one tab shows: its terminal, or why there is none yet. It is never taken out of the document while its tab lives. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { IDockviewPanelProps } from 'dockview-react';
import { listText } from '../i18n/locale.ts';
import { BroadcastFrame } from '../broadcast/BroadcastBar.tsx';
import { useReceiver } from '../broadcast/useBroadcast.ts';
import { ForgottenTab } from '../panels/ForgottenTab.tsx';
import { RecordingStopped } from '../recording/RecordingMark.tsx';
import { markOf } from '../state/accountMark.ts';
import { seenTab } from '../state/tabs.ts';
import { withOrWithout } from '../state/windowState.ts';
import { hostClipboardOf } from '../state/hostClipboard.ts';
import { PasteNote } from '../terminal/PasteNote.ts';
import { TerminalTab } from '../terminal/TerminalTab.tsx';
import { chooseTheme } from '../terminal/themes/chooseTheme.ts';
import { useWorkspace } from './WorkspaceContext.ts';

export function TerminalPane({ api }: Pick<IDockviewPanelProps, 'api'>) {
  const { postern, mirror, state, platform, theme, findingTabId, onFindClose, onChooseRoute } = useWorkspace();
  const { actions, window: windowStore } = postern;
  const { t } = useTranslation();
  const receiver = useReceiver(api.id);
  const [inView, setInView] = useState(api.isVisible);
  useEffect(() => {
    setInView(api.isVisible);
    const listening = api.onDidVisibilityChange(({ isVisible }) => setInView(isVisible));
    return () => listening.dispose();
  }, [api]);
  const visible = inView && state.view === 'hosts';
  const tab = state.tabs.tabs.find(({ tabId }) => tabId === api.id);
  const unseen = visible && tab?.mark !== undefined;
  useEffect(() => {
    if (unseen) windowStore.set((value) => ({ ...value, tabs: seenTab(value.tabs, api.id) }));
  }, [unseen, windowStore, api]);
  if (tab === undefined) return undefined;
  const session = mirror.sessions.get(tab.sessionId);
  if (session === undefined) return <ForgottenTab tab={tab} visible={visible} onReopen={() => void actions.reconnect(tab)} onClose={() => actions.closeTab(tab)} />;
  const inFront = tab.tabId === state.tabs.activeTabId;
  return (
    <PasteNote value={receiver === undefined ? undefined : t('broadcast.pasteNote', { count: receiver.count, names: listText(receiver.names) })}>
      <TerminalTab
        tabId={tab.tabId}
        session={session}
        openedHere={actions.isOpenedHere(session.sessionId)}
        visible={visible}
        focusable={inFront && state.dialog === undefined && findingTabId !== tab.tabId}
        keys={mirror.keys}
        settings={mirror.settings.terminal}
        askBeforePaste={receiver !== undefined || markOf(mirror.instances.get(tab.instanceId), mirror.settings)?.production === true}
        hostClipboard={hostClipboardOf(tab.instanceId, session.instanceName, mirror, actions)}
        chosenTheme={chooseTheme(theme, mirror.settings.terminal, mirror.instances.get(tab.instanceId))}
        platform={platform}
        shortcuts={mirror.settings.shortcuts}
        finding={findingTabId === tab.tabId}
        linkGeneration={state.linkGeneration}
        linkOpen={state.link.name === 'open'}
        onFindClose={onFindClose}
        onAttach={actions.attach}
        onSize={actions.resize}
        onTitle={(title) => actions.setShellTitle(tab.tabId, title)}
        onTakenOver={(takenOver) => windowStore.set((value) => ({ ...value, takenOverTabIds: withOrWithout(value.takenOverTabIds, tab.tabId, takenOver) }))}
        onMark={(mark) => actions.markTab(tab.tabId, mark)}
        onCommandEnded={(ended) => postern.commandEnds.commandEnded(tab.tabId, ended, visible)}
        onAnswer={(answer) => void actions.answer(answer)}
        onReconnect={() => void actions.reconnect(tab)}
        onOtherRoute={() => onChooseRoute(tab.instanceId, tab.tabId)}
        onReconnectNow={() => void actions.reconnectNow(tab.sessionId)}
        onStopReconnecting={() => void actions.stopReconnecting(tab.sessionId)}
        onShowKeys={() => windowStore.set((value) => ({ ...value, view: 'keys' }))}
        onClose={() => actions.closeTab(tab)}
      />
      {visible ? <RecordingStopped recording={session.recording} onAgain={() => void actions.recordings.start(tab.sessionId)} onDismiss={() => void actions.recordings.stop(tab.sessionId)} /> : undefined}
      {receiver === undefined || !visible ? undefined : <BroadcastFrame count={receiver.count} />}
    </PasteNote>
  );
}
