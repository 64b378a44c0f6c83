import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import * as z from 'zod';
import type { ExitStatus, TerminalSize } from '../../../src/contract/session.ts';
import { loopbackNetwork } from '../../../src/demo/hostNetwork.ts';
import { resolveSession, sessionDocuments } from '../../../src/demo/sessionDocuments.ts';
import { OFFICIAL_BEHAVIOUR, startSsmAgent } from '../../../src/demo/ssmAgent.ts';
import type { AgentBehaviour } from '../../../src/demo/ssmAgent.ts';
import type { Shell } from '../../../src/services/base/shell.ts';
import { channelClosedFrame } from '../../../src/demo/serviceFrames.ts';
import { MessageType, PayloadType, decodeAgentMessage, encodeAgentMessage } from '../../../src/services/ssm/message.ts';
import { decodeAcknowledgement, encodeAcknowledgement, encodeJson, encodeSize } from '../../../src/services/ssm/messagePayloads.ts';
import type { AgentMessage } from '../../../src/services/ssm/message.ts';

/** What a recorded session of the official agent and client says of one frame. */
const TraceLine = z.object({
  dir: z.string(),
  type: z.string(),
  seq: z.number(),
  flags: z.number(),
  payloadType: z.string(),
  payloadLength: z.number(),
  schema: z.number(),
  headerLength: z.number(),
  digestOk: z.boolean(),
  text: z.string().optional(),
  base64: z.string().optional(),
  json: z.record(z.string(), z.unknown()).optional(),
});
type TraceLine = z.infer<typeof TraceLine>;

