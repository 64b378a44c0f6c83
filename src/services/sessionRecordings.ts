/** Records sessions: begun by the person or by a rule, shown with the session, known to the history, deleted after their days. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { Duplex } from 'node:stream';
import { spawn } from 'node:child_process';
import type { ServiceApi } from '../contract/contract.ts';
import { PosternError } from '../contract/error.ts';
import type { HistoryEntry } from '../contract/history.ts';
import type { Instance } from '../contract/instance.ts';
import type { LiveRecording, RecordedStreams, Recording, RecordingFormat, RecordingRef, RecordingSettings } from '../contract/recording.ts';
import { say } from '../contract/say.ts';
import type { Settings } from '../contract/settings.ts';
import { isoTime, type Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { HistoryServices } from './keptHistory.ts';
import { deleteRecording, fileSize, mendRecording, recordingPath, ruleFor } from './recording/recordingFolder.ts';
import { startRecorder, type Recorder } from './recording/recorder.ts';
import type { ConnectRequest } from './sessions/connectRequest.ts';
import type { Sessions } from './sessions/sessions.ts';
import type { SessionTap } from './sessions/sessionTap.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const FIRST_PRUNE_MS = 20_000;
const MEGABYTE = 1_000_000;
/** What a session may say while it is looked up whether it is recorded. */
const MAX_EARLY_BYTES = 8 * 1024 * 1024;
const FOLDER_VIEWERS: Readonly<Record<string, string>> = { darwin: 'open', win32: 'explorer.exe', linux: 'xdg-open' };

export interface SessionRecordings {
  readonly api: ServiceApi<Duplex>['recordings'];
  readonly historyApi: ServiceApi<never>['history'];
  /** The same, and what a rule says is recorded is, from its first byte on. */
  watchSessions(sessions: Sessions): Sessions;
  /** These entries are gone from the history: so are their recordings. */
  drop(entries: readonly HistoryEntry[]): void;
  /** Every file is whole on the disk. */
  close(): Promise<void>;
}

