/** What happens with a snippet that was chosen for a tab: it is sent at once, or shown first. */
import type { Snippet } from '../../contract/snippet.ts';
import type { Mirror } from '../state/mirror.ts';
import { markOf } from '../state/accountMark.ts';
import type { Tab } from '../state/tabs.ts';
import { haveTurns } from '../terminal/buildTurns.ts';
import { sendText, typableTerminal } from '../terminal/openTerminals.ts';
import { checkPaste } from '../terminal/paste.ts';
import type { SnippetTarget } from './offeredSnippets.ts';
import { expandSnippet, parametersOf } from './snippetText.ts';

export function snippetTarget(tab: Pick<Tab, 'instanceId' | 'sessionId' | 'name'>, { instances, sessions }: Pick<Mirror, 'instances' | 'sessions'>): SnippetTarget {
  const instance = instances.get(tab.instanceId);
  return { hostId: tab.instanceId, hostName: instance?.name ?? sessions.get(tab.sessionId)?.instanceName ?? tab.name, instance };
}

export function isProductionTab(tab: Pick<Tab, 'instanceId'>, { instances, settings }: Pick<Mirror, 'instances' | 'settings'>): boolean {
  return markOf(instances.get(tab.instanceId), settings)?.production === true;
}

/** Whether a person sees the text before it goes: for values, for production, for what any paste would be shown for, and where several receive it. */
export function isAskedFirst(snippet: Snippet, production: boolean, broadcasting: boolean): boolean {
  return production || broadcasting || snippet.confirm || parametersOf(snippet).length > 0 || checkPaste(expandSnippet(snippet, {}, new Set()).text).ask;
}

/**
 * Goes the way of a paste, without control characters, to all of these or to none.
 *
 * @returns the first session that cannot be typed into yet; then nothing was sent, and the terminals that wait for their turn are built
 */
export function sendSnippet(text: string, enter: boolean, sessionIds: readonly string[]): string | undefined {
  haveTurns(sessionIds);
  const notReady = sessionIds.find((sessionId) => typableTerminal(sessionId) === undefined);
  if (notReady !== undefined) return notReady;
  const check = checkPaste(text);
  const terminals = sessionIds.flatMap((sessionId) => typableTerminal(sessionId) ?? []);
  for (const parts of terminals) sendText(parts, check, enter);
  terminals[0]?.terminal.focus();
  return undefined;
}
