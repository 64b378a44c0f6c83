/** One command of the workspace. */
import type { WindowAction } from '../state/shortcuts.ts';

export interface WorkspaceCommand {
  /** Its text is `workspace.` and this. */
  readonly key: 'localShell' | 'splitRight' | 'splitDown' | 'duplicate' | 'rename' | 'detach' | 'record' | 'stopRecording' | 'markRecording' | 'useSnippet' | 'broadcast' | 'stopBroadcast' | 'searchOutput' | 'tellMe' | 'tellMeNot' | 'reopenClosed' | 'maximise' | 'unmaximise';
  /** Whose keys start it. */
  readonly action?: WindowAction['kind'];
  readonly run: () => void;
}
