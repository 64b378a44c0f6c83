/**
 * A bare client of a data channel, driven by the codec alone: it acknowledges, puts output in order, answers a handshake, and does nothing else
 * by itself. Independent of services/ssm, so that the demo's agent is not tested with the client it is made for.
 */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import type { DataChannelTicket } from '../../src/demo/messageService.ts';
import { MessageType, PayloadType, decodeAgentMessage, encodeAgentMessage } from '../../src/services/ssm/message.ts';
import { decodeAcknowledgement, encodeAcknowledgement, encodeFlag } from '../../src/services/ssm/messagePayloads.ts';
import type { AgentMessage, FlagPayload } from '../../src/services/ssm/message.ts';

export interface Received {
  readonly payloadType: number;
  readonly payload: Buffer;
}

export class BareClient {
  webSocket: WebSocket;
  closed: Promise<{ code: number; reason: string }>;
  readonly frames: Buffer[] = [];
  readonly messages: AgentMessage[] = [];
  readonly acknowledged: number[] = [];
  /** Stream data in its order, each once. */
  readonly received: Received[] = [];
  /** Answers in the place of plain success; undefined: no answer. */
  answerHandshake: (request: Buffer) => Buffer | undefined = () =>
    Buffer.from(JSON.stringify({ ClientVersion: this.#clientVersion, ProcessedClientActions: [{ ActionType: 'SessionType', ActionStatus: 1, ActionResult: null, Error: '' }], Errors: null }));
  answerChallenge: (request: Buffer) => Buffer | undefined = () => undefined;
  readonly #clientVersion: string;
  readonly #early = new Map<number, Received>();
  readonly #unacknowledged = new Map<number, Buffer>();
  readonly #joined = new Map<number, { readonly upTo: number; readonly whole: Buffer }>();
  readonly #headers: Readonly<Record<string, string>>;
  #expected = 0;
  #nextInput = 0;

  /** @param headers of the upgrade: its signature, where one is asked for */
  constructor(ticket: DataChannelTicket, clientVersion = '1.2.764.0', headers: Readonly<Record<string, string>> = {}) {
    this.#clientVersion = clientVersion;
    this.#headers = headers;
    this.webSocket = new WebSocket(ticket.streamUrl, { headers });
    this.closed = this.#listen(ticket);
  }

  /** On a new socket, with both counters going on. Sends again what was not acknowledged. */
  async resume(ticket: DataChannelTicket): Promise<void> {
    this.webSocket = new WebSocket(ticket.streamUrl, { headers: this.#headers });
    this.closed = this.#listen(ticket);
    await new Promise((resolve) => this.webSocket.once('open', resolve));
    for (const frame of this.#unacknowledged.values()) this.webSocket.send(frame);
  }

  #listen(ticket: DataChannelTicket): Promise<{ code: number; reason: string }> {
    const { webSocket } = this;
    webSocket.on('open', () => webSocket.send(JSON.stringify({ MessageSchemaVersion: '1.0', RequestId: randomUUID(), TokenValue: ticket.tokenValue, ClientId: randomUUID(), ClientVersion: this.#clientVersion })));
    webSocket.on('message', (data, isBinary) => {
      if (isBinary && data instanceof Buffer) this.#receive(data);
    });
    webSocket.on('error', () => {});
    return new Promise((resolve) => webSocket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })));
  }

  #receive(frame: Buffer): void {
    const message = decodeAgentMessage(frame);
    if ('malformed' in message) return;
    this.frames.push(frame);
    this.messages.push(message);
    if (message.messageType === MessageType.acknowledge) {
      const sequenceNumber = decodeAcknowledgement(message.payload)?.AcknowledgedMessageSequenceNumber ?? -1;
      this.acknowledged.push(sequenceNumber);
      this.#unacknowledged.delete(sequenceNumber);
    }
    if (message.messageType !== MessageType.outputStreamData) return;
    this.send({ messageType: MessageType.acknowledge, flags: 3, payloadType: 0, payload: encodeAcknowledgement(message) });
    if (message.sequenceNumber >= this.#expected) this.#early.set(message.sequenceNumber, { payloadType: message.payloadType, payload: Buffer.from(message.payload) });
    for (let next = this.#early.get(this.#expected); next !== undefined; next = this.#early.get(this.#expected)) {
      this.#early.delete(this.#expected);
      this.#expected += 1;
      this.received.push(next);
      const answer = next.payloadType === PayloadType.handshakeRequest ? this.answerHandshake(next.payload) : next.payloadType === PayloadType.encChallengeRequest ? this.answerChallenge(next.payload) : undefined;
      if (answer !== undefined) this.control(next.payloadType + 1, answer);
    }
  }

  send(fields: Partial<AgentMessage>): void {
    const message = { messageType: MessageType.inputStreamData, schemaVersion: 1, createdDate: Date.now(), sequenceNumber: 0, flags: 0, messageId: randomUUID(), payloadType: PayloadType.output, payload: new Uint8Array(), ...fields };
    const frame = encodeAgentMessage(message);
    if (message.messageType === MessageType.inputStreamData) this.#unacknowledged.set(message.sequenceNumber, frame);
    if (this.webSocket.readyState === WebSocket.OPEN) this.webSocket.send(frame);
  }

  /** Again everything that was not acknowledged, as a client's timer does. */
  sendAgain(): void {
    for (const frame of this.#unacknowledged.values()) if (this.webSocket.readyState === WebSocket.OPEN) this.webSocket.send(frame);
  }

  type(data: string | Buffer, sequenceNumber = this.#nextInput): void {
    this.#nextInput = sequenceNumber + 1;
    this.send({ sequenceNumber, payload: Buffer.from(data) });
  }

  control(payloadType: number, payload: Uint8Array): void {
    this.send({ sequenceNumber: this.#nextInput, payloadType, payload });
    this.#nextInput += 1;
  }

  flag(flag: (typeof FlagPayload)[keyof typeof FlagPayload]): void {
    this.control(PayloadType.flag, encodeFlag(flag));
  }

  unacknowledgedCount(): number {
    return this.#unacknowledged.size;
  }

  /** All payloads of one type, in order. */
  output(payloadType: number = PayloadType.output): Buffer {
    const known = this.#joined.get(payloadType) ?? { upTo: 0, whole: Buffer.alloc(0) };
    const added = this.received.slice(known.upTo).filter((one) => one.payloadType === payloadType);
    const whole = Buffer.concat([known.whole, ...added.map(({ payload }) => payload)]);
    this.#joined.set(payloadType, { upTo: this.received.length, whole });
    return whole;
  }

  text(payloadType: number = PayloadType.output): string {
    return this.output(payloadType).toString();
  }

  async until(text: string): Promise<void> {
    await expect.poll(() => this.text(), { timeout: 20_000, interval: 10 }).toContain(text);
  }

  async untilHandshake(): Promise<void> {
    await expect.poll(() => this.received.some(({ payloadType }) => payloadType === PayloadType.handshakeComplete), { timeout: 20_000, interval: 5 }).toBe(true);
  }

  /** What `channel_closed` said. */
  async ending(): Promise<string> {
    await this.closed;
    const last = this.messages.findLast(({ messageType }) => messageType === MessageType.channelClosed);
    return (JSON.parse(Buffer.from(last?.payload ?? Buffer.from('{"Output":"no channel_closed"}')).toString()) as { Output: string }).Output;
  }
}
