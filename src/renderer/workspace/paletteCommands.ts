/** The workspace's entries of the palette. */
import { bothNames } from '../palette/bothNames.ts';
import type { PaletteAction } from '../palette/paletteItems.ts';
import { shortcutText, type Overrides } from '../state/shortcuts.ts';
import { runWorkspaceAction, type WorkspaceActionContext } from './runWorkspaceAction.ts';
import { workspaceCommands } from './workspaceCommands.ts';

const moves = [
  { kind: 'pane-left', key: 'paneLeft' },
  { kind: 'pane-right', key: 'paneRight' },
  { kind: 'pane-up', key: 'paneUp' },
  { kind: 'pane-down', key: 'paneDown' },
] as const;

/** @param context `tab` is absent where no terminal is in view */
export function paletteCommands(context: WorkspaceActionContext, platform: string, overrides: Overrides, onRename: (tabId: string) => void): readonly PaletteAction[] {
  const { postern, tab, narrow, panes } = context;
  const several = tab !== undefined && panes?.several === true;
  const commands = workspaceCommands({ postern, tab, narrow, onRename, toggleMaximised: several ? () => void panes.toggleMaximised() : undefined, maximised: panes?.maximised === true });
  return [
    ...commands.map(({ key, action, run }) => ({ id: `workspace:${key}`, kind: 'action' as const, ...bothNames((t) => t(`workspace.${key}`)), shortcut: action === undefined ? undefined : shortcutText(action, platform, overrides), run })),
    ...(several ? moves.map(({ kind, key }) => ({ id: `workspace:${key}`, kind: 'action' as const, ...bothNames((t) => t(`workspace.${key}`)), shortcut: shortcutText(kind, platform, overrides), run: () => void runWorkspaceAction(kind, context) })) : []),
  ];
}
