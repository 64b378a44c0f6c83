/** What this window shows beside the mirror of the services: link, tabs, selection, what is open. */
import type { ErrorReport } from '../../contract/error.ts';
import type { Forward } from '../../contract/forward.ts';
import type { LinkState } from './connection.ts';
import { noTabs, type Tabs } from './tabs.ts';

export type View = 'hosts' | 'map' | 'tunnels' | 'keys';
export type OpenDialog =
  | { readonly name: 'palette' | 'scopes' | 'accounts' | 'appearance' }
  | { readonly name: 'routes'; readonly instanceId: string; readonly tabId?: string }
  /** A new tunnel, or another one in place of `replaces`. */
  | { readonly name: 'forward'; readonly instanceId?: string; readonly replaces?: Forward };

/** Something the person asked for that did not work. */
export interface Problem {
  readonly problemId: string;
  readonly error: ErrorReport;
}

export interface WindowState {
  readonly link: LinkState;
  /** Grows with every connection: terminals attach again when it changes. */
  readonly linkGeneration: number;
  readonly tabs: Tabs;
  readonly view: View;
  readonly selectedInstanceId: string | undefined;
  /** Group rows that are folded, by key. */
  readonly foldedGroups: ReadonlySet<string>;
  readonly dialog: OpenDialog | undefined;
  readonly panels: { readonly hosts: boolean; readonly host: boolean };
  readonly problems: readonly Problem[];
}

export const initialWindowState: WindowState = {
  link: { name: 'connecting', attempt: 0 },
  linkGeneration: 0,
  tabs: noTabs,
  view: 'hosts',
  selectedInstanceId: undefined,
  foldedGroups: new Set(),
  dialog: undefined,
  panels: { hosts: true, host: true },
  problems: [],
};

export function toggled(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}
