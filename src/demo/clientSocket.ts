/**
 * The service's end of a client's WebSocket: one message a frame, back-pressure both ways, and a cut at a chosen byte for tests.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { MessageFaults } from './messageFaults.ts';

export interface ClientSocket {
  /** Settles when the kernel has taken the frame, or the connection is gone. */
  send(frame: Buffer): Promise<void>;
  /** After what was sent before. */
  close(code: number, reason: string): void;
  /** At once, without a close frame. */
  cut(): void;
}

export interface ClientSocketOptions {
  readonly webSocket: WebSocket;
  /** The connection below it. */
  readonly connection: Duplex;
  readonly faults: MessageFaults;
  /** The first frame, which has to be text. */
  readonly onOpen: (text: string) => void;
  /** Settles when the frame is dealt with: the client is stopped when too many are not. */
  readonly onFrame: (frame: Buffer) => Promise<void>;
  readonly onClose: () => void;
}

/** Frames from the client that may wait to be dealt with before it is stopped, and where it goes on. */
const STOP_CLIENT_AT_FRAMES = 64;
const RESUME_CLIENT_AT_FRAMES = 16;
/** The official agent's interval; here it finds clients that are gone. */
const PING_INTERVAL_MS = 54_000;
const OPENING_TIMEOUT_MS = 15_000;
export const NORMAL_CLOSURE = 1000;
export const POLICY_VIOLATION = 1008;

export function createClientSocket(options: ClientSocketOptions): ClientSocket {
  const { webSocket, connection, faults } = options;
  let opened = false;
  let answered = true;
  let waitingFrames = 0;
  let sentBytes = 0;

  const receive = async (frame: Buffer): Promise<void> => {
    waitingFrames += 1;
    if (waitingFrames === STOP_CLIENT_AT_FRAMES) webSocket.pause();
    await options.onFrame(frame);
    waitingFrames -= 1;
    if (waitingFrames === RESUME_CLIENT_AT_FRAMES && webSocket.isPaused) webSocket.resume();
  };
  const openingTimer = setTimeout(() => webSocket.close(POLICY_VIOLATION, 'no opening'), OPENING_TIMEOUT_MS);
  const pingTimer = setInterval(() => {
    if (!answered) webSocket.terminate();
    answered = false;
    webSocket.ping();
  }, PING_INTERVAL_MS);

  webSocket.on('pong', () => {
    answered = true;
  });
  webSocket.on('message', (data, isBinary) => {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data;
    if (opened) {
      void receive(bytes);
      return;
    }
    opened = true;
    clearTimeout(openingTimer);
    if (isBinary) webSocket.close(POLICY_VIOLATION, 'the first frame must be text');
    else options.onOpen(bytes.toString('utf8'));
  });
  webSocket.on('close', () => {
    clearTimeout(openingTimer);
    clearInterval(pingTimer);
    options.onClose();
  });
  // 'close' follows and says all there is to say.
  webSocket.on('error', () => {});

  return {
    send(frame) {
      if (webSocket.readyState !== webSocket.OPEN) return Promise.resolve();
      const { cutAtByte } = faults;
      if (cutAtByte !== undefined && sentBytes + frame.length > cutAtByte) {
        faults.cutAtByte = undefined;
        return cutInside(connection, frame, cutAtByte - sentBytes);
      }
      sentBytes += frame.length;
      return new Promise((resolve) => webSocket.send(frame, { binary: true }, () => resolve()));
    },
    close(code, reason) {
      if (webSocket.isPaused) webSocket.resume();
      webSocket.close(code, reason);
    },
    cut: () => webSocket.terminate(),
  };
}

/** The head of the frame and its first bytes, then nothing more: what a client sees when its network goes. */
function cutInside(connection: Duplex, frame: Buffer, sentBytes: number): Promise<void> {
  const head = frame.length < 126 ? Buffer.from([0x82, frame.length]) : Buffer.from([0x82, 126, frame.length >> 8, frame.length & 0xff]);
  return new Promise((resolve) => {
    connection.write(Buffer.concat([head, frame.subarray(0, Math.max(0, sentBytes))]), () => {
      connection.destroy();
      resolve();
    });
  });
}
