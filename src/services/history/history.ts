/**
 * What was done, kept: every session, tunnel and action begins an entry and ends it. Bounded in rows and age; where it cannot be
 * kept on the disk, the last ones are held in memory, and nothing else suffers.
 */
import { randomUUID } from 'node:crypto';
import { basename, join } from 'node:path';
import type { HistoryEntry, ListHistory } from '../../contract/history.ts';
import { say } from '../../contract/say.ts';
import type { Recording } from '../../contract/recording.ts';
import type { Notice } from '../../contract/settings.ts';
import { isoTime, type Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { keepAside, UnreadableFile } from '../base/sqliteFile.ts';
import { openHistoryDatabase, type HistoryDatabase } from './historyDatabase.ts';

export const HISTORY_FILE = 'history.sqlite';
const MAX_ROWS = 20_000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Entries begun between two clearings. */
const PRUNE_EVERY = 200;
/** Without a disk. */
const MAX_IN_MEMORY = 1000;

export type NewEntry = Omit<HistoryEntry, 'entryId' | 'startedAt' | 'endedAt' | 'outcome'>;
export type Ending = Pick<HistoryEntry, 'reason' | 'sentBytes' | 'receivedBytes'> & { readonly outcome: 'ok' | 'failed' };

/** An entry that goes on. After its end nothing changes it. */
export interface OpenEntry {
  readonly entryId: string;
  /** Absent fields stay as they are. */
  add(facts: Partial<NewEntry>): void;
  end(ending: Ending): void;
}

export interface History {
  begin(entry: NewEntry): OpenEntry;
  /** Newest first. Entries of a process that is gone are told as `unknown`. */
  list(query: ListHistory): HistoryEntry[];
  get(entryId: string): HistoryEntry | undefined;
  /** Changes what is known of an entry's recordings, also after its end. */
  setRecordings(entryId: string, change: (recordings: readonly Recording[]) => Recording[]): void;
  /** Drops entries that are over. @returns them */
  remove(entryIds: readonly string[]): HistoryEntry[];
  /** Entries with recordings that started before a moment. */
  recordedBefore(beforeMs: number): HistoryEntry[];
  /** Entries that still go on end with Postern. */
  close(): void;
}

export interface HistoryOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChanged: (entry: HistoryEntry) => void;
  readonly onNotice: (notice: Notice) => void;
  /** How many days entries are kept. */
  readonly keepDays: () => Promise<number>;
  /** These were dropped for their age, and nothing else knows of their recordings. */
  readonly onDropped?: (entries: readonly HistoryEntry[]) => void;
}

