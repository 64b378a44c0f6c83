/**
 * The small frame that carries terminal bytes: one octet for what it is, the stream's id (u32, big-endian), the bytes.
 *
 * Also the numbers of flow control, which both ends must agree on.
 */

/** Output a window may hold unparsed; the service's stream is paused above it. */
export const HIGH_WATER_BYTES = 512 * 1024;

/** The paused stream goes on below this: enough that a window has something to parse until more has come. */
export const LOW_WATER_BYTES = 384 * 1024;

/** Output bytes parsed before the other end is told. Stays below LOW_WATER_BYTES, or a full pipe never reopens. */
export const ACK_EVERY_BYTES = 32 * 1024;

/** The most one frame carries: large enough for a flood, small enough that a key's echo never waits long behind one. */
export const MAX_FRAME_BYTES = 64 * 1024;

export type Frame =
  /** From the instance to the window. */
  | { readonly kind: 'output'; readonly streamId: number; readonly bytes: Uint8Array }
  /** From the window to the instance. */
  | { readonly kind: 'input'; readonly streamId: number; readonly bytes: Uint8Array }
  /** The window has parsed so many more bytes of output. */
  | { readonly kind: 'ack'; readonly streamId: number; readonly byteCount: number };

const OUTPUT = 1;
const INPUT = 2;
const ACK = 3;
const HEADER_BYTES = 5;

export function encodeFrame(frame: Frame): Uint8Array {
  const bodyBytes = frame.kind === 'ack' ? 4 : frame.bytes.byteLength;
  const message = new Uint8Array(HEADER_BYTES + bodyBytes);
  const view = new DataView(message.buffer);
  view.setUint8(0, frame.kind === 'output' ? OUTPUT : frame.kind === 'input' ? INPUT : ACK);
  view.setUint32(1, frame.streamId);
  if (frame.kind === 'ack') view.setUint32(HEADER_BYTES, frame.byteCount);
  else message.set(frame.bytes, HEADER_BYTES);
  return message;
}

/** The frame in a binary message, its bytes as a view of the message; undefined for what is no frame. */
export function decodeFrame(message: Uint8Array): Frame | undefined {
  if (message.byteLength < HEADER_BYTES) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const streamId = view.getUint32(1);
  switch (view.getUint8(0)) {
    case OUTPUT:
      return { kind: 'output', streamId, bytes: message.subarray(HEADER_BYTES) };
    case INPUT:
      return { kind: 'input', streamId, bytes: message.subarray(HEADER_BYTES) };
    case ACK:
      return message.byteLength === HEADER_BYTES + 4 ? { kind: 'ack', streamId, byteCount: view.getUint32(HEADER_BYTES) } : undefined;
    default:
      return undefined;
  }
}
