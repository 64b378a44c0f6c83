/**
 * The last known estate in one SQLite file: what each scope held and when AWS last said so. Nothing in it is secret; it is 0600
 * all the same. Several processes use it at once: WAL, short transactions, and each waits for the others.
 *
 * An instance is texts of JSON: all of it but its network interfaces, these, and for `postern ls` a short row of what a table shows.
 * The short rows have an index of their own, so that reading them touches nothing of the rest.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { guarded, inTransaction, openSqlite } from '../base/sqliteFile.ts';

/** Of the tables. A file with a higher number was written by a newer Postern and is kept aside; an older one is emptied: AWS knows it all. */
const SCHEMA_VERSION = 3;
/** How long a process waits for another one's transaction. */
const BUSY_TIMEOUT_MS = 3000;
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
  /** Drops the rows of a scope but for these. */
  keepOnly(scopeKey: string, instanceIds: readonly string[]): void;
  writeScope(scopeKey: string, scope: EstateScope): void;
  /** Drops scopes that were last read before an ISO time, with their rows. */
  dropReadBefore(time: string): void;
  close(): void;
}

/**
 * @param readOnly never makes the file; the answer is undefined where there is none
 * @throws UnreadableFile, and SQLite's own errors
 */
export function openEstateDatabase(path: string, { readOnly = false }: { readonly readOnly?: boolean } = {}): EstateDatabase | undefined {
  const database = openSqlite({ path, version: SCHEMA_VERSION, schema: SCHEMA, busyTimeoutMs: BUSY_TIMEOUT_MS, mode: readOnly ? 'read' : 'make' });
  return database === undefined ? undefined : toEstate(database);
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
      inTransaction(database, () => {
        const upsert = statement(
          'INSERT INTO instances VALUES (?, ?, ?, ?, ?) ON CONFLICT (scope_key, instance_id) DO UPDATE SET shown = excluded.shown, listed = excluded.listed, interfaces = excluded.interfaces WHERE listed <> excluded.listed OR interfaces <> excluded.interfaces',
        );
        for (const [instanceId, shown, listed, interfaces] of rows) upsert.run(scopeKey, instanceId, shown, listed, interfaces);
        const remove = statement('DELETE FROM instances WHERE scope_key = ? AND instance_id = ?');
        for (const instanceId of removed) remove.run(scopeKey, instanceId);
      });
    },
    keepOnly(scopeKey, instanceIds) {
      inTransaction(database, () => {
        statement('DELETE FROM instances WHERE scope_key = ? AND instance_id NOT IN (SELECT value FROM json_each(?))').run(scopeKey, JSON.stringify(instanceIds));
      });
    },
    dropReadBefore(time) {
      inTransaction(database, () => {
        statement('DELETE FROM instances WHERE scope_key IN (SELECT scope_key FROM scopes WHERE refreshed_at < ?)').run(time);
        statement('DELETE FROM scopes WHERE refreshed_at < ?').run(time);
      });
    },
    writeScope(scopeKey, { profile, region, accountId, refreshedAt, refreshedBy, network }) {
      inTransaction(database, () => {
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
