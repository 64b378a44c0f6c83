import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchSleep } from '../../../src/services/base/watchSleep.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

test('a timer that comes much too late by the clock on the wall is a sleep, told once; one that is a little late is not', () => {
  let nowMs = 0;
  let woken = 0;
  const stop = watchSleep({ now: () => nowMs }, () => (woken += 1), 5000);
  const tick = (wallMs: number): void => {
    nowMs += wallMs;
    vi.advanceTimersByTime(5000);
  };
  tick(5000);
  tick(9000);
  expect(woken).toBe(0);
  tick(3_600_000);
  expect(woken).toBe(1);
  tick(5000);
  expect(woken).toBe(1);
  // A clock that is set back says nothing of sleep.
  tick(-3_600_000);
  tick(5000);
  expect(woken).toBe(1);
  stop();
  tick(3_600_000);
  expect(woken).toBe(1);
});
