import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import { FlagPayload, MessageType, PayloadType } from '../../../src/services/ssm/message.ts';
import { MAX_PAYLOAD_BYTES } from '../../../src/services/ssm/payloadSize.ts';
import { openSsmPort } from '../../../src/services/ssm/ssmPort.ts';
import { failureOf, testOptions } from './openTestShell.ts';
import { openTestPort, readAll, shakeHands } from './portAgent.ts';
import { ScriptedService } from './scriptedService.ts';

let service: ScriptedService;

beforeEach(async () => {
  service = await ScriptedService.start();
});
afterEach(async () => {
  vi.useRealTimers();
  await service.close();
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const isFlag = ({ payloadType }: { payloadType: number }): boolean => payloadType === PayloadType.flag;

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** The bytes of the client in order, as the agent would write them to its socket. */
function inputBytes(): Buffer {
  const messages = [...service.input.values()].filter(({ payloadType }) => payloadType === PayloadType.output);
  return Buffer.concat(messages.toSorted((a, b) => a.sequenceNumber - b.sequenceNumber).map(({ payload }) => payload));
}

test('a connection is started with the SSH document, and carries bytes both ways unchanged', async () => {
  const { stream, connection, record } = await openTestPort(service);
  expect(record.documents).toEqual([{ documentName: 'AWS-StartSSHSession', parameters: { portNumber: ['22'] } }]);
  for (const bytes of ['\n', '\u0000\u0003\u0004\r']) {
    stream.write(bytes, 'latin1');
    await service.waitForInput(bytes);
  }
  expect(inputBytes().toString('latin1')).toBe('\n\u0000\u0003\u0004\r');
  connection.output(2, Buffer.from([0, 10, 13, 255]));
  expect(await once(stream, 'data')).toEqual([Buffer.from([0, 10, 13, 255])]);
  stream.destroy();
  await once(stream, 'close');
});

test('nothing but data is sent: a port has no terminal', async () => {
  const { stream } = await openTestPort(service);
  stream.write('x');
  await service.waitForInput('x');
  expect([...service.input.values()].map(({ payloadType }) => payloadType)).toEqual([PayloadType.handshakeResponse, PayloadType.output]);
  stream.destroy();
  await once(stream, 'close');
});

test('the end of the far side is the end of the stream, and nothing is terminated', async () => {
  const { stream, connection, record } = await openTestPort(service);
  connection.output(2, 'last words');
  connection.closeChannel('');
  expect((await readAll(stream)).toString()).toBe('last words');
  expect(record.terminated).toEqual([]);
});

test('the end of the local data ends the session once the far end is silent: all data first, then flag 2', async () => {
  const { stream, connection, record } = await openTestPort(service);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  stream.end('request');
  await service.waitForInput('request');
  await turns(20);
  vi.advanceTimersByTime(1_999);
  connection.output(2, 'answer');
  expect((await once(stream, 'data')).toString()).toBe('answer');
  vi.advanceTimersByTime(1);
  await turns(20);
  expect(connection.received.some(isFlag)).toBe(false);
  vi.advanceTimersByTime(2_000);
  vi.useRealTimers();
  expect([...(await connection.waitFor(isFlag)).payload]).toEqual([0, 0, 0, FlagPayload.terminateSession]);
  expect((await readAll(stream)).toString()).toBe('');
  expect(record.terminated).toEqual([]);
});

test('a local side that goes away ends the session at once, through the API too when the agent does not answer', async () => {
  const { stream, connection, record } = await openTestPort(service);
  service.endsAtFlag = false;
  stream.destroy();
  await connection.waitFor(isFlag);
  await once(stream, 'close');
  expect(record.terminated).toEqual(['session-1']);
  expect((await connection.closed).code).toBe(1000);
});

test('a session that is lost destroys the stream with the reason', async () => {
  const { stream, connection } = await openTestPort(service, { resume: async () => undefined });
  connection.kill();
  const [error] = (await once(stream, 'error')) as unknown[];
  expect(error).toBeInstanceOf(PosternError);
  expect(error).toMatchObject({ code: 'ssm.session-ended' });
});

test.each([
  ['Unable to connect to specified port: dial tcp 127.0.0.1:22: connect: connection refused', 'route.refused'],
  ['Setting up data channel with id user-1 failed', 'ssm.session-ended'],
])('the reason "%s" is told as %s', async (output, code) => {
  const { stream, connection } = await openTestPort(service);
  connection.closeChannel(`\n----------ERROR-------\n${output}`);
  const [error] = (await once(stream, 'error')) as unknown[];
  expect(error).toMatchObject({ code, message: expect.stringContaining(output) });
});

test('a port that refuses before the agent is ready fails the opening', async () => {
  const { size: _, ...options } = testOptions(service);
  const failure = failureOf(openSsmPort({ ...options, portNumber: 23 }));
  (await service.nextConnection()).closeChannel('\n----------ERROR-------\nUnable to connect to specified port: connection refused');
  expect(await failure).toMatchObject({ code: 'route.refused' });
  expect(options.record.terminated).toEqual([]);
});

test('an agent that takes nothing at all is told as a port that refuses', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { stream } = await openTestPort(service);
  service.autoAcknowledge = (message) => message.payloadType !== PayloadType.output;
  stream.write('anybody?');
  const failure = once(stream, 'error');
  vi.advanceTimersByTime(40_000);
  expect(await failure).toMatchObject([{ code: 'route.refused' }]);
});

test('a session that turns out to be a shell is refused', async () => {
  const { size: _, ...options } = testOptions(service);
  const failure = failureOf(openSsmPort({ ...options, portNumber: 22 }));
  (await service.nextConnection()).output(0, '$ ');
  expect(await failure).toMatchObject({ code: 'ssm.protocol' });
  expect(options.record.terminated).toEqual(['session-1']);
});

test('an opening that is aborted is cancelled and terminated', async () => {
  const abort = new AbortController();
  const { size: _, ...options } = testOptions(service, { signal: abort.signal });
  const failure = failureOf(openSsmPort({ ...options, portNumber: 22 }));
  await service.nextConnection();
  abort.abort();
  expect((await failure).code).toBe('cancelled');
  expect(options.record.terminated).toEqual(['session-1']);
});

test('messages of a bulk transfer grow from 1,024 bytes to 16 KiB, each size tried before data is trusted to it', async () => {
  const { stream, connection } = await openTestPort(service);
  const written: Buffer[] = [];
  while (!connection.received.some(({ payloadType, payload }) => payloadType === PayloadType.output && payload.length === MAX_PAYLOAD_BYTES)) {
    const bytes = randomBytes(256 * 1024);
    written.push(bytes);
    await new Promise<void>((resolve) => stream.write(bytes, () => resolve()));
    await turns(5);
  }
  const bytes = Buffer.concat(written);
  while (inputBytes().length < bytes.length) await turns(5);
  expect(sha256(inputBytes())).toBe(sha256(bytes));
  const messages = connection.received.filter(({ messageType, payloadType }) => messageType === MessageType.inputStreamData && payloadType !== PayloadType.handshakeResponse);
  let tried = 1024;
  for (const { payloadType, payload } of messages) {
    if (payloadType === PayloadType.size) tried = Math.max(tried, payload.length);
    else expect(payload.length).toBeLessThanOrEqual(tried);
  }
  expect(tried).toBe(MAX_PAYLOAD_BYTES);
  // What is tried is a size that says what a size says, and spaces.
  const padded = messages.filter(({ payloadType }) => payloadType === PayloadType.size);
  for (const { payload } of padded) expect(JSON.parse(Buffer.from(payload).toString())).toEqual({ cols: 80, rows: 24 });
  stream.destroy();
  await once(stream, 'close');
});

test('a service that closes over a large message gets smaller ones from then on, and no byte is lost or doubled', async () => {
  const limit = 3_000;
  service.maxPayloadBytes = limit;
  const { stream, record } = await openTestPort(service);
  const bytes = randomBytes(2 * 1024 * 1024);
  await new Promise<void>((resolve) => stream.write(bytes, () => resolve()));
  while (inputBytes().length < bytes.length) await turns(5);
  expect(sha256(inputBytes())).toBe(sha256(bytes));
  expect(record.resumes).toBe(1);
  expect(Math.max(...[...service.input.values()].map(({ payload }) => payload.length))).toBe(2048);
  stream.destroy();
  await once(stream, 'close');
});

test('a service that loses large messages without a word gets smaller ones, too', async () => {
  const { stream } = await openTestPort(service);
  service.autoAcknowledge = ({ payload }) => payload.length <= 1_500;
  const bytes = randomBytes(512 * 1024);
  await new Promise<void>((resolve) => stream.write(bytes, () => resolve()));
  while (inputBytes().length < bytes.length) await turns(5);
  // The message that was tried is given up, or nothing could end.
  stream.write('end');
  while (inputBytes().length < bytes.length + 3) await turns(5);
  expect(sha256(inputBytes().subarray(0, bytes.length))).toBe(sha256(bytes));
  stream.destroy();
  await once(stream, 'close');
});

test('a service that refuses what it took before is given up, instead of being asked for ever', async () => {
  const { stream, connection } = await openTestPort(service);
  service.autoAcknowledge = () => false;
  stream.write('x');
  await connection.waitFor(({ payloadType }) => payloadType === PayloadType.output);
  const failure = once(stream, 'error');
  connection.webSocket.close(1009);
  (await service.nextConnection()).webSocket.close(1009);
  (await service.nextConnection()).webSocket.close(1009);
  expect(await failure).toMatchObject([{ code: 'ssm.protocol' }]);
});

test('a customer message and a challenge without a key change nothing for a port', async () => {
  const { size: _, ...options } = testOptions(service);
  const opening = openSsmPort({ ...options, portNumber: 22 });
  const connection = await service.nextConnection();
  connection.output(2, '{"Challenge":"AAAA"}', PayloadType.encChallengeRequest);
  await shakeHands(connection, { portNumber: '22' });
  const stream = await opening;
  connection.output(3, 'SSH-2.0-x');
  expect((await once(stream, 'data')).toString()).toBe('SSH-2.0-x');
  stream.destroy();
  await once(stream, 'close');
});
