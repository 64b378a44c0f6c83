/** Snippets, broadcast, search over all output and the wish to be told, as commands of the tab in front. */
import { isOn } from '../broadcast/useBroadcast.ts';
import { i18n } from '../i18n/i18n.ts';
import { askForNotifications } from '../notifications/systemNotification.ts';
import type { Postern } from '../state/postern.ts';
import type { Tab } from '../state/tabs.ts';
import { runWindowAction } from '../state/windowActions.ts';
import { announce } from '../ui/announce.tsx';
import { tabName } from './tabText.ts';
import type { WorkspaceCommand } from './workspaceCommand.ts';

export function handsCommands({ broadcast, commandEnds, mirror, window }: Pick<Postern, 'broadcast' | 'commandEnds' | 'mirror' | 'window'>, tab: Tab): readonly WorkspaceCommand[] {
  const watched = commandEnds.store.get().watchedTabIds.has(tab.tabId);
  return [
    { key: 'useSnippet', action: 'snippets', run: () => window.set((state) => ({ ...state, dialog: { name: 'palette', query: '#' } })) },
    { key: isOn(broadcast.store.get()) ? 'stopBroadcast' : 'broadcast', action: 'broadcast', run: () => void runWindowAction('broadcast') },
    { key: 'searchOutput', action: 'output-search', run: () => void runWindowAction('output-search') },
    watched
      ? { key: 'tellMeNot', run: () => commandEnds.unwatch(tab.tabId) }
      : {
          key: 'tellMe',
          run: () => {
            commandEnds.watch(tab.tabId);
            announce(i18n.t('notifications.watching', { name: tabName(tab, mirror.get().sessions.get(tab.sessionId)) }));
            // By the way: this is what a person did.
            void askForNotifications();
          },
        },
  ];
}
