import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { PosternError } from '../../../src/contract/error.ts';
import type { Notice } from '../../../src/contract/settings.ts';
import { openStore } from '../../../src/services/base/store.ts';
import type { Store } from '../../../src/services/base/store.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const Document = z.object({ entries: z.array(z.string()).default([]) });
const clock = { now: () => Date.UTC(2026, 10, 22, 7, 30, 0) };
const writer = fileURLToPath(new URL('./storeWriter.ts', import.meta.url));

function open(path: string): { store: Store<z.infer<typeof Document>>; notices: Notice[] } {
  const notices: Notice[] = [];
  return { store: openStore({ path, version: 2, schema: Document, clock, onNotice: (notice) => notices.push(notice) }), notices };
}

function startWriter(path: string, name: string, count: number): ReturnType<typeof spawn> {
  const child = spawn(process.execPath, [writer, path, name, String(count)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function failure(work: Promise<unknown>): Promise<PosternError> {
  const thrown: unknown = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(thrown instanceof PosternError)) throw new Error(`expected a PosternError, got ${String(thrown)}`);
  return thrown;
}

test('a document that was never written is fresh, and reading it writes nothing', async () => {
  const folder = temporaryFolder();
  const { store, notices } = open(join(folder, 'entries.json'));
  expect(await store.read()).toEqual({ entries: [] });
  expect(readdirSync(folder)).toEqual([]);
  expect(notices).toEqual([]);
});

test('a change is on disk with its version, readable by its owner only, and nothing else stays in the folder', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'entries.json');
  expect(await open(path).store.change(({ entries }) => ({ entries: [...entries, 'a'] }))).toEqual({ entries: ['a'] });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ version: 2, entries: ['a'] });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['entries.json']);
});

test('changes made at once by one process and two stores all count', async () => {
  const path = join(temporaryFolder(), 'entries.json');
  const [even, odd] = [open(path).store, open(path).store];
  await Promise.all(Array.from({ length: 20 }, (_, number) => (number % 2 === 0 ? even : odd).change(({ entries }) => ({ entries: [...entries, String(number)] }))));
  expect((await open(path).store.read()).entries.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 20 }, (_, number) => String(number)));
});

test('changes made at once by three processes all count', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'entries.json');
  const codes = await Promise.all(['a', 'b', 'c'].map((name) => once(startWriter(path, name, 15), 'exit')));
  expect(codes).toEqual([[0, null], [0, null], [0, null]]);
  const { entries } = await open(path).store.read();
  expect(entries.toSorted()).toEqual(['a', 'b', 'c'].flatMap((name) => Array.from({ length: 15 }, (_, number) => `${name}-${number}`)).toSorted());
  expect(readdirSync(folder)).toEqual(['entries.json']);
});

test('a process killed while it writes leaves a whole document, and the next change is not held up by its lock', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'entries.json');
  for (const name of ['a', 'b', 'c']) {
    const child = startWriter(path, name, 1_000_000);
    if (child.stdout === null) throw new Error('no stdout');
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { store, notices } = open(path);
    const { entries } = await store.read();
    expect(entries).toContain(`${name}-0`);
    expect(await store.change((current) => ({ entries: [...current.entries, `after ${name}`] }))).toEqual({ entries: [...entries, `after ${name}`] });
    expect(notices).toEqual([]);
    // A lock file taken over in the moment of death may stay under a name nobody looks at; a temporary file does not.
    expect(readdirSync(folder).filter((file) => file.endsWith('.tmp') || file === 'entries.json.lock')).toEqual([]);
  }
});

test('what an interrupted write left behind is cleared away and never read', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'entries.json');
  writeFileSync(path, '{"version":2,"entries":["old"]}');
  writeFileSync(`${path}.0a1b.tmp`, '{"version":2,"entr');
  const { store } = open(path);
  expect(await store.read()).toEqual({ entries: ['old'] });
  await store.change(({ entries }) => ({ entries: [...entries, 'new'] }));
  expect(readdirSync(folder)).toEqual(['entries.json']);
});

