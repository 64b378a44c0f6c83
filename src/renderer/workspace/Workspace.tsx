/**
 * The tabs in panes, by the docking library: it knows where each tab is, and the window's state knows which tabs there are.
 *
 * Every pane's content stays in the document while its tab lives (`renderer: always`), moved over the place where it is
 * shown: a terminal that is dragged keeps its screen, its scroll position and its stream.
 */
import { useEffect, useEffectEvent, useImperativeHandle, useState, type KeyboardEvent, type Ref } from 'react';
import { DockviewReact, type DockviewApi, type DockviewReadyEvent, type DockviewTheme } from 'dockview-react';
import 'dockview-react/dist/styles/dockview.css';
import { useTranslation } from 'react-i18next';
import { focusedActionOf } from '../state/shortcuts.ts';
import { activateTab, orderTabs, type Tab } from '../state/tabs.ts';
import { DRAGGED_TAB } from '../terminal/clipboard.ts';
import { fromDock, toDock } from './dockLayout.ts';
import { GroupActions } from './GroupActions.tsx';
import { tabName } from './tabText.ts';
import { TabTitle } from './TabTitle.tsx';
import { TerminalPane } from './TerminalPane.tsx';
import { useOnePane } from './useOnePane.ts';
import { useWorkspace } from './WorkspaceContext.ts';
import { pruned, tabIdsOf } from './workspaceState.ts';
import './workspace.css';

export type PaneDirection = 'left' | 'right' | 'up' | 'down';

export interface WorkspaceHandle {
  /** @returns false when there is no pane on that side */
  focusPane(direction: PaneDirection): boolean;
  /** @returns false when there is one pane */
  toggleMaximised(): boolean;
  readonly maximised: boolean;
  readonly several: boolean;
}

const TERMINAL = 'terminal';
const components = { [TERMINAL]: TerminalPane };
const theme: DockviewTheme = { name: 'postern', className: 'dockview-theme-light dock-postern', dndTabIndicator: 'line' };

