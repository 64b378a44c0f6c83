/** A snippet was chosen for a tab: it goes at once, or is shown first. */
import type { Snippet } from '../../contract/snippet.ts';
import type { Postern } from '../state/postern.ts';
import type { Tab } from '../state/tabs.ts';
import type { OpenDialog } from '../state/windowState.ts';
import { expandSnippet } from './snippetText.ts';
import { isAskedFirst, isProductionTab, sendSnippet } from './useOfSnippet.ts';

/** @returns why nothing was sent or shown: there is no terminal to type into, or it is not ready yet */
export function chooseSnippet({ mirror, broadcast }: Pick<Postern, 'mirror' | 'broadcast'>, snippet: Snippet, tab: Tab | undefined, onShow: (dialog: OpenDialog) => void): 'no-terminal' | 'not-ready' | undefined {
  const { sessions } = mirror.get();
  if (tab === undefined || sessions.get(tab.sessionId)?.state.name !== 'connected') return 'no-terminal';
  const inGroup = broadcast.store.get().group?.tabIds.includes(tab.tabId) === true;
  if (isAskedFirst(snippet, isProductionTab(tab, mirror.get()), inGroup)) {
    onShow({ name: 'snippet', snippet, tabId: tab.tabId });
    return undefined;
  }
  return sendSnippet(expandSnippet(snippet, {}, new Set()).text, snippet.enter, [tab.sessionId]) === undefined ? undefined : 'not-ready';
}
