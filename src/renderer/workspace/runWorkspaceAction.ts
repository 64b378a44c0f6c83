/** What the workspace's own keys do. */
import { runRecordingAction } from '../recording/recordingCommands.ts';
import type { Postern } from '../state/postern.ts';
import type { WindowAction } from '../state/shortcuts.ts';
import type { Tab } from '../state/tabs.ts';
import type { WorkspaceHandle } from './Workspace.tsx';

export type WorkspaceActionKind = Extract<WindowAction['kind'], `split-${string}` | `pane-${string}` | 'maximise' | 'reopen-closed' | 'record' | 'mark-recording'>;

export interface WorkspaceActionContext {
  readonly postern: Postern;
  /** The tab in front, where tabs are in view. */
  readonly tab: Tab | undefined;
  readonly narrow: boolean;
  /** Null while no tab is open. */
  readonly panes: WorkspaceHandle | null;
}

/** @returns false when it means nothing right now */
export function runWorkspaceAction(kind: WorkspaceActionKind, { postern, tab, narrow, panes }: WorkspaceActionContext): boolean {
  const { workspace, window } = postern;
  switch (kind) {
    case 'split-right':
    case 'split-down':
      if (tab === undefined || narrow || window.get().detached) return false;
      void workspace.duplicate(tab, kind === 'split-right' ? 'right' : 'below');
      return true;
    case 'pane-left':
      return panes?.focusPane('left') === true;
    case 'pane-right':
      return panes?.focusPane('right') === true;
    case 'pane-up':
      return panes?.focusPane('up') === true;
    case 'pane-down':
      return panes?.focusPane('down') === true;
    case 'maximise':
      return panes?.toggleMaximised() === true;
    case 'record':
    case 'mark-recording':
      return tab !== undefined && runRecordingAction(kind, postern.mirror.get().sessions.get(tab.sessionId), postern.actions.recordings);
    case 'reopen-closed':
      return !window.get().detached && workspace.reopenClosed();
  }
}
