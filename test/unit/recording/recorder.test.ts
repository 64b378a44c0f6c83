import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import type { PosternError } from '../../../src/contract/error.ts';
import { deleteRecording, mendRecording, recordingPath, ruleFor } from '../../../src/services/recording/recordingFolder.ts';
import { createRecordingFile } from '../../../src/services/recording/recordingFile.ts';
import { startRecorder, type Recorder, type RecorderOptions } from '../../../src/services/recording/recorder.ts';
import { RecordingSettings } from '../../../src/contract/recording.ts';
import { instance } from '../renderer/literals.ts';

let folder: string;
let nowMs: number;
let stops: (PosternError | 'limit')[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-recording-'));
  nowMs = Date.parse('2026-11-22T14:03:11.250Z');
  stops = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (): string => join(folder, 'recordings', 'one.cast');
const bytes = (text: string): Uint8Array => Buffer.from(text);

function record(options: Partial<RecorderOptions> = {}): Recorder {
  return startRecorder({ path: path(), format: 'asciicast', kept: 'output', timestamps: false, maxBytes: 1e6, title: 'root@web-1', size: { columns: 80, rows: 24 }, clock: { now: () => nowMs }, onStopped: (why) => stops.push(why), ...options });
}

/** The specification of asciicast 2, apart from what wrote the file: https://docs.asciinema.org/manual/asciicast/v2/ */
const Header = z.strictObject({ version: z.literal(2), width: z.number().int().positive(), height: z.number().int().positive(), timestamp: z.number().int().positive(), title: z.string(), env: z.strictObject({ TERM: z.literal('xterm-256color') }) });
const CastLine = z.tuple([z.number().nonnegative(), z.enum(['o', 'i', 'r', 'm']), z.string()]);

function eventsOf(file: string): [number, string, string][] {
  const text = readFileSync(file, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  const [header = '', ...lines] = text.slice(0, -1).split('\n');
  Header.parse(JSON.parse(header));
  const events = lines.map((line) => CastLine.parse(JSON.parse(line)));
  events.reduce((before, [at]) => (expect(at).toBeGreaterThanOrEqual(before), at), 0);
  return events;
}

test('an asciicast has its header, its output with times, new sizes and marks, and a character that came in two pieces is one', async () => {
  const recorder = record();
  const euro = Buffer.from('€');
  recorder.output(Buffer.concat([bytes('a'), euro.subarray(0, 1)]));
  nowMs += 1500;
  recorder.output(euro.subarray(1));
  recorder.resize({ columns: 120, rows: 40 });
  recorder.mark('here');
  nowMs -= 60_000;
  recorder.output(bytes('\u001b[1m"\u0000'));
  recorder.input(bytes('typed'));
  expect(await recorder.end()).toEqual({ durationMs: 1500 });
  expect(eventsOf(path())).toEqual([
    [0, 'o', 'a'],
    [1.5, 'o', '€'],
    [1.5, 'r', '120x40'],
    [1.5, 'm', 'here'],
    [1.5, 'o', '\u001b[1m"\u0000'],
  ]);
  expect(statSync(path()).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'recordings')).mode & 0o777).toBe(0o700);
  expect(stops).toEqual([]);
});

test('input is there only when it is asked for, line by line behind its echo', async () => {
  const both = record({ kept: 'both' });
  both.input(bytes('ls'));
  both.output(bytes('ls'));
  both.input(bytes('\r'));
  both.output(bytes('\r\nPassword: '));
  both.input(bytes('hunter2\r'));
  both.output(bytes('\r\n'));
  await both.end();
  expect(eventsOf(path()).map(([, code, data]) => [code, data])).toEqual([['o', 'ls'], ['i', 'ls\r'], ['o', '\r\nPassword: '], ['i', '\r'], ['o', '\r\n']]);
  const input = record({ kept: 'input', path: join(folder, 'input.cast') });
  input.input(bytes('id\r'));
  input.output(bytes('id\r\nuid=0'));
  await input.end();
  expect(eventsOf(join(folder, 'input.cast')).map(([, code, data]) => [code, data])).toEqual([['i', 'id\r']]);
});

test('a text log has what was printed, with times when they are wanted', async () => {
  const plain = record({ format: 'text', kept: 'both' });
  plain.output(bytes('\u001b[32m$\u001b[0m '));
  plain.input(bytes('ls\r'));
  plain.output(bytes('ls\r\n10%\r100%\r\n'));
  plain.mark('half');
  plain.output(bytes('$ '));
  await plain.end();
  expect(readFileSync(path(), 'utf8')).toBe('# root@web-1, from 2026-11-22T14:03:11.250Z\n$ ls\n100%\n[typed] ls⏎\n[mark] half\n$\n');
  const timed = record({ format: 'text', timestamps: true, path: join(folder, 'timed.log') });
  nowMs += 2000;
  timed.output(bytes('hello\r\n'));
  await timed.end();
  expect(readFileSync(join(folder, 'timed.log'), 'utf8').split('\n')[1]).toBe('2026-11-22T14:03:13.250Z hello');
});

