import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSqlite, type SqliteFile } from '../../../src/services/base/sqliteFile.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const NOBODY = 65_534;

function fileIn(folder: string): SqliteFile {
  return { path: join(folder, 'known?.sqlite'), version: 1, schema: 'CREATE TABLE hosts (name TEXT); PRAGMA user_version = 1;', busyTimeoutMs: 100 };
}

function namesIn(file: SqliteFile): unknown {
  const database = openSqlite({ ...file, mode: 'read' });
  try {
    return database?.prepare('SELECT name FROM hosts').all().map(({ name }) => name);
  } finally {
    database?.close();
  }
}

/** In a folder where this process may make no file, whoever runs the tests. */
function withoutWriting<T>(folder: string, work: () => T): T {
  chmodSync(folder, 0o555);
  onTestFinished(() => chmodSync(folder, 0o755));
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}

test('what is known is read where nothing can be written, and nothing is left beside it', () => {
  const folder = temporaryFolder();
  const file = fileIn(folder);
  const database = openSqlite(file);
  database?.exec("INSERT INTO hosts VALUES ('web-1')");
  database?.close();
  chmodSync(file.path, 0o444);
  expect(withoutWriting(folder, () => namesIn(file))).toEqual(['web-1']);
  expect(readdirSync(folder)).toEqual(['known?.sqlite']);
});

test('a file whose last writes are in a log that cannot be read is not read, rather than as it was before them', () => {
  const folder = temporaryFolder();
  const file = fileIn(folder);
  openSqlite(file)?.close();
  chmodSync(file.path, 0o444);
  writeFileSync(`${file.path}-wal`, 'of a Postern that crashed', { mode: 0o444 });
  expect(() => withoutWriting(folder, () => namesIn(file))).toThrow('unable to open database file');
});
