/** The service's end of data channels on loopback, as a script: a test decides what is acknowledged, sent, lost and cut. */
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  decodeAgentMessage,
  encodeAgentMessage,
  FlagPayload,
  HeaderFlag,
  MessageType,
  PayloadType,
  type AgentMessage,
} from '../../../src/services/ssm/message.ts';
import {
  decodeAcknowledgement,
  decodeFlag,
  decodeOpenDataChannel,
  encodeAcknowledgement,
  encodeJson,
  type OpenDataChannel,
} from '../../../src/services/ssm/messagePayloads.ts';

/** Raw `+` and `/`, as in production. */
export const STREAM_PATH = "/v1/data-channel/user-0123456789abcdef0?role=publish_subscribe&cell-number=AAEAAa5+Lu4a/8V1'KIF9+7L";

/** One connection of the client, after its opening text frame. */
export interface ScriptedConnection {
  readonly opening: OpenDataChannel;
  readonly headers: IncomingHttpHeaders;
  readonly webSocket: WebSocket;
  /** Every message of the client on this connection, resent ones included. */
  readonly received: readonly AgentMessage[];
  readonly pings: readonly string[];
  send(message: Partial<AgentMessage>): void;
  /** Output of the agent. */
  output(sequenceNumber: number, payload: string | Uint8Array, payloadType?: number): void;
  acknowledge(message: Pick<AgentMessage, 'sequenceNumber' | 'messageId'>): void;
  closeChannel(output: string): void;
  /** Cut without a close frame. */
  kill(): void;
  readonly closed: Promise<{ code: number }>;
  /** The first message, past or future, that fits. */
  waitFor(fits: (message: AgentMessage) => boolean): Promise<AgentMessage>;
  waitForAcknowledgement(sequenceNumber: number, times?: number): Promise<AgentMessage>;
}

export class ScriptedService {
  readonly upgradeUrls: (string | undefined)[] = [];
  /** Bytes of the session as the agent would have read them, over all connections. */
  readonly input = new Map<number, AgentMessage>();
  /** Whether a message of the client is acknowledged by itself. */
  autoAcknowledge: (message: AgentMessage) => boolean = () => true;
  /** Larger payloads close the connection with code 1009, as a service with a limit would. */
  maxPayloadBytes = Infinity;
  /** Whether the agent ends the session when it is told to by a flag. */
  endsAtFlag = true;
  /** Answer upgrades with this HTTP status. */
  refuseUpgrade: ((headers: IncomingHttpHeaders) => number | undefined) | undefined;
  readonly #server = createServer();
  readonly #webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  readonly #connections: ScriptedConnection[] = [];
  // One listener for each agent that a test plays.
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #sockets = new Set<Socket>();
  #taken = 0;

