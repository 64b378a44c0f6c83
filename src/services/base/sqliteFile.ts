/**
 * SQLite files of Postern's own (Node's SQLite): made 0600, several processes at once (WAL), told from what is no such file, and
 * moved aside where they cannot be read.
 */
import type { DatabaseSync } from 'node:sqlite';
import { closeSync, existsSync, openSync, renameSync, statSync } from 'node:fs';

export interface SqliteFile {
  readonly path: string;
  /** Of the tables, from 1. */
  readonly version: number;
  /** Makes the tables of this version, whatever an older one left; sets `user_version`. */
  readonly schema: string;
  /** How long to wait for another process's transaction. */
  readonly busyTimeoutMs: number;
  /** `existing`: a file that is not there is not made. `read`: and nothing is written, tables neither. */
  readonly mode?: 'make' | 'existing' | 'read';
}

/** The file is none that this Postern can read: damaged, or written by a newer one. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
  readonly ending: 'corrupt' | 'newer';

  constructor(ending: 'corrupt' | 'newer', cause?: unknown) {
    super(`the file is ${ending}`, { cause });
    this.ending = ending;
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const DAMAGED = new Set([11, 26]);
/** SQLITE_READONLY and SQLITE_CANTOPEN: the files beside a file in WAL mode cannot be made. */
const UNWRITABLE = new Set([8, 14]);

/** Whether this runtime has SQLite at all: not every Electron does. */
export function hasSqlite(): boolean {
  return process.getBuiltinModule('node:sqlite') !== undefined;
}

/**
 * @returns absent where this runtime has no SQLite; but with mode `make`, also where there is no file; with `read`, also where an
 *   older Postern wrote it
 * @throws UnreadableFile, and SQLite's own errors: no permission, another process that holds it for long
 */
export function openSqlite({ path, version, schema, busyTimeoutMs, mode = 'make' }: SqliteFile): DatabaseSync | undefined {
  const sqlite = process.getBuiltinModule('node:sqlite');
  if (sqlite === undefined || (mode !== 'make' && !existsSync(path))) return undefined;
  // SQLite gives the files beside it the mode of this one.
  if (mode !== 'read') closeSync(openSync(path, 'a', 0o600));
  return guarded(() => {
    const database = mode === 'read' ? openToRead(sqlite.DatabaseSync, path, busyTimeoutMs) : new sqlite.DatabaseSync(path, { timeout: busyTimeoutMs });
    try {
      const found = versionOf(database);
      if (found > version) throw new UnreadableFile('newer');
      if (mode === 'read') {
        if (found === version) return database;
        database.close();
        return undefined;
      }
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
      if (found !== version) {
        inTransaction(database, () => {
          // Another process may have made them while this one waited for its turn.
          if (versionOf(database) !== version) database.exec(schema);
        });
      }
      return database;
    } catch (thrown) {
      database.close();
      throw thrown;
    }
  });
}

/**
 * On a read-only file system SQLite must be told that nobody writes the file, or it wants to make those beside it. What a crash left
 * in its write-ahead log would be passed over then, so that such a file is not read.
 */
function openToRead(Database: typeof DatabaseSync, path: string, busyTimeoutMs: number): DatabaseSync {
  const database = new Database(path, { readOnly: true, timeout: busyTimeoutMs });
  try {
    versionOf(database);
    return database;
  } catch (thrown) {
    database.close();
    if (!UNWRITABLE.has(resultCode(thrown)) || (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) throw thrown;
    // Where it is not needed, a list need not wait for it.
    const unchanging = process.getBuiltinModule('node:url').pathToFileURL(path);
    unchanging.searchParams.set('immutable', '1');
    return new Database(unchanging, { readOnly: true });
  }
}

/** All of it or nothing. @throws UnreadableFile, and SQLite's own errors */
export function inTransaction(database: DatabaseSync, work: () => void): void {
  guarded(() => {
    database.exec('BEGIN IMMEDIATE');
    try {
      work();
      database.exec('COMMIT');
    } catch (thrown) {
      // Some errors, a full disk among them, have ended it already.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw thrown;
    }
  });
}

/** @throws UnreadableFile where SQLite found damage */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (DAMAGED.has(resultCode(thrown))) throw new UnreadableFile('corrupt', thrown);
    throw thrown;
  }
}

/** SQLite's primary result code; 0 where it is no error of SQLite's. */
function resultCode(thrown: unknown): number {
  return thrown instanceof Error && 'errcode' in thrown && typeof thrown.errcode === 'number' ? thrown.errcode & 0xff : 0;
}

/** Moves a file that cannot be read out of the way, with the files SQLite keeps beside it. @returns its new path */
export function keepAside(path: string, ending: string, time: string): string {
  const kept = `${path}.${ending}-${time.replaceAll(':', '-')}`;
  for (const beside of ['', '-wal', '-shm']) if (existsSync(`${path}${beside}`)) renameSync(`${path}${beside}`, `${kept}${beside}`);
  return kept;
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}
