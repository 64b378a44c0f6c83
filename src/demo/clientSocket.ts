/**
 * The service's end of a client's WebSocket: one message a frame, back-pressure both ways, and a cut at a chosen byte for tests.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { MessageFaults } from './messageFaults.ts';

export interface ClientSocket {
  /** Settles when there is room for more, or the connection is gone. */
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
/** Bytes that may wait for the kernel before the agent is stopped. Few: they are lost when the connection is cut, and its agent is slow to send again. */
const HIGH_WATER_BYTES = 16 * 1024;
export const NORMAL_CLOSURE = 1000;
export const POLICY_VIOLATION = 1008;

export function createClientSocket(options: ClientSocketOptions): ClientSocket {
  const { webSocket, connection, faults } = options;
  let opened = false;
  let answered = true;
  let waitingFrames = 0;
  let sentBytes = 0;
  let receivedBytes = 0;
  let cutting = false;
  let batching = false;
  let closeTimer: NodeJS.Timeout | undefined;

  const receive = async (frame: Buffer): Promise<void> => {
    waitingFrames += 1;
    if (waitingFrames === STOP_CLIENT_AT_FRAMES) webSocket.pause();
    await options.onFrame(frame);
    waitingFrames -= 1;
    if (waitingFrames === RESUME_CLIENT_AT_FRAMES && webSocket.isPaused) webSocket.resume();
  };
  const openingTimer = setTimeout(() => webSocket.close(POLICY_VIOLATION, 'no opening'), OPENING_TIMEOUT_MS);
  const pingTimer = setInterval(() => {
    // A client that is stopped by us is not heard, and so not lost.
    if (webSocket.isPaused) return;
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
      receivedBytes += bytes.length;
      if (faults.cutFromClientAtByte !== undefined && receivedBytes > faults.cutFromClientAtByte) {
        faults.cutFromClientAtByte = undefined;
        webSocket.terminate();
        return;
      }
      void receive(bytes);
      return;
    }
    opened = true;
    clearTimeout(openingTimer);
    if (faults.closeEveryMs !== undefined) closeTimer = setTimeout(() => webSocket.close(NORMAL_CLOSURE, ''), faults.closeEveryMs);
    if (isBinary) webSocket.close(POLICY_VIOLATION, 'the first frame must be text');
    else options.onOpen(bytes.toString('utf8'));
  });
  webSocket.on('close', () => {
    clearTimeout(openingTimer);
    clearTimeout(closeTimer);
    clearInterval(pingTimer);
    options.onClose();
  });
  // 'close' follows and says all there is to say.
  webSocket.on('error', () => {});
  /** What is sent in one go of the event loop leaves in one call of the kernel. */
  const batch = (): void => {
    if (batching) return;
    batching = true;
    connection.cork();
    setImmediate(() => {
      batching = false;
      connection.uncork();
    });
  };

  return {
    send(frame) {
      if (webSocket.readyState !== webSocket.OPEN) return Promise.resolve();
      if (cutting) return Promise.resolve();
      const cutAtByte = Math.min(faults.cutAtByte ?? Infinity, faults.cutEveryBytes ?? Infinity);
      if (sentBytes + frame.length > cutAtByte) {
        cutting = true;
        faults.cutAtByte = undefined;
        return cutInside(connection, frame, cutAtByte - sentBytes);
      }
      sentBytes += frame.length;
      batch();
      if (webSocket.bufferedAmount < HIGH_WATER_BYTES) {
        webSocket.send(frame, { binary: true });
        return Promise.resolve();
      }
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
