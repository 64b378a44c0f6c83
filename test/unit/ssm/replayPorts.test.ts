/**
 * Recordings of the official client against the official agent in port and command sessions, played again with our client in the
 * official one's place: it must acknowledge the same messages, and put the same bytes into the same connections.
 */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PosternError } from '../../../src/contract/error.ts';
import { CLIENT_VERSION } from '../../../src/services/ssm/handshake.ts';
import { decodeAgentMessage, MessageType, PayloadType, type AgentMessage } from '../../../src/services/ssm/message.ts';
import { encodeJson } from '../../../src/services/ssm/messagePayloads.ts';
import { openSsmCommand } from '../../../src/services/ssm/ssmCommand.ts';
import { openSsmForward, type SsmForward } from '../../../src/services/ssm/ssmForward.ts';
import { openSsmPort } from '../../../src/services/ssm/ssmPort.ts';
import { openSsmShell } from '../../../src/services/ssm/ssmShell.ts';
import { testOptions } from './openTestShell.ts';
import { ScriptedService, type ScriptedConnection } from './scriptedService.ts';
import { readTrace, vectors, type TraceEvent } from './vectors.ts';

let service: ScriptedService;

beforeEach(async () => {
  service = await ScriptedService.start();
  service.endsAtFlag = false;
});
afterEach(async () => {
  await service.close();
});

function payloadOf(event: TraceEvent): Buffer {
  return event.base64 !== undefined ? Buffer.from(event.base64, 'base64') : event.json !== undefined ? encodeJson(event.json) : Buffer.from(event.text ?? '');
}

function messageOf(event: TraceEvent): AgentMessage {
  const { type = '', seq = 0, flags = 0, id = '', created = 0 } = event;
  return { messageType: type, schemaVersion: 1, createdDate: created, sequenceNumber: seq, flags, messageId: id, payloadType: Number.parseInt(event.payloadType ?? '0', 10), payload: payloadOf(event) };
}

const isFromAgent = (event: TraceEvent): boolean => (event.dir === 'a2c' && event.type === MessageType.outputStreamData) || (event.dir === 'relay>client' && event.type === MessageType.channelClosed);
const isClientData = (event: TraceEvent): boolean => event.dir === 'c2a' && event.type === MessageType.inputStreamData;

/** Plays the recording; `act` makes the client do what it did there, for input other than the handshake. */
async function play(trace: readonly TraceEvent[], connection: ScriptedConnection, act: (event: TraceEvent) => Promise<void> | void): Promise<void> {
  for (const event of trace) {
    if (isFromAgent(event)) connection.send(messageOf(event));
    else if (event.dir === 'c2a' && event.type === MessageType.acknowledge) {
      const acknowledgement = await connection.waitForAcknowledgement(Number(event.json?.['AcknowledgedMessageSequenceNumber']));
      expect(JSON.parse(Buffer.from(acknowledgement.payload).toString())).toEqual(event.json);
    } else if (isClientData(event) && event.payloadType === '6 HandshakeResponse') {
      const response = await connection.waitFor(({ payloadType }) => payloadType === PayloadType.handshakeResponse);
      expect(JSON.parse(Buffer.from(response.payload).toString())).toEqual({ ...event.json, ClientVersion: CLIENT_VERSION });
    } else if (isClientData(event)) await act(event);
  }
}

/** All bytes that the client put into the session, in order, as recorded. */
function recordedInput(trace: readonly TraceEvent[]): string {
  return Buffer.concat(trace.filter((event) => isClientData(event) && event.payloadType === '1 Output').map(payloadOf)).toString('latin1');
}

function inputBytes(): string {
  const messages = [...service.input.values()].filter(({ payloadType }) => payloadType === PayloadType.output);
  return Buffer.concat(messages.toSorted((a, b) => a.sequenceNumber - b.sequenceNumber).map(({ payload }) => payload)).toString('latin1');
}

