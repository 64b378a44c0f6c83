/**
 * What the window showed last: its tabs and how they were arranged. No output, no secret: where a tab led and what it was called.
 */
import * as z from 'zod';
import { OpenSession } from './session.ts';

/** A shell on this machine has an id beside those of instances and hosts of ~/.ssh/config. */
export const LOCAL_SHELL_ID = 'local:shell';

/** How many tabs one workspace holds. */
export const MAX_TABS = 200;

const TabId = z.string().regex(/^[A-Za-z0-9_-]{1,80}$/);
/** Pixels when it was kept; only the proportions matter. */
const size = z.number().min(0).max(100_000);

export const WorkspaceTab = OpenSession.pick({ instanceId: true, osUser: true, via: true, through: true }).extend({
  tabId: TabId,
  /** The session it showed; reattached where that still runs. */
  sessionId: z.string().max(64),
  /** What the host was called. */
  name: z.string().max(256).optional(),
  /** What the person called the tab. */
  title: z.string().max(60).optional(),
});
export type WorkspaceTab = z.infer<typeof WorkspaceTab>;

/** Tabs behind each other. */
export interface PaneGroup {
  readonly kind: 'group';
  readonly size: number;
  readonly tabIds: readonly string[];
  readonly activeTabId?: string | undefined;
}
/** Panes beside (`row`) or below (`column`) each other. */
export interface PaneSplit {
  readonly kind: 'row' | 'column';
  readonly size: number;
  readonly parts: readonly PaneLayout[];
}
export type PaneLayout = PaneGroup | PaneSplit;

export const PaneLayout: z.ZodType<PaneLayout> = z.lazy(() =>
  z.union([
    z.object({ kind: z.literal('group'), size, tabIds: z.array(TabId).min(1).max(MAX_TABS), activeTabId: TabId.optional() }),
    z.object({ kind: z.enum(['row', 'column']), size, parts: z.array(PaneLayout).min(1).max(MAX_TABS) }),
  ]),
);

/** Something that was used from the palette, by the palette's own key. */
export const UsedItem = z.object({
  key: z.string().min(1).max(300),
  /** Fades: what was used long ago counts less. */
  count: z.number().min(0).max(1_000_000),
  lastUsedAt: z.iso.datetime(),
});
export type UsedItem = z.infer<typeof UsedItem>;

export const SavedWorkspace = z.object({
  tabs: z.array(WorkspaceTab).max(MAX_TABS).default([]),
  /** Absent: one group with all tabs. */
  layout: PaneLayout.optional(),
  activeTabId: TabId.optional(),
  /** One that cannot be read is no reason to lose the tabs. */
  used: z.array(UsedItem).max(100).optional().catch(undefined),
});
export type SavedWorkspace = z.infer<typeof SavedWorkspace>;
