import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startKeepAlive } from '../../../src/services/ssh/keepAlive.ts';

const INTERVAL_MS = 15_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A server that answers nothing. */
function silent(isAway: () => boolean = () => false, isWayThere?: () => Promise<boolean>): { readonly silences: number[]; readonly keepAlive: ReturnType<typeof startKeepAlive> } {
  const silences: number[] = [];
  return { silences, keepAlive: startKeepAlive({ ping: () => undefined, intervalMs: INTERVAL_MS, isAway, isWayThere, onRoundTrip: () => undefined, onSilence: (silentMs) => silences.push(silentMs) }) };
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

test('a probe over a line that showed no life waits for the line: the host is judged once it is back, by the usual pings', async () => {
  let away = false;
  const line = Promise.withResolvers<boolean>();
  const { silences, keepAlive } = silent(() => away, () => line.promise);
  keepAlive.probe(5_000);
  await vi.advanceTimersByTimeAsync(5_000);
  away = true;
  line.resolve(false);
  await vi.advanceTimersByTimeAsync(2_000);
  away = false;
  await vi.advanceTimersByTimeAsync(2 * INTERVAL_MS);
  expect(silences).toEqual([]);
  await vi.advanceTimersByTimeAsync(2 * INTERVAL_MS);
  expect(silences).toEqual([3 * INTERVAL_MS]);
});

test('a host that stays silent over a line that lives has the time of the probe from then on', async () => {
  const line = Promise.withResolvers<boolean>();
  const { silences, keepAlive } = silent(() => false, () => line.promise);
  keepAlive.probe(5_000);
  await vi.advanceTimersByTimeAsync(4_000);
  line.resolve(true);
  await vi.advanceTimersByTimeAsync(4_999);
  expect(silences).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(silences).toEqual([5_000]);
});

test('a host that was heard meanwhile is not judged when its line has answered', async () => {
  const line = Promise.withResolvers<boolean>();
  const { silences, keepAlive } = silent(() => false, () => line.promise);
  keepAlive.probe(5_000);
  keepAlive.heard();
  line.resolve(true);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(silences).toEqual([]);
});
