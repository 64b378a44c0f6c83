/** Frames that no agent should send, into the client as a forward uses it: no network, so that a million of them take a minute. */
import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { PosternError } from '../../src/contract/error.ts';
import { systemClock } from '../../src/services/base/clock.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { Secret } from '../../src/services/base/secret.ts';
import { DataChannel } from '../../src/services/ssm/dataChannel.ts';
import { decodeAgentMessage, encodeAgentMessage, MessageType, PayloadType, type AgentMessage } from '../../src/services/ssm/message.ts';
import { decodeAcknowledgement, encodeAcknowledgement, encodeFlag, encodeJson } from '../../src/services/ssm/messagePayloads.ts';
import { encodeSmuxData, encodeSmuxHeader, SmuxCommand } from '../../src/services/ssm/smux.ts';
import { SmuxClient } from '../../src/services/ssm/smuxClient.ts';

/** The million of the promise by hand, with POSTERN_LONG=1. */
const FRAMES = process.env['POSTERN_LONG'] === '1' ? 1_000_000 : 100_000;
const STREAMS = 4;
const MAX_GROWTH_BYTES = 32 * 1024 * 1024;

// A fixed generator (Numerical Recipes), so that a failure comes again.
let state = 20261122;
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function heldBytes(): Promise<number> {
  collectGarbage();
  // Freed buffers are counted off in the next turns.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** A client in the middle of a forward, whose connection is this object: what it sends is counted and thrown away. */
class FuzzedForward {
  readonly channel: DataChannel;
  sentBytes = 0;
  /** What the client wants next, as its acknowledgements tell. */
  expected = 0;
  readonly #acknowledged = new Set<number>();
  isPaused = false;
  endedWith: PosternError | 'closed' | undefined;
  #deliver: (frame: Uint8Array) => void = () => undefined;
  #smux: SmuxClient | undefined;
  readonly connected: Promise<void>;

  constructor() {
    const connected = Promise.withResolvers<void>();
    this.connected = connected.promise;
    this.channel = new DataChannel({
      sessionId: 's',
      streamUrl: 'wss://example.invalid/',
      tokenValue: Secret.fromText('token'),
      signUpgrade: async () => ({}),
      resume: async () => undefined,
      clock: systemClock,
      log: silentLog,
      connect: async ({ onMessage }) => {
        this.#deliver = onMessage;
        queueMicrotask(() => connected.resolve());
        const closed = Promise.withResolvers<{ code: number; reason: string }>();
        return { closed: closed.promise, isCongested: false, send: (frame) => this.#handleSent(frame), pause: () => void (this.isPaused = true), resume: () => void (this.isPaused = false), probe: () => undefined, check: async () => true, close: () => closed.resolve({ code: 1000, reason: '' }) };
      },
      onOpened: () => {
        this.#smux = new SmuxClient({ send: (outgoing) => this.channel.sendBytes(outgoing), onDrained: () => this.channel.readOn(), sendsKeepalive: false });
        for (let stream = 0; stream < STREAMS; stream += 1) {
          const duplex = this.#smux.connect();
          duplex.on('error', () => undefined);
          // Some read, and one does not.
          if (stream > 0) duplex.resume();
        }
      },
      onPayload: (payloadType, payload) => {
        if (payloadType === PayloadType.flag) this.#smux?.refuse();
        if (payloadType !== PayloadType.output) return true;
        try {
          return this.#smux?.receive(payload) ?? true;
        } catch (thrown) {
          if (!(thrown instanceof PosternError)) throw thrown;
          this.channel.close(thrown);
          return true;
        }
      },
    });
    void this.channel.ended.then((end) => {
      this.endedWith = end.kind === 'failed' ? end.error : 'closed';
      this.#smux?.end(undefined);
    });
  }

  deliver(frame: Uint8Array): void {
    this.#deliver(frame);
  }

  #handleSent(frame: Uint8Array): void {
    this.sentBytes += frame.length;
    const message = decodeAgentMessage(frame);
    if ('malformed' in message) throw new Error(`the client sent what it would not take: ${message.malformed}`);
    const sequenceNumber = message.messageType === MessageType.acknowledge ? decodeAcknowledgement(message.payload)?.AcknowledgedMessageSequenceNumber : undefined;
    if (sequenceNumber === undefined) return;
    this.#acknowledged.add(sequenceNumber);
    while (this.#acknowledged.delete(this.expected)) this.expected += 1;
  }
}

const sample: AgentMessage = { messageType: MessageType.outputStreamData, schemaVersion: 1, createdDate: 1, sequenceNumber: 0, flags: 0, messageId: 'dd01e56b-ff48-483e-a508-b5f073f31b16', payloadType: PayloadType.output, payload: new Uint8Array() };

/** What an agent may say, as the material to spoil. */
function originals(): Buffer[] {
  const request = (actions: unknown): AgentMessage => ({ ...sample, payloadType: PayloadType.handshakeRequest, payload: encodeJson({ AgentVersion: '3.3.987.0', RequestedClientActions: actions }) });
  const kms = { ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: 'arn', Challenge: 'AAAA' } };
  const messages: AgentMessage[] = [
    request([{ ActionType: 'SessionType', ActionParameters: { SessionType: 'Port', Properties: { type: 'LocalPortForwarding' } } }, kms]),
    request(Array.from({ length: 50 }, () => kms)),
    { ...sample, payloadType: PayloadType.encChallengeRequest, payload: encodeJson({ Challenge: 'A'.repeat(100) }) },
    { ...sample, payloadType: PayloadType.handshakeComplete, payload: encodeJson({ CustomerMessage: 'x'.repeat(500) }) },
    { ...sample, payload: Buffer.concat(encodeSmuxData(3, Buffer.alloc(900, 'x'))) },
    { ...sample, payload: Buffer.concat(encodeSmuxData(5, Buffer.alloc(100, 'x'))) },
    { ...sample, payload: Buffer.concat([encodeSmuxHeader(SmuxCommand.nop, 0), encodeSmuxHeader(SmuxCommand.syn, 4), encodeSmuxHeader(SmuxCommand.psh, 7, 0xffff)]) },
    { ...sample, payload: encodeSmuxHeader(SmuxCommand.fin, 9) },
    { ...sample, payloadType: PayloadType.flag, payload: encodeFlag(3) },
    { ...sample, payloadType: PayloadType.exitCode, payload: Buffer.from('EXIT_CODE: 1') },
    { ...sample, messageType: MessageType.acknowledge, payload: encodeAcknowledgement({ ...sample, messageType: MessageType.inputStreamData }) },
    { ...sample, messageType: MessageType.pausePublication },
    { ...sample, messageType: MessageType.agentSessionState, payload: Buffer.from('{}') },
    { ...sample, payload: Buffer.alloc(64 * 1024, 1) },
  ];
  return messages.map(encodeAgentMessage);
}

function spoil(original: Buffer, nextSequenceNumber: number): Buffer {
  const frame = Buffer.from(random(16) === 0 ? original.subarray(0, random(original.length + 1)) : original);
  if (frame.length < 120) return frame;
  const sequenceNumber = [nextSequenceNumber, nextSequenceNumber, nextSequenceNumber, random(nextSequenceNumber + 1), nextSequenceNumber + random(20_000), Number.MAX_SAFE_INTEGER][random(6)] ?? 0;
  frame.writeBigInt64BE(BigInt(sequenceNumber), 48);
  switch (random(8)) {
    case 0:
      frame.writeBigInt64BE([-1n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n][random(4)] ?? 0n, 48);
      break;
    case 1:
      frame.writeUInt32BE([0, 1, 115, 117, 0x7fffffff, 0xffffffff][random(6)] ?? 0, random(2) === 0 ? 0 : 116);
      break;
    case 2:
      for (let change = 1 + random(8); change > 0; change -= 1) frame[random(frame.length)] = random(256);
      break;
    case 3:
      // Of the payload, with a digest that is right: what only a hostile agent can send.
      for (let change = 1 + random(8); change > 0 && frame.length > 120; change -= 1) frame[120 + random(frame.length - 120)] = random(256);
      createHash('sha256').update(frame.subarray(120)).digest().copy(frame, 80);
      break;
    default:
      break;
  }
  return frame;
}

test('spoilt frames by the hundred thousand neither crash nor hang nor grow the client', { timeout: 300_000 }, async () => {
  const material = originals();
  let forward = new FuzzedForward();
  await forward.connected;
  const before = await heldBytes();
  let growth = 0;
  let deepest = 0;
  const ends = new Map<string, number>();
  for (let count = 1; count <= FRAMES; count += 1) {
    const frame = random(50) === 0 ? Buffer.from(Array.from({ length: random(300) }, () => random(256))) : spoil(material[random(material.length)] ?? Buffer.alloc(0), forward.expected);
    forward.deliver(frame);
    deepest = Math.max(deepest, forward.expected);
    if (count % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (count % 20_000 === 0) growth = Math.max(growth, (await heldBytes()) - before);
    // Nobody can send on to a client that has stopped reading, nor to one that has ended.
    if (forward.isPaused) forward.channel.close();
    await Promise.resolve();
    if (forward.endedWith !== undefined) {
      const end = forward.isPaused ? 'paused' : forward.endedWith instanceof PosternError ? forward.endedWith.code : 'closed';
      ends.set(end, (ends.get(end) ?? 0) + 1);
      forward = new FuzzedForward();
      await forward.connected;
    }
  }
  console.log(`${FRAMES} frames, ${(growth / 1024 / 1024).toFixed(1)} MiB held at most, ${deepest} of one session taken, ends: ${JSON.stringify(Object.fromEntries(ends))}`);
  expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
  // They came behind the handshake, and many sessions ended of them.
  expect(deepest).toBeGreaterThan(50);
  expect(ends.get('ssm.protocol')).toBeGreaterThan(100);
  // It ends for no other reason than the ones it has words for.
  for (const end of ends.keys()) expect(['closed', 'paused', 'ssm.protocol', 'ssm.session-refused']).toContain(end);
  forward.channel.close();
  await forward.channel.ended;
});

interface OpenedForward {
  readonly forward: FuzzedForward;
  send(sequenceNumber: number, payload: Uint8Array, payloadType?: number): void;
}

/** After a handshake; output goes on with sequence number 2. */
async function openForward(): Promise<OpenedForward> {
  const forward = new FuzzedForward();
  await forward.connected;
  const send = (sequenceNumber: number, payload: Uint8Array, payloadType: number = PayloadType.output): void => forward.deliver(encodeAgentMessage({ ...sample, sequenceNumber, payloadType, payload }));
  send(0, encodeJson({ AgentVersion: '3.3.987.0', RequestedClientActions: [{ ActionType: 'SessionType', ActionParameters: { SessionType: 'Port', Properties: { type: 'LocalPortForwarding' } } }] }), PayloadType.handshakeRequest);
  send(1, encodeJson({}), PayloadType.handshakeComplete);
  await forward.channel.opened;
  return { forward, send };
}

test('an agent that leaves out a message and sends on for ever makes the client hold less than 32 MiB', { timeout: 120_000 }, async () => {
  const { forward, send } = await openForward();
  const before = await heldBytes();
  for (let count = 0; count < 60_000; count += 1) send(3 + count, count % 3 === 0 ? Buffer.alloc(16 * 1024, 'x') : Buffer.from('x'));
  expect((await heldBytes()) - before).toBeLessThan(MAX_GROWTH_BYTES);
  expect(forward.isPaused).toBe(false);
  forward.channel.close();
  await forward.channel.ended;
});

test('an agent that sends single bytes to a reader that has stopped is stopped before 16 MiB are held for it', { timeout: 120_000 }, async () => {
  const { forward, send } = await openForward();
  const before = await heldBytes();
  let bytes = 0;
  while (!forward.isPaused) {
    send(2 + bytes, Buffer.concat(encodeSmuxData(3, Buffer.from('x'))));
    bytes += 1;
  }
  expect(bytes).toBeGreaterThan(1_000);
  expect((await heldBytes()) - before).toBeLessThan(MAX_GROWTH_BYTES / 2);
  forward.channel.close();
  await forward.channel.ended;
});

test('an agent that fills what waits for a message and then lets it go to a reader that has stopped makes the client hold less than 32 MiB', { timeout: 120_000 }, async () => {
  const { forward, send } = await openForward();
  const before = await heldBytes();
  // As many of them as are taken, each with as many bytes as fit: most of one byte cost most.
  for (let count = 0; count < 9_500; count += 1) send(3 + count, Buffer.concat(encodeSmuxData(3, Buffer.from('x'))));
  for (let count = 9_500; count < 10_500; count += 1) send(3 + count, Buffer.concat(encodeSmuxData(3, Buffer.alloc(8 * 1024, 'x'))));
  const waiting = await heldBytes();
  send(2, Buffer.concat(encodeSmuxData(3, Buffer.from('x'))));
  expect(forward.isPaused).toBe(true);
  expect(Math.max(waiting, await heldBytes()) - before).toBeLessThan(MAX_GROWTH_BYTES);
  forward.channel.close();
  await forward.channel.ended;
});
