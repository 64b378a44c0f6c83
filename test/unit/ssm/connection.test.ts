import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Secret } from '../../../src/services/base/secret.ts';
import { openConnection, type Connection } from '../../../src/services/ssm/connection.ts';
import { ScriptedService, type ScriptedConnection } from './scriptedService.ts';

let service: ScriptedService;
let connection: Connection;
let far: ScriptedConnection;
let heard = 0;

beforeEach(async () => {
  service = await ScriptedService.start();
  // The clock is ours, the network is real.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  heard = 0;
  connection = await openConnection(
    {
      url: service.streamUrl,
      tokenValue: Secret.fromText('token'),
      clientId: 'client',
      signUpgrade: async () => ({}),
      onMessage: () => undefined,
      onHeard: () => {
        heard += 1;
      },
    },
    new AbortController().signal,
  );
  far = await service.nextConnection();
});
afterEach(async () => {
  connection.close();
  await connection.closed;
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  await service.close();
});

async function heardAgain(since: number): Promise<void> {
  while (heard === since) await new Promise((resolve) => setImmediate(resolve));
}

test('the keepalive goes out at once and every 300 seconds', async () => {
  await heardAgain(0);
  vi.advanceTimersByTime(299_999);
  vi.advanceTimersByTime(1);
  await heardAgain(1);
  expect(far.pings).toEqual(['keepalive', 'keepalive']);
});

test('a connection on which a probe stays unanswered for 15 seconds is cut', async () => {
  await heardAgain(0);
  far.webSocket.pause();
  connection.probe();
  vi.advanceTimersByTime(15_000);
  connection.probe();
  vi.advanceTimersByTime(1);
  connection.probe();
  expect(await connection.closed).toEqual({ code: 1006, reason: '' });
  connection.pause();
  expect(await connection.check(60_000)).toBe(false);
});

test('a connection that answers a probe stays, however long it was silent', async () => {
  await heardAgain(0);
  vi.advanceTimersByTime(200_000);
  connection.probe();
  await heardAgain(1);
  vi.advanceTimersByTime(60_000);
  connection.probe();
  await heardAgain(2);
  expect(far.pings).toHaveLength(3);
  expect(service.openSockets).toBe(1);
});

test('a check is settled by whoever is heard; where nobody is in time, the connection is cut', async () => {
  await heardAgain(0);
  expect(await connection.check(60_000)).toBe(true);
  connection.pause();
  expect(await connection.check(1)).toBe(true);
  connection.resume();
  far.webSocket.pause();
  expect(await connection.check(20)).toBe(false);
  expect(await connection.closed).toEqual({ code: 1006, reason: '' });
});
