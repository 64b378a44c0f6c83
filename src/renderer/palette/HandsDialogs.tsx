/** Dialogs that the palette leads to: snippets, the broadcast's receivers, new keys. */
import { useTranslation } from 'react-i18next';
import { GenerateKeyDialog } from '../panels/GenerateKeyDialog.tsx';
import { ImportKeyDialog } from '../panels/ImportKeyDialog.tsx';
import { BroadcastDialog } from '../broadcast/BroadcastDialog.tsx';
import { canReceive, paneTabIds, shownTabIds } from '../broadcast/broadcastRules.ts';
import { SnippetDialog } from '../snippets/SnippetDialog.tsx';
import { SnippetManager } from '../snippets/SnippetManager.tsx';
import { isProductionTab, sendSnippet } from '../snippets/useOfSnippet.ts';
import { markOf } from '../state/accountMark.ts';
import type { Mirror } from '../state/mirror.ts';
import type { Postern } from '../state/postern.ts';
import type { OpenDialog, WindowState } from '../state/windowState.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { safeText } from '../ui/safeText.ts';
import { tabName } from '../workspace/tabText.ts';

export interface HandsDialogsProps {
  readonly postern: Postern;
  readonly mirror: Mirror;
  readonly state: WindowState;
  readonly dialog: OpenDialog;
  readonly onClose: () => void;
}

export function HandsDialogs({ postern, mirror, state, dialog, onClose }: HandsDialogsProps) {
  const { t } = useTranslation();
  const { actions } = postern;
  switch (dialog.name) {
    case 'generate-key':
      return <GenerateKeyDialog onGenerate={actions.generateKey} onClose={onClose} />;
    case 'import-key':
      return <ImportKeyDialog onImport={actions.importKey} onClose={onClose} />;
    case 'snippets':
      return (
        <Dialog title={t('snippets.title')} wide onClose={onClose} footer={<Button onClick={onClose}>{t('common.close')}</Button>}>
          <SnippetManager snippets={mirror.settings.snippets} onChange={(snippets) => void actions.changeSettings({ snippets })} />
        </Dialog>
      );
    case 'snippet':
      return <SendSnippet postern={postern} mirror={mirror} state={state} dialog={dialog} onClose={onClose} />;
    case 'broadcast': {
      const { tabs, activeTabId } = state.tabs;
      const { lastTabIds } = postern.broadcast.store.get();
      const shown = shownTabIds(state.layout);
      return (
        <BroadcastDialog
          choices={tabs.map((tab) => {
            const session = mirror.sessions.get(tab.sessionId);
            const mark = markOf(mirror.instances.get(tab.instanceId), mirror.settings);
            const place = mark?.label ?? mirror.instances.get(tab.instanceId)?.scope.profile;
            return { tabId: tab.tabId, name: tabName(tab, session), place: place === undefined ? undefined : safeText(place), connected: canReceive(session) && !state.takenOverTabIds.has(tab.tabId), production: isProductionTab(tab, mirror) };
          })}
          initial={lastTabIds.some((tabId) => tabs.some((tab) => tab.tabId === tabId)) ? lastTabIds : shown.length > 1 ? shown : tabs.map(({ tabId }) => tabId)}
          shown={shown}
          inPane={paneTabIds(state.layout, activeTabId)}
          onStart={(group) => {
            onClose();
            postern.broadcast.start(group);
          }}
          onClose={onClose}
        />
      );
    }
    default:
      return undefined;
  }
}

function SendSnippet({ postern, mirror, state, dialog, onClose }: HandsDialogsProps & { readonly dialog: Extract<OpenDialog, { readonly name: 'snippet' }> }) {
  const { t } = useTranslation();
  const tab = state.tabs.tabs.find(({ tabId }) => tabId === dialog.tabId);
  if (tab === undefined) return undefined;
  const { group } = postern.broadcast.store.get();
  const receivers = group?.tabIds.includes(tab.tabId) === true ? state.tabs.tabs.filter(({ tabId }) => group.tabIds.includes(tabId)) : undefined;
  const nameOf = (one: typeof tab): string => tabName(one, mirror.sessions.get(one.sessionId));
  return (
    <SnippetDialog
      snippet={dialog.snippet}
      tabName={nameOf(tab)}
      groupNames={receivers?.map(nameOf)}
      productionNames={(receivers ?? [tab]).filter((one) => isProductionTab(one, mirror)).map(nameOf)}
      onSend={(text, to) => {
        const tabs = to === 'group' && receivers !== undefined ? receivers : [tab];
        const notReady = sendSnippet(text, dialog.snippet.enter, tabs.map(({ sessionId }) => sessionId));
        const late = tabs.find(({ sessionId }) => sessionId === notReady);
        if (late !== undefined) return t('snippets.notReady', { name: nameOf(late) });
        onClose();
        return undefined;
      }}
      onClose={onClose}
    />
  );
}
