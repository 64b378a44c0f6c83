/** A shell through Session Manager outlives the network and a stopped process: no byte lost, none doubled, and the person is told. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OutageOrder, OutageReport } from './ssmOutageProcess.ts';

/** The minute of the promise takes its minute, each: by hand, with POSTERN_LONG=1. */
const LONG = process.env['POSTERN_LONG'] === '1';
const DURATION_MS = LONG ? 60_000 : 3_000;
const namespace = `postern-outage-${process.pid}`;

beforeEach(() => void execFileSync('ip', ['netns', 'add', namespace]));
afterEach(() => void execFileSync('ip', ['netns', 'del', namespace]));

async function outage(kind: OutageOrder['kind']): Promise<OutageReport> {
  const order: OutageOrder = { kind, durationMs: DURATION_MS };
  const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, fileURLToPath(new URL('./ssmOutageProcess.ts', import.meta.url)), JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit') as Promise<[number | null]>]);
  expect([code, errors]).toEqual([0, '']);
  return JSON.parse(out) as OutageReport;
}

function expectNothingLost({ numbers, typed, status }: OutageReport): void {
  expect(numbers.length).toBeGreaterThan(20);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  expect(typed.length).toBeGreaterThan(1);
  expect(typed).toEqual(typed.map((_, index) => index + 1));
  expect(status).toBe(0);
}

test.runIf(LONG)('a shell survives 60 seconds without network, and says that it is resuming and why', { timeout: 180_000 }, async () => {
  const report = await outage('network');
  expectNothingLost(report);
  expect(report.toldMeanwhile).toBe(true);
  expect(report.notices).toEqual([expect.stringContaining('connection to Session Manager was lost'), 'resumed']);
});

test('a shell whose connection is cut while there is no network says that it is resuming and why, and goes on where it was', { timeout: 180_000 }, async () => {
  const report = await outage('cut');
  expectNothingLost(report);
  expect(report.toldMeanwhile).toBe(true);
  expect(report.notices).toEqual([expect.stringContaining('connection to Session Manager was lost'), 'resumed']);
});

test('a shell whose process was stopped (SIGSTOP) goes on (SIGCONT) where it was', { timeout: 180_000 }, async () => {
  const report = await outage('suspend');
  expectNothingLost(report);
  expect(report.toldMeanwhile).toBe(false);
});
