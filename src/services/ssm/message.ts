/**
 * The AgentMessage: the one binary frame of Session Manager's data channel, and the payloads it carries. Pure: no I/O, no clock.
 *
 * Decoding never throws: both official decoders crash on a frame under 120 bytes, so everything is bounds-checked here.
 * Numbers and layouts: session-manager-protocol.md, sections 1 to 4.
 */
import { hash, randomFillSync } from 'node:crypto';
import type { TerminalSize } from '../../contract/session.ts';

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

/** First frame of either side, as text. `ClientId` stays the same for the life of a session. */
export interface OpenDataChannel {
  readonly MessageSchemaVersion: '1.0';
  /** Fresh each time. */
  readonly RequestId: string;
  /** Secret. */
  readonly TokenValue: string;
  readonly ClientId: string;
  readonly ClientVersion: string;
}

/** Acknowledgements are per message and matched by sequence number only. They are never acknowledged themselves. */
export interface Acknowledgement {
  readonly AcknowledgedMessageType: string;
  readonly AcknowledgedMessageId: string;
  readonly AcknowledgedMessageSequenceNumber: number;
  readonly IsSequentialMessage: boolean;
}

export interface HandshakeRequest {
  readonly AgentVersion: string;
  readonly RequestedClientActions: readonly RequestedClientAction[];
}

export interface RequestedClientAction {
  /** `SessionType`, `KMSEncryption`, or something newer. */
  readonly ActionType: string;
  readonly ActionParameters: unknown;
}

/** Parameters of the action `SessionType`. `Properties` are null for shells. */
export interface SessionTypeParameters {
  readonly SessionType: string;
  readonly Properties: Readonly<Record<string, unknown>> | null;
}

/** Parameters of the action `KMSEncryption`. */
export interface KmsEncryptionParameters {
  readonly KMSKeyId: string;
  readonly Challenge?: string;
}

/** Result of the action `KMSEncryption`. */
export interface KmsEncryptionResult {
  /** The data key as KMS encrypted it, in base64. */
  readonly KMSCipherTextKey: string;
  readonly KMSCipherTextHash: null;
  readonly ChallengeAcknowledgement?: boolean;
}

export interface HandshakeResponse {
  readonly ClientVersion: string;
  readonly ProcessedClientActions: readonly ProcessedClientAction[];
  readonly Errors: readonly string[] | null;
}

export interface ProcessedClientAction {
  readonly ActionType: string;
  readonly ActionStatus: number;
  readonly ActionResult: unknown;
  readonly Error: string;
}

export interface HandshakeComplete {
  /** Nanoseconds. */
  readonly HandshakeTimeToComplete: number;
  /** For the person, when not empty. */
  readonly CustomerMessage: string;
}

/** Sent by the service when the session is over. `Output` is empty at a normal end. */
export interface ChannelClosed {
  readonly SessionId: string;
  readonly Output: string;
}

export function encodeJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value), 'utf8');
}

export function encodeAcknowledgement(message: AgentMessage): Buffer {
  const acknowledgement: Acknowledgement = {
    AcknowledgedMessageType: message.messageType,
    AcknowledgedMessageId: message.messageId,
    AcknowledgedMessageSequenceNumber: message.sequenceNumber,
    IsSequentialMessage: true,
  };
  return encodeJson(acknowledgement);
}

/** Undefined for anything that names no sequence number. */
export function decodeAcknowledgement(payload: Uint8Array): Acknowledgement | undefined {
  const json = decodeObject(payload);
  const sequenceNumber = json?.['AcknowledgedMessageSequenceNumber'];
  if (json === undefined || typeof sequenceNumber !== 'number' || !Number.isSafeInteger(sequenceNumber) || sequenceNumber < 0) return undefined;
  return {
    AcknowledgedMessageType: textOf(json['AcknowledgedMessageType']),
    AcknowledgedMessageId: textOf(json['AcknowledgedMessageId']),
    AcknowledgedMessageSequenceNumber: sequenceNumber,
    IsSequentialMessage: json['IsSequentialMessage'] === true,
  };
}

export function encodeSize(size: TerminalSize): Buffer {
  return encodeJson({ cols: size.columns, rows: size.rows });
}

export function decodeSize(payload: Uint8Array): TerminalSize | undefined {
  const json = decodeObject(payload);
  const [columns, rows] = [json?.['cols'], json?.['rows']];
  if (typeof columns !== 'number' || typeof rows !== 'number' || !Number.isInteger(columns) || !Number.isInteger(rows) || columns < 1 || rows < 1) return undefined;
  return { columns, rows };
}

