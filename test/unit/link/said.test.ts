import { expect, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import { saidOf, say } from '../../../src/contract/say.ts';
import { connectContract } from '../../../src/link/client.ts';
import { linkPair } from '../../../src/link/link.ts';
import { serveLink } from '../../../src/link/server.ts';
import { createPretendServices } from './pretendServices.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function createWindow(answers: Parameters<typeof createPretendServices>[0] = {}) {
  const [window, host] = linkPair();
  const pretend = createPretendServices(answers);
  serveLink(host, pretend.services);
  const received: Record<string, unknown>[] = [];
  window.onMessage((message) => received.push(JSON.parse(String(message)) as Record<string, unknown>));
  return { ...pretend, window, received };
}

test('an answer, an event and an error come with what their sentences are made of', async () => {
  const reason = say`SSM agent ${'3.3'} is online.`;
  const message = say`${'web-1'} refused the connection.`;
  const notice = say`"${'theme'}" is ignored.`;
  const { window, received, tell } = createWindow({
    'routes.plan': () => Promise.resolve([{ route: { kind: 'serial', instanceId: 'i-1' }, usable: 'yes', reason }]),
    'sessions.list': () => Promise.reject(new PosternError({ code: 'route.refused', message })),
  });
  window.send(JSON.stringify({ id: 1, call: 'routes.plan', input: { instanceId: 'i-1' } }));
  window.send(JSON.stringify({ id: 2, call: 'sessions.list', input: {} }));
  await settled();
  tell({ name: 'app.noticesChanged', payload: [{ noticeId: 'n', severity: 'warning', message: notice }] });
  await settled();
  expect(received.map(({ said }) => said)).toEqual([
    [[reason, { template: 'SSM agent {0} is online.', values: ['3.3'] }]],
    [[message, { template: '{0} refused the connection.', values: ['web-1'] }]],
    [[notice, { template: '"{0}" is ignored.', values: ['theme'] }]],
  ]);
});

test('a text that is no sentence by its type is never looked up, whatever it says', async () => {
  const name = say`The instance ${'x'} is gone.`;
  const { window, received } = createWindow({ 'instances.list': () => Promise.resolve([{ instanceId: 'i-1', name }]) });
  window.send(JSON.stringify({ id: 1, call: 'instances.list', input: {} }));
  await settled();
  expect(received).toEqual([{ id: 1, output: [{ instanceId: 'i-1', name }] }]);
});

test('the window knows a sentence before it is told of it', async () => {
  const [window, host] = linkPair();
  // Services of another process: their memory is not this one's.
  host.onMessage((message) => {
    const { id } = JSON.parse(String(message)) as { id: number };
    host.send(JSON.stringify({ id, error: { code: 'internal', message: 'far sentence 7', retryable: false }, said: [['far sentence 7', { template: 'far sentence {0}', values: ['7'] }]] }));
  });
  await expect(connectContract(window).keys.list({})).rejects.toMatchObject({ message: 'far sentence 7' });
  expect(saidOf('far sentence 7')).toEqual({ template: 'far sentence {0}', values: ['7'] });
});
