import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startKeepAlive } from '../../../src/services/ssh/keepAlive.ts';

const INTERVAL_MS = 15_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A server that answers nothing. */
function silent(isAway: () => boolean = () => false): { readonly silences: number[]; readonly keepAlive: ReturnType<typeof startKeepAlive> } {
  const silences: number[] = [];
  return { silences, keepAlive: startKeepAlive({ ping: () => undefined, intervalMs: INTERVAL_MS, isAway, onRoundTrip: () => undefined, onSilence: (silentMs) => silences.push(silentMs) }) };
}

test('three intervals without a sign of life after the first ping are silence', () => {
  const { silences } = silent();
  vi.advanceTimersByTime(3 * INTERVAL_MS - 1);
  expect(silences).toEqual([]);
  vi.advanceTimersByTime(INTERVAL_MS);
  expect(silences).toEqual([3 * INTERVAL_MS]);
});

test('while the way there is being brought back silence says nothing, and afterwards three intervals are needed again', () => {
  let away = true;
  const { silences, keepAlive } = silent(() => away);
  vi.advanceTimersByTime(60 * INTERVAL_MS);
  keepAlive.probe(5_000);
  vi.advanceTimersByTime(5_000);
  expect(silences).toEqual([]);
  away = false;
  vi.advanceTimersByTime(2 * INTERVAL_MS);
  expect(silences).toEqual([]);
  vi.advanceTimersByTime(2 * INTERVAL_MS);
  expect(silences).toEqual([3 * INTERVAL_MS]);
});

test('a server that does not answer a probe in time is silent', () => {
  const { silences, keepAlive } = silent();
  keepAlive.probe(5_000);
  vi.advanceTimersByTime(5_000);
  expect(silences).toEqual([5_000]);
});
