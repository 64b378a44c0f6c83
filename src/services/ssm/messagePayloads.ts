/**
 * What messages of Session Manager's data channel carry beside bytes, mostly JSON: acknowledgements, sizes, flags, the handshake. Pure.
 *
 * Decoding never throws; what is not what it should be is undefined. Reference: session-manager-protocol.md, sections 2 to 4 and 7.3.
 */
import type { TerminalSize } from '../../contract/session.ts';
import { ActionStatus, type AgentMessage } from './message.ts';

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
