/** In a file of its own: it counts what keeps the whole process alive. */
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import { dial, echo, eventually, openForwards, startServer } from './loopbackForwards.ts';

const kinds = new Set(['Timeout', 'TCPSocketWrap', 'TCPServerWrap']);
const held = (): string[] => process.getActiveResourcesInfo().filter((resource) => kinds.has(resource)).toSorted();

test('a closed forward leaves no socket, no listener and no timer, however it was when it was closed', async () => {
  const server = await startServer(echo);
  const { forwards, sessions, until, listening } = openForwards();
  const before = held();

  const busy = await listening({ remotePort: server.port, sessions: 2 });
  const clients = await Promise.all(Array.from({ length: 10 }, () => dial(busy.port)));
  for (const client of clients) {
    client.on('error', () => {});
    client.write('x');
  }
  await Promise.all(clients.map((client) => once(client, 'data')));
  const closed = Promise.all(clients.map((client) => new Promise((resolve) => client.once('close', resolve))));
  await forwards.close(busy.forward.forwardId);
  await closed;

  const lost = await listening({ remotePort: server.port });
  sessions.at(-1)?.end(new PosternError({ code: 'ssm.session-ended', message: 'ended' }));
  await until((forward) => forward.forwardId === lost.forward.forwardId && forward.state === 'failed');
  await forwards.close(lost.forward.forwardId);

  // One that was left behind makes this wait until the test fails.
  await eventually(() => held().join() === before.join());
  expect(held()).toEqual(before);
});
