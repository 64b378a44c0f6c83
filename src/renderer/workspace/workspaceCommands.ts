/** The commands of the workspace, the same in the menu beside the tabs and in the palette. */
import { recordingCommands } from '../recording/recordingCommands.ts';
import type { Postern } from '../state/postern.ts';
import type { Tab } from '../state/tabs.ts';
import { handsCommands } from './handsCommands.ts';
import type { WorkspaceCommand } from './workspaceCommand.ts';

export interface WorkspaceCommandParts {
  readonly postern: Pick<Postern, 'workspace' | 'window' | 'actions' | 'mirror' | 'broadcast' | 'commandEnds'>;
  readonly tab: Tab | undefined;
  readonly narrow: boolean;
  readonly onRename: (tabId: string) => void;
  /** Absent: there is one pane. */
  readonly toggleMaximised: (() => void) | undefined;
  readonly maximised: boolean;
}

/** What makes sense now. */
export function workspaceCommands({ postern, tab, narrow, onRename, toggleMaximised, maximised }: WorkspaceCommandParts): readonly WorkspaceCommand[] {
  const { workspace } = postern;
  const { detached, closed } = postern.window.get();
  const onTab: WorkspaceCommand[] =
    tab === undefined || detached
      ? []
      : [
          ...(narrow
            ? []
            : [
                { key: 'splitRight', action: 'split-right', run: () => void workspace.duplicate(tab, 'right') } as const,
                { key: 'splitDown', action: 'split-down', run: () => void workspace.duplicate(tab, 'below') } as const,
              ]),
          { key: 'duplicate', run: () => void workspace.duplicate(tab) },
          { key: 'detach', run: () => workspace.detach(tab) },
        ];
  return [
    ...(detached ? [] : [{ key: 'localShell', run: () => void workspace.openLocalShell() } as const]),
    ...onTab,
    ...(tab === undefined ? [] : recordingCommands(postern.mirror.get().sessions.get(tab.sessionId), postern.actions.recordings)),
    ...(tab === undefined ? [] : handsCommands(postern, tab)),
    ...(tab === undefined ? [] : [{ key: 'rename', run: () => onRename(tab.tabId) } as const]),
    ...(toggleMaximised === undefined || narrow ? [] : [{ key: maximised ? 'unmaximise' : 'maximise', action: 'maximise', run: toggleMaximised } as const]),
    ...(closed.length === 0 || detached ? [] : [{ key: 'reopenClosed', action: 'reopen-closed', run: () => void workspace.reopenClosed() } as const]),
  ];
}
