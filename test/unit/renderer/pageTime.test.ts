import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPageTime, type TimedPage } from '../../../src/renderer/terminal/pageTime.ts';

/** A page whose scheduler holds what it is asked for. */
function createScheduler() {
  const asked: { readonly run: () => void; readonly options: { readonly priority: string; readonly delay: number } }[] = [];
  let press: () => void = () => undefined;
  const frames: ((nowMs: number) => void)[] = [];
  const page: TimedPage = {
    requestAnimationFrame: (run) => frames.push(run),
    addEventListener: (_type, listener) => {
      press = listener;
    },
    scheduler: {
      postTask: (run, options) => {
        asked.push({ run, options });
        return Promise.resolve();
      },
    },
  };
  return { page, asked, frames, press: () => press() };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a turn is a task of the background, and while somebody types 10 ms lie between two', () => {
  const { page, asked, press } = createScheduler();
  const { whenIdle } = createPageTime(page);
  whenIdle(() => undefined);
  press();
  whenIdle(() => undefined);
  vi.advanceTimersByTime(299);
  whenIdle(() => undefined);
  vi.advanceTimersByTime(1);
  whenIdle(() => undefined);
  expect(asked.map(({ options }) => options)).toEqual([0, 10, 10, 0].map((delay) => ({ priority: 'background', delay })));
});

test('a page that is never idle lets a turn begin after 50 ms, and it is taken once', () => {
  const { page, asked } = createScheduler();
  const run = vi.fn<() => void>();
  createPageTime(page).whenIdle(run);
  vi.advanceTimersByTime(49);
  expect(run).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  asked[0]?.run();
  expect(run).toHaveBeenCalledTimes(1);
});

test('in a browser without such tasks a turn comes with the next timer', () => {
  const run = vi.fn<() => void>();
  createPageTime({ addEventListener: () => undefined, requestAnimationFrame: () => 1 }).whenIdle(run);
  vi.advanceTimersByTime(0);
  expect(run).toHaveBeenCalledTimes(1);
});

test('what comes soon is a task behind keys and frames, whoever types', () => {
  const { page, asked, press } = createScheduler();
  press();
  createPageTime(page).soon(() => undefined);
  expect(asked.map(({ options }) => options)).toEqual([{ priority: 'user-visible', delay: 0 }]);
});

test('a frame is timed from its first callback to the first task after it', () => {
  const { page, asked, frames } = createScheduler();
  const told = vi.fn<(frameMs: number) => void>();
  createPageTime(page).timeFrame(told);
  vi.advanceTimersByTime(40);
  frames[0]?.(0);
  expect(asked.map(({ options }) => options.priority)).toEqual(['user-blocking']);
  vi.advanceTimersByTime(25);
  asked[0]?.run();
  expect(told.mock.calls).toEqual([[25]]);
});
