import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { unlessAborted } from '../../../src/services/aws/unlessAborted.ts';

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

test('what was waited for leaves nothing on the signal, which lives on: not when it comes, not when it was there, not when nobody waits any more', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const work = Promise.withResolvers<void>();
  const waiting = unlessAborted(work.promise, signal);
  expect(listeners(signal)).toBe(1);
  work.resolve();
  await waiting;
  await unlessAborted(undefined, signal);
  expect(listeners(signal)).toBe(0);

  const given = unlessAborted(new Promise(() => undefined), signal);
  controller.abort();
  await given;
  await unlessAborted(new Promise(() => undefined), signal);
  expect(listeners(signal)).toBe(0);
});
