import { expect, test } from 'vitest';
import { FlowWindow, INITIAL_WINDOW_BYTES, MAX_WINDOW_BYTES } from '../../../src/services/ssm/flowWindow.ts';

/** A path with a fixed delay and a bottleneck, for a while: what the round trip then is, and how large the window has become. */
function travel(flow: FlowWindow, delayMs: number, bytesPerMs: number, durationMs: number, isLimiting = true): { roundTripMs: number } {
  let nowMs = 0;
  let roundTripMs = delayMs;
  while (nowMs < durationMs) {
    roundTripMs = Math.max(delayMs, flow.bytes / bytesPerMs);
    nowMs += roundTripMs;
    const messages = Math.floor(flow.bytes / 1024);
    for (let message = 0; message < messages; message += 1) flow.sample(roundTripMs, 1024, isLimiting, nowMs);
  }
  return { roundTripMs };
}

test('the window doubles each round trip until the path is full', () => {
  const flow = new FlowWindow();
  travel(flow, 160, 10_000, 160 * 2);
  expect(flow.bytes).toBe(4 * INITIAL_WINDOW_BYTES);
  travel(flow, 160, 10_000, 3_000);
  // 5 MB/s at 160 ms take 800 KB.
  expect(flow.bytes).toBeGreaterThan(800_000);
  expect(flow.bytes).toBeLessThanOrEqual(MAX_WINDOW_BYTES);
});

test('what queues in front of a slow agent stays small', () => {
  const flow = new FlowWindow();
  // The handshake, before anything queues.
  flow.sample(10, 0, false, 0);
  // 500 KB/s: the first window alone would take a quarter of a second.
  const { roundTripMs } = travel(flow, 10, 500, 10_000);
  expect(roundTripMs).toBeLessThan(150);
});

test('a writer that does not need more gets no more', () => {
  const flow = new FlowWindow();
  travel(flow, 160, 10_000, 5_000, false);
  expect(flow.bytes).toBe(INITIAL_WINDOW_BYTES);
});

test('a path that has become longer is learnt, and a new connection begins anew', () => {
  const flow = new FlowWindow();
  travel(flow, 5, 10_000, 1_000);
  travel(flow, 300, 10_000, 20_000);
  expect(flow.bytes).toBeGreaterThan(1_000_000);
  flow.reset();
  expect(flow.bytes).toBe(INITIAL_WINDOW_BYTES);
});
