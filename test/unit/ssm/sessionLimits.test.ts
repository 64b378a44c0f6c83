import { expect, test } from 'vitest';
import type { SessionLimits } from '../../../src/contract/session.ts';
import type { SessionPreferences } from '../../../src/contract/sessionPreferences.ts';
import { watchLimits, withoutIdle } from '../../../src/services/ssm/sessionLimits.ts';

const START_MS = Date.parse('2026-11-22T09:00:00Z');
const preferences: SessionPreferences = { idleMinutes: 20, maxMinutes: 60, shellProfile: {}, recordedTo: [] };

async function started(read: () => Promise<SessionPreferences> = async () => preferences) {
  const told: SessionLimits[] = [];
  const clock = { nowMs: START_MS, now: () => clock.nowMs };
  const session = watchLimits({ preferences: read, clock, onLimits: (limits) => told.push(limits) });
  session.onStarted();
  await new Promise((resolve) => setImmediate(resolve));
  return { told, clock, session };
}

test('a session that was started ends after its longest duration, and before when nothing is typed', async () => {
  const { told } = await started();
  expect(told).toEqual([{ idleEndsAt: '2026-11-22T09:20:00.000Z', endsAt: '2026-11-22T10:00:00.000Z' }]);
});

test('typing moves the idle limit and nothing else, and is told every five seconds at most', async () => {
  const { told, clock, session } = await started();
  for (const seconds of [1, 2, 4.9, 5, 6, 9.9, 10]) {
    clock.nowMs = START_MS + seconds * 1000;
    session.onActivity();
  }
  expect(told.slice(1)).toEqual([
    { idleEndsAt: '2026-11-22T09:20:05.000Z', endsAt: '2026-11-22T10:00:00.000Z' },
    { idleEndsAt: '2026-11-22T09:20:10.000Z', endsAt: '2026-11-22T10:00:00.000Z' },
  ]);
});

test('preferences that may not be read leave a session without limits, and typing goes on', async () => {
  const { told, clock, session } = await started(async () => Promise.reject(new Error('denied')));
  clock.nowMs += 60_000;
  session.onActivity();
  expect(told).toEqual([]);
});

test('what is typed before the preferences are there counts', async () => {
  const answer = Promise.withResolvers<SessionPreferences>();
  const { told, clock, session } = await started(() => answer.promise);
  clock.nowMs += 30_000;
  session.onActivity();
  answer.resolve({ idleMinutes: 1, shellProfile: {}, recordedTo: [] });
  await answer.promise;
  expect(told).toEqual([{ idleEndsAt: '2026-11-22T09:01:30.000Z' }]);
});

test('of a port only the longest duration is known', () => {
  expect(withoutIdle({ idleEndsAt: '2026-11-22T09:20:00.000Z', endsAt: '2026-11-22T10:00:00.000Z' })).toEqual({ endsAt: '2026-11-22T10:00:00.000Z' });
  expect(withoutIdle({ idleEndsAt: '2026-11-22T09:20:00.000Z' })).toEqual({});
});
