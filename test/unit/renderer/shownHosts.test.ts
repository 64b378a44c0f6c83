import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createShownHosts, RENEW_MS, type ShownHosts } from '../../../src/renderer/state/shownHosts.ts';

let told: string[][] = [];
let hidden = false;
let shown: ShownHosts;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  hidden = false;
  shown = createShownHosts({ tell: (instanceIds) => told.push(instanceIds), isHidden: () => hidden });
});

afterEach(() => {
  shown.close();
  vi.useRealTimers();
});

test('what is on the screen is told once scrolling has stopped, the selected host and the open tabs first', () => {
  shown.show('list', ['i-1', 'i-2']);
  vi.advanceTimersByTime(100);
  shown.show('list', ['i-2', 'i-3']);
  shown.show('tabs', ['i-9', 'i-2']);
  shown.show('selected', ['i-3']);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(300);
  expect(told).toEqual([['i-3', 'i-9', 'i-2']]);
});

test('it is told again before the services would take the window for gone, and not for a change that is none', () => {
  shown.show('list', ['i-1']);
  vi.advanceTimersByTime(300);
  shown.show('list', ['i-1']);
  shown.show('tabs', ['i-1']);
  vi.advanceTimersByTime(1000);
  expect(told).toEqual([['i-1']]);
  vi.advanceTimersByTime(RENEW_MS);
  expect(told).toEqual([['i-1'], ['i-1']]);
});

test('a hidden window says once that it shows nothing, and is silent until it is shown again', () => {
  shown.show('list', ['i-1']);
  vi.advanceTimersByTime(300);
  hidden = true;
  shown.tellNow();
  vi.advanceTimersByTime(10 * RENEW_MS);
  shown.show('list', ['i-1', 'i-2']);
  vi.advanceTimersByTime(10 * RENEW_MS);
  expect(told).toEqual([['i-1'], []]);
  hidden = false;
  shown.tellNow();
  expect(told.at(-1)).toEqual(['i-1', 'i-2']);
});

test('no more hosts are told than a call takes', () => {
  shown.show('list', Array.from({ length: 600 }, (_, index) => `i-${index}`));
  shown.show('selected', ['i-599']);
  shown.tellNow();
  expect(told[0]).toHaveLength(500);
  expect(told[0]?.[0]).toBe('i-599');
});