async function allInputIs(expected: string): Promise<void> {
  while (inputBytes().length < expected.length) await new Promise((resolve) => setImmediate(resolve));
  expect(inputBytes()).toBe(expected);
}

interface PlayedForward {
  readonly received: Map<number, string>;
  readonly errors: Map<number, PosternError>;
}

/** The forward's connections do what the smux frames of the recording say. */
async function playForward(trace: readonly TraceEvent[], host?: string): Promise<PlayedForward> {
  const { size: _, ...options } = testOptions(service);
  const opening = openSsmForward({ ...options, portNumber: 7004, ...(host === undefined ? {} : { host }) });
  const connection = await service.nextConnection();
  let forward: SsmForward | undefined;
  let stream: Duplex | undefined;
  const played: PlayedForward = { received: new Map(), errors: new Map() };
  await play(trace, connection, async (event) => {
    forward ??= await opening;
    const payload = payloadOf(event);
    if (event.payloadType === '10 Flag') {
      forward.close();
      await connection.waitFor(({ payloadType, payload: sent }) => payloadType === PayloadType.flag && payload.equals(sent));
      return;
    }
    const [command, streamId] = [payload[1], payload.readUInt32LE(4)];
    if (command === 0) {
      stream = await forward.connect(new AbortController().signal);
      played.received.set(streamId, '');
      stream.on('data', (chunk: Buffer) => played.received.set(streamId, `${played.received.get(streamId)}${chunk.toString()}`));
      stream.on('error', (error: PosternError) => played.errors.set(streamId, error));
    } else if (command === 2) stream?.write(payload.subarray(8));
    else stream?.destroy();
    const before = inputBytes();
    if (!before.endsWith(payload.toString('latin1'))) await service.waitForInput(payload.toString());
  });
  await allInputIs(recordedInput(trace));
  // The recording of a refused port ends without channel_closed.
  service.endsAtFlag = true;
  connection.closeChannel('');
  expect(await forward?.ended).toBeUndefined();
  expect(options.record.terminated).toEqual([]);
  return played;
}

test.each([
  ['port', undefined, '/abc'],
  ['port-remote-host', 'localhost', '/remote'],
])('the recording "%s" plays to its end', async (name, host, path) => {
  const { received, errors } = await playForward(readTrace(name), host);
  expect(received.get(3)).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  expect(received.get(3)?.endsWith(`\r\n\r\nhello from http ${path}\n`)).toBe(true);
  expect(errors.size).toBe(0);
});

test('the recording "port-refused" plays to its end: the connection is refused, and nothing else', async () => {
  const { received, errors } = await playForward(readTrace('port-refused'));
  expect(received.get(3)).toBe('');
  expect(errors.get(3)).toMatchObject({ code: 'route.refused' });
});

test('the recording "ssh" plays to its end: the same bytes both ways', async () => {
  const trace = readTrace('ssh');
  const { size: _, ...options } = testOptions(service);
  const opening = openSsmPort({ ...options, portNumber: 2222 });
  const connection = await service.nextConnection();
  let stream: Duplex | undefined;
  const chunks: Buffer[] = [];
  const open = async (): Promise<Duplex> => {
    stream ??= (await opening).on('data', (chunk: Buffer) => chunks.push(chunk));
    return stream;
  };
  await play(trace, connection, async (event) => {
    (await open()).write(payloadOf(event));
  });
  await allInputIs(recordedInput(trace));
  const output = Buffer.concat(trace.filter((event) => event.dir === 'a2c' && event.payloadType === '1 Output').map(payloadOf));
  while (Buffer.concat(chunks).length < output.length) await once(await open(), 'data');
  expect(Buffer.concat(chunks).equals(output)).toBe(true);
  // Where the official client just goes away, the session is ended.
  service.endsAtFlag = true;
  (await open()).destroy();
  await once(await open(), 'close');
  expect([...service.input.values()].at(-1)?.payloadType).toBe(PayloadType.flag);
});

