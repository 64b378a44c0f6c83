import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createQuietStart } from '../../../src/services/quietStart.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Whether it is over now; time passes only where a test says so. */
function watch(over: Promise<void>): () => Promise<boolean> {
  let isOver = false;
  void over.then(() => (isOver = true));
  return async () => {
    await vi.advanceTimersByTimeAsync(0);
    return isOver;
  };
}

test('a start is quiet until what windows show has stood still for half a second', async () => {
  const quiet = createQuietStart('web', 60_000);
  const isOver = watch(quiet.over);
  quiet.windowShows([]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await isOver()).toBe(false);
  // Restored tabs first, then the list.
  quiet.windowShows(['local:shell']);
  await vi.advanceTimersByTimeAsync(499);
  quiet.windowShows(['local:shell', 'i-1']);
  await vi.advanceTimersByTimeAsync(499);
  expect(await isOver()).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await isOver()).toBe(true);
  quiet.windowShows(['i-2']);
  expect(vi.getTimerCount()).toBe(0);
});

test('no window is waited for longer than two seconds, also none that shows another thing all the time, and by a command line never', async () => {
  const quiet = createQuietStart('electron');
  const isOver = watch(quiet.over);
  for (let passedMs = 0; passedMs < 1900; passedMs += 100) {
    quiet.windowShows([`i-${passedMs}`]);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(await isOver()).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  expect(await isOver()).toBe(true);
  expect(await watch(createQuietStart('cli').over)()).toBe(true);
});
