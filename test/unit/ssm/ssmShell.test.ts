import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import { READ_AHEAD_BYTES } from '../../../src/services/ssm/channelStream.ts';
import { INITIAL_WINDOW_BYTES } from '../../../src/services/ssm/flowWindow.ts';
import { encodeAgentMessage, MessageType, PayloadType } from '../../../src/services/ssm/message.ts';
import { openSsmShell } from '../../../src/services/ssm/ssmShell.ts';
import { failureOf, openTestShell, Screen, testOptions } from './openTestShell.ts';
import { ScriptedService, STREAM_PATH } from './scriptedService.ts';

let service: ScriptedService;

beforeEach(async () => {
  service = await ScriptedService.start();
});
afterEach(async () => {
  await service.close();
});

const isInput = ({ messageType }: { messageType: string }): boolean => messageType === MessageType.inputStreamData;
const isOutputInput = (message: { messageType: string; payloadType: number }): boolean => isInput(message) && message.payloadType === PayloadType.output;
const sizeOf = (payload: Uint8Array): unknown => JSON.parse(Buffer.from(payload).toString());

/** Lets everything that is ready run, many times over. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test('the stream address is dialled byte for byte, signed, without extensions or subprotocol, and opened with the token', async () => {
  const { shell, connection, record } = await openTestShell(service, { signUpgrade: async (url) => ({ Authorization: `signed ${url.length}`, 'X-Amz-Date': '20240229T235959Z' }) });
  expect(service.upgradeUrls).toEqual([STREAM_PATH]);
  expect(connection.headers).toMatchObject({ authorization: `signed ${service.streamUrl.length}`, 'x-amz-date': '20240229T235959Z' });
  expect(connection.headers['sec-websocket-extensions']).toBeUndefined();
  expect(connection.headers['sec-websocket-protocol']).toBeUndefined();
  expect(connection.opening).toEqual({ MessageSchemaVersion: '1.0', RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/), TokenValue: 'token-1', ClientId: expect.stringMatching(/^[0-9a-f-]{36}$/), ClientVersion: '1.2.764.0' });
  expect(connection.pings[0]).toBe('keepalive');
  expect(record.events).toEqual(['starting-session', 'opening-transport', 'starting-shell']);
  shell.close();
  await shell.exited;
});

test('the size is sent before the first output, again after each that an undecided agent forgot, and again after the first output', async () => {
  const options = testOptions(service);
  const opening = openSsmShell(options);
  const connection = await service.nextConnection();
  await connection.waitFor((message) => isInput(message) && message.sequenceNumber === 1);
  // The client may be about to send one more; what follows the first output comes after all of them.
  connection.output(0, '$ ');
  const shell = await opening;
  shell.stream.write('typed');
  await service.waitForInput('typed');
  const inputs = [...service.input.values()].toSorted((a, b) => a.sequenceNumber - b.sequenceNumber);
  expect(inputs.at(-1)?.payloadType).toBe(PayloadType.output);
  const sizes = inputs.slice(0, -1);
  expect(sizes.length).toBeGreaterThanOrEqual(3);
  expect(sizes.map(({ payload }) => sizeOf(payload))).toEqual(sizes.map(() => ({ cols: 100, rows: 30 })));
  shell.close();
  await shell.exited;
});

test('a resize is sent at once', async () => {
  const { shell, connection } = await openTestShell(service);
  shell.resize({ columns: 120, rows: 40 });
  const message = await connection.waitFor(({ payloadType, payload }) => payloadType === PayloadType.size && Buffer.from(payload).includes('120'));
  expect(sizeOf(message.payload)).toEqual({ cols: 120, rows: 40 });
  shell.close();
  await shell.exited;
});

test('a keystroke is a message of its own, and what is written after it in the same tick goes together', async () => {
  const { shell } = await openTestShell(service);
  for (const text of ['l', 's', ' ', '-l', 'a\r']) shell.stream.write(text);
  await service.waitForInput('ls -la\r');
  expect([...service.input.values()].filter(isOutputInput).map(({ payload }) => Buffer.from(payload).toString())).toEqual(['l', 's -la\r']);
  shell.close();
  await shell.exited;
});

test('a lone newline is sent as it is', async () => {
  const { shell } = await openTestShell(service);
  shell.stream.write('\n');
  await service.waitForInput('\n');
  expect(service.inputText()).toBe('\n');
  shell.close();
  await shell.exited;
});

test('long input is cut into messages of 1,024 bytes', async () => {
  const { shell } = await openTestShell(service);
  const text = 'x'.repeat(2500);
  shell.stream.write(text);
  await service.waitForInput(text);
  expect([...service.input.values()].filter(isOutputInput).map(({ payload }) => payload.length)).toEqual([1024, 1024, 452]);
  shell.close();
  await shell.exited;
});

test('ending the input types Ctrl+D', async () => {
  const { shell } = await openTestShell(service);
  shell.stream.end('exit?');
  await service.waitForInput('exit?\u0004');
  expect(service.inputText()).toBe('exit?\u0004');
  shell.close();
  await shell.exited;
});

test('output that comes twice is acknowledged twice and shown once', async () => {
  const { shell, connection } = await openTestShell(service);
  const screen = new Screen(shell);
  connection.output(1, 'one ');
  connection.output(1, 'one ');
  connection.output(0, '$ ');
  connection.output(2, 'two');
  await connection.waitForAcknowledgement(1, 2);
  await connection.waitForAcknowledgement(0, 2);
  await screen.shows('two');
  expect(screen.text).toBe('$ one two');
  shell.close();
  await shell.exited;
});

test('output that comes out of order is acknowledged at once and shown in order', async () => {
  const { shell, connection } = await openTestShell(service);
  const screen = new Screen(shell);
  connection.output(3, 'three ');
  connection.output(2, 'two ');
  await connection.waitForAcknowledgement(2);
  await connection.waitForAcknowledgement(3);
  expect(screen.text).toBe('$ ');
  connection.output(1, 'one ');
  await screen.shows('three');
  expect(screen.text).toBe('$ one two three ');
  shell.close();
  await shell.exited;
});

test('a frame with a wrong digest is neither shown nor acknowledged, and its resend is', async () => {
  const { shell, connection } = await openTestShell(service);
  const screen = new Screen(shell);
  const right = encodeAgentMessage({
    messageType: MessageType.outputStreamData,
    schemaVersion: 1,
    createdDate: 1,
    sequenceNumber: 1,
    flags: 0,
    messageId: 'dd01e56b-ff48-483e-a508-b5f073f31b16',
    payloadType: PayloadType.output,
    payload: Buffer.from('right'),
  });
  const wrong = Buffer.from(right);
  wrong.write('wrong', 120);
  connection.webSocket.send(wrong);
  connection.output(2, ' and next');
  await connection.waitForAcknowledgement(2);
  expect(connection.received.filter(({ messageType }) => messageType === MessageType.acknowledge)).toHaveLength(2);
  expect(screen.text).toBe('$ ');
  connection.webSocket.send(right);
  await screen.shows('next');
  expect(screen.text).toBe('$ right and next');
  shell.close();
  await shell.exited;
});

test('frames that are no messages, and messages that ask nothing of a client, change nothing', async () => {
  const { shell, connection } = await openTestShell(service);
  const screen = new Screen(shell);
  connection.webSocket.send(Buffer.from('far too short'));
  connection.webSocket.send('text that is no message');
  for (const messageType of ['agent_session_state', MessageType.pausePublication, MessageType.startPublication, 'agent_job', 'newer']) connection.send({ sequenceNumber: 1, messageType });
  connection.send({ messageType: MessageType.acknowledge, payload: Buffer.from('no JSON') });
  connection.output(1, 'still here');
  await screen.shows('still here');
  expect(screen.text).toBe('$ still here');
  expect(connection.received.filter(({ messageType }) => messageType === MessageType.acknowledge)).toHaveLength(1);
  shell.close();
  await shell.exited;
});

test('input that is not acknowledged is sent again, byte for byte the same', async () => {
  const lost = new Set<string>();
  const { shell, connection } = await openTestShell(service);
  service.autoAcknowledge = (message) => {
    if (message.payloadType !== PayloadType.output) return true;
    if (lost.has(message.messageId)) return true;
    lost.add(message.messageId);
    return false;
  };
  shell.stream.write('a');
  await service.waitForInput('a');
  const sent = connection.received.filter(isOutputInput);
  expect(sent.length).toBeGreaterThanOrEqual(2);
  for (const again of sent.slice(1)) expect(again).toEqual(sent[0]);
  shell.close();
  await shell.exited;
});

test('a reader that stops holds bounded bytes here and makes the agent wait, and then gets every byte', async () => {
  const { shell, connection } = await openTestShell(service);
  const flood = randomBytes(24 * 1024 * 1024);
  const messages = flood.length / 4096;
  for (let index = 0; index < messages; index += 1) connection.output(index + 1, flood.subarray(index * 4096, (index + 1) * 4096));
  while (shell.stream.readableLength < READ_AHEAD_BYTES) await turns(1);
  await turns(500);
  expect(shell.stream.readableLength).toBeLessThanOrEqual(READ_AHEAD_BYTES + 2 * 64 * 1024);
  // What neither this side nor the kernel took is still with the sender.
  expect(connection.webSocket.bufferedAmount).toBeGreaterThan(0);

  const hash = createHash('sha256');
  let received = 0;
  for await (const chunk of shell.stream as AsyncIterable<Buffer>) {
    const bytes = received === 0 ? chunk.subarray(2) : chunk;
    received += chunk.length;
    hash.update(bytes);
    if (received === flood.length + 2) break;
  }
  expect(hash.digest('hex')).toBe(createHash('sha256').update(flood).digest('hex'));
  await shell.exited;
});

test('an agent that acknowledges nothing makes the writer wait, and then gets every byte once', async () => {
  const { shell, connection } = await openTestShell(service);
  await connection.waitFor((message) => isInput(message) && message.sequenceNumber === 1);
  service.autoAcknowledge = () => false;
  const text = randomBytes(1024 * 1024).toString('hex').slice(0, 1536 * 1024);
  let taken = false;
  shell.stream.write(text, () => {
    taken = true;
  });
  const distinct = (): Set<number> => new Set(connection.received.filter(isOutputInput).map(({ sequenceNumber }) => sequenceNumber));
  while (distinct().size < INITIAL_WINDOW_BYTES / 1024) await turns(1);
  await turns(200);
  expect(distinct().size).toBe(INITIAL_WINDOW_BYTES / 1024);
  expect(taken).toBe(false);
  expect(shell.stream.writableNeedDrain).toBe(true);
  service.autoAcknowledge = () => true;
  while (service.inputText().length < text.length) await turns(1);
  expect(service.inputText()).toBe(text);
  expect(taken).toBe(true);
  shell.close();
  await shell.exited;
});

test('a killed WebSocket is resumed on the same address: counters go on, what was not acknowledged is sent again, nothing is lost or doubled', async () => {
  const { shell, connection, record } = await openTestShell(service);
  const screen = new Screen(shell);
  shell.stream.write('one ');
  await service.waitForInput('one ');
  connection.output(1, 'eins ');
  await screen.shows('eins');
  service.autoAcknowledge = () => false;
  shell.stream.write('two ');
  const unacknowledged = await connection.waitFor(({ payload }) => Buffer.from(payload).toString() === 'two ');
  connection.kill();
  shell.stream.write('three ');

  const second = await service.nextConnection();
  service.autoAcknowledge = () => true;
  await service.waitForInput('three ');
  expect(second.opening).toMatchObject({ TokenValue: 'token-2', ClientId: connection.opening.ClientId });
  expect(second.opening.RequestId).not.toBe(connection.opening.RequestId);
  expect(service.upgradeUrls).toEqual([STREAM_PATH, STREAM_PATH]);
  // The acknowledgement of this may have been lost with the connection, so the agent sends it again.
  second.output(1, 'eins ');
  second.output(2, 'zwei');
  await screen.shows('zwei');
  await second.waitForAcknowledgement(1);
  expect(screen.text).toBe('$ eins zwei');
  expect(service.inputText()).toBe('one two three ');
  expect(second.received.find(({ sequenceNumber }) => sequenceNumber === unacknowledged.sequenceNumber)).toEqual(unacknowledged);
  expect(record.events.slice(3)).toEqual(['resuming: The connection to Session Manager was lost (code 1006).', 'resumed']);
  expect(record.resumes).toBe(1);
  shell.close();
  await shell.exited;
});

test('a session is resumed as often as it drops, through refusals and a network that is away', async () => {
  let asked = 0;
  const { shell, connection, record } = await openTestShell(service, {
    resume: async () => {
      asked += 1;
      if (asked === 1) throw new PosternError({ code: 'aws.endpoint-unreachable', message: 'away', retryable: true });
      return (await testOptions(service).resume('session-1', new AbortController().signal)) ?? undefined;
    },
  });
  const screen = new Screen(shell);
  let refusals = 2;
  service.refuseUpgrade = () => {
    refusals -= 1;
    return refusals >= 0 ? 503 : undefined;
  };
  connection.kill();
  const second = await service.nextConnection();
  second.output(1, 'back');
  await screen.shows('back');
  second.webSocket.close(1000);
  const third = await service.nextConnection();
  third.output(2, ' again');
  await screen.shows('again');
  expect(record.events.slice(3)).toEqual(['resuming: The connection to Session Manager was lost (code 1006).', 'resumed', 'resuming: The connection to Session Manager was lost (code 1000).', 'resumed']);
  expect(asked).toBe(5);
  shell.close();
  await shell.exited;
});

test('when the service knows the session no more, the shell ends as ssm.session-ended', async () => {
  const { shell, connection, record } = await openTestShell(service, { resume: async () => undefined });
  connection.kill();
  const error = await failureOf(shell.exited);
  expect(error).toMatchObject({ code: 'ssm.session-ended', retryable: true, message: 'The Session Manager session has ended.' });
  expect(record.terminated).toEqual([]);
});

test('a resume that is forbidden ends the shell with the reason, and terminates the session', async () => {
  const denied = new PosternError({ code: 'aws.access-denied', message: 'ssm:ResumeSession is denied' });
  const { shell, connection, record } = await openTestShell(service, { resume: () => Promise.reject(denied) });
  connection.kill();
  expect(await failureOf(shell.exited)).toBe(denied);
  expect(record.terminated).toEqual(['session-1']);
});

test('channel_closed without a reason is a normal end, after the last byte', async () => {
  const { shell, connection, record } = await openTestShell(service);
  const screen = new Screen(shell);
  connection.output(1, 'logout');
  connection.closeChannel('');
  expect(await shell.exited).toEqual({});
  await once(shell.stream, 'close');
  expect(screen.text).toBe('$ logout');
  expect(record.terminated).toEqual([]);
  expect((await connection.closed).code).toBe(1000);
});

test('channel_closed with a reason tells it in words, without escape sequences', async () => {
  const { shell, connection } = await openTestShell(service);
  connection.closeChannel('\n----------ERROR-------\nUnable to start shell: run as user \u001b[31mnobody1\u001b[0m does not exist');
  expect(await failureOf(shell.exited)).toMatchObject({ code: 'ssm.session-ended', message: 'The Session Manager session has ended: Unable to start shell: run as user [31mnobody1 [0m does not exist' });
});

test('a channel that is closed before the first output fails the start with the reason', async () => {
  const failure = failureOf(openSsmShell(testOptions(service)));
  (await service.nextConnection()).closeChannel('Plugin with name Standard_Stream is not supported by this version of ssm agent!');
  expect(await failure).toMatchObject({ code: 'ssm.session-ended', message: expect.stringContaining('is not supported by this version') });
});

test('closing terminates the session once and closes the connection', async () => {
  const { shell, connection, record } = await openTestShell(service);
  shell.stream.write('unacknowledged');
  shell.close();
  shell.close();
  expect(await shell.exited).toEqual({});
  expect(record.terminated).toEqual(['session-1']);
  expect((await connection.closed).code).toBe(1000);
  await service.allSocketsClosed();
});

test('destroying the stream ends the session too', async () => {
  const { shell, record } = await openTestShell(service);
  shell.stream.destroy();
  expect(await shell.exited).toEqual({});
  expect(record.terminated).toEqual(['session-1']);
});

test('a session that cannot be terminated still closes, and says so in the log', async () => {
  const { shell, record } = await openTestShell(service, { terminate: () => Promise.reject(new Error('no network')) });
  shell.close();
  expect(await shell.exited).toEqual({});
  expect(record.logLines.at(-1)).toBe('TerminateSession failed {"sessionId":"session-1","cause":"no network"}');
});

test('a start that is aborted while AWS answers terminates what AWS started', async () => {
  const abort = new AbortController();
  const started = Promise.withResolvers<void>();
  const options = testOptions(service, { signal: abort.signal });
  const opening = openSsmShell({
    ...options,
    start: async (document, signal) => {
      await started.promise;
      return options.start(document, signal);
    },
  });
  abort.abort();
  started.resolve();
  expect((await failureOf(opening)).code).toBe('cancelled');
  expect(options.record.terminated).toEqual(['session-1']);
  expect(service.upgradeUrls).toEqual([]);
});

test('a start that is aborted before the first output closes the connection and terminates the session', async () => {
  const abort = new AbortController();
  const options = testOptions(service, { signal: abort.signal });
  const failure = failureOf(openSsmShell(options));
  const connection = await service.nextConnection();
  abort.abort();
  expect((await failure).code).toBe('cancelled');
  expect(options.record.terminated).toEqual(['session-1']);
  expect((await connection.closed).code).toBe(1000);
});

test('an aborted signal starts nothing', async () => {
  const options = testOptions(service, { signal: AbortSignal.abort() });
  expect((await failureOf(openSsmShell(options))).code).toBe('cancelled');
  expect(options.record.events).toEqual([]);
});

test('a refused token ends as ssm.session-refused', async () => {
  service.autoAcknowledge = () => false;
  const options = testOptions(service);
  const failure = failureOf(openSsmShell(options));
  (await service.nextConnection()).webSocket.close(1008, 'invalid token');
  expect(await failure).toMatchObject({ code: 'ssm.session-refused', message: expect.stringContaining('code 1008') });
  expect(options.record.terminated).toEqual(['session-1']);
  expect(options.record.resumes).toBe(0);
});

test('connections that are cut before a word three times over count as refused', async () => {
  service.autoAcknowledge = () => false;
  const options = testOptions(service);
  const failure = failureOf(openSsmShell(options));
  for (let time = 0; time < 3; time += 1) (await service.nextConnection()).kill();
  expect((await failure).code).toBe('ssm.session-refused');
  expect(options.record.resumes).toBe(2);
});

test('a connection that is cut once before the first output is resumed', async () => {
  const opening = openSsmShell(testOptions(service));
  (await service.nextConnection()).kill();
  (await service.nextConnection()).output(0, '$ ');
  const shell = await opening;
  shell.close();
  expect(await shell.exited).toEqual({});
});

test('a service that refuses the signature is asked once more without it', async () => {
  service.refuseUpgrade = (headers) => (headers.authorization === undefined ? undefined : 403);
  const { shell, connection } = await openTestShell(service, { signUpgrade: async () => ({ Authorization: 'signed' }) });
  expect(service.upgradeUrls).toHaveLength(2);
  expect(connection.headers.authorization).toBeUndefined();
  shell.close();
  await shell.exited;
});

test('an upgrade that is refused anyway names the missing permission', async () => {
  service.refuseUpgrade = () => 403;
  const options = testOptions(service, { signUpgrade: async () => ({ Authorization: 'signed' }) });
  expect(await failureOf(openSsmShell(options))).toMatchObject({ code: 'ssm.session-refused', message: expect.stringContaining('403'), remedy: expect.stringContaining('ssmmessages:OpenDataChannel') });
  expect(options.record.terminated).toEqual(['session-1']);
});

test('a message service that is not there is aws.endpoint-unreachable', async () => {
  const gone = await ScriptedService.start();
  const options = testOptions(gone);
  const { streamUrl, ...started } = { ...(await options.start({}, options.signal)) };
  await gone.close();
  expect(await failureOf(openSsmShell({ ...options, start: async () => ({ ...started, streamUrl }) }))).toMatchObject({ code: 'aws.endpoint-unreachable', message: expect.stringContaining('ECONNREFUSED') });
});

test('a handshake is answered, its message is shown, and the shell opens although no acknowledgement came', async () => {
  service.autoAcknowledge = () => false;
  const opening = openSsmShell(testOptions(service));
  const connection = await service.nextConnection();
  const request = { AgentVersion: '3.3.987.0', RequestedClientActions: [{ ActionType: 'SessionType', ActionParameters: { SessionType: 'Standard_Stream', Properties: null } }] };
  connection.output(0, JSON.stringify(request), PayloadType.handshakeRequest);
  const response = await connection.waitFor(({ payloadType }) => payloadType === PayloadType.handshakeResponse);
  expect(sizeOf(response.payload)).toEqual({ ClientVersion: '1.2.764.0', ProcessedClientActions: [{ ActionType: 'SessionType', ActionStatus: 1, ActionResult: null, Error: '' }], Errors: null });
  connection.output(1, JSON.stringify({ HandshakeTimeToComplete: 1, CustomerMessage: 'This session is recorded.' }), PayloadType.handshakeComplete);
  const shell = await opening;
  service.autoAcknowledge = () => true;
  const screen = new Screen(shell);
  connection.output(2, '$ ');
  await screen.shows('$ ');
  expect(screen.text).toBe('This session is recorded.\r\n$ ');
  shell.close();
  await shell.exited;
});

test('an account that asks for KMS encryption is answered as unsupported, and the person is told', async () => {
  const options = testOptions(service);
  const failure = failureOf(openSsmShell(options));
  const connection = await service.nextConnection();
  const request = {
    AgentVersion: '3.3.987.0',
    RequestedClientActions: [
      { ActionType: 'SessionType', ActionParameters: { SessionType: 'Standard_Stream', Properties: null } },
      { ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: 'arn:aws:kms:us-east-1:111122223333:key/1' } },
    ],
  };
  connection.output(0, JSON.stringify(request), PayloadType.handshakeRequest);
  const response = await connection.waitFor(({ payloadType }) => payloadType === PayloadType.handshakeResponse);
  expect(sizeOf(response.payload)).toMatchObject({ ProcessedClientActions: [{ ActionStatus: 1 }, { ActionType: 'KMSEncryption', ActionStatus: 3 }] });
  expect(await failure).toMatchObject({ code: 'ssm.session-refused', message: expect.stringContaining('KMS encryption') });
  expect(options.record.terminated).toEqual(['session-1']);
});

test('a session that turns out to be no shell is refused', async () => {
  const failure = failureOf(openSsmShell(testOptions(service)));
  const connection = await service.nextConnection();
  const request = { AgentVersion: '3.3.987.0', RequestedClientActions: [{ ActionType: 'SessionType', ActionParameters: { SessionType: 'Port', Properties: { portNumber: '22' } } }] };
  connection.output(0, JSON.stringify(request), PayloadType.handshakeRequest);
  connection.output(1, '{}', PayloadType.handshakeComplete);
  expect(await failure).toMatchObject({ code: 'ssm.protocol', message: expect.stringContaining('"Port"') });
});

test('what the agent says on stderr is shown, and an exit code is told', async () => {
  const { shell, connection } = await openTestShell(service);
  const screen = new Screen(shell);
  connection.output(1, 'no such shell', PayloadType.stdErr);
  connection.output(2, 'EXIT_CODE: 42', PayloadType.exitCode);
  connection.output(3, 'whatever is newer', 99);
  await connection.waitForAcknowledgement(3);
  connection.closeChannel('');
  expect(await shell.exited).toEqual({ exitCode: 42 });
  expect(screen.text).toBe('$ no such shell');
});

test('tokens and signatures appear in no log line, event or error', async () => {
  const signUpgrade = async (): Promise<Record<string, string>> => ({ Authorization: 'signature-canary', 'X-Amz-Security-Token': 'credential-canary' });
  const { shell, connection, record } = await openTestShell(service, { signUpgrade });
  connection.webSocket.send(Buffer.from('rubbish'));
  const failure = failureOf(shell.exited);
  connection.kill();
  (await service.nextConnection()).webSocket.close(1008, 'refused');
  (await service.nextConnection()).closeChannel('over');
  const error = await failure;
  const told = JSON.stringify([record, error.toReport(), error.stack]);
  expect(told).not.toMatch(/token-\d|signature-canary|credential-canary/);
  expect(record.logLines.length).toBeGreaterThan(0);
});
