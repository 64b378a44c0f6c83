import { createHash, randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { Duplex, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { PosternError } from '../../../src/contract/error.ts';
import type { ExitStatus } from '../../../src/contract/session.ts';
import type { AgentHost } from '../../../src/demo/agentPlugin.ts';
import { resolveSession, sessionDocuments } from '../../../src/demo/sessionDocuments.ts';
import type { SessionDocument } from '../../../src/demo/sessionDocuments.ts';
import { OFFICIAL_BEHAVIOUR, startSsmAgent } from '../../../src/demo/ssmAgent.ts';
import { MessageType, decodeAgentMessage, encodeAgentMessage } from '../../../src/services/ssm/message.ts';
import { encodeAcknowledgement, encodeJson } from '../../../src/services/ssm/messagePayloads.ts';
import type { AgentMessage } from '../../../src/services/ssm/message.ts';

/** What a recorded session of the official agent and client says of one frame. */
const TraceLine = z.object({
  dir: z.string(),
  frame: z.string(),
  request: z.object({ DocumentName: z.string(), Parameters: z.record(z.string(), z.array(z.string())) }).optional(),
  type: z.string().optional(),
  seq: z.number().optional(),
  flags: z.number().optional(),
  payloadType: z.string().optional(),
  payloadLength: z.number().optional(),
  schema: z.number().optional(),
  headerLength: z.number().optional(),
  digestOk: z.boolean().optional(),
  text: z.string().optional(),
  base64: z.string().optional(),
  json: z.record(z.string(), z.unknown()).optional(),
  smux: z.array(z.object({ cmd: z.string(), stream: z.number(), length: z.number() })).optional(),
});
type TraceLine = z.infer<typeof TraceLine>;

function readTrace(name: string): TraceLine[] {
  const text = readFileSync(new URL(`../../fixtures/ssm/${name}.jsonl`, import.meta.url), 'utf8');
  return text.split('\n').filter((line) => line !== '').map((line) => TraceLine.parse(JSON.parse(line)));
}

/** The relay that made the recordings had a document of its own. */
const separated = sessionDocuments['Demo-StartCommandWithExitCode'] as SessionDocument;
const documents = { ...sessionDocuments, 'Relay-StartNonInteractiveCommandSeparated': separated };
const SMUX_HEADER_BYTES = 8;
const CONNECTION_REFUSED = new PosternError({ code: 'route.refused', message: 'refused' });

/** Something the test speaks for, one side of a stream. */
class Scripted {
  readonly written: Buffer[] = [];
  readonly stream = new Duplex({
    read() {},
    write: (chunk: Buffer, _encoding, done) => {
      this.written.push(chunk);
      done();
    },
  });
  text(): string {
    return Buffer.concat(this.written).toString();
  }
}

/** A host whose terminal, command outputs and connections the test writes. */
function scriptedHost(refuses: boolean) {
  const [terminal, connection] = [new Scripted(), new Scripted()];
  const [output, errorOutput] = [new Readable({ read() {} }), new Readable({ read() {} })];
  const sizes: unknown[] = [];
  const exited = Promise.withResolvers<ExitStatus>();
  const dialled: string[] = [];
  let file: number | undefined;
  const host: AgentHost = {
    openShell: async () => ({ stream: terminal.stream, resize: (size) => void sizes.push(size), exited: exited.promise, close: () => terminal.stream.destroy() }),
    startCommand: async ({ outputFile }) => {
      // As a program does: with a descriptor of its own.
      if (outputFile !== undefined) file = openSync(`/dev/fd/${outputFile}`, 'a');
      return { output, errorOutput, exited: exited.promise, signal: () => {}, close: () => {} };
    },
    network: {
      vpcCidrBlocks: [],
      resolve: async (name) => [name],
      dial: async (address, port) => {
        dialled.push(`${address}:${port}`);
        if (refuses) throw CONNECTION_REFUSED;
        return connection.stream;
      },
    },
  };
  return {
    host,
    terminal,
    connection,
    dialled,
    /** What made the official agent send this. */
    play(line: TraceLine): void {
      const bytes = payloadOf(line);
      if (line.payloadType === '1 Output' && line.smux !== undefined) {
        if (line.smux.every(({ cmd }) => cmd === 'PSH')) connection.stream.push(bytes.subarray(SMUX_HEADER_BYTES));
      } else if (line.payloadType === '1 Output' && file !== undefined) {
        writeSync(file, bytes);
        closeSync(file);
        exited.resolve({ exitCode: 0 });
      } else if (line.payloadType === '1 Output') {
        for (const source of [terminal.stream, connection.stream, output]) source.push(bytes);
      } else if (line.payloadType === '11 StdErr') {
        errorOutput.push(bytes);
      } else if (line.payloadType === '12 ExitCode') {
        output.push(null);
        errorOutput.push(null);
        exited.resolve({ exitCode: Number(bytes.toString().slice('EXIT_CODE: '.length)) });
      }
    },
    exit(): void {
      terminal.stream.push(null);
      exited.resolve({ exitCode: 0 });
    },
  };
}

function payloadOf(line: TraceLine): Buffer {
  if (line.json !== undefined) return encodeJson(line.json);
  return line.text === undefined ? Buffer.from(line.base64 ?? '', 'base64') : Buffer.from(line.text);
}

function clientFrame(fields: Partial<AgentMessage>): Buffer {
  return encodeAgentMessage({ messageType: MessageType.inputStreamData, schemaVersion: 1, createdDate: 1, sequenceNumber: 0, flags: 0, messageId: randomUUID(), payloadType: 1, payload: new Uint8Array(), ...fields });
}

/** Read by hand, not by the codec that wrote it. Times are no facts of a session, and neither is the number of their digits. */
function describe(frame: Buffer) {
  const payload = frame.subarray(frame.readUInt32BE(0) + 4);
  const sessionText = payload.toString('latin1').replace(/"HandshakeTimeToComplete":\d+/, '"HandshakeTimeToComplete":0');
  const type = frame.toString('latin1', 4, 36).trimEnd();
  return {
    type,
    seq: Number(frame.readBigInt64BE(48)),
    flags: Number(frame.readBigUInt64BE(56)),
    payloadType: frame.readUInt32BE(112),
    payload: type === 'acknowledge' ? `${payload.length} bytes for ${JSON.parse(payload.toString()).AcknowledgedMessageSequenceNumber}` : sessionText,
    schema: frame.readUInt32BE(36),
    headerLength: frame.readUInt32BE(0),
    digestOk: createHash('sha256').update(payload).digest().equals(frame.subarray(80, 112)),
  };
}

function expected(line: TraceLine) {
  const payload = payloadOf(line).toString('latin1').replace(/"HandshakeTimeToComplete":\d+/, '"HandshakeTimeToComplete":0');
  return {
    type: line.type,
    seq: line.seq,
    flags: line.flags,
    payloadType: Number.parseInt(line.payloadType ?? '', 10),
    payload: line.type === 'acknowledge' ? `${line.payloadLength} bytes for ${String(line.json?.['AcknowledgedMessageSequenceNumber'])}` : payload,
    schema: line.schema,
    headerLength: line.headerLength,
    digestOk: line.digestOk,
  };
}

async function replay(name: string, { refuses = false } = {}) {
  const trace = readTrace(name);
  const request = trace[0]?.request;
  if (request === undefined) throw new Error('the trace names no document');
  const scripted = scriptedHost(refuses);
  const frames: Buffer[] = [];
  const agent = startSsmAgent({
    sessionId: String(trace.find(({ type }) => type === 'agent_session_state')?.json?.['SessionId']),
    target: 'mi-0123456789abcdef0',
    session: resolveSession(documents, request.DocumentName, request.Parameters),
    host: scripted.host,
    osUser: 'ssm-user',
    behaviour: { ...OFFICIAL_BEHAVIOUR, firstOutputDelayMs: 0, pacing: false, agentVersion: '3.3.1142.0', resending: { pollMs: 60_000, allOverdue: false } },
    send: async (frame) => void frames.push(frame),
  });
  const sent = (type: string): ReturnType<typeof describe>[] => frames.map(describe).filter((frame) => frame.type === type);
  const official = trace.filter(({ dir, frame }) => (dir === 'a2c' || dir === 'agent>relay') && frame === 'binary');

  for (const [index, line] of trace.entries()) {
    if (line.dir === 'a2c') {
      scripted.play(line);
      const until = trace.slice(0, index + 1).filter(({ dir, type }) => dir === 'a2c' && type === line.type).length;
      await expect.poll(() => sent(line.type ?? '').length, { timeout: 5000 }).toBeGreaterThanOrEqual(until);
    } else if (line.dir === 'c2a' && line.type === 'acknowledge') {
      const message = frames.map((frame) => decodeAgentMessage(frame)).find((one) => 'messageType' in one && one.messageType === 'output_stream_data' && one.sequenceNumber === line.json?.['AcknowledgedMessageSequenceNumber']);
      if (message === undefined || 'malformed' in message) throw new Error('nothing to acknowledge');
      await agent.receive(clientFrame({ messageType: MessageType.acknowledge, flags: 3, payloadType: 0, payload: encodeAcknowledgement(message) }));
    } else if (line.dir === 'c2a') {
      const frame = clientFrame({ sequenceNumber: line.seq ?? 0, payloadType: Number.parseInt(line.payloadType ?? '', 10), payload: payloadOf(line) });
      // Until it is acknowledged, as every client does: the agent may not be ready yet.
      const before = sent('acknowledge').length;
      await expect.poll(async () => { if (sent('acknowledge').length === before) await agent.receive(frame); return sent('acknowledge').length; }, { interval: 5 }).toBeGreaterThan(before);
    } else if (line.type === 'agent_session_state' && line.json?.['SessionState'] === 'Terminating') {
      scripted.exit();
    }
  }
  return { agent, scripted, sent, official };
}

function expectOfficialFrames({ sent, official }: Awaited<ReturnType<typeof replay>>): void {
  for (const type of ['output_stream_data', 'acknowledge', 'agent_session_state']) {
    expect(sent(type)).toEqual(official.filter((line) => line.type === type).map(expected));
  }
}

test.each(['port', 'port-remote-host', 'noninteractive', 'noninteractive-separated', 'interactive'])('the agent says in the recording "%s" what the official agent said, frame by frame', async (name) => {
  const session = await replay(name);
  expect(await session.agent.ended).toBe('');
  expectOfficialFrames(session);
});

test('the agent says in the recording "port-refused" what the official agent said: a flag, then the end of that stream alone', async () => {
  const session = await replay('port-refused', { refuses: true });
  expect(await session.agent.ended).toBe('');
  expectOfficialFrames(session);
  expect(session.scripted.dialled).toEqual(['localhost:7999']);
});

test('the agent says in the recording "ssh" what the official agent said, and hands on every byte', async () => {
  const session = await replay('ssh');
  expectOfficialFrames(session);
  const uploaded = readTrace('ssh').filter(({ dir, payloadType }) => dir === 'c2a' && payloadType === '1 Output').map(payloadOf);
  expect(Buffer.concat(session.scripted.connection.written)).toEqual(Buffer.concat(uploaded));
  expect(session.scripted.dialled).toEqual(['localhost:2222']);
  session.agent.stop();
  expect(await session.agent.ended).toBe('');
});

test('what the client of the recording "port" wrote reaches the port, without the frames around it', async () => {
  const { agent, scripted } = await replay('port');
  await agent.ended;
  expect(scripted.connection.text()).toBe('GET /abc HTTP/1.1\r\nHost: 127.0.0.1:17004\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n');
});