export function encodeFlag(flag: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(flag);
  return payload;
}

export function decodeFlag(payload: Uint8Array): number | undefined {
  return payload.length < 4 ? undefined : new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0);
}

export function decodeOpenDataChannel(text: string): OpenDataChannel | undefined {
  const json = parseObject(text);
  if (json === undefined || typeof json['TokenValue'] !== 'string') return undefined;
  return {
    MessageSchemaVersion: '1.0',
    RequestId: textOf(json['RequestId']),
    TokenValue: json['TokenValue'],
    ClientId: textOf(json['ClientId']),
    ClientVersion: textOf(json['ClientVersion']),
  };
}

export function decodeHandshakeRequest(payload: Uint8Array): HandshakeRequest | undefined {
  const json = decodeObject(payload);
  const actions = json?.['RequestedClientActions'];
  if (json === undefined || !Array.isArray(actions)) return undefined;
  return {
    AgentVersion: textOf(json['AgentVersion']),
    RequestedClientActions: actions.filter(isObject).map((action) => ({ ActionType: textOf(action['ActionType']), ActionParameters: action['ActionParameters'] })),
  };
}

export function decodeSessionTypeParameters(parameters: unknown): SessionTypeParameters | undefined {
  if (!isObject(parameters) || typeof parameters['SessionType'] !== 'string') return undefined;
  const properties = parameters['Properties'];
  return { SessionType: parameters['SessionType'], Properties: isObject(properties) ? properties : null };
}

/** Undefined when no key is named. */
export function decodeKmsEncryptionParameters(parameters: unknown): KmsEncryptionParameters | undefined {
  if (!isObject(parameters) || typeof parameters['KMSKeyId'] !== 'string' || parameters['KMSKeyId'] === '') return undefined;
  const challenge = textOf(parameters['Challenge']);
  return { KMSKeyId: parameters['KMSKeyId'], ...(challenge === '' ? {} : { Challenge: challenge }) };
}

/** The `Challenge` of EncChallengeRequest and EncChallengeResponse: an envelope in base64. */
export function decodeEncryptionChallenge(payload: Uint8Array): string | undefined {
  const challenge = decodeObject(payload)?.['Challenge'];
  return typeof challenge === 'string' ? challenge : undefined;
}

export function decodeHandshakeResponse(payload: Uint8Array): HandshakeResponse | undefined {
  const json = decodeObject(payload);
  const actions = json?.['ProcessedClientActions'];
  if (json === undefined || !Array.isArray(actions)) return undefined;
  return {
    ClientVersion: textOf(json['ClientVersion']),
    ProcessedClientActions: actions.filter(isObject).map((action) => ({
      ActionType: textOf(action['ActionType']),
      ActionStatus: typeof action['ActionStatus'] === 'number' ? action['ActionStatus'] : ActionStatus.failed,
      ActionResult: action['ActionResult'],
      Error: textOf(action['Error']),
    })),
    Errors: Array.isArray(json['Errors']) ? json['Errors'].map(textOf) : null,
  };
}

export function decodeHandshakeComplete(payload: Uint8Array): HandshakeComplete | undefined {
  const json = decodeObject(payload);
  if (json === undefined) return undefined;
  const nanoseconds = json['HandshakeTimeToComplete'];
  return { HandshakeTimeToComplete: typeof nanoseconds === 'number' ? nanoseconds : 0, CustomerMessage: textOf(json['CustomerMessage']) };
}

/** `EXIT_CODE: N`; -1 for a program that a signal ended. */
export function decodeExitCode(payload: Uint8Array): { readonly exitCode: number } | undefined {
  const code = /^EXIT_CODE: (-?\d{1,10})$/.exec(Buffer.from(payload).toString('latin1').trim())?.[1];
  return code === undefined ? undefined : { exitCode: Number(code) };
}

/** Lenient: whatever the payload holds, the session is over. */
export function decodeChannelClosed(payload: Uint8Array): ChannelClosed {
  const json = decodeObject(payload) ?? {};
  return { SessionId: textOf(json['SessionId']), Output: textOf(json['Output']) };
}

function decodeObject(payload: Uint8Array): Record<string, unknown> | undefined {
  return parseObject(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8'));
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    // What is no JSON is no payload of ours; callers decide what that means.
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