test('at its limit a recording ends, valid, and says so once', async () => {
  const recorder = record({ maxBytes: 2000 });
  for (let count = 0; count < 100; count += 1) recorder.output(bytes(`${'x'.repeat(100)}\r\n`));
  await recorder.end();
  expect(stops).toEqual(['limit']);
  expect(eventsOf(path()).length).toBe(15);
  expect(statSync(path()).size).toBeLessThanOrEqual(2000);
});

test('a file that is there is never written over', async () => {
  writeFileSync(join(folder, 'mine.txt'), 'mine');
  const recorder = record({ path: join(folder, 'mine.txt') });
  recorder.output(bytes('x'));
  expect((await recorder.end()).error?.message).toBe(`${join(folder, 'mine.txt')} is there already.`);
  expect(readFileSync(join(folder, 'mine.txt'), 'utf8')).toBe('mine');
});

test('a disk that does not keep up costs output, never memory or time, and the gap is told in its place', async () => {
  const gate = Promise.withResolvers<void>();
  const slow = async (file: string): Promise<FileHandle> => {
    await gate.promise;
    return createRecordingFile(file);
  };
  const recorder = record({ openFile: slow, maxBytes: 1e9 });
  const piece = bytes('y'.repeat(64 * 1024));
  for (let count = 0; count < 400; count += 1) recorder.output(piece);
  gate.resolve();
  // The file is drained once it has a size that is no more than a begin.
  await expect.poll(() => statSync(path(), { throwIfNoEntry: false })?.size ?? 0).toBeGreaterThan(16 * 1024 * 1024);
  recorder.output(bytes('after'));
  await recorder.end();
  const events = eventsOf(path());
  const printed = events.filter(([, code]) => code === 'o').reduce((sum, [, , data]) => sum + data.length, 0);
  const [, , note = ''] = events.find(([, code]) => code === 'm') ?? [];
  expect(events.at(-2)?.[1]).toBe('m');
  expect(events.at(-1)?.[2]).toBe('after');
  expect(printed - 'after'.length + Number(/\d+/.exec(note)?.[0])).toBe(400 * 64 * 1024);
  expect(stops).toEqual([]);
});

test('a disk that refuses ends the recording, and is told once', async () => {
  // Every write to it fails with ENOSPC.
  const recorder = record({ openFile: () => open('/dev/full', 'a') });
  recorder.output(bytes('x'));
  await expect.poll(() => stops.map((why) => (why === 'limit' ? why : [why.code, why.message]))).toEqual([['data.write-failed', `${path()} could not be written (ENOSPC).`]]);
  recorder.output(bytes('more'));
  expect((await recorder.end()).error?.code).toBe('data.write-failed');
  expect(stops.length).toBe(1);
});

test('what a killed writer left is cut back to its last whole line', async () => {
  const file = join(folder, 'left.cast');
  writeFileSync(file, '{"version":2}\n[1,"o","a"]\n[2,"o","b');
  await mendRecording(file);
  expect(readFileSync(file, 'utf8')).toBe('{"version":2}\n[1,"o","a"]\n');
  await mendRecording(file);
  expect(readFileSync(file, 'utf8')).toBe('{"version":2}\n[1,"o","a"]\n');
  await deleteRecording(file);
  await deleteRecording(file);
  await expect(mendRecording(file)).rejects.toThrow('ENOENT');
});

test('a recording is named by its moment and its host, and a host cannot choose where it goes', () => {
  expect(recordingPath('/r', '2026-11-22T14:03:11.250Z', 'web-1', '3f2a9c01-aaaa', 'asciicast')).toBe('/r/2026-11-22T14-03-11Z web-1 3f2a9c01.cast');
  expect(recordingPath('/r', '2026-11-22T14:03:11.250Z', '../../etc/cron.d/x\u001b', '3f2a9c01-aaaa', 'text')).toBe('/r/2026-11-22T14-03-11Z etc-cron-d-x 3f2a9c01.log');
  expect(recordingPath('/r', '2026-11-22T14:03:11.250Z', '日本', '3f2a9c01-aaaa', 'text')).toBe('/r/2026-11-22T14-03-11Z host 3f2a9c01.log');
});

test('hosts are recorded by the first rule that fits, and production when that is set', () => {
  const host = { ...instance(), name: 'db-1', tags: { env: 'prod' }, scope: { profile: 'p', region: 'eu-west-1', accountId: '111122223333' } };
  const rules = RecordingSettings.parse({ rules: [{ name: 'web-*', format: 'text' }, { tag: { key: 'env', value: 'prod' }, accountId: '444455556666' }, { name: 'db-*', kept: 'both' }] });
  expect(ruleFor(rules, host, false)).toMatchObject({ kept: 'both' });
  expect(ruleFor(rules, { ...host, name: 'cache' }, true)).toBe(undefined);
  expect(ruleFor(RecordingSettings.parse({ production: true }), host, true)).toEqual({});
  expect(ruleFor(RecordingSettings.parse({ production: true }), host, false)).toBe(undefined);
});
