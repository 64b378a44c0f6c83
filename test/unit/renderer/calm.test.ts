import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startCalm } from '../../../src/renderer/state/useCalm.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  // Node has none: every page is idle after 10 ms.
  vi.stubGlobal('requestIdleCallback', (callback: IdleRequestCallback) => setTimeout(() => callback({ didTimeout: false, timeRemaining: () => 10 }), 10));
  vi.stubGlobal('cancelIdleCallback', (handle: number) => clearTimeout(handle));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** What is shown of the values that are told, each made ready in so many steps. */
function calm(everyMs: number, steps: number) {
  const told = { value: 'first', everyMs };
  const shown: string[] = [];
  const left = new Map<string, number>();
  const started = startCalm({
    told: () => told,
    prepare: (value) => {
      left.set(value, (left.get(value) ?? steps) - 1);
      return left.get(value) === 0;
    },
    show: (value) => shown.push(value),
  });
  const tell = (value: string): void => {
    told.value = value;
    started.look();
  };
  return { shown, tell, stop: () => started.stop() };
}

test('of values that follow each other the first and the last are shown, those between only every so often', () => {
  const { shown, tell } = calm(1000, 1);
  for (const value of ['a', 'b', 'c']) {
    tell(value);
    vi.advanceTimersByTime(200);
  }
  expect(shown).toEqual(['a']);
  vi.advanceTimersByTime(1000);
  expect(shown).toEqual(['a', 'c']);
});

test('what is being made ready is shown even when others are told meanwhile: a stream of them cannot hold all of them back', () => {
  const { shown, tell } = calm(1, 5);
  tell('a');
  for (let number = 0; number < 40; number += 1) {
    vi.advanceTimersByTime(60);
    tell(`later-${number}`);
  }
  expect(shown.length).toBeGreaterThan(3);
  expect(shown[0]).toBe('a');
  vi.advanceTimersByTime(1000);
  expect(shown.at(-1)).toBe('later-39');
});

test('nothing is shown any more by one that has been stopped', () => {
  const { shown, tell, stop } = calm(10, 3);
  tell('a');
  vi.advanceTimersByTime(15);
  stop();
  vi.advanceTimersByTime(1000);
  expect(shown).toEqual([]);
});
