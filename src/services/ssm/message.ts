/**
 * The AgentMessage: the one binary frame of Session Manager's data channel. Pure: no I/O, no clock.
 *
 * Decoding never throws: both official decoders crash on a frame under 120 bytes, so everything is bounds-checked here.
 * Numbers and layouts: session-manager-protocol.md, section 1. What it carries: messagePayloads.ts.
 */
import { hash, randomFillSync } from 'node:crypto';

/** Bytes before the payload of every message that official programs write. */
export const MESSAGE_PREFIX_BYTES = 120;
/** HeaderLength: the offset of PayloadLength. */
const HEADER_BYTES = 116;
const MESSAGE_TYPE_BYTES = 32;
const DIGEST_OFFSET = 80;
const DIGEST_BYTES = 32;

export const MessageType = {
  inputStreamData: 'input_stream_data',
  outputStreamData: 'output_stream_data',
  acknowledge: 'acknowledge',
  channelClosed: 'channel_closed',
  startPublication: 'start_publication',
  pausePublication: 'pause_publication',
  agentSessionState: 'agent_session_state',
} as const;

export const PayloadType = {
  none: 0,
  output: 1,
  error: 2,
  size: 3,
  parameter: 4,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  encChallengeRequest: 8,
  encChallengeResponse: 9,
  flag: 10,
  stdErr: 11,
  exitCode: 12,
} as const;

/** Header flags, as bits. Acknowledgements carry both; the agent's first output message carries SYN; all else 0. */
export const HeaderFlag = { syn: 1, fin: 2, synAndFin: 3 } as const;

/** What a payload of type `flag` says. */
export const FlagPayload = { disconnectToPort: 1, terminateSession: 2, connectToPortError: 3 } as const;

export const ActionStatus = { success: 1, failed: 2, unsupported: 3 } as const;

export interface AgentMessage {
  /** Trimmed of padding. Any text may arrive; unknown types are to be ignored. */
  readonly messageType: string;
  readonly schemaVersion: number;
  /** Milliseconds since 1970. Loses precision above 2^53. */
  readonly createdDate: number;
  /** Counts from 0 in each direction; meaningful for stream data only. */
  readonly sequenceNumber: number;
  readonly flags: number;
  /** Canonical UUID text, lower case. */
  readonly messageId: string;
  readonly payloadType: number;
  /** After decoding: a view of the frame. Copy it to keep it, or the whole network chunk stays in memory. */
  readonly payload: Uint8Array;
}

/** A frame that is not a valid message, and why. Official clients drop such a frame without acknowledging it. */
export interface MalformedMessage {
  readonly malformed: string;
}

/**
 * The frame of a message, with the SHA-256 of its payload.
 *
 * @throws RangeError for a type over 32 ASCII bytes, an id that is no UUID, or a number out of range
 */
export function encodeAgentMessage(message: AgentMessage): Buffer {
  return encodeFrame(message, uuidToWire(message.messageId), [message.payload]);
}

/**
 * As `encodeAgentMessage`, with a random id and the payload in parts: for what is sent, thousands of times a second.
 *
 * @param allocate memory for the frame, or undefined to have it made
 */
export function encodeNewMessage(message: Omit<AgentMessage, 'messageId' | 'payload'>, payload: readonly Uint8Array[], allocate?: (frameBytes: number) => Buffer | undefined): Buffer {
  return encodeFrame(message, randomWireId(), payload, allocate);
}

function encodeFrame(message: Omit<AgentMessage, 'messageId' | 'payload'>, wireId: Uint8Array, parts: readonly Uint8Array[], allocate?: (frameBytes: number) => Buffer | undefined): Buffer {
  const payloadBytes = parts.reduce((total, { length }) => total + length, 0);
  if (!/^[\x21-\x7e]{1,32}$/.test(message.messageType)) throw new RangeError(`"${message.messageType}" is no message type`);
  const frameBytes = MESSAGE_PREFIX_BYTES + payloadBytes;
  const frame = allocate?.(frameBytes) ?? Buffer.allocUnsafe(frameBytes);
  frame.writeUInt32BE(HEADER_BYTES, 0);
  frame.fill(0x20, 4, 4 + MESSAGE_TYPE_BYTES);
  frame.write(message.messageType, 4, 'latin1');
  frame.writeUInt32BE(message.schemaVersion, 36);
  writeUint64(frame, message.createdDate, 40);
  writeUint64(frame, message.sequenceNumber, 48);
  writeUint64(frame, message.flags, 56);
  frame.set(wireId, 64);
  frame.writeUInt32BE(message.payloadType, 112);
  frame.writeUInt32BE(payloadBytes, 116);
  let offset = MESSAGE_PREFIX_BYTES;
  for (const part of parts) {
    frame.set(part, offset);
    offset += part.length;
  }
  frame.write(hash('sha256', frame.subarray(MESSAGE_PREFIX_BYTES), 'hex'), DIGEST_OFFSET, 'hex');
  return frame;
}