test.each([
  ['noninteractive', 'hello\n', '', {}],
  ['noninteractive-separated', '/etc/hostname\n', "ls: cannot access '/nonexistent': No such file or directory\n", { exitCode: 2 }],
])('the recording "%s" plays to its end', async (name, stdout, stderr, exit) => {
  const { size: _, ...options } = testOptions(service);
  const opening = openSsmCommand({ ...options, command: 'recorded' });
  const connection = await service.nextConnection();
  // The official client sends a size, which the agent ignores; ours does not.
  await play(readTrace(name), connection, (event) => expect(event.payloadType).toBe('3 Size'));
  const shell = await opening;
  if (shell.stderr === undefined) throw new Error('no stderr');
  expect(await Promise.all([text(shell.stream), text(shell.stderr), shell.exited])).toEqual([stdout, stderr, exit]);
});

test('the recording "interactive" plays to its end', async () => {
  const trace = readTrace('interactive');
  const options = testOptions(service);
  const opening = openSsmShell({ ...options, command: 'recorded' });
  const connection = await service.nextConnection();
  await play(trace, connection, async (event) => {
    const shell = await opening;
    if (event.payloadType === '3 Size') shell.resize({ columns: Number(event.json?.['cols']), rows: Number(event.json?.['rows']) });
    else shell.stream.write(payloadOf(event));
    await connection.waitFor(({ payload }) => payloadOf(event).equals(payload));
  });
  const shell = await opening;
  expect(await text(shell.stream)).toBe('name:bob\r\nhi bob\r\n40 120\r\n');
  expect(await shell.exited).toEqual({});
  await allInputIs(recordedInput(trace));
});

test('the transcript of a multiplexed port plays to its end', async () => {
  const { steps } = vectors.transcriptMuxPort;
  const { size: _, ...options } = testOptions(service);
  const opening = openSsmForward({ ...options, portNumber: 5432 });
  const connection = await service.nextConnection();
  expect(Object.keys(connection.opening)).toEqual(steps[0]?.jsonKeys);
  let forward: SsmForward | undefined;
  let stream: Duplex | undefined;
  let expected = '';
  for (const step of steps.slice(1)) {
    if (step.from === 'S' && step.hex !== undefined) {
      const message = decodeAgentMessage(step.hex);
      if ('malformed' in message) throw new Error(message.malformed);
      connection.webSocket.send(step.hex);
      const acknowledgement = await connection.waitForAcknowledgement(message.sequenceNumber);
      const next = steps[steps.indexOf(step) + 1];
      if (next?.what?.startsWith('acknowledge') === true && next.payload?.startsWith('{"Acknowledged') === true) expect(Buffer.from(acknowledgement.payload).toString()).toBe(next.payload);
      if (message.sequenceNumber === 2) expect((await once(stream ?? fail(), 'data')).toString()).toBe('ok');
      if (message.sequenceNumber === 1) {
        forward = await opening;
        stream = await forward.connect(new AbortController().signal);
        stream.write('hi');
      }
    } else if (step.payload?.startsWith('{"ClientVersion"') === true) {
      const response = await connection.waitFor(({ payloadType }) => payloadType === PayloadType.handshakeResponse);
      expect(Buffer.from(response.payload).toString()).toBe(step.payload.replace('1.2.0.0', CLIENT_VERSION));
    } else if (step.payloadHex !== undefined) {
      stream?.end();
      forward?.close();
      const flag = await connection.waitFor(({ payloadType }) => payloadType === PayloadType.flag);
      expect(flag.payload).toEqual(step.payloadHex);
    }
    if (step.streamHex !== undefined) {
      expected += step.streamHex.toString('latin1');
      await allInputIs(expected);
    }
  }
  connection.closeChannel('');
  expect(await forward?.ended).toBeUndefined();
});

function fail(): never {
  throw new Error('not in the transcript');
}