test.each([
  ['is not JSON', '{"version":2,"entries":["a"'],
  ['is not a document of Postern', '[]'],
  ['is damaged at "entries.1"', '{"version":2,"entries":["a",2]}'],
  ['is not JSON', ''],
])('a file that %s is kept aside and said, and a fresh one begins', async (reason, content) => {
  const folder = temporaryFolder();
  const path = join(folder, 'entries.json');
  writeFileSync(path, content);
  const { store, notices } = open(path);
  const kept = 'entries.json.corrupt-2026-11-22T07-30-00.000Z';
  expect(await Promise.all([store.read(), store.read()])).toEqual([{ entries: [] }, { entries: [] }]);
  expect(notices).toEqual([
    { noticeId: `kept-aside:${kept}`, severity: 'warning', message: `entries.json ${reason}. It was kept as ${kept}, and a fresh one begins.`, remedy: `Look into ${kept} for what you want to enter again.` },
  ]);
  expect(readFileSync(join(folder, kept), 'utf8')).toBe(content);
  await store.change(() => ({ entries: ['fresh'] }));
  expect(await store.read()).toEqual({ entries: ['fresh'] });
  expect(notices).toHaveLength(1);
});

test('a file of a newer Postern is kept aside, not overwritten', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'entries.json');
  writeFileSync(path, '{"version":3,"entries":["a"],"more":true}');
  const { store, notices } = open(path);
  expect(await store.change(({ entries }) => ({ entries: [...entries, 'b'] }))).toEqual({ entries: ['b'] });
  expect(notices.map(({ message }) => message)).toEqual(['entries.json was written by a newer Postern. It was kept as entries.json.newer-2026-11-22T07-30-00.000Z, and a fresh one begins.']);
  expect(readFileSync(join(folder, 'entries.json.newer-2026-11-22T07-30-00.000Z'), 'utf8')).toBe('{"version":3,"entries":["a"],"more":true}');
});

test('an edit that throws changes nothing and leaves no lock', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'entries.json');
  const { store } = open(path);
  await store.change(() => ({ entries: ['a'] }));
  await expect(
    store.change(() => {
      throw new RangeError('no');
    }),
  ).rejects.toThrow(new RangeError('no'));
  expect(await store.read()).toEqual({ entries: ['a'] });
  expect(readdirSync(folder)).toEqual(['entries.json']);
});

test('a folder that is gone fails the write by name, and the store works again when it is back', async () => {
  const folder = join(temporaryFolder(), 'data');
  const path = join(folder, 'entries.json');
  const { store } = open(path);
  mkdirSync(folder);
  await store.change(() => ({ entries: ['a'] }));
  rmSync(folder, { recursive: true });
  expect((await failure(store.change(() => ({ entries: ['b'] })))).toReport()).toEqual({
    code: 'data.write-failed',
    message: `${path} could not be written (ENOENT).`,
    remedy: 'Check that the folder exists and that you may write to it.',
    retryable: true,
  });
  mkdirSync(folder);
  expect(await store.change(() => ({ entries: ['c'] }))).toEqual({ entries: ['c'] });
});

test('a path that cannot be read is an error that names it, and is not kept aside', async () => {
  const path = join(temporaryFolder(), 'entries.json');
  mkdirSync(path);
  const { store, notices } = open(path);
  const error = await failure(store.read());
  expect([error.code, error.message]).toEqual(['data.unreadable', `${path} could not be read.`]);
  expect(notices).toEqual([]);
  expect(existsSync(path)).toBe(true);
});

test('no room for the file fails the write by name and leaves the last whole document', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'entries.json');
  // The limit on a file's size fails a write half-way, as a full disk does, and needs no disk of one's own.
  const child = spawn('bash', ['-c', 'ulimit -f 2; exec "$0" "$@"', process.execPath, writer, path, 'a', '1000'], { stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(said).toContain(`PosternError: ${path} could not be written (EFBIG).`);
  expect(said).toContain("remedy: 'Make room on that disk and do it again.'");
  const { entries } = await open(path).store.read();
  expect(entries.length).toBeGreaterThan(100);
  expect(entries).toEqual(entries.map((_, number) => `a-${number}`));
  expect(readdirSync(folder)).toEqual(['entries.json']);
});