export function createHistory({ dataDir, clock, log, onChanged, onNotice, keepDays, onDropped }: HistoryOptions): History {
  const path = join(dataDir, HISTORY_FILE);
  const open = new Map<string, HistoryEntry>();
  const inMemory = new Map<string, HistoryEntry>();
  let database: HistoryDatabase | undefined;
  let broken = false;
  let begun = 0;

  /** Runs on the file; one that cannot be used right now costs this entry its place on the disk, and nothing else. */
  function onFile<T>(create: boolean, work: (file: HistoryDatabase) => T): T | undefined {
    if (broken) return undefined;
    try {
      database ??= openHistoryDatabase(path, create);
      return database === undefined ? undefined : work(database);
    } catch (thrown) {
      database?.close();
      database = undefined;
      if (thrown instanceof UnreadableFile && movedAside(thrown)) return onFile(create, work);
      // A full disk, a read-only folder, another process that holds it for long.
      log.warn('the history was not written', { cause: thrown });
      return undefined;
    }
  }

  /** @returns false where it cannot be moved either */
  function movedAside({ ending }: UnreadableFile): boolean {
    try {
      const kept = basename(keepAside(path, ending, isoTime(clock)));
      onNotice({ noticeId: `kept-aside:${kept}`, severity: 'warning', message: say`${HISTORY_FILE} ${ending === 'newer' ? say`was written by a newer Postern` : say`is damaged`}. It was kept as ${kept}, and a fresh one begins.`, remedy: say`The history before now is in that file.` });
      return true;
    } catch (cause) {
      log.warn('the history file cannot be read, nor moved aside', { cause });
      return false;
    }
  }

  function keep(entry: HistoryEntry): void {
    const goesOn = entry.outcome === 'open';
    if (goesOn) open.set(entry.entryId, entry);
    else open.delete(entry.entryId);
    const written = onFile(true, (file) => {
      file.put(entry, goesOn ? process.pid : undefined);
      return true;
    });
    if (written !== true) {
      inMemory.set(entry.entryId, entry);
      for (const oldest of inMemory.keys()) {
        if (inMemory.size <= MAX_IN_MEMORY) break;
        inMemory.delete(oldest);
      }
    }
    onChanged(entry);
  }

  async function prune(): Promise<void> {
    const olderThan = new Date(clock.now() - (await keepDays()) * DAY_MS).toISOString();
    const dropped = onFile(false, (file) => file.prune(olderThan, MAX_ROWS)) ?? [];
    if (dropped.length > 0) onDropped?.(dropped);
  }

  const stored = (entryId: string): { readonly entry: HistoryEntry; readonly pid: number | undefined } | undefined => {
    const held = open.get(entryId) ?? inMemory.get(entryId);
    return held === undefined ? onFile(false, (file) => file.get(entryId)) : { entry: held, pid: open.has(entryId) ? process.pid : undefined };
  };

  const end = (entry: HistoryEntry, ending: Ending): void => keep({ ...entry, ...ending, endedAt: isoTime(clock) });

  return {
    begin(facts) {
      begun += 1;
      const entryId = randomUUID();
      keep({ ...facts, entryId, startedAt: isoTime(clock), outcome: 'open' });
      if (begun % PRUNE_EVERY === 1) prune().catch((cause: unknown) => log.warn('old history was not dropped', { cause }));
      return {
        entryId,
        add(more) {
          const entry = open.get(entryId);
          if (entry !== undefined && Object.entries(more).some(([key, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(entry, key)))) keep({ ...entry, ...more });
        },
        end(ending) {
          const entry = open.get(entryId);
          if (entry !== undefined) end(entry, ending);
        },
      };
    },
    get: (entryId) => stored(entryId)?.entry,
    setRecordings(entryId, change) {
      const found = stored(entryId);
      if (found === undefined) return;
      const entry = { ...found.entry, recordings: change(found.entry.recordings ?? []) };
      if (open.has(entryId)) open.set(entryId, entry);
      if (inMemory.has(entryId)) inMemory.set(entryId, entry);
      onFile(true, (file) => file.put(entry, found.pid));
      onChanged(entry);
    },
    remove(entryIds) {
      const removed = entryIds.flatMap((entryId) => {
        const found = open.has(entryId) ? undefined : stored(entryId);
        return found === undefined || (found.entry.outcome === 'open' && isAlive(found.pid)) ? [] : [found.entry];
      });
      for (const { entryId } of removed) {
        inMemory.delete(entryId);
        onFile(false, (file) => file.remove(entryId));
      }
      return removed;
    },
    recordedBefore: (beforeMs) => onFile(false, (file) => file.recordedBefore(new Date(beforeMs).toISOString())) ?? [],
    list({ text, kinds, limit, before, since, recorded = false, failed = false }) {
      const words = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
      const found = new Map<string, HistoryEntry>();
      const take = (entry: HistoryEntry): boolean => {
        if (since !== undefined && entry.startedAt < since) return false;
        const wanted = (kinds === undefined || kinds.includes(entry.kind)) && (!failed || entry.outcome === 'failed' || entry.outcome === 'unknown') && (!recorded || hasRecording(entry));
        if (wanted && matches(entry, words)) found.set(entry.entryId, open.get(entry.entryId) ?? entry);
        return found.size < limit;
      };
      onFile(false, (file) => file.read(before, (entry, pid) => take(entry.outcome === 'open' && !isAlive(pid) ? { ...entry, outcome: 'unknown', reason: say`Postern ended before it did.` } : entry)));
      for (const entry of inMemory.values()) if (before === undefined || entry.startedAt < before) take(entry);
      return [...found.values()].toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1)).slice(0, limit);
    },
    close() {
      for (const entry of [...open.values()]) end(entry, { outcome: 'ok', reason: say`Postern was closed.` });
      database?.close();
      database = undefined;
      broken = true;
    },
  };
}

function hasRecording({ recordings = [] }: HistoryEntry): boolean {
  return recordings.some(({ state }) => state !== 'deleted');
}

function matches({ hostId, hostName, subject, profile, region, accountId, callerArn, osUser, localUser, route, kind, outcome, reason, awsSessionIds }: HistoryEntry, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const row = [hostId, hostName, subject, profile, region, accountId, callerArn, osUser, localUser, route, kind, outcome, reason, ...(awsSessionIds ?? [])].join('\n').toLowerCase();
  return words.every((word) => row.includes(word));
}

/** Absent: the entry is over. A number that another program has meanwhile counts as alive: it is shown as open too long, never wrongly as ended. */
function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}
