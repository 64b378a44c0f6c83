/**
 * The last known estate in one SQLite file: what each scope held and when AWS last said so. Nothing in it is secret; it is 0600
 * all the same. Several processes use it at once: WAL, short transactions, and each waits for the others.
 *
 * An instance is texts of JSON: all of it but its network interfaces, these, and for `postern ls` a short row of what a table shows.
 * The short rows have an index of their own, so that reading them touches nothing of the rest.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { closeSync, existsSync, openSync, renameSync } from 'node:fs';

/** Of the tables. A file with a higher number was written by a newer Postern and is kept aside; an older one is emptied: AWS knows it all. */
const SCHEMA_VERSION = 3;
/** How long a process waits for another one's transaction. */
const BUSY_TIMEOUT_MS = 3000;
/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const DAMAGED = new Set([11, 26]);

const SCHEMA = `
DROP TABLE IF EXISTS scopes;
DROP TABLE IF EXISTS instances;
CREATE TABLE scopes (scope_key TEXT PRIMARY KEY, profile TEXT NOT NULL, region TEXT NOT NULL, account_id TEXT, refreshed_at TEXT, refreshed_by TEXT, network TEXT);
CREATE TABLE instances (scope_key TEXT NOT NULL, instance_id TEXT NOT NULL, shown TEXT NOT NULL, listed TEXT NOT NULL, interfaces TEXT NOT NULL);
CREATE UNIQUE INDEX instance_of_scope ON instances (scope_key, instance_id);
CREATE INDEX shown_of_scope ON instances (scope_key, shown);
PRAGMA user_version = ${SCHEMA_VERSION};`;

export interface EstateScope {
  readonly profile: string;
  readonly region: string;
  readonly accountId?: string;
  /** ISO 8601. */
  readonly refreshedAt?: string;
  /** Which app it was that asked: `electron`, `web` or `cli`. */
  readonly refreshedBy?: string;
  /** JSON of NetworkFacts. */
  readonly network?: string;
}

/** Instance id, the short row of a table, JSON without network interfaces, JSON of these. */
export type EstateRow = readonly [instanceId: string, shown: string, listed: string, interfaces: string];

/** Texts of which one of each list must be there, whatever its case; where one is missing, rows may come all the same. */
export type Mentions = readonly (readonly string[])[];

export interface EstateDatabase {
  scope(scopeKey: string): EstateScope | undefined;
  /** Regions of a profile that were ever read to the end. */
  regions(profile: string): string[];
  /** The next rows of a scope, in the order of their ids: a JSON array of whole instances, how many they are, and the last id. */
  page(scopeKey: string, after: string, rows: number): { readonly instances: string; readonly count: number; readonly last: string | undefined };
  /** JSON array of the short rows of a scope, but those that do not mention what they must. */
  shown(scopeKey: string, mentions: Mentions): string;
  /** JSON array of whole instances of a scope, but those that do not mention what they must. */
  whole(scopeKey: string, mentions: Mentions): string;
  write(scopeKey: string, rows: readonly EstateRow[], removed: readonly string[]): void;
  writeScope(scopeKey: string, scope: EstateScope): void;
  close(): void;
}

/** The file is no estate that this Postern can read. */
export class UnreadableEstate extends Error {
  override readonly name = 'UnreadableEstate';
  readonly ending: 'corrupt' | 'newer';

  constructor(ending: 'corrupt' | 'newer', cause?: unknown) {
    super(`the estate file is ${ending}`, { cause });
    this.ending = ending;
  }
}

/** Whether this runtime has SQLite at all: not every Electron does. */
export function hasSqlite(): boolean {
  return process.getBuiltinModule('node:sqlite') !== undefined;
}

/**
 * @param readOnly never makes the file; the answer is undefined where there is none
 * @throws UnreadableEstate
 */
export function openEstateDatabase(path: string, { readOnly = false }: { readonly readOnly?: boolean } = {}): EstateDatabase | undefined {
  const sqlite = process.getBuiltinModule('node:sqlite');
  if (sqlite === undefined || (readOnly && !existsSync(path))) return undefined;
  // SQLite gives the files beside it the mode of this one.
  if (!readOnly) closeSync(openSync(path, 'a', 0o600));
  return guarded(() => {
    const database = new sqlite.DatabaseSync(path, { readOnly, timeout: BUSY_TIMEOUT_MS });
    try {
      const version = database.prepare('PRAGMA user_version').get()?.['user_version'];
      if (typeof version === 'number' && version > SCHEMA_VERSION) throw new UnreadableEstate('newer');
      if (readOnly && version !== SCHEMA_VERSION) {
        database.close();
        return undefined;
      }
      if (!readOnly) {
        database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
        if (version !== SCHEMA_VERSION) makeTables(database);
      }
      return toEstate(database);
    } catch (thrown) {
      database.close();
      throw thrown;
    }
  });
}

/** Another process may have made them while this one waited for its turn. */
function makeTables(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    if (database.prepare('PRAGMA user_version').get()?.['user_version'] !== SCHEMA_VERSION) database.exec(SCHEMA);
    database.exec('COMMIT');
  } catch (thrown) {
    database.exec('ROLLBACK');
    throw thrown;
  }
}

/** Move a file that cannot be read out of the way, with the files SQLite keeps beside it. @returns its new path */
export function keepAside(path: string, ending: string, time: string): string {
  const kept = `${path}.${ending}-${time.replaceAll(':', '-')}`;
  for (const beside of ['', '-wal', '-shm']) if (existsSync(`${path}${beside}`)) renameSync(`${path}${beside}`, `${kept}${beside}`);
  return kept;
}

