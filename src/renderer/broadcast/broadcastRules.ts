/** Who receives what is typed while a broadcast is on, and what ends it. Pure. */
import type { TerminalSession } from '../../contract/session.ts';
import type { PaneLayout } from '../../contract/workspace.ts';
import type { Tab } from '../state/tabs.ts';

export interface BroadcastGroup {
  readonly tabIds: readonly string[];
  /** Those among them that the person confirmed although they are production. */
  readonly confirmedTabIds: readonly string[];
}

export type BroadcastEnd = 'closed' | 'dropped' | 'taken' | 'production' | 'link';

export interface BroadcastFacts {
  readonly tabs: readonly Pick<Tab, 'tabId' | 'sessionId' | 'instanceId'>[];
  readonly sessions: ReadonlyMap<string, Pick<TerminalSession, 'state'>>;
  /** Tabs whose session another window shows now. */
  readonly takenOverTabIds: ReadonlySet<string>;
  readonly linkOpen: boolean;
  readonly isProduction: (instanceId: string) => boolean;
}

/** Input for a session in any other state would be thrown away. */
export function canReceive(session: Pick<TerminalSession, 'state'> | undefined): boolean {
  return session?.state.name === 'connected';
}

/** The first reason why it cannot go on: half of a command in some of the terminals is worse than none. */
export function whatEnds(group: BroadcastGroup, { tabs, sessions, takenOverTabIds, linkOpen, isProduction }: BroadcastFacts): { readonly why: BroadcastEnd; readonly tabId?: string } | undefined {
  if (!linkOpen) return { why: 'link' };
  for (const tabId of group.tabIds) {
    const tab = tabs.find((one) => one.tabId === tabId);
    if (tab === undefined) return { why: 'closed', tabId };
    if (!canReceive(sessions.get(tab.sessionId))) return { why: 'dropped', tabId };
    if (takenOverTabIds.has(tabId)) return { why: 'taken', tabId };
    if (isProduction(tab.instanceId) && !group.confirmedTabIds.includes(tabId)) return { why: 'production', tabId };
  }
  return undefined;
}

/** To whom what was typed in a tab goes besides; nobody where the tab is not in the group. */
export function receiversOf({ tabIds }: BroadcastGroup, fromTabId: string): readonly string[] {
  return tabIds.includes(fromTabId) ? tabIds.filter((tabId) => tabId !== fromTabId) : [];
}

const PASTED = /^\u001b\[200~([^]*)\u001b\[201~$/;

/** What was pasted in brackets, without them: each receiver has brackets of its own, or none. */
export function pastedText(typed: string): string | undefined {
  return PASTED.exec(typed)?.[1];
}

/** Tabs in front of their panes. */
export function shownTabIds(layout: PaneLayout | undefined): readonly string[] {
  if (layout === undefined) return [];
  return layout.kind === 'group' ? [layout.activeTabId ?? layout.tabIds[0] ?? ''].filter((tabId) => tabId !== '') : layout.parts.flatMap(shownTabIds);
}

/** The tabs behind each other in the pane that holds this one. */
export function paneTabIds(layout: PaneLayout | undefined, tabId: string | undefined): readonly string[] {
  if (layout === undefined || tabId === undefined) return [];
  if (layout.kind === 'group') return layout.tabIds.includes(tabId) ? layout.tabIds : [];
  return layout.parts.flatMap((part) => paneTabIds(part, tabId));
}