export function Workspace({ handle }: { readonly handle: Ref<WorkspaceHandle> }) {
  const { t } = useTranslation();
  const { postern, mirror, state, narrow, platform, onRename } = useWorkspace();
  const { window: windowStore, actions } = postern;
  const { tabs, activeTabId } = state.tabs;
  const [dock, setDock] = useState<DockviewApi>();
  const nameOf = (tab: Tab): string => tabName(tab, mirror.sessions.get(tab.sessionId));
  const onePane = useOnePane(dock, narrow);

  // Called once, when the library is made.
  const handleReady = ({ api }: DockviewReadyEvent): void => {
    const layout = state.layout === undefined ? undefined : pruned(state.layout, new Set(tabs.map(({ tabId }) => tabId)));
    const named = new Map(tabs.map((tab) => [tab.tabId, nameOf(tab)]));
    if (layout !== undefined) api.fromJSON(toDock(layout, activeTabId, (tabId) => named.get(tabId) ?? tabId, TERMINAL));
    setDock(api);
  };

  // The library follows the state: tabs that are new, gone, or in front.
  const follow = useEffectEvent((api: DockviewApi) => {
    const wanted = new Set(tabs.map(({ tabId }) => tabId));
    for (const panel of [...api.panels]) if (!wanted.has(panel.id)) api.removePanel(panel);
    for (const tab of tabs) if (api.getPanel(tab.tabId) === undefined) addPanel(api, tab, nameOf(tab), narrow, tab.tabId !== activeTabId);
    if (activeTabId !== undefined && api.activePanel?.id !== activeTabId) api.getPanel(activeTabId)?.api.setActive();
  });
  useEffect(() => {
    if (dock !== undefined) follow(dock);
  }, [dock, tabs, activeTabId]);

  // The state follows the library: where tabs are, and which one the person went to.
  useEffect(() => {
    if (dock === undefined) return;
    const keepLayout = (): void => {
      const layout = onePane.keptOr(() => fromDock(dock.toJSON()));
      const order = fromDock(dock.toJSON());
      if (layout === undefined || order === undefined) return;
      windowStore.set((value) => {
        const same = JSON.stringify(value.layout) === JSON.stringify(layout);
        const ordered = orderTabs(value.tabs, tabIdsOf(order));
        return same && ordered === value.tabs ? value : { ...value, layout: same ? value.layout : layout, tabs: ordered };
      });
    };
    const markDragged = ({ nativeEvent }: { readonly nativeEvent: Event }): void => {
      if (nativeEvent instanceof DragEvent) nativeEvent.dataTransfer?.setData(DRAGGED_TAB, '');
    };
    const listening = [
      dock.onWillDragPanel(markDragged),
      dock.onWillDragGroup(markDragged),
      dock.onDidLayoutChange(keepLayout),
      dock.onDidActivePanelChange(({ panel }) => {
        if (panel !== undefined) windowStore.set((value) => ({ ...value, tabs: activateTab(value.tabs, panel.id) }));
      }),
    ];
    keepLayout();
    return () => {
      for (const one of listening) one.dispose();
    };
  }, [dock, windowStore, onePane]);

  useEffect(() => {
    if (dock === undefined) return;
    const label = (element: Element): void => {
      element.querySelector('[role=tablist]')?.setAttribute('aria-label', t('workspace.sessions'));
      // What is shown lies over it and is the panel itself.
      element.querySelector('.dv-content-container')?.setAttribute('role', 'presentation');
    };
    for (const group of dock.groups) label(group.element);
    const listening = dock.onDidAddGroup((group) => label(group.element));
    return () => listening.dispose();
  }, [dock, t]);

  useImperativeHandle(
    handle,
    () => ({
      focusPane(direction) {
        const from = dock?.activeGroup;
        const to = from === undefined ? undefined : dock?.adjacentGroupInDirection(from, direction);
        const tabId = to?.activePanel?.id;
        if (tabId === undefined) return false;
        windowStore.set((value) => ({ ...value, tabs: activateTab(value.tabs, tabId) }));
        return true;
      },
      toggleMaximised() {
        const panel = dock?.activePanel;
        if (dock === undefined || panel === undefined || dock.groups.length < 2) return false;
        if (dock.hasMaximizedGroup()) dock.exitMaximizedGroup();
        else dock.maximizeGroup(panel);
        return true;
      },
      get maximised() {
        return dock?.hasMaximizedGroup() === true;
      },
      get several() {
        return (dock?.groups.length ?? 0) > 1;
      },
    }),
    [dock, windowStore],
  );

  // The library moves the focus along the tabs; here a tab that has it comes to the front, and closing goes through the state.
  const handleKeyDownCapture = (event: KeyboardEvent): void => {
    const tab = focusedTab(event, tabs);
    const action = tab === undefined ? undefined : focusedActionOf(event.nativeEvent, platform, mirror.settings.shortcuts);
    // The library would close the tab by the last two.
    if (tab === undefined || (action !== 'close-focused-tab' && action !== 'rename-tab' && event.key !== 'Delete' && event.key !== 'Backspace')) return;
    event.preventDefault();
    event.stopPropagation();
    if (action === 'close-focused-tab') actions.closeTab(tab);
    else if (action === 'rename-tab') onRename(tab.tabId);
  };
  const handleKeyDown = (event: KeyboardEvent): void => {
    const tab = focusedTab({ target: document.activeElement }, tabs);
    if (tab !== undefined && ['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) windowStore.set((value) => ({ ...value, tabs: activateTab(value.tabs, tab.tabId) }));
  };

  return (
    <div className="workspace" onKeyDownCapture={handleKeyDownCapture} onKeyDown={handleKeyDown}>
      <DockviewReact
        components={components}
        defaultTabComponent={TabTitle}
        leftHeaderActionsComponent={GroupActions}
        defaultRenderer="always"
        disableFloatingGroups
        dndEdges={narrow ? false : EDGES}
        announcements={false}
        scrollbars="native"
        theme={theme}
        onReady={handleReady}
      />
    </div>
  );
}

const EDGES = { size: { type: 'pixels', value: 24 }, activationSize: { type: 'pixels', value: 12 } } as const;

function addPanel(api: DockviewApi, tab: Tab, title: string, narrow: boolean, inactive: boolean): void {
  const beside = narrow || tab.placement === undefined ? undefined : api.getPanel(tab.placement.beside);
  if (beside !== undefined && api.hasMaximizedGroup()) api.exitMaximizedGroup();
  const direction = tab.placement?.direction ?? 'within';
  // Where no group is in front, as after a reload whose tab in front the layout did not know yet, the library would split the window.
  const group = api.activeGroup ?? api.groups[0];
  const position = beside !== undefined ? { referencePanel: beside, direction } : group !== undefined ? { referenceGroup: group, direction: 'within' as const } : undefined;
  api.addPanel({ id: tab.tabId, component: TERMINAL, title, renderer: 'always', inactive, ...(position === undefined ? {} : { position }) });
}

function focusedTab({ target }: { readonly target: EventTarget | null }, tabs: readonly Tab[]): Tab | undefined {
  const tabId = target instanceof HTMLElement && target.role === 'tab' ? target.dataset['tabPanelId'] : undefined;
  return tabs.find((tab) => tab.tabId === tabId);
}
