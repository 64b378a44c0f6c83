import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { whenIdle } from '../../../src/renderer/state/whenIdle.ts';

/** What the page has been asked to call when it is idle. */
const waiting = new Map<number, IdleRequestCallback>();
let asked = 0;

beforeEach(() => {
  waiting.clear();
  vi.stubGlobal('requestIdleCallback', (callback: IdleRequestCallback) => {
    waiting.set((asked += 1), callback);
    return asked;
  });
  vi.stubGlobal('cancelIdleCallback', (handle: number) => waiting.delete(handle));
});
afterEach(() => vi.unstubAllGlobals());

/** An idle period in which so many steps have time. */
function idleFor(steps: number): void {
  let left = steps;
  const callbacks = [...waiting.values()];
  waiting.clear();
  for (const callback of callbacks) callback({ didTimeout: false, timeRemaining: () => (left-- > 0 ? 10 : 1) });
}

test('work is done while the page is idle, goes on in the next idle period, and asks for no more once it is done', () => {
  const done: number[] = [];
  function* work() {
    for (const step of [1, 2, 3]) {
      done.push(step);
      yield;
    }
  }
  whenIdle(work());
  expect(done).toEqual([]);
  idleFor(2);
  expect(done).toEqual([1, 2]);
  idleFor(5);
  expect(done).toEqual([1, 2, 3]);
  expect(waiting.size).toBe(0);
});

test('work that is no longer wanted stops', () => {
  let steps = 0;
  function* work() {
    for (;;) yield (steps += 1);
  }
  const stop = whenIdle(work());
  idleFor(3);
  stop();
  idleFor(3);
  expect(steps).toBe(3);
});