  get streamUrl(): string {
    const address = this.#server.address();
    return `ws://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}${STREAM_PATH}`;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  static async start(): Promise<ScriptedService> {
    const service = new ScriptedService();
    service.#server.on('connection', (socket) => {
      service.#sockets.add(socket);
      socket.on('close', () => {
        service.#sockets.delete(socket);
        service.#events.emit('socket-closed');
      });
    });
    service.#server.on('upgrade', (request, socket, head) => {
      service.upgradeUrls.push(request.url);
      const status = service.refuseUpgrade?.(request.headers);
      if (status !== undefined) {
        socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
        return;
      }
      service.#webSockets.handleUpgrade(request, socket, head, (webSocket) => service.#serve(webSocket, request.headers));
    });
    await new Promise<void>((resolve) => {
      service.#server.listen(0, '127.0.0.1', resolve);
    });
    return service;
  }

  /** The next connection of the client that has sent its opening frame. */
  async nextConnection(): Promise<ScriptedConnection> {
    while (this.#connections.length <= this.#taken) await once(this.#events, 'connection');
    const connection = this.#connections[this.#taken];
    this.#taken += 1;
    if (connection === undefined) throw new Error('no connection');
    return connection;
  }

  /** What the client typed, in order. */
  inputText(): string {
    const messages = [...this.input.values()].filter(({ payloadType }) => payloadType === PayloadType.output);
    return Buffer.concat(messages.toSorted((a, b) => a.sequenceNumber - b.sequenceNumber).map(({ payload }) => payload)).toString();
  }

  async waitForInput(text: string): Promise<void> {
    while (!this.inputText().includes(text)) await once(this.#events, 'input');
  }

  /** After each message of the client. */
  onInput(listener: () => void): void {
    this.#events.on('input', listener);
  }

  async allSocketsClosed(): Promise<void> {
    while (this.#sockets.size > 0) await once(this.#events, 'socket-closed');
  }

  async close(): Promise<void> {
    for (const webSocket of this.#webSockets.clients) webSocket.terminate();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(webSocket: WebSocket, headers: IncomingHttpHeaders): void {
    const received: AgentMessage[] = [];
    let isOver = false;
    const pings: string[] = [];
    const events = new EventEmitter();
    const send = (message: Partial<AgentMessage>): void => {
      const base = { messageType: MessageType.outputStreamData, schemaVersion: 1, createdDate: Date.now(), sequenceNumber: 0, flags: 0, messageId: randomUUID(), payloadType: PayloadType.output, payload: new Uint8Array() };
      webSocket.send(encodeAgentMessage({ ...base, ...message }));
    };
    const acknowledge = (message: Pick<AgentMessage, 'sequenceNumber' | 'messageId'>): void =>
      send({ messageType: MessageType.acknowledge, flags: HeaderFlag.synAndFin, payloadType: 0, payload: encodeAcknowledgement({ ...base(message), messageType: MessageType.inputStreamData }) });
    const closeChannel = (output: string): void => send({ messageType: MessageType.channelClosed, payloadType: 0, payload: encodeJson({ MessageType: 'channel_closed', SessionId: 's', Output: output }) });
    const waitFor = async (fits: (message: AgentMessage) => boolean): Promise<AgentMessage> => {
      for (;;) {
        const found = received.find(fits);
        if (found !== undefined) return found;
        await once(events, 'message');
      }
    };
    webSocket.on('ping', (payload) => pings.push(payload.toString()));
    const closed = new Promise<{ code: number }>((resolve) => {
      webSocket.on('close', (code) => resolve({ code }));
    });
    webSocket.on('message', (data, isBinary) => {
      if (!(data instanceof Buffer)) throw new Error('not a Buffer');
      if (!isBinary) {
        const opening = decodeOpenDataChannel(data.toString());
        if (opening === undefined) throw new Error('no opening frame');
        const acknowledgements = (sequenceNumber: number): AgentMessage[] =>
          received.filter((message) => message.messageType === MessageType.acknowledge && decodeAcknowledgement(message.payload)?.AcknowledgedMessageSequenceNumber === sequenceNumber);
        this.#connections.push({
          opening,
          headers,
          webSocket,
          received,
          pings,
          send,
          output: (sequenceNumber, payload, payloadType = PayloadType.output) =>
            send({ sequenceNumber, flags: sequenceNumber === 0 ? HeaderFlag.syn : 0, payload: typeof payload === 'string' ? Buffer.from(payload) : payload, payloadType }),
          acknowledge,
          closeChannel,
          kill: () => webSocket.terminate(),
          closed,
          waitFor,
          waitForAcknowledgement: async (sequenceNumber, times = 1) => {
            while (acknowledgements(sequenceNumber).length < times) await once(events, 'message');
            const last = acknowledgements(sequenceNumber).at(-1);
            if (last === undefined) throw new Error('no acknowledgement');
            return last;
          },
        });
        this.#events.emit('connection');
        return;
      }
      const message = decodeAgentMessage(data);
      if ('malformed' in message) throw new Error(message.malformed);
      if (message.payload.length > this.maxPayloadBytes) {
        webSocket.close(1009);
        isOver = true;
      }
      if (isOver) return;
      received.push(message);
      if (message.messageType === MessageType.inputStreamData && this.autoAcknowledge(message)) {
        this.input.set(message.sequenceNumber, message);
        acknowledge(message);
        if (this.endsAtFlag && message.payloadType === PayloadType.flag && decodeFlag(message.payload) === FlagPayload.terminateSession) closeChannel('');
      }
      events.emit('message');
      this.#events.emit('input');
    });
  }
}

function base(message: Pick<AgentMessage, 'sequenceNumber' | 'messageId'>): AgentMessage {
  return { messageType: '', schemaVersion: 1, createdDate: 1, flags: 0, payloadType: 0, payload: new Uint8Array(), ...message };
}