/** Two words instead of a BigInt: a third of the time of a small frame. */
function writeUint64(frame: Buffer, value: number, offset: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} does not fit`);
  frame.writeUInt32BE(Math.floor(value / 2 ** 32), offset);
  frame.writeUInt32BE(value % 2 ** 32, offset + 4);
}

const POOLED_IDS = 512;
const idPool = Buffer.alloc(16 * POOLED_IDS);
let unusedIds = 0;

/** A random UUID (RFC 9562 section 5.4) as it travels: the halves swapped. A view that the next call may overwrite. */
function randomWireId(): Uint8Array {
  if (unusedIds === 0) {
    randomFillSync(idPool);
    unusedIds = POOLED_IDS;
  }
  unusedIds -= 1;
  const id = idPool.subarray(16 * unusedIds, 16 * (unusedIds + 1));
  // On the wire the second half comes first: the variant is in byte 0, the version in byte 14.
  id[0] = ((id[0] ?? 0) & 0x3f) | 0x80;
  id[14] = ((id[14] ?? 0) & 0x0f) | 0x40;
  return id;
}

/**
 * The message in a frame, or why there is none. Never throws.
 *
 * @param options `checkDigest: false` is what the agent does; a client checks. `start_publication` and `pause_publication` are never
 *   checked at all, as the service sends them with empty fields.
 */
export function decodeAgentMessage(bytes: Uint8Array, options: { readonly checkDigest: boolean } = { checkDigest: true }): AgentMessage | MalformedMessage {
  if (bytes.length < MESSAGE_PREFIX_BYTES) return { malformed: `${bytes.length} bytes are fewer than the ${MESSAGE_PREFIX_BYTES} of a header` };
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const messageType = trimPadding(frame.toString('latin1', 4, 4 + MESSAGE_TYPE_BYTES));
  const exempt = messageType === MessageType.startPublication || messageType === MessageType.pausePublication;
  const headerLength = frame.readUInt32BE(0);
  const headerFits = headerLength >= HEADER_BYTES && headerLength + 4 <= frame.length;
  const createdDate = readUint64(frame, 40);
  const sequenceNumber = readUint64(frame, 48);
  const sequenceFits = sequenceNumber <= Number.MAX_SAFE_INTEGER;
  const payload = frame.subarray(headerFits ? headerLength + 4 : MESSAGE_PREFIX_BYTES);

  if (!exempt) {
    if (!headerFits) return { malformed: `header length ${headerLength} in a frame of ${frame.length} bytes` };
    if (messageType === '') return { malformed: 'no message type' };
    if (createdDate === 0) return { malformed: 'no creation date' };
    if (!sequenceFits) return { malformed: `sequence number ${frame.readBigInt64BE(48)}` };
    // As the official client: a payload length of 0 means that there is nothing to check.
    if (options.checkDigest && frame.readUInt32BE(116) !== 0 && hash('sha256', payload, 'hex') !== frame.toString('hex', DIGEST_OFFSET, DIGEST_OFFSET + DIGEST_BYTES)) {
      return { malformed: 'payload digest differs' };
    }
  }
  return {
    messageType,
    schemaVersion: frame.readUInt32BE(36),
    createdDate,
    sequenceNumber: sequenceFits ? sequenceNumber : 0,
    flags: readUint64(frame, 56),
    messageId: uuidFromWire(frame.subarray(64, 80)),
    payloadType: frame.readUInt32BE(112),
    payload,
  };
}

/** Unsigned, so that what is negative on the wire is beyond every safe integer. Loses precision above 2^53. */
function readUint64(frame: Buffer, offset: number): number {
  return frame.readUInt32BE(offset) * 2 ** 32 + frame.readUInt32BE(offset + 4);
}

/** The 16 bytes of a UUID as they travel: the two halves swapped. */
export function uuidToWire(uuid: string): Buffer {
  const hex = uuid.replaceAll('-', '');
  if (!/^[0-9a-fA-F]{32}$/.test(hex)) throw new RangeError('not a UUID');
  return Buffer.from(hex.slice(16) + hex.slice(0, 16), 'hex');
}

/** The canonical text of a UUID that travelled with its halves swapped. */
export function uuidFromWire(wire: Uint8Array): string {
  const hex = Buffer.from(wire.buffer, wire.byteOffset, wire.byteLength).toString('hex');
  return `${hex.slice(16, 24)}-${hex.slice(24, 28)}-${hex.slice(28, 32)}-${hex.slice(0, 4)}-${hex.slice(4, 16)}`;
}

/** NULs first, then white space, both ends: the service pads some types with NULs, everybody else with spaces. */
function trimPadding(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) === 0) start += 1;
  while (end > start && text.charCodeAt(end - 1) === 0) end -= 1;
  return text.slice(start, end).trim();
}
