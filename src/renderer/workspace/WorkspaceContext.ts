/** What the panes and tabs of the workspace are given; the docking library makes them, so that props cannot reach them. */
import { createContext, use } from 'react';
import type { Mirror } from '../state/mirror.ts';
import type { Postern } from '../state/postern.ts';
import type { WindowState } from '../state/windowState.ts';
import type { ShownTheme } from '../terminal/theme.ts';

export interface WorkspaceView {
  readonly postern: Postern;
  readonly mirror: Mirror;
  readonly state: WindowState;
  readonly platform: string;
  readonly theme: ShownTheme;
  /** The window is too narrow for panes beside each other. */
  readonly narrow: boolean;
  readonly findingTabId: string | undefined;
  readonly onFindClose: () => void;
  readonly onNew: () => void;
  readonly onRename: (tabId: string) => void;
  readonly onChooseRoute: (instanceId: string, tabId: string) => void;
}

export const WorkspaceContext = createContext<WorkspaceView | undefined>(undefined);

export function useWorkspace(): WorkspaceView {
  const view = use(WorkspaceContext);
  if (view === undefined) throw new Error('a pane is shown outside the workspace');
  return view;
}
