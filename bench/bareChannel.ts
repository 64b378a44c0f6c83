/**
 * A data channel with nothing of Postern but the codec: it shakes hands, acknowledges what comes and sends what it is given, with no window,
 * no order and no timers. What the demo's relay and agent do with it is what they can do at all.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { DataChannelTicket } from '../src/demo/messageService.ts';
import type { AgentMessage } from '../src/services/ssm/message.ts';
import { decodeAgentMessage, encodeNewMessage, MessageType, PayloadType } from '../src/services/ssm/message.ts';
import { decodeAcknowledgement, encodeAcknowledgement } from '../src/services/ssm/messagePayloads.ts';

const CLIENT_VERSION = '1.2.764.0';
/** More than this in front of the socket only waits there. */
const UNSENT_LIMIT_BYTES = 1024 * 1024;
/** The demo's agent keeps up to that many in order; a bare client has nothing that would tell it to wait. */
const IN_FLIGHT_LIMIT = 1_000;

export class BareChannel {
  readonly #webSocket: WebSocket;
  #sequenceNumber = 0;
  #unacknowledged = 0;
  #drained: (() => void) | undefined;
  /** Every output of the agent. */
  onOutput: (bytes: Uint8Array) => void = () => undefined;
  /** Settles with the end of the handshake. */
  readonly ready: Promise<void>;

  constructor(ticket: DataChannelTicket) {
    const ready = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.#webSocket = new WebSocket(ticket.streamUrl, { perMessageDeflate: false });
    this.#webSocket.on('error', ready.reject);
    this.#webSocket.on('open', () => this.#webSocket.send(JSON.stringify({ MessageSchemaVersion: '1.0', RequestId: randomUUID(), TokenValue: ticket.tokenValue, ClientId: randomUUID(), ClientVersion: CLIENT_VERSION })));
    this.#webSocket.on('message', (frame: Buffer) => this.#receive(frame, ready.resolve));
  }

  send(payload: Uint8Array, payloadType: number = PayloadType.output): void {
    this.#unacknowledged += 1;
    this.#frame(MessageType.inputStreamData, this.#sequenceNumber, 0, payloadType, payload);
    this.#sequenceNumber += 1;
  }

  /** Settles when more may be sent. */
  async whenReadyForMore(): Promise<void> {
    while (this.#webSocket.bufferedAmount > UNSENT_LIMIT_BYTES || this.#unacknowledged > IN_FLIGHT_LIMIT) await new Promise<void>((resolve) => (this.#drained = resolve));
  }

  async close(): Promise<void> {
    const closed = once(this.#webSocket, 'close');
    this.#webSocket.terminate();
    await closed;
  }

  #receive(frame: Buffer, onReady: () => void): void {
    // With the digest, which every client has to check.
    const message = decodeAgentMessage(frame);
    if ('malformed' in message) return;
    if (message.messageType === MessageType.acknowledge) {
      if (decodeAcknowledgement(message.payload) !== undefined) this.#unacknowledged -= 1;
      this.#drained?.();
      this.#drained = undefined;
    }
    if (message.messageType === MessageType.outputStreamData) this.#take(message, onReady);
  }

  #take(message: AgentMessage, onReady: () => void): void {
    this.#frame(MessageType.acknowledge, 0, 3, PayloadType.none, encodeAcknowledgement(message));
    if (message.payloadType === PayloadType.output) this.onOutput(message.payload);
    if (message.payloadType === PayloadType.handshakeComplete) onReady();
    if (message.payloadType !== PayloadType.handshakeRequest) return;
    const success = { ClientVersion: CLIENT_VERSION, ProcessedClientActions: [{ ActionType: 'SessionType', ActionStatus: 1, ActionResult: null, Error: '' }], Errors: null };
    this.send(Buffer.from(JSON.stringify(success)), PayloadType.handshakeResponse);
  }

  #frame(messageType: string, sequenceNumber: number, flags: number, payloadType: number, payload: Uint8Array): void {
    this.#webSocket.send(encodeNewMessage({ messageType, schemaVersion: 1, createdDate: Date.now(), sequenceNumber, flags, payloadType }, [payload]));
  }
}
