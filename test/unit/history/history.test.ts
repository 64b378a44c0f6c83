import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Notice } from '../../../src/contract/settings.ts';
import { MAX_REMEMBERED, say, saidOf } from '../../../src/contract/say.ts';
import { silentLog } from '../../../src/services/base/log.ts';
import { createHistory, type History } from '../../../src/services/history/history.ts';
import { openHistoryDatabase } from '../../../src/services/history/historyDatabase.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
let dataDir: string;
let nowMs: number;
let notices: Notice[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'postern-history-'));
  nowMs = Date.parse('2026-11-22T00:00:00Z');
  notices = [];
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const open = (): History => createHistory({ dataDir, clock: { now: () => nowMs }, log: silentLog, onChanged: () => undefined, onNotice: (notice) => notices.push(notice), keepDays: async () => 400 });
const outcomes = (history: History, text = ''): unknown[] => history.list({ text, limit: 100 }).map(({ hostName, outcome, reason }) => [hostName, outcome, reason]);

test('an entry goes on until it ends, and nothing changes it afterwards', () => {
  const history = open();
  const entry = history.begin({ kind: 'session', hostName: 'web-1' });
  expect(outcomes(history)).toEqual([['web-1', 'open', undefined]]);
  nowMs += 1000;
  entry.end({ outcome: 'ok', reason: 'Exit status 0.' });
  entry.add({ hostName: 'web-2' });
  entry.end({ outcome: 'failed' });
  expect(outcomes(history)).toEqual([['web-1', 'ok', 'Exit status 0.']]);
  history.close();
  expect(statSync(join(dataDir, 'history.sqlite')).mode & 0o777).toBe(0o600);
});

test('what goes on when Postern is closed ends with it, and another process reads it', () => {
  const history = open();
  history.begin({ kind: 'forward', hostName: 'web-1' });
  history.close();
  const next = open();
  expect(outcomes(next, 'WEB closed')).toEqual([['web-1', 'ok', 'Postern was closed.']]);
  next.close();
});

test('what a reason was made of is kept with it, for windows in another language', () => {
  const reason = say`Ended by signal ${'TERM'}.`;
  const history = open();
  history.begin({ kind: 'session', hostName: 'web-1' }).end({ outcome: 'ok', reason });
  history.close();
  // Another process has none of this one's memory.
  expect(Array.from({ length: MAX_REMEMBERED }, (_, index) => say`filler ${index}`).map(saidOf)).not.toContain(undefined);
  expect(saidOf(reason)).toBeUndefined();
  const next = open();
  expect(outcomes(next)).toEqual([['web-1', 'ok', reason]]);
  expect(saidOf(reason)).toEqual({ template: 'Ended by signal {0}.', values: ['TERM'] });
  next.close();
});

test('an entry of a process that is gone is told as not known', () => {
  const database = openHistoryDatabase(join(dataDir, 'history.sqlite'), true);
  // No system gives out this number.
  database?.put({ entryId: 'left', kind: 'session', hostName: 'web-1', startedAt: '2026-11-21T00:00:00.000Z', outcome: 'open' }, 2 ** 30);
  database?.close();
  const history = open();
  expect(outcomes(history)).toEqual([['web-1', 'unknown', 'Postern ended before it did.']]);
  history.close();
});

test('entries beyond their age and beyond their number are dropped, the oldest first', () => {
  const database = openHistoryDatabase(join(dataDir, 'history.sqlite'), true);
  for (let day = 0; day < 6; day += 1) database?.put({ entryId: String(day), kind: 'stop', hostName: `day-${day}`, startedAt: new Date(nowMs + day * DAY_MS).toISOString(), outcome: 'ok' }, undefined);
  database?.prune(new Date(nowMs + DAY_MS).toISOString(), 3);
  const kept: string[] = [];
  database?.read(undefined, ({ entryId }) => kept.push(entryId) > 0);
  expect(kept).toEqual(['5', '4', '3']);
  database?.close();
});

test('a damaged file is kept aside and said, and a fresh history begins', () => {
  writeFileSync(join(dataDir, 'history.sqlite'), 'this is no database, and long enough to be looked at as one'.repeat(100));
  const history = open();
  history.begin({ kind: 'reboot', hostName: 'web-1' }).end({ outcome: 'ok' });
  expect(outcomes(history)).toEqual([['web-1', 'ok', undefined]]);
  expect(notices.map(({ severity }) => severity)).toEqual(['warning']);
  history.close();
  expect(readdirSync(dataDir).filter((name) => name.includes('corrupt')).length).toBe(1);
});
