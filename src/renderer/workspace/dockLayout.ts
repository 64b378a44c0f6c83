/** The workspace's own form of a layout, from and to the docking library's: files and tests know nothing of the library. Pure. */
import type { SerializedDockview } from 'dockview-react';
import type { PaneLayout } from '../../contract/workspace.ts';
import { tabIdsOf } from './workspaceState.ts';

type DockNode = SerializedDockview['grid']['root'];

/** Undefined for a dock without a tab. Levels of the library's tree lie across each other in turn; one with a single part is dropped. */
export function fromDock({ grid }: SerializedDockview): PaneLayout | undefined {
  return fromNode(grid.root, grid.orientation === 'HORIZONTAL' ? 'row' : 'column');
}

function fromNode({ data, size = 0 }: DockNode, kind: 'row' | 'column'): PaneLayout | undefined {
  if (!Array.isArray(data)) {
    const { views, activeView } = data;
    return views.length === 0 ? undefined : { kind: 'group', size: Math.round(size), tabIds: views, ...(activeView === undefined ? {} : { activeTabId: activeView }) };
  }
  const parts = data.flatMap((part) => fromNode(part, kind === 'row' ? 'column' : 'row') ?? []);
  const [only] = parts;
  if (only === undefined) return undefined;
  return parts.length === 1 ? { ...only, size: Math.round(size) } : { kind, size: Math.round(size), parts };
}

/** @param titleOf what a tab is called @param component the library's name of what a pane shows */
export function toDock(layout: PaneLayout, active: string | undefined, titleOf: (tabId: string) => string, component: string): SerializedDockview {
  let groups = 0;
  let activeGroup: string | undefined;
  // The library alternates: a split directly inside one of its own direction gets a level of its own between them.
  const toNode = (part: PaneLayout, across: 'row' | 'column'): DockNode => {
    if (part.kind === 'group') {
      const id = `group-${(groups += 1)}`;
      if (active !== undefined && part.tabIds.includes(active)) activeGroup = id;
      return { type: 'leaf', size: part.size, data: { id, views: [...part.tabIds], activeView: part.activeTabId ?? part.tabIds[0] ?? '' } };
    }
    if (part.kind !== across) return { type: 'branch', size: part.size, data: [toNode(part, part.kind)] };
    return { type: 'branch', size: part.size, data: part.parts.map((inner) => toNode(inner, across === 'row' ? 'column' : 'row')) };
  };
  const kind = layout.kind === 'column' ? 'column' : 'row';
  const root: DockNode = layout.kind === 'group' ? { type: 'branch', data: [toNode(layout, kind)] } : toNode(layout, kind);
  const length = layout.kind === 'group' ? layout.size : layout.parts.reduce((sum, { size }) => sum + size, 0);
  return {
    grid: { root, orientation: (kind === 'row' ? 'HORIZONTAL' : 'VERTICAL') as SerializedDockview['grid']['orientation'], width: Math.max(1, kind === 'row' ? length : layout.size), height: Math.max(1, kind === 'row' ? layout.size : length) },
    panels: Object.fromEntries(tabIdsOf(layout).map((tabId) => [tabId, { id: tabId, contentComponent: component, title: titleOf(tabId), renderer: 'always' as const }])),
    ...(activeGroup === undefined ? {} : { activeGroup }),
  };
}
