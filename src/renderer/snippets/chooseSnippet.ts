/** A snippet was chosen for a tab: it goes at once, or is shown first. */
import type { Snippet } from '../../contract/snippet.ts';
import type { Postern } from '../state/postern.ts';
import type { Tab } from '../state/tabs.ts';
import type { OpenDialog } from '../state/windowState.ts';
import { expandSnippet } from './snippetText.ts';
import { isAskedFirst, isProductionTab, sendSnippet } from './useOfSnippet.ts';

/** @returns false where there is no terminal to type into */
export function chooseSnippet({ mirror, broadcast }: Pick<Postern, 'mirror' | 'broadcast'>, snippet: Snippet, tab: Tab | undefined, onShow: (dialog: OpenDialog) => void): boolean {
  const { sessions } = mirror.get();
  if (tab === undefined || sessions.get(tab.sessionId)?.state.name !== 'connected') return false;
  const inGroup = broadcast.store.get().group?.tabIds.includes(tab.tabId) === true;
  if (isAskedFirst(snippet, isProductionTab(tab, mirror.get()), inGroup)) {
    onShow({ name: 'snippet', snippet, tabId: tab.tabId });
    return true;
  }
  return sendSnippet(expandSnippet(snippet, {}, new Set()).text, snippet.enter, [tab.sessionId]) > 0;
}