export interface SessionRecordingsOptions {
  readonly dataDir: string;
  readonly settings: () => Promise<Settings>;
  readonly history: () => Pick<HistoryServices, 'entryIdOf' | 'entries'>;
  readonly onRemoved: (entryIds: string[]) => void;
  /** @throws PosternError `instance.not-found` */
  readonly instanceOf: (hostId: string) => Instance;
  /** Old recordings are deleted soon after the start, not only when there is a new one. */
  readonly prunesAtStart: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

interface Choice {
  readonly format?: RecordingFormat | undefined;
  readonly kept?: RecordedStreams | undefined;
  readonly path?: string | undefined;
  readonly always: boolean;
  /** The session has ended already; what it said was kept until it was known that it is recorded. */
  readonly isOver?: boolean;
}

interface Live {
  readonly shown: LiveRecording;
  readonly recorder: Recorder;
  readonly entryId: string | undefined;
}

export function createSessionRecordings({ dataDir, settings, history, onRemoved, instanceOf, prunesAtStart, clock, log }: SessionRecordingsOptions): SessionRecordings {
  const live = new Map<string, Live>();
  /** By recording. */
  const ending = new Map<string, Promise<void>>();
  let sessions: Sessions | undefined;
  let prunedAtMs = 0;
  // The start itself has better things to do.
  const firstPrune = prunesAtStart ? setTimeout(() => void prune(), FIRST_PRUNE_MS).unref() : undefined;

  function all(): Sessions {
    if (sessions === undefined) throw new Error('recordings were asked for before there were sessions');
    return sessions;
  }

  function start(sessionId: string, wanted: Choice, chosen: RecordingSettings): Live {
    const session = all().list().find((candidate) => candidate.sessionId === sessionId);
    if (session === undefined || (wanted.isOver !== true && (session.state.name === 'closed' || session.state.name === 'failed'))) {
      throw new PosternError({ code: 'session.not-found', message: say`That session has ended: there is nothing to record.` });
    }
    const running = live.get(sessionId);
    if (running !== undefined) return running;
    const { format = chosen.format, kept = chosen.kept, always } = wanted;
    const recordingId = randomUUID();
    const startedAt = isoTime(clock);
    const hostName = session.instanceName ?? session.instanceId;
    const path = wanted.path ?? recordingPath(folderOf(chosen, dataDir), startedAt, hostName, recordingId, format);
    const shown: LiveRecording = { recordingId, state: 'recording', format, kept, startedAt, path, always };
    const recorder = startRecorder({
      path,
      format,
      kept,
      timestamps: chosen.timestamps,
      maxBytes: chosen.maxMegabytes * MEGABYTE,
      title: session.osUser === undefined ? hostName : `${session.osUser}@${hostName}`,
      size: all().sizeOf(sessionId),
      clock,
      onStopped: (why) => finish(sessionId, why === 'limit' ? limitReached(chosen) : why),
    });
    const entryId = history().entryIdOf(sessionId);
    const started: Live = { shown, recorder, entryId };
    live.set(sessionId, started);
    if (entryId !== undefined) history().entries.setRecordings(entryId, (before) => [...before, { recordingId, path, format, kept, startedAt, state: 'recording' }]);
    const tap: SessionTap = { output: recorder.output, input: recorder.input, resize: recorder.resize, ended: () => finish(sessionId) };
    all().setTap(sessionId, tap);
    all().setRecording(sessionId, shown);
    void prune();
    return started;
  }

  /** @param error it stopped by itself */
  function finish(sessionId: string, error?: PosternError): void {
    const recording = live.get(sessionId);
    if (recording === undefined) return;
    live.delete(sessionId);
    if (all().list().some((session) => session.sessionId === sessionId)) all().setTap(sessionId, undefined);
    all().setRecording(sessionId, error === undefined ? undefined : { ...recording.shown, state: 'stopped', error: error.toReport() });
    if (error !== undefined) log.warn('a recording stopped', { code: error.code });
    const end = endRecording(recording, error).catch((cause: unknown) => log.warn('a recording was not ended', { cause })).finally(() => ending.delete(recording.shown.recordingId));
    ending.set(recording.shown.recordingId, end);
  }

  async function endRecording({ recorder, shown, entryId }: Live, error: PosternError | undefined): Promise<void> {
    const { durationMs, error: failure = error } = await recorder.end();
    const sizeBytes = await fileSize(shown.path);
    change({ entryId, recordingId: shown.recordingId }, (recording) => ({ ...recording, durationMs, ...(sizeBytes === undefined ? { state: 'missing' } : { state: 'kept', sizeBytes }), ...(failure === undefined ? {} : { reason: failure.message }) }));
  }

  function change({ entryId, recordingId }: { readonly entryId: string | undefined; readonly recordingId: string }, edit: (recording: Recording) => Recording): void {
    if (entryId !== undefined) history().entries.setRecordings(entryId, (recordings) => recordings.map((recording) => (recording.recordingId === recordingId ? edit(recording) : recording)));
  }

  function find({ entryId, recordingId }: RecordingRef): Recording {
    const found = history().entries.get(entryId)?.recordings?.find((recording) => recording.recordingId === recordingId);
    if (found === undefined || found.state === 'deleted') throw new PosternError({ code: 'recording.not-found', message: say`That recording is not there any more.` });
    return found;
  }

  /** What a session says before it is known whether it is recorded waits, and then goes into the recording, or nowhere. */
  function decide(sessionId: string, request: ConnectRequest): void {
    const early: ((tap: SessionTap) => void)[] = [];
    let earlyBytes = 0;
    let over = false;
    const keep = (bytes: Uint8Array, tell: (tap: SessionTap, bytes: Uint8Array) => void): void => {
      earlyBytes += bytes.byteLength;
      if (earlyBytes > MAX_EARLY_BYTES) return;
      const copy = Uint8Array.from(bytes);
      early.push((tap) => tell(tap, copy));
    };
    all().setTap(sessionId, {
      output: (bytes) => keep(bytes, (tap, copy) => tap.output(copy)),
      input: (bytes) => keep(bytes, (tap, copy) => tap.input(copy)),
      resize: (size) => void early.push((tap) => tap.resize(size)),
      ended: () => (over = true),
    });
    const settle = async (): Promise<void> => {
      const chosen = await settings();
      const rule = request.record === undefined ? alwaysRecorded(request.instanceId, chosen) : request.record;
      if (live.has(sessionId) || (over && early.length === 0)) return;
      if (rule === undefined) {
        if (!over) all().setTap(sessionId, undefined);
        return;
      }
      const { recorder } = start(sessionId, { ...rule, always: request.record === undefined, isOver: over }, chosen.recording);
      for (const tell of early) tell({ ...recorder, ended: () => undefined });
      // Shorter than the reading of the settings took.
      if (over) finish(sessionId);
    };
    settle().catch((cause: unknown) => log.warn('it was not found out whether a session is recorded', { cause }));
  }

  function alwaysRecorded(hostId: string, { recording, accounts }: Settings): Omit<Choice, 'always'> | undefined {
    if (recording.rules.length === 0 && !recording.production) return undefined;
    const host = instanceOf(hostId);
    const { accountId } = host.scope;
    return ruleFor(recording, host, accountId !== undefined && accounts[accountId]?.production === true);
  }

  /** Deletes what is older than its days; at most once an hour. */
  async function prune(): Promise<void> {
    if (clock.now() - prunedAtMs < DAY_MS / 24) return;
    prunedAtMs = clock.now();
    try {
      const { keepDays } = (await settings()).recording;
      for (const { entryId, recordings = [] } of history().entries.recordedBefore(clock.now() - keepDays * DAY_MS)) {
        for (const recording of recordings) if (recording.state === 'kept') await remove({ entryId, recordingId: recording.recordingId }, recording.path);
      }
    } catch (cause) {
      log.warn('old recordings were not deleted', { cause });
    }
  }

  async function remove(ref: RecordingRef, path: string): Promise<void> {
    await deleteRecording(path);
    change(ref, (recording) => ({ ...recording, state: 'deleted' }));
  }

  /** The recordings as their files are now; what a Postern that was killed left is mended. */
  async function asNow({ recordings, ...entry }: HistoryEntry): Promise<HistoryEntry> {
    if (recordings === undefined) return entry;
    const now = await Promise.all(
      recordings.map(async (recording): Promise<Recording> => {
        if (recording.state === 'deleted') return recording;
        if (recording.state === 'recording' && entry.outcome !== 'open' && !isLive(recording)) {
          await mendRecording(recording.path).catch((cause: unknown) => log.debug('a recording was not mended', { cause }));
          change({ entryId: entry.entryId, recordingId: recording.recordingId }, (one) => ({ ...one, state: 'kept' }));
          return withSize({ ...recording, state: 'kept' });
        }
        return withSize(recording);
      }),
    );
    return { ...entry, recordings: now };
  }

  const isLive = ({ recordingId }: Recording): boolean => [...live.values()].some(({ shown }) => shown.recordingId === recordingId) || ending.has(recordingId);

  return {
    api: {
      async start({ sessionId, format, kept }) {
        const chosen = (await settings()).recording;
        start(sessionId, { format, kept, always: false }, chosen);
      },
      async stop({ sessionId }) {
        finish(sessionId);
        if (all().list().some((session) => session.sessionId === sessionId)) all().setRecording(sessionId, undefined);
      },
      async mark({ sessionId, label }) {
        live.get(sessionId)?.recorder.mark(label);
      },
      content: (ref) => Duplex.from({ readable: createReadStream(find(ref).path) }),
      show: async (ref) => ({ shown: await showFolder(dirname(find(ref).path)) }),
      async remove(ref) {
        const found = find(ref);
        for (const [sessionId, { shown }] of live) if (shown.recordingId === ref.recordingId) finish(sessionId);
        await ending.get(ref.recordingId);
        await remove(ref, found.path);
      },
    },
    historyApi: {
      list: async (query) => {
        void prune();
        return Promise.all(history().entries.list(query).map(asNow));
      },
      async remove({ entryIds }) {
        const removed = history().entries.remove(entryIds);
        if (removed.length > 0) onRemoved(removed.map(({ entryId }) => entryId));
        for (const { recordings = [] } of removed) for (const { state, path } of recordings) if (state !== 'deleted') await deleteRecording(path);
      },
    },
    watchSessions(watched) {
      sessions = watched;
      return {
        ...watched,
        open(request) {
          const opened = watched.open(request);
          // What a command prints is for a program, not for a person.
          if (request.command === undefined && request.terminal !== false && request.openSsh?.noShell !== true) decide(opened.sessionId, request);
          return opened;
        },
      };
    },
    drop(entries) {
      for (const { recordings = [] } of entries) {
        for (const { state, path } of recordings) if (state !== 'deleted') deleteRecording(path).catch((cause: unknown) => log.warn('an old recording was not deleted', { cause }));
      }
    },
    async close() {
      clearTimeout(firstPrune);
      for (const sessionId of [...live.keys()]) finish(sessionId);
      while (ending.size > 0) await Promise.all(ending.values());
    },
  };
}

function folderOf({ folder }: RecordingSettings, dataDir: string): string {
  return isAbsolute(folder) ? folder : join(dataDir, 'recordings');
}

async function withSize(recording: Recording): Promise<Recording> {
  const { sizeBytes: _, ...rest } = recording;
  const sizeBytes = await fileSize(recording.path);
  return sizeBytes === undefined ? { ...rest, state: 'missing' } : { ...rest, sizeBytes };
}

function limitReached({ maxMegabytes }: RecordingSettings): PosternError {
  return new PosternError({ code: 'recording.limit', message: say`The recording has reached its ${maxMegabytes} MB and ended.`, remedy: say`Start another one, or allow longer ones in the settings.` });
}

/** The folder only: how a file manager is told to select a file differs everywhere. */
function showFolder(folder: string): Promise<boolean> {
  const viewer = FOLDER_VIEWERS[process.platform];
  if (viewer === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(viewer, [folder], { stdio: 'ignore', detached: true });
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
    child.once('error', () => resolve(false));
  });
}
