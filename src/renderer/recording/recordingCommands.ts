/** Start, stop and mark, as commands of the tab in front. */
import type { TerminalSession } from '../../contract/session.ts';
import type { RecordingCalls } from './recordingCalls.ts';

export interface RecordingCommand {
  /** Its text is `workspace.` and this. */
  readonly key: 'record' | 'stopRecording' | 'markRecording';
  /** Whose keys start it. */
  readonly action: 'record' | 'mark-recording';
  readonly run: () => void;
}

export function recordingCommands(session: TerminalSession | undefined, recordings: Pick<RecordingCalls, 'start' | 'stop' | 'mark'>): readonly RecordingCommand[] {
  if (session === undefined || session.state.name === 'closed' || session.state.name === 'failed') return [];
  const { sessionId } = session;
  if (session.recording?.state !== 'recording') return [{ key: 'record', action: 'record', run: () => void recordings.start(sessionId) }];
  return [
    { key: 'stopRecording', action: 'record', run: () => void recordings.stop(sessionId) },
    { key: 'markRecording', action: 'mark-recording', run: () => void recordings.mark(sessionId, '') },
  ];
}

/** @returns false when it means nothing right now */
export function runRecordingAction(kind: 'record' | 'mark-recording', session: TerminalSession | undefined, recordings: Pick<RecordingCalls, 'start' | 'stop' | 'mark'>): boolean {
  const command = recordingCommands(session, recordings).find(({ action }) => action === kind);
  command?.run();
  return command !== undefined;
}
