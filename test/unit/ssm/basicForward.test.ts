import { once } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import { BasicForward } from '../../../src/services/ssm/basicForward.ts';
import type { DataChannel } from '../../../src/services/ssm/dataChannel.ts';

afterEach(() => void vi.useRealTimers());

test('a half-closed connection whose far end talks on gathers no listeners, and ends with why its session was lost', async () => {
  vi.useFakeTimers();
  const channel: Pick<DataChannel, 'readOn' | 'send' | 'whenIdle'> = { readOn: () => undefined, send: (_type, _bytes, onTaken) => onTaken?.(), whenIdle: async () => undefined };
  const forward = new BasicForward(channel as DataChannel);
  const connection = await forward.connect(new AbortController().signal);
  const before = connection.listenerCount('close');
  let received = 0;
  connection.on('data', ({ length }: Buffer) => (received += length));
  connection.end();
  for (let second = 0; second < 20; second += 1) {
    await vi.advanceTimersByTimeAsync(500);
    forward.receive(Buffer.from('more'));
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(received).toBe(20 * 'more'.length);
  expect(connection.listenerCount('close') - before).toBe(1);
  const lost = new PosternError({ code: 'ssm.session-ended', message: 'The session was ended by an administrator.' });
  const told = once(connection, 'error');
  forward.end(lost);
  expect(await told).toEqual([lost]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(connection.listenerCount('close')).toBe(before);
});
