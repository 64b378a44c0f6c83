/** What this window shows beside the mirror of the services: link, tabs, selection, what is open. */
import type { ActionKind } from '../../contract/action.ts';
import type { ErrorReport } from '../../contract/error.ts';
import type { Forward } from '../../contract/forward.ts';
import type { Snippet } from '../../contract/snippet.ts';
import type { PaneLayout, SavedWorkspace } from '../../contract/workspace.ts';
import type { LinkState } from './connection.ts';
import { noTabs, type Tab, type Tabs } from './tabs.ts';

export type View = 'hosts' | 'map' | 'tunnels' | 'keys' | 'history' | 'settings';
export type OpenDialog =
  | { readonly name: 'scopes' | 'accounts' | 'broadcast' | 'snippets' | 'generate-key' | 'import-key' }
  /** `query`: what stands in the box at first. */
  | { readonly name: 'palette'; readonly query?: string }
  /** Before it is sent to a tab, or to the broadcast. */
  | { readonly name: 'snippet'; readonly snippet: Snippet; readonly tabId: string }
  | { readonly name: 'routes'; readonly instanceId: string; readonly tabId?: string }
  | { readonly name: 'rename'; readonly tabId: string }
  /** An action to be confirmed, or with `actionId` the one that runs. */
  | { readonly name: 'action'; readonly kind: ActionKind; readonly instanceIds: readonly string[]; readonly actionId?: string }
  /** A new tunnel, or another one in place of `replaces`. */
  | { readonly name: 'forward'; readonly instanceId?: string; readonly replaces?: Forward };

/** Something the person asked for that did not work. */
export interface Problem {
  readonly problemId: string;
  readonly error: ErrorReport;
}

/** What is needed to open a closed tab again. */
export type ClosedTab = Pick<Tab, 'instanceId' | 'title' | 'again'>;

export interface WindowState {
  readonly link: LinkState;
  /** Grows with every connection: terminals attach again when it changes. */
  readonly linkGeneration: number;
  readonly tabs: Tabs;
  /** How the tabs are arranged; undefined until the workspace has said. */
  readonly layout: PaneLayout | undefined;
  /** What the last start showed, until the person says whether it comes back. */
  readonly offered: SavedWorkspace | undefined;
  /** The last closed tab first. */
  readonly closed: readonly ClosedTab[];
  /** Tabs whose session another window shows now: nothing that is typed here reaches it. */
  readonly takenOverTabIds: ReadonlySet<string>;
  /** Whether this is a window for one tab that was moved out. */
  readonly detached: boolean;
  readonly view: View;
  readonly selectedInstanceId: string | undefined;
  /** Hosts whose metrics are drawn beside those of the selected one. */
  readonly comparedInstanceIds: readonly string[];
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
  layout: undefined,
  offered: undefined,
  closed: [],
  takenOverTabIds: new Set(),
  detached: false,
  view: 'hosts',
  selectedInstanceId: undefined,
  comparedInstanceIds: [],
  foldedGroups: new Set(),
  dialog: undefined,
  panels: { hosts: true, host: true },
  problems: [],
};

/** @returns the same set where nothing changes */
export function withOrWithout(set: ReadonlySet<string>, key: string, isIn: boolean): ReadonlySet<string> {
  return set.has(key) === isIn ? set : toggled(set, key);
}

export function toggled(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}
