/** What the window asks for about recordings, and about the history they belong to. */
import type { ListHistory } from '../../contract/history.ts';
import type { RecordingRef } from '../../contract/recording.ts';
import type { Client } from '../state/connection.ts';

export type RecordingCalls = ReturnType<typeof createRecordingCalls>;

/** @param run shows what went wrong */
export function createRecordingCalls(services: () => Client, run: (work: () => Promise<unknown>) => Promise<boolean>) {
  return {
    start: (sessionId: string) => run(() => services().recordings.start({ sessionId })),
    stop: (sessionId: string) => run(() => services().recordings.stop({ sessionId })),
    mark: (sessionId: string, label: string) => run(() => services().recordings.mark({ sessionId, label })),
    /** Failures are the caller's to show. */
    content: (ref: RecordingRef) => services().recordings.content(ref),
    show: (ref: RecordingRef) => services().recordings.show(ref),
    remove: (ref: RecordingRef) => run(() => services().recordings.remove(ref)),
    history: (query: Partial<ListHistory>) => services().history.list(query),
    removeEntries: (entryIds: readonly string[]) => run(() => services().history.remove({ entryIds: [...entryIds] })),
  };
}