const fixture = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../fixtures/demo/${name}`, import.meta.url), 'utf8'));
const trace = z.array(TraceLine).parse(fixture('shellTrace.json'));
const vector = z.object({ connected: z.object({ hex: z.string() }) }).parse(fixture('agentVectors.json')).connected.hex;
const SESSION_ID = 'relay-1fdc1c69d482403d8';
const INSTANT: AgentBehaviour = { ...OFFICIAL_BEHAVIOUR, firstOutputDelayMs: 0, pacing: false };

/** A terminal whose output the test writes. */
function scriptedShell() {
  const typed: Buffer[] = [];
  const sizes: TerminalSize[] = [];
  const { promise: exited, resolve } = Promise.withResolvers<ExitStatus>();
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      typed.push(chunk);
      done();
    },
  });
  const shell: Shell = {
    stream,
    resize: (size) => void sizes.push(size),
    exited,
    close() {
      stream.destroy();
      resolve({ signal: 'HUP' });
    },
  };
  return {
    shell,
    sizes,
    print: (text: string) => void stream.push(text),
    typed: () => Buffer.concat(typed).toString(),
    exit() {
      stream.push(null);
      resolve({ exitCode: 0 });
    },
  };
}

function startAgent(behaviour: AgentBehaviour, openShell: () => Promise<Shell>, sessionId = SESSION_ID) {
  const frames: Buffer[] = [];
  const agent = startSsmAgent({ sessionId, target: 'mi-0123456789abcdef0', session: resolveSession(sessionDocuments), osUser: 'ssm-user', behaviour, host: { openShell, startCommand: () => Promise.reject(new Error('not asked for')), network: loopbackNetwork }, send: (frame) => { frames.push(frame); return Promise.resolve(); } });
  // Each message once: a machine under load sees repetitions of what was not acknowledged in time.
  const unique = (): Buffer[] => [...new Map(frames.map((frame) => [frame.toString('hex'), frame])).values()];
  const sent = (type: string): AgentMessage[] => unique().map((frame) => decodeAgentMessage(frame)).filter((message) => 'messageType' in message).filter((message) => message.messageType === type);
  return { agent, frames, unique, sent };
}

function clientFrame(fields: Partial<AgentMessage>): Buffer {
  return encodeAgentMessage({ messageType: MessageType.inputStreamData, schemaVersion: 1, createdDate: 1, sequenceNumber: 0, flags: 0, messageId: randomUUID(), payloadType: PayloadType.output, payload: new Uint8Array(), ...fields });
}

function acknowledgeFrame(message: AgentMessage): Buffer {
  return clientFrame({ messageType: MessageType.acknowledge, flags: 3, payloadType: 0, payload: encodeAcknowledgement(message) });
}

/** Read by hand, not by the codec that wrote it. */
function describe(frame: Buffer) {
  const payload = frame.subarray(frame.readUInt32BE(0) + 4);
  return {
    type: frame.toString('latin1', 4, 36).replace(/[\0 ]+$/, ''),
    seq: Number(frame.readBigInt64BE(48)),
    flags: Number(frame.readBigUInt64BE(56)),
    payloadType: frame.readUInt32BE(112),
    payloadLength: payload.length,
    schema: frame.readUInt32BE(36),
    headerLength: frame.readUInt32BE(0),
    digestOk: createHash('sha256').update(payload).digest().equals(frame.subarray(80, 112)),
  };
}

function expected({ type, seq, flags, payloadType, payloadLength, schema, headerLength, digestOk }: TraceLine) {
  return { type, seq, flags, payloadType: Number.parseInt(payloadType, 10), payloadLength, schema, headerLength, digestOk };
}

test('the agent says in a recorded session what the official agent said, frame by frame', async () => {
  const { shell, print, sizes, exit, typed } = scriptedShell();
  const { agent, unique, sent } = startAgent(INSTANT, () => Promise.resolve(shell));
  let outputs = 0;
  let acknowledgements = 0;

  for (const line of trace) {
    if (line.dir === 'a2c' && line.type === 'output_stream_data') {
      print(line.text ?? '');
      outputs += 1;
      await expect.poll(() => sent('output_stream_data').length).toBe(outputs);
    } else if (line.dir === 'a2c' && line.type === 'acknowledge') {
      acknowledgements += 1;
      await expect.poll(() => sent('acknowledge').length).toBe(acknowledgements);
    } else if (line.dir === 'c2a' && line.type === 'acknowledge') {
      const sequenceNumber = Number(line.json?.['AcknowledgedMessageSequenceNumber']);
      const message = sent('output_stream_data')[sequenceNumber];
      if (message === undefined) throw new Error(`no output ${sequenceNumber} to acknowledge`);
      await agent.receive(acknowledgeFrame(message));
    } else if (line.dir === 'c2a') {
      const payload = line.json === undefined ? (line.text === undefined ? Buffer.from(line.base64 ?? '', 'base64') : Buffer.from(line.text)) : encodeJson(line.json);
      await agent.receive(clientFrame({ sequenceNumber: line.seq, payloadType: Number.parseInt(line.payloadType, 10), payload }));
    } else if (line.type === 'agent_session_state' && line.json?.['SessionState'] === 'Terminating') {
      exit();
    }
  }

  expect(await agent.ended).toBe('');
  const officialFrames = trace.filter(({ dir }) => dir === 'a2c' || dir === 'agent>relay');
  for (const type of ['output_stream_data', 'acknowledge', 'agent_session_state']) {
    expect(unique().map(describe).filter((frame) => frame.type === type)).toEqual(officialFrames.filter((line) => line.type === type).map(expected));
  }
  expect(sent('output_stream_data').map(({ payload }) => Buffer.from(payload).toString())).toEqual(officialFrames.filter(({ type }) => type === 'output_stream_data').map(({ text }) => text));
  expect(sent('acknowledge').map(({ payload }) => decodeAcknowledgement(payload)?.AcknowledgedMessageSequenceNumber)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(sizes).toEqual([{ columns: 100, rows: 30 }, { columns: 120, rows: 40 }]);
  expect(typed()).toBe('echo $((6*7))\nsleep 100\n\x03stty size\nexit\n');
});

test('the end of a session is told as the official service tells it, padded with NULs', () => {
  const frame = channelClosedFrame({ sessionId: SESSION_ID, target: 'mi-0123456789abcdef0' }, '');
  const line = trace.find(({ type }) => type === 'channel_closed');
  if (line === undefined) throw new Error('the trace has no end');
  expect(describe(frame)).toEqual(expected(line));
  expect(frame.toString('latin1', 4, 36)).toBe('channel_closed'.padEnd(32, '\0'));
  expect(Object.keys(JSON.parse(frame.toString('utf8', 120)))).toEqual(Object.keys(line.json ?? {}));
});

test('the first frame is the official vector but for its date and id', async () => {
  const official = Buffer.from(vector, 'hex');
  const sessionId = z.object({ SessionId: z.string() }).parse(JSON.parse(official.toString('utf8', 120))).SessionId;
  const { agent, frames } = startAgent(INSTANT, () => Promise.resolve(scriptedShell().shell), sessionId);
  const frame = Buffer.from(frames[0] ?? []);
  official.copy(frame, 40, 40, 48);
  official.copy(frame, 64, 64, 80);
  expect(frame.toString('hex')).toBe(vector);
  agent.stop();
  await agent.ended;
});

test('input that arrives before the terminal is there stays unacknowledged, and is taken when it comes again', async () => {
  const { shell, typed } = scriptedShell();
  const opening = Promise.withResolvers<Shell>();
  const asked = Promise.withResolvers<void>();
  const { agent, sent } = startAgent(INSTANT, () => { asked.resolve(); return opening.promise; });
  await asked.promise;
  const early = clientFrame({ payload: Buffer.from('ls\r') });
  await agent.receive(early);
  expect(sent('acknowledge')).toEqual([]);

  opening.resolve(shell);
  await expect.poll(async () => { await agent.receive(early); return sent('acknowledge').length; }).toBeGreaterThan(0);

  expect(typed()).toBe('ls\r');
  agent.stop();
  await agent.ended;
});

test('early messages are acknowledged and wait for their turn; a repeated one is acknowledged again and runs once', async () => {
  const { shell, typed, print } = scriptedShell();
  const { agent, sent } = startAgent(INSTANT, () => Promise.resolve(shell));
  print('$ ');
  await expect.poll(() => sent('output_stream_data').length).toBe(1);

  await agent.receive(clientFrame({ sequenceNumber: 2, payload: Buffer.from('c') }));
  await agent.receive(clientFrame({ sequenceNumber: 1, payload: Buffer.from('b') }));
  expect(typed()).toBe('');
  await agent.receive(clientFrame({ sequenceNumber: 0, payload: Buffer.from('a') }));
  await agent.receive(clientFrame({ sequenceNumber: 1, payload: Buffer.from('b') }));

  expect(sent('acknowledge').map(({ payload }) => decodeAcknowledgement(payload)?.AcknowledgedMessageSequenceNumber)).toEqual([2, 1, 0, 1]);
  expect(typed()).toBe('abc');
  agent.stop();
  await agent.ended;
});

test('only the oldest unacknowledged message is sent again, unchanged', async () => {
  const { shell, print } = scriptedShell();
  const { agent, frames, sent } = startAgent(INSTANT, () => Promise.resolve(shell));
  for (const text of ['one', 'two']) {
    const before = sent('output_stream_data').length;
    print(text);
    await expect.poll(() => sent('output_stream_data').length).toBe(before + 1);
  }
  const isOutput = (frame: Buffer): boolean => describe(frame).type === 'output_stream_data';
  await expect.poll(() => frames.filter(isOutput).length).toBeGreaterThanOrEqual(4);

  const [first, , again, andAgain] = frames.filter(isOutput);
  expect([again, andAgain]).toEqual([first, first]);
  agent.stop();
  await agent.ended;
});

test('a paused agent reads no more of its program until it hears of the client', async () => {
  const { shell, print } = scriptedShell();
  const { agent, sent } = startAgent(INSTANT, () => Promise.resolve(shell));
  print('first');
  await expect.poll(() => sent('output_stream_data').length).toBe(1);
  const [first] = sent('output_stream_data');
  if (first === undefined) throw new Error('no output');
  await agent.receive(clientFrame({ messageType: MessageType.pausePublication }));
  print('second');
  await agent.receive(clientFrame({ messageType: MessageType.agentSessionState }));
  expect(sent('output_stream_data').length).toBe(1);

  await agent.receive(acknowledgeFrame(first));

  await expect.poll(() => sent('output_stream_data').map(({ payload }) => String(Buffer.from(payload)))).toEqual(['first', 'second']);
  agent.stop();
  await agent.ended;
});

test('a handshake comes first when asked for: what is sent before its end is acknowledged and thrown away', async () => {
  const { shell, print, typed, sizes } = scriptedShell();
  const { agent, sent } = startAgent({ ...INSTANT, forceHandshake: true }, () => Promise.resolve(shell));
  await expect.poll(() => sent('output_stream_data').length).toBe(1);
  const [request] = sent('output_stream_data');
  expect([request?.sequenceNumber, request?.flags, request?.payloadType]).toEqual([0, 1, PayloadType.handshakeRequest]);
  expect(JSON.parse(String(Buffer.from(request?.payload ?? [])))).toEqual({
    AgentVersion: '3.3.987.0',
    RequestedClientActions: [{ ActionType: 'SessionType', ActionParameters: { SessionType: 'Standard_Stream', Properties: null } }],
  });
  if (request !== undefined) await agent.receive(acknowledgeFrame(request));
  await agent.receive(clientFrame({ sequenceNumber: 0, payload: Buffer.from('too early') }));
  const response = { ClientVersion: '1.2.764.0', ProcessedClientActions: [{ ActionType: 'SessionType', ActionStatus: 1, ActionResult: null, Error: '' }], Errors: null };
  await agent.receive(clientFrame({ sequenceNumber: 1, payloadType: PayloadType.handshakeResponse, payload: encodeJson(response) }));
  print('$ ');
  await expect.poll(() => sent('output_stream_data').map(({ sequenceNumber, payloadType }) => [sequenceNumber, payloadType])).toEqual([[0, 5], [1, 7], [2, 1]]);
  await agent.receive(clientFrame({ sequenceNumber: 2, payloadType: PayloadType.size, payload: encodeSize({ columns: 90, rows: 20 }) }));

  expect(sizes).toEqual([{ columns: 90, rows: 20 }]);
  expect(typed()).toBe('');
  expect(sent('acknowledge').length).toBe(3);
  agent.stop();
  await agent.ended;
});

test('a client that refuses the handshake ends the session with a reason', async () => {
  const { agent, sent } = startAgent({ ...INSTANT, forceHandshake: true }, () => Promise.resolve(scriptedShell().shell));
  await expect.poll(() => sent('output_stream_data').length).toBe(1);
  await agent.receive(clientFrame({ payloadType: PayloadType.handshakeResponse, payload: encodeJson({ ClientVersion: '1', ProcessedClientActions: [{ ActionType: 'SessionType', ActionStatus: 3 }] }) }));
  expect(await agent.ended).toBe('\n----------ERROR-------\nEncountered error while initiating handshake. SessionType failed on client with status 3 error: ');
});

test('no message is larger than 1024 bytes, and characters are never cut', async () => {
  const { shell, print, exit } = scriptedShell();
  const { agent, sent } = startAgent(INSTANT, () => Promise.resolve(shell));
  const text = '\u65e5\u672c\u8a9e'.repeat(1000);
  print(text);
  exit();
  await expect.poll(() => sent('output_stream_data').length).toBe(9);
  const payloads = sent('output_stream_data').map(({ payload }) => Buffer.from(payload));
  expect(Math.max(...payloads.map(({ length }) => length))).toBeLessThanOrEqual(1024);
  expect(payloads.map((payload) => new TextDecoder('utf-8', { fatal: true }).decode(payload)).join('')).toBe(text);
  agent.stop();
  await agent.ended;
});
