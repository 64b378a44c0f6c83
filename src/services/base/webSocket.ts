/**
 * Opens a WebSocket as a client: the only place of the services that knows the `ws` package.
 *
 * The path goes out byte for byte as it stands in the URL: Session Manager puts raw `+` and `/` into the query, and signs what it put there.
 */
import type { IncomingMessage } from 'node:http';
import type { Writable } from 'node:stream';
import { WebSocket, type RawData } from 'ws';
import { writesJoiner } from './writesJoiner.ts';

/** How long the HTTP upgrade may take. */
const UPGRADE_TIMEOUT_MS = 20_000;
/** How long the other side may take to answer a close frame before the connection is simply cut. */
const CLOSE_TIMEOUT_MS = 1_000;
/** How long a refusal may take to be said in full, and how much of it is read. */
const REFUSAL_TIMEOUT_MS = 2_000;
const MAX_REFUSAL_BYTES = 4096;

export interface OpenSocket {
  /** @param onTaken told when the operating system has taken it, or never will */
  send(message: string | Uint8Array, onTaken?: () => void): void;
  ping(payload: string): void;
  /** Stop reading, so that the other side cannot write on. Messages already read from the network may still come. */
  pause(): void;
  resume(): void;
  /** Bytes sent that the operating system has not taken yet. */
  readonly bufferedBytes: number;
  /** Close politely, and within a second in any case. */
  close(): void;
  /** Cut the connection. */
  terminate(): void;
}

export interface SocketHandlers {
  /** A text or binary message. A view of a larger network chunk: copy what is kept. */
  onMessage(message: Uint8Array, isBinary: boolean): void;
  onPong(): void;
  /** Once, whoever closed. `code` is the close code of RFC 6455 section 7.4; 1006 without a close frame. */
  onClose(code: number, reason: string): void;
}

/** The server answered the upgrade with something other than 101. */
export class UpgradeRefused extends Error {
  override readonly name = 'UpgradeRefused';
  readonly status: number;
  /** What the server said, at most MAX_REFUSAL_BYTES of it. */
  readonly body: string;
  /** AWS's own request id. */
  readonly requestId: string | undefined;

  constructor(status: number, body = '', requestId?: string) {
    super(`The WebSocket upgrade was answered with HTTP status ${status}.`);
    this.status = status;
    this.body = body;
    this.requestId = requestId;
  }
}

/**
 * @param headers sent with the upgrade, e.g. a signature
 * @param maxMessageBytes larger messages close the connection with code 1009
 * @throws UpgradeRefused; the error of the network; the signal's reason
 */
export function openWebSocket(
  url: string,
  headers: Readonly<Record<string, string>>,
  maxMessageBytes: number,
  handlers: SocketHandlers,
  signal: AbortSignal,
): Promise<OpenSocket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = new WebSocket(url, {
      headers,
      perMessageDeflate: false,
      handshakeTimeout: UPGRADE_TIMEOUT_MS,
      maxPayload: maxMessageBytes,
      finishRequest: (request) => {
        request.path = pathAsWritten(url) ?? request.path;
        request.end();
      },
    });
    let opened = false;
    let failure: unknown;
    let connection: Writable | undefined;
    const handleAbort = (): void => {
      failure ??= signal.reason;
      socket.terminate();
    };
    signal.addEventListener('abort', handleAbort, { once: true });
    socket.on('unexpected-response', (request, response) => {
      void readRefusal(response).then((body) => {
        const requestId = response.headers['x-amzn-requestid'];
        failure ??= new UpgradeRefused(response.statusCode ?? 0, body, typeof requestId === 'string' ? requestId : undefined);
        request.destroy();
        socket.terminate();
      });
    });
    socket.on('upgrade', (response) => {
      connection = response.socket;
    });
    // A close always follows an error, and tells more.
    socket.on('error', (cause) => {
      failure ??= cause;
    });
    socket.on('open', () => {
      opened = true;
      signal.removeEventListener('abort', handleAbort);
      // Nothing may arrive before the caller holds the socket: reading starts after the promises that wait for it have run.
      socket.pause();
      resolve(toOpenSocket(socket, connection));
      queueMicrotask(() => socket.resume());
    });
    socket.on('message', (data, isBinary) => handlers.onMessage(toBytes(data), isBinary));
    socket.on('pong', () => handlers.onPong());
    socket.on('close', (code, reason) => {
      signal.removeEventListener('abort', handleAbort);
      if (opened) handlers.onClose(code, reason.toString('utf8') || (failure instanceof Error ? failure.message : ''));
      else reject(failure ?? new Error(`The WebSocket was closed before it was open (code ${code}).`));
    });
  });
}

function toOpenSocket(socket: WebSocket, connection: Writable | undefined): OpenSocket {
  const joinWrites = connection === undefined ? () => undefined : writesJoiner(connection);
  return {
    send: (message, onTaken) => {
      joinWrites();
      socket.send(message, () => onTaken?.());
    },
    ping: (payload) => {
      if (socket.readyState === WebSocket.OPEN) socket.ping(payload);
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    close: () => {
      const timer = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS);
      socket.once('close', () => clearTimeout(timer));
      // A paused socket would never read the other side's close frame.
      socket.resume();
      socket.close(1000);
      if (socket.readyState === WebSocket.CLOSED) clearTimeout(timer);
    },
    terminate: () => socket.terminate(),
  };
}

/** The beginning of the answer that came instead of the upgrade. */
async function readRefusal(response: IncomingMessage): Promise<string> {
  const timer = setTimeout(() => response.destroy(), REFUSAL_TIMEOUT_MS);
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      pieces.push(piece);
      size += piece.length;
      if (size >= MAX_REFUSAL_BYTES) break;
    }
  } catch {
    // What had come until then is all there is.
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(pieces).subarray(0, MAX_REFUSAL_BYTES).toString('utf8');
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

/**
 * Path and query exactly as written; the URL class would escape some characters.
 * Undefined where that is no path for a request line: then the escaped form goes out.
 */
function pathAsWritten(url: string): string | undefined {
  return /^[a-z]+:\/\/[^/?#]*(\/[\x21\x22\x24-\x7e]*)$/i.exec(url)?.[1];
}
