/**
 * One WebSocket of a data channel: signed, opened with the token, and watched for silence.
 */
import { randomUUID } from 'node:crypto';
import type { Secret } from '../base/secret.ts';
import { countPassedBytes } from '../base/transferGarbage.ts';
import { openWebSocket, UpgradeRefused, type OpenSocket } from '../base/webSocket.ts';
import { CLIENT_VERSION } from './handshake.ts';
import type { OpenDataChannel } from './messagePayloads.ts';

/** Official programs send 1,024 bytes of payload and accept 64 KiB; anything much larger is an attack. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** As the official client. */
const PING_INTERVAL_MS = 300_000;
const PING_PAYLOAD = 'keepalive';
/** With messages overdue and a ping unanswered for this long, the connection is dead although nobody closed it. */
const DEAD_AFTER_MS = 15_000;
/** With more than this unsent the connection cannot keep up. */
const CONGESTED_BYTES = 256 * 1024;

export interface ConnectionOptions {
  /** Dialled byte for byte. */
  readonly url: string;
  readonly tokenValue: Secret;
  /** The same for the life of the session. */
  readonly clientId: string;
  signUpgrade(url: string): Promise<Record<string, string>>;
  /** A frame; a view of a larger chunk. */
  onMessage(frame: Uint8Array): void;
  /** Something was heard, if only an answered ping. */
  onHeard(): void;
}

export interface ConnectionClosed {
  /** RFC 6455 section 7.4; 1006 without a close frame. */
  readonly code: number;
  readonly reason: string;
}

export class Connection {
  /** Settles once. Never rejects. */
  readonly closed: Promise<ConnectionClosed>;
  readonly #socket: OpenSocket;
  readonly #pingTimer: NodeJS.Timeout;
  readonly #probe: Probe;
  #isPaused = false;
  #isClosed = false;

  constructor(socket: OpenSocket, probe: Probe, closed: Promise<ConnectionClosed>) {
    this.#socket = socket;
    this.#probe = probe;
    this.#pingTimer = setInterval(() => this.#ping(), PING_INTERVAL_MS);
    this.closed = closed.finally(() => {
      this.#isClosed = true;
      clearInterval(this.#pingTimer);
      for (const settle of this.#probe.checks) settle(false);
    });
    this.#ping();
  }

  get isCongested(): boolean {
    return this.#socket.bufferedBytes > CONGESTED_BYTES;
  }

  send(frame: Uint8Array): void {
    this.#socket.send(frame);
    countPassedBytes(frame.length);
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
    // While we do not read, an answer cannot be seen.
    this.#probe.sentAtMs = undefined;
    for (const settle of this.#probe.checks) settle(true);
  }

  resume(): void {
    this.#isPaused = false;
    this.#socket.resume();
  }

  /** Messages are overdue: ask whether anybody is there, and cut the connection when nobody answered the last time. */
  probe(): void {
    if (this.#probe.sentAtMs === undefined) this.#ping();
    else if (performance.now() - this.#probe.sentAtMs > DEAD_AFTER_MS) this.#socket.terminate();
  }

  /** Cuts the connection when nobody is heard within so many milliseconds. @returns whether somebody was */
  check(withinMs: number): Promise<boolean> {
    if (this.#isClosed || this.#isPaused) return Promise.resolve(!this.#isClosed);
    return new Promise((resolve) => {
      const settle = (lives: boolean): void => {
        clearTimeout(timer);
        this.#probe.checks.delete(settle);
        resolve(lives);
      };
      const timer = setTimeout(() => this.#socket.terminate(), withinMs);
      this.#probe.checks.add(settle);
      this.#probe.sentAtMs ??= performance.now();
      this.#socket.ping(PING_PAYLOAD);
    });
  }

  close(): void {
    clearInterval(this.#pingTimer);
    this.#socket.close();
  }

  #ping(): void {
    this.#probe.sentAtMs ??= performance.now();
    this.#socket.ping(PING_PAYLOAD);
  }
}

/** What a channel uses of it. */
export type ChannelConnection = Pick<Connection, 'closed' | 'isCongested' | 'send' | 'pause' | 'resume' | 'probe' | 'check' | 'close'>;

/** When the oldest unanswered ping was sent. Anything heard answers it. */
interface Probe {
  sentAtMs: number | undefined;
  /** Who waits for somebody to be heard. */
  readonly checks: Set<(lives: boolean) => void>;
}

/** @throws UpgradeRefused; PosternError of `signUpgrade`; the error of the network; the signal's reason */
export async function openConnection(options: ConnectionOptions, signal: AbortSignal): Promise<Connection> {
  const { promise: closed, resolve } = Promise.withResolvers<ConnectionClosed>();
  const probe: Probe = { sentAtMs: undefined, checks: new Set() };
  const heard = (): void => {
    probe.sentAtMs = undefined;
    for (const settle of probe.checks) settle(true);
    options.onHeard();
  };
  const handlers = {
    onMessage: (frame: Uint8Array): void => {
      heard();
      options.onMessage(frame);
      countPassedBytes(frame.length);
    },
    onPong: heard,
    onClose: (code: number, reason: string): void => resolve({ code, reason }),
  };
  const headers = await options.signUpgrade(options.url);
  const socket = await openWebSocket(options.url, headers, MAX_MESSAGE_BYTES, handlers, signal).catch((thrown: unknown) => {
    // A service from before signing was asked for may refuse what it does not expect.
    const mayGoUnsigned = thrown instanceof UpgradeRefused && thrown.status === 403 && Object.keys(headers).length > 0;
    if (!mayGoUnsigned) throw thrown;
    return openWebSocket(options.url, {}, MAX_MESSAGE_BYTES, handlers, signal);
  });
  const open: OpenDataChannel = {
    MessageSchemaVersion: '1.0',
    RequestId: randomUUID(),
    TokenValue: options.tokenValue.revealText(),
    ClientId: options.clientId,
    ClientVersion: CLIENT_VERSION,
  };
  socket.send(JSON.stringify(open));
  return new Connection(socket, probe, closed);
}
