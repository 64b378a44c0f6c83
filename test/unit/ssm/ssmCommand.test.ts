import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Shell } from '../../../src/services/base/shell.ts';
import { PayloadType } from '../../../src/services/ssm/message.ts';
import { openSsmCommand, type SsmCommandOptions } from '../../../src/services/ssm/ssmCommand.ts';
import { openSsmShell } from '../../../src/services/ssm/ssmShell.ts';
import { failureOf, testOptions, type TestShellRecord } from './openTestShell.ts';
import { shakeHands } from './portAgent.ts';
import { ScriptedService, type ScriptedConnection } from './scriptedService.ts';

let service: ScriptedService;

beforeEach(async () => {
  service = await ScriptedService.start();
});
afterEach(async () => {
  await service.close();
});

async function openCommand(overrides: Partial<SsmCommandOptions> = {}): Promise<{ shell: Shell & { stderr: Readable }; connection: ScriptedConnection; record: TestShellRecord }> {
  const { size: _, ...options } = testOptions(service);
  const opening = openSsmCommand({ ...options, command: 'ls /nonexistent', ...overrides });
  const connection = await service.nextConnection();
  await shakeHands(connection, null, '3.3.987.0', 'NonInteractiveCommands');
  const shell = await opening;
  if (shell.stderr === undefined) throw new Error('no stderr');
  return { shell: { ...shell, stderr: shell.stderr }, connection, record: options.record };
}

test('output, errors and exit code of a command are kept apart', async () => {
  const { shell, connection, record } = await openCommand();
  expect(record.documents).toEqual([{ documentName: 'AWS-StartNonInteractiveCommand', parameters: { command: ['ls /nonexistent'] } }]);
  connection.output(2, 'cannot access\n', PayloadType.stdErr);
  connection.output(3, '/etc/hostname\n');
  connection.output(4, 'EXIT_CODE: 2', PayloadType.exitCode);
  connection.closeChannel('');
  expect(await Promise.all([text(shell.stream), text(shell.stderr), shell.exited])).toEqual(['/etc/hostname\n', 'cannot access\n', { exitCode: 2 }]);
  expect(record.terminated).toEqual([]);
});

test('a document of the account\'s own is started instead', async () => {
  const { shell, record } = await openCommand({ documentName: 'Team-RunSeparated' });
  expect(record.documents[0]?.documentName).toBe('Team-RunSeparated');
  shell.close();
  expect(await shell.exited).toEqual({});
  expect(record.terminated).toEqual(['session-1']);
});

test('a command whose document does not separate the output has no exit code, and one ended by a signal has -1', async () => {
  const merged = await openCommand();
  merged.connection.output(2, 'hello\n');
  merged.connection.closeChannel('');
  expect(await merged.shell.exited).toEqual({});
  const killed = await openCommand();
  killed.connection.output(2, 'EXIT_CODE: -1', PayloadType.exitCode);
  killed.connection.closeChannel('');
  expect(await killed.shell.exited).toEqual({ exitCode: -1 });
});

test('Ctrl+C and Ctrl+\\ are passed on; other input is not sent, and that is said once', async () => {
  let ignored = 0;
  const { shell } = await openCommand({ onInputIgnored: () => (ignored += 1) });
  shell.stream.write('\u0003');
  shell.stream.write('text that goes nowhere');
  shell.stream.write('more\u001c');
  shell.stream.end();
  await service.waitForInput('\u0003\u001c');
  expect(service.inputText()).toBe('\u0003\u001c');
  expect(ignored).toBe(1);
  shell.close();
  await shell.exited;
});

test('a stream that is not read stops the other until it is, and nothing is lost', async () => {
  const { shell, connection } = await openCommand();
  for (let index = 0; index < 400; index += 1) connection.output(2 + index, Buffer.alloc(1024, 'e'), index % 2 === 0 ? PayloadType.stdErr : PayloadType.output);
  connection.closeChannel('');
  const stdout = text(shell.stream);
  while (shell.stderr.readableLength < shell.stderr.readableHighWaterMark) await new Promise((resolve) => setImmediate(resolve));
  expect((await Promise.all([stdout, text(shell.stderr)])).map(({ length }) => length)).toEqual([200 * 1024, 200 * 1024]);
  expect(await shell.exited).toEqual({});
});

test('no size is sent: a command has no terminal', async () => {
  const { shell, connection } = await openCommand();
  shell.resize({ columns: 80, rows: 24 });
  shell.stream.write('\u0003');
  await service.waitForInput('\u0003');
  expect(connection.received.some(({ payloadType }) => payloadType === PayloadType.size)).toBe(false);
  shell.close();
  await shell.exited;
});

test('a session that turns out to be a shell is refused', async () => {
  const { size: _, ...options } = testOptions(service);
  const failure = failureOf(openSsmCommand({ ...options, command: 'true' }));
  (await service.nextConnection()).output(0, '$ ');
  expect(await failure).toMatchObject({ code: 'ssm.protocol' });
});

test('a command that could not start says so on stderr, with exit code 1', async () => {
  const { shell, connection } = await openCommand();
  connection.output(2, 'fork/exec: no such file', PayloadType.stdErr);
  connection.output(3, 'EXIT_CODE: 1', PayloadType.exitCode);
  connection.closeChannel('');
  shell.stream.resume();
  expect([await text(shell.stderr), await shell.exited]).toEqual(['fork/exec: no such file', { exitCode: 1 }]);
});

test('an interactive command runs on a terminal through the document for that', async () => {
  const options = testOptions(service);
  const opening = openSsmShell({ ...options, command: 'top' });
  const connection = await service.nextConnection();
  connection.output(0, 'top - 08:00');
  const shell = await opening;
  expect(options.record.documents).toEqual([{ documentName: 'AWS-StartInteractiveCommand', parameters: { command: ['top'] } }]);
  await once(shell.stream, 'data');
  shell.close();
  await shell.exited;
});
