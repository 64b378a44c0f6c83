/** In a narrow window all tabs are behind each other; when it is wide again, the panes come back as they were. */
import { useEffect, useMemo, useRef } from 'react';
import type { DockviewApi, SerializedDockview } from 'dockview-react';
import type { PaneLayout } from '../../contract/workspace.ts';
import { fromDock } from './dockLayout.ts';
import { tabIdsOf } from './workspaceState.ts';

export interface OnePane {
  /** The layout to keep: that of the wide window while it is narrow. */
  keptOr(shown: () => PaneLayout | undefined): PaneLayout | undefined;
}

export function useOnePane(dock: DockviewApi | undefined, narrow: boolean): OnePane {
  const wide = useRef<SerializedDockview>(undefined);
  useEffect(() => {
    if (dock === undefined) return;
    if (narrow && dock.groups.length > 1) {
      if (dock.hasMaximizedGroup()) dock.exitMaximizedGroup();
      wide.current = dock.toJSON();
      const front = dock.activePanel;
      const [first] = dock.groups;
      for (const panel of [...dock.panels]) if (first !== undefined && panel.group !== first) panel.api.moveTo({ group: first, skipSetActive: true });
      front?.api.setActive();
    } else if (!narrow && wide.current !== undefined) {
      const kept = wide.current;
      wide.current = undefined;
      // Tabs that came or went meanwhile fit no pane of then.
      if (sameTabs(kept, dock)) {
        const front = dock.activePanel?.id;
        dock.fromJSON(kept, { reuseExistingPanels: true });
        if (front !== undefined) dock.getPanel(front)?.api.setActive();
      }
    }
  }, [dock, narrow]);
  return useMemo(
    () => ({
      keptOr: (shown) => (wide.current === undefined || (dock !== undefined && !sameTabs(wide.current, dock)) ? shown() : fromDock(wide.current)),
    }),
    [dock],
  );
}

function sameTabs(kept: SerializedDockview, dock: DockviewApi): boolean {
  const layout = fromDock(kept);
  const before = new Set(layout === undefined ? [] : tabIdsOf(layout));
  return before.size === dock.panels.length && dock.panels.every(({ id }) => before.has(id));
}
