/** In a file of its own: it counts the timers of the whole process. */
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import { openSsmShell } from '../../../src/services/ssm/ssmShell.ts';
import { failureOf, openTestShell, testOptions } from './openTestShell.ts';
import { openTestForward } from './portAgent.ts';
import { ScriptedService } from './scriptedService.ts';

let service: ScriptedService;
let before: number;

const timers = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

beforeEach(async () => {
  service = await ScriptedService.start();
  before = timers();
});
afterEach(async () => {
  await service.allSocketsClosed();
  // One that was left behind (the keepalive's runs for five minutes) makes this wait until the test fails.
  while (timers() > before) await new Promise((resolve) => setImmediate(resolve));
  await service.close();
});

test('a shell that was closed with input unacknowledged leaves no timer and no connection', async () => {
  service.autoAcknowledge = () => false;
  const { shell } = await openTestShell(service);
  shell.stream.write('unacknowledged');
  shell.close();
  expect(await shell.exited).toEqual({});
});

test('a shell that ended by itself leaves no timer and no connection', async () => {
  const { shell, connection } = await openTestShell(service);
  connection.closeChannel('');
  expect(await shell.exited).toEqual({});
});

test('a shell that was closed while it was being resumed leaves no timer and no connection', async () => {
  const resuming = Promise.withResolvers<void>();
  const away = new PosternError({ code: 'aws.endpoint-unreachable', message: 'away', retryable: true });
  const { shell, connection } = await openTestShell(service, {
    resume: () => {
      resuming.resolve();
      return Promise.reject(away);
    },
  });
  connection.kill();
  await resuming.promise;
  shell.close();
  expect(await shell.exited).toEqual({});
});

test('a start that was aborted leaves no timer and no connection', async () => {
  const abort = new AbortController();
  const failure = failureOf(openSsmShell(testOptions(service, { signal: abort.signal })));
  await service.nextConnection();
  abort.abort();
  expect((await failure).code).toBe('cancelled');
});

test('a hundred sessions, opened and closed, leave no timer, no connection and no listener', async () => {
  const { signal } = new AbortController();
  const warnings: string[] = [];
  const warn = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', warn);
  const count = (name: string): number => process.getActiveResourcesInfo().filter((resource) => resource === name).length;
  const kinds = ['Timeout', 'Immediate', 'TCPSocketWrap', 'TLSWrap'];
  const idle = kinds.map(count);
  const more = (): string[] => kinds.filter((kind, index) => count(kind) > (idle[index] ?? 0));
  for (let round = 0; round < 50; round += 1) {
    const { shell, connection } = await openTestShell(service, { signal });
    shell.stream.write('typed');
    if (round % 2 === 0) shell.close();
    else connection.closeChannel('');
    await shell.exited;

    const opened = await openTestForward(service, { signal });
    const stream = await opened.forward.connect(signal);
    stream.on('error', () => undefined);
    stream.write('bytes');
    opened.connection.closeChannel('');
    await opened.forward.ended;
  }
  await service.allSocketsClosed();
  // As above: what is left behind keeps this from ending.
  while (more().some((kind) => kind !== 'Immediate')) await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', warn);
  expect(more()).toEqual([]);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  expect(warnings).toEqual([]);
});
