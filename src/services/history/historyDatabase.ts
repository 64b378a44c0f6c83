/**
 * The history in one SQLite file, 0600: an entry is a row with its JSON, its moment and the process that goes on with it.
 * Several processes write it at once: WAL, one short statement each.
 */
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { HistoryEntry } from '../../contract/history.ts';
import { remember } from '../../contract/say.ts';
import { Said } from '../../contract/sentence.ts';
import { sentencesIn } from '../../contract/sentencesIn.ts';
import { guarded, openSqlite } from '../base/sqliteFile.ts';

const SCHEMA_VERSION = 1;
/** A terminal waits meanwhile: long enough for another process's one statement. */
const BUSY_TIMEOUT_MS = 250;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS entries (entry_id TEXT PRIMARY KEY, started_at TEXT NOT NULL, pid INTEGER, entry TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entries_by_time ON entries (started_at);
PRAGMA user_version = ${SCHEMA_VERSION};`;

export interface HistoryDatabase {
  /** @param pid the process that still goes on with it; absent: it is over */
  put(entry: HistoryEntry, pid: number | undefined): void;
  get(entryId: string): { readonly entry: HistoryEntry; readonly pid: number | undefined } | undefined;
  remove(entryId: string): void;
  /** Newest first, until `take` says that it has enough. */
  read(before: string | undefined, take: (entry: HistoryEntry, pid: number | undefined) => boolean): void;
  /** Entries with recordings that are older than an ISO time. */
  recordedBefore(olderThan: string): HistoryEntry[];
  /** Drops what is older than an ISO time, and the oldest beyond a number. @returns those of them with recordings */
  prune(olderThan: string, keepRows: number): HistoryEntry[];
  close(): void;
}

/**
 * @param create false: absent where there is no file
 * @returns absent where this runtime has no SQLite
 * @throws UnreadableFile, and SQLite's own errors
 */
export function openHistoryDatabase(path: string, create: boolean): HistoryDatabase | undefined {
  const database = openSqlite({ path, version: SCHEMA_VERSION, schema: SCHEMA, busyTimeoutMs: BUSY_TIMEOUT_MS, mode: create ? 'make' : 'existing' });
  return database === undefined ? undefined : toHistory(database);
}

function toHistory(database: DatabaseSync): HistoryDatabase {
  const put = database.prepare('INSERT INTO entries VALUES (?, ?, ?, ?) ON CONFLICT (entry_id) DO UPDATE SET pid = excluded.pid, entry = excluded.entry');
  const read = database.prepare('SELECT pid, entry FROM entries WHERE started_at < ? ORDER BY started_at DESC');
  const get = database.prepare('SELECT pid, entry FROM entries WHERE entry_id = ?');
  const remove = database.prepare('DELETE FROM entries WHERE entry_id = ?');
  const recorded = database.prepare(`SELECT entry FROM entries WHERE started_at < ? AND entry LIKE '%"recordings":%' ORDER BY started_at`);
  const age = database.prepare('DELETE FROM entries WHERE started_at < ? RETURNING entry');
  const rows = database.prepare('DELETE FROM entries WHERE entry_id IN (SELECT entry_id FROM entries ORDER BY started_at DESC LIMIT -1 OFFSET ?) RETURNING entry');
  return {
    put: (entry, pid) => guarded(() => void put.run(entry.entryId, entry.startedAt, pid ?? null, JSON.stringify({ ...entry, said: sentencesIn(HistoryEntry, entry) }))),
    read: (before, take) =>
      guarded(() => {
        // Later than any time.
        for (const row of read.iterate(before ?? '~')) {
          const entry = toEntry(row);
          if (entry !== undefined && !take(entry, typeof row['pid'] === 'number' ? row['pid'] : undefined)) return;
        }
      }),
    get: (entryId) =>
      guarded(() => {
        const row = get.get(entryId);
        const entry = row === undefined ? undefined : toEntry(row);
        return entry === undefined ? undefined : { entry, pid: typeof row?.['pid'] === 'number' ? row['pid'] : undefined };
      }),
    remove: (entryId) => guarded(() => void remove.run(entryId)),
    recordedBefore: (olderThan) => guarded(() => recorded.all(olderThan).flatMap((row) => toEntry(row) ?? [])),
    prune: (olderThan, keepRows) => guarded(() => [...age.all(olderThan), ...rows.all(keepRows)].flatMap((row) => toEntry(row) ?? []).filter(({ recordings }) => recordings !== undefined)),
    close: () => database.close(),
  };
}

/** Beside an entry: what its sentences were made of, for windows in another language. */
const Kept = z.object({ said: z.array(z.tuple([z.string(), Said])).optional() });

/** Undefined for one that another version of Postern wrote. */
function toEntry(row: Record<string, unknown>): HistoryEntry | undefined {
  const content: unknown = JSON.parse(String(row['entry']));
  const entry = HistoryEntry.safeParse(content).data;
  for (const [sentence, said] of Kept.safeParse(content).data?.said ?? []) remember(sentence, said);
  return entry;
}