/** An instance's JSON, whole again: the texts are joined by SQLite, so that a thousand rows are one text. */
const WHOLE = `substr(listed, 1, length(listed) - 1) || ',"networkInterfaces":' || interfaces || '}'`;

function toEstate(database: DatabaseSync): EstateDatabase {
  const made = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    let prepared = made.get(sql);
    if (prepared === undefined) {
      prepared = database.prepare(sql);
      made.set(sql, prepared);
    }
    return prepared;
  };
  const transaction = (work: () => void): void =>
    guarded(() => {
      database.exec('BEGIN IMMEDIATE');
      try {
        work();
        database.exec('COMMIT');
      } catch (thrown) {
        database.exec('ROLLBACK');
        throw thrown;
      }
    });
  return {
    scope: (scopeKey) =>
      guarded(() => {
        const row = statement('SELECT profile, region, account_id, refreshed_at, refreshed_by, network FROM scopes WHERE scope_key = ?').get(scopeKey);
        if (row === undefined) return undefined;
        return {
          profile: String(row['profile']),
          region: String(row['region']),
          ...(typeof row['account_id'] === 'string' ? { accountId: row['account_id'] } : {}),
          ...(typeof row['refreshed_at'] === 'string' ? { refreshedAt: row['refreshed_at'] } : {}),
          ...(typeof row['refreshed_by'] === 'string' ? { refreshedBy: row['refreshed_by'] } : {}),
          ...(typeof row['network'] === 'string' ? { network: row['network'] } : {}),
        };
      }),
    regions: (profile) => guarded(() => statement('SELECT region FROM scopes WHERE profile = ? AND refreshed_at IS NOT NULL ORDER BY region').all(profile).map((row) => String(row['region']))),
    page: (scopeKey, after, rows) =>
      guarded(() => {
        const row = statement(`SELECT group_concat(${WHOLE}) AS instances, count(*) AS count, max(instance_id) AS last FROM (SELECT instance_id, listed, interfaces FROM instances WHERE scope_key = ? AND instance_id > ? ORDER BY instance_id LIMIT ?)`).get(scopeKey, after, rows);
        return { instances: `[${toText(row?.['instances'])}]`, count: Number(row?.['count']), last: typeof row?.['last'] === 'string' ? row['last'] : undefined };
      }),
    shown: (scopeKey, mentions) =>
      guarded(() => {
        const wanted = mentioning(mentions, ['shown']);
        return `[${toText(database.prepare(`SELECT group_concat(shown) AS rows FROM instances WHERE scope_key = ?${wanted.sql}`).get(scopeKey, ...wanted.patterns)?.['rows'])}]`;
      }),
    whole: (scopeKey, mentions) =>
      guarded(() => {
        const wanted = mentioning(mentions, ['listed', 'interfaces']);
        return `[${toText(database.prepare(`SELECT group_concat(${WHOLE}) AS rows FROM instances WHERE scope_key = ?${wanted.sql}`).get(scopeKey, ...wanted.patterns)?.['rows'])}]`;
      }),
    write(scopeKey, rows, removed) {
      transaction(() => {
        const upsert = statement(
          'INSERT INTO instances VALUES (?, ?, ?, ?, ?) ON CONFLICT (scope_key, instance_id) DO UPDATE SET shown = excluded.shown, listed = excluded.listed, interfaces = excluded.interfaces WHERE listed <> excluded.listed OR interfaces <> excluded.interfaces',
        );
        for (const [instanceId, shown, listed, interfaces] of rows) upsert.run(scopeKey, instanceId, shown, listed, interfaces);
        const remove = statement('DELETE FROM instances WHERE scope_key = ? AND instance_id = ?');
        for (const instanceId of removed) remove.run(scopeKey, instanceId);
      });
    },
    writeScope(scopeKey, { profile, region, accountId, refreshedAt, refreshedBy, network }) {
      transaction(() => {
        statement('INSERT OR REPLACE INTO scopes VALUES (?, ?, ?, ?, ?, ?, ?)').run(scopeKey, profile, region, accountId ?? null, refreshedAt ?? null, refreshedBy ?? null, network ?? null);
      });
    },
    close: () => database.close(),
  };
}

/** No row at all: SQLite says NULL. */
function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** One condition for each list: any of its texts in any of the columns. */
function mentioning(mentions: Mentions, columns: readonly string[]): { readonly sql: string; readonly patterns: readonly string[] } {
  const patterns = mentions.map((texts) => texts.flatMap((text) => columns.map(() => toPattern(text))));
  return { sql: patterns.map((some) => ` AND (${some.map((_, index) => `${columns[index % columns.length]} LIKE ?`).join(' OR ')})`).join(''), patterns: patterns.flat() };
}

/** LIKE knows the case of ASCII only: the Kelvin sign and the dotted capital I are other cases of k and i, so any character will do for these. */
function toPattern(text: string): string {
  return `%${text.replace(/[ki]/gi, '_')}%`;
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    const code: unknown = thrown instanceof Error && 'errcode' in thrown ? thrown.errcode : undefined;
    if (typeof code === 'number' && DAMAGED.has(code & 0xff)) throw new UnreadableEstate('corrupt', thrown);
    throw thrown;
  }
}
