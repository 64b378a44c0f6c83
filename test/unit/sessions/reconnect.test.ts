import { expect, test } from 'vitest';
import { PosternError, type ErrorCode } from '../../../src/contract/error.ts';
import { mayPass, reconnectDelayMs, reconnects, Wait } from '../../../src/services/sessions/reconnect.ts';

test('the waits double from one second to thirty, and are a fifth shorter or longer by chance', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 500].map((attempt) => reconnectDelayMs(attempt, 0.5))).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  expect([reconnectDelayMs(1, 0), reconnectDelayMs(1, 1)]).toEqual([800, 1200]);
});

test.each<readonly [ErrorCode, boolean, boolean]>([
  ['ssh.connection-lost', true, true],
  ['route.unreachable', true, true],
  ['route.refused', true, true],
  ['eice.tunnel-ended', true, true],
  ['eic.instance-unavailable', true, true],
  ['aws.throttled', true, true],
  ['ssm.session-ended', true, true],
  // What stays as it is however often it is tried.
  ['aws.access-denied', false, false],
  ['route.prohibited', false, false],
  // What somebody decided, even where it may be tried again by hand.
  ['ssh.host-key-changed', false, false],
  ['ssh.host-key-refused', true, false],
  ['ssh.auth-exhausted', true, false],
  ['ssh.protocol', true, false],
  ['keychain.locked', true, false],
  ['cancelled', true, false],
])('%s, retryable %s: whether a dropped session is tried again by itself is %s', (code, retryable, again) => {
  expect(mayPass(new PosternError({ code, message: 'x', retryable }))).toBe(again);
});

test('a Session Manager shell is not opened again: it resumes by itself, with what runs in it', () => {
  expect(reconnects({ kind: 'session-manager', instanceId: 'i-1' })).toBe(false);
  expect(reconnects({ kind: 'ssm', instanceId: 'i-1', port: 22 })).toBe(true);
  expect(reconnects({ kind: 'direct', address: '203.0.113.9', port: 22 })).toBe(true);
  expect(reconnects(undefined)).toBe(false);
});

test('a wait ends when it is woken, when it is aborted, and by itself', async () => {
  const wait = new Wait();
  const never = new AbortController();
  const woken = wait.for(60_000, never.signal);
  wait.wake();
  expect(await woken).toBe(true);
  const aborted = new AbortController();
  const ended = wait.for(60_000, aborted.signal);
  aborted.abort();
  await ended;
  await wait.for(60_000, AbortSignal.abort());
  expect(await wait.for(1, never.signal)).toBe(false);
});
