/**
 * Recordings of the official client against the official agent, played again with our client in the official one's place:
 * it must acknowledge the same messages and show the same bytes, and go on where the official client stalls.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Shell } from '../../../src/services/base/shell.ts';
import { MessageType, type AgentMessage } from '../../../src/services/ssm/message.ts';
import { decodeChannelClosed, encodeJson } from '../../../src/services/ssm/messagePayloads.ts';
import { openSsmShell } from '../../../src/services/ssm/ssmShell.ts';
import { Screen, testOptions, type TestShellRecord } from './openTestShell.ts';
import { ScriptedService, type ScriptedConnection } from './scriptedService.ts';
import { readTrace, type TraceEvent } from './vectors.ts';

let service: ScriptedService;

beforeEach(async () => {
  service = await ScriptedService.start();
});
afterEach(async () => {
  await service.close();
});

function payloadOf(event: TraceEvent): Buffer {
  const payload = event.base64 !== undefined ? Buffer.from(event.base64, 'base64') : event.json !== undefined ? encodeJson(event.json) : Buffer.from(event.text ?? '');
  expect(payload).toHaveLength(event.payloadLength ?? -1);
  return payload;
}

function messageOf(event: TraceEvent): AgentMessage {
  const { type = '', seq = 0, flags = 0, id = '', created = 0 } = event;
  return { messageType: type, schemaVersion: 1, createdDate: created, sequenceNumber: seq, flags, messageId: id, payloadType: Number.parseInt(event.payloadType ?? '0', 10), payload: payloadOf(event) };
}

interface Player {
  readonly shell: Shell;
  readonly screen: Screen;
  readonly record: TestShellRecord;
  connection: ScriptedConnection;
}

/** The recording up to the agent's first output. */
async function start(trace: readonly TraceEvent[]): Promise<Player> {
  const options = testOptions(service);
  const opening = openSsmShell(options);
  const connection = await service.nextConnection();
  const first = trace.find((event) => event.dir === 'a2c');
  if (first === undefined) throw new Error('no output in the recording');
  connection.send(messageOf(first));
  const shell = await opening;
  return { shell, screen: new Screen(shell), record: options.record, connection };
}

/** One event of the recording: what the far side did is done, what the client did is made to happen or waited for. */
async function play(player: Player, event: TraceEvent): Promise<void> {
  const { connection, shell } = player;
  const what = `${event.dir} ${event.type ?? event.frame}`;
  switch (what) {
    case 'a2c output_stream_data':
    case 'relay>client channel_closed':
      connection.send(messageOf(event));
      break;
    case 'c2a acknowledge': {
      const acknowledged = event.json?.['AcknowledgedMessageSequenceNumber'];
      const acknowledgement = await connection.waitForAcknowledgement(Number(acknowledged));
      expect(JSON.parse(Buffer.from(acknowledgement.payload).toString())).toEqual(event.json);
      expect([acknowledgement.sequenceNumber, acknowledgement.flags, acknowledgement.payloadType]).toEqual([event.seq, event.flags, 0]);
      break;
    }
    case 'c2a input_stream_data': {
      const payload = payloadOf(event);
      if (event.payloadType === '3 Size') {
        shell.resize({ columns: Number(event.json?.['cols']), rows: Number(event.json?.['rows']) });
        await connection.waitFor((message) => message.payloadType === 3 && Buffer.from(message.payload).equals(payload));
      } else {
        shell.stream.write(payload);
        await service.waitForInput(payload.toString());
      }
      break;
    }
    case 'relay>client websocket killed':
      connection.kill();
      player.connection = await service.nextConnection();
      expect(player.connection.opening).toMatchObject({ ClientId: connection.opening.ClientId, TokenValue: 'token-2' });
      break;
    default:
      // Acknowledgements of input are the scripted service's own; the rest is between the service and the agent.
      break;
  }
}

function shownIn(trace: readonly TraceEvent[]): string {
  const outputs = new Map(trace.filter((event) => event.dir === 'a2c' && event.type === MessageType.outputStreamData).map((event) => [event.seq, payloadOf(event)]));
  return Buffer.concat([...outputs.entries()].toSorted(([a = 0], [b = 0]) => a - b).map(([, payload]) => payload)).toString();
}

test.each(['shell', 'shell-terminated-by-api', 'shell-client-websocket-killed-and-resumed'])('the recording "%s" plays to its end', async (name) => {
  const trace = readTrace(name);
  const player = await start(trace);
  const firstOutput = trace.findIndex((event) => event.dir === 'a2c');
  for (const event of trace.slice(firstOutput + 1)) await play(player, event);
  expect(await player.shell.exited).toEqual({});
  expect(player.screen.text).toBe(shownIn(trace));
  const typed = trace.filter((event) => event.dir === 'c2a' && event.type === MessageType.inputStreamData && event.payloadType === '1 Output');
  expect(service.inputText()).toBe(Buffer.concat(typed.map(payloadOf)).toString());
  expect(player.record.terminated).toEqual([]);
  expect(player.record.resumes).toBe(name.includes('resumed') ? 1 : 0);
});

test('where the official client stalls after a lost acknowledgement and a lost output, this one goes on', async () => {
  const trace = readTrace('shell-lost-ack-then-lost-output-stalls');
  const player = await start(trace);
  const firstOutput = trace.findIndex((event) => event.dir === 'a2c');
  const resends = trace.filter((event) => event.dir === 'a2c' && event.seq === 3 && event.type === MessageType.outputStreamData);
  expect(resends.length).toBeGreaterThan(50);
  const firstResend = trace.indexOf(resends[1] ?? trace[0] ?? fail());
  const lostOutput = trace.find((event) => event.dir === 'a2c' && event.seq === 5 && event.type === MessageType.outputStreamData) ?? fail();

  // Up to the loss: the agent never got the acknowledgement of message 3.
  for (const event of trace.slice(firstOutput + 1, firstResend)) await play(player, event);
  // It sends 3 again. The official client says nothing; ours acknowledges again, whatever often it is asked.
  for (const [index, resend] of resends.slice(1, 4).entries()) {
    await play(player, resend);
    await player.connection.waitForAcknowledgement(3, index + 2);
  }
  // From there the recorded agent knows nothing but 3; one that got its answer sends 5 again, which was lost, and all is well.
  const afterLoss = trace.slice(firstResend).filter((event) => !resends.includes(event) && event !== lostOutput);
  const lastRecorded = afterLoss.findIndex((event) => event.dir === 'a2c' && event.seq === 7);
  for (const event of afterLoss.slice(0, lastRecorded)) await play(player, event);
  expect(player.screen.text.endsWith("echo A''B2\r\nAB2\r\n$ ")).toBe(true);
  await play(player, lostOutput);
  await player.connection.waitForAcknowledgement(5);
  await player.screen.shows("echo A''B3\r\nAB3\r\n$ ");
  for (const event of afterLoss.slice(lastRecorded)) await play(player, event);
  expect(await player.shell.exited).toEqual({});
  expect(player.screen.text).toBe(shownIn(trace));
});

test('channel_closed is read through the padding that the service uses', () => {
  const closed = readTrace('shell').find((event) => event.type === MessageType.channelClosed) ?? fail();
  expect(decodeChannelClosed(payloadOf(closed))).toEqual({ SessionId: 'relay-1fdc1c69d482403d8', Output: '' });
});

function fail(): never {
  throw new Error('not in the recording');
}
