/**
 * The agent's side of the handshake: what kind of session this is, and the keys of an encrypted one. Session-manager-protocol.md, section 3.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { ActionStatus, PayloadType } from '../services/ssm/message.ts';
import { decodeHandshakeResponse, encodeJson } from '../services/ssm/messagePayloads.ts';
import type { AgentMessage } from '../services/ssm/message.ts';
import type { HandshakeResponse, ProcessedClientAction } from '../services/ssm/messagePayloads.ts';
import { createAgentCipher } from './agentCipher.ts';
import type { AgentCipher } from './agentCipher.ts';
import { SessionFailure, textOf } from './agentPlugin.ts';
import { abilitiesOf, clientMergesOutput } from './agentVersion.ts';
import type { SessionKind, SessionProperties } from './sessionDocuments.ts';

export interface AgentEncryption {
  readonly kmsKeyId: string;
  /** The instance's role asks KMS. @throws Error when the key or the context is another */
  readonly decryptDataKey: (ciphertext: Uint8Array, context: Readonly<Record<string, string>>) => Promise<Uint8Array>;
  /** Refuse a client that does not acknowledge the challenge. */
  readonly requiresChallenge: boolean;
}

export interface HandshakeOptions {
  readonly sessionId: string;
  readonly target: string;
  readonly agentVersion: string;
  readonly kind: SessionKind;
  readonly properties: SessionProperties;
  /** Error output is kept apart: an old client is told what it misses. */
  readonly separateOutput: boolean;
  /** Said to the person at the end of every handshake. */
  readonly notice?: string | undefined;
  readonly encryption?: AgentEncryption | undefined;
  readonly send: (payloadType: number, payload: Uint8Array) => Promise<void>;
  readonly signal: AbortSignal;
}

export interface HandshakeOutcome {
  readonly clientVersion: string;
  readonly cipher?: AgentCipher;
}

export interface AgentHandshake {
  /** Takes the client's answers and throws away all else. Settles when the message may be acknowledged. */
  deliver(message: AgentMessage): Promise<void>;
  /** @throws SessionFailure */
  run(): Promise<HandshakeOutcome>;
  /** True once the client may send data. */
  isComplete(): boolean;
}

const TIMEOUT_MS = 15_000;
const KEY_CHALLENGE_BYTES = 16;
const CIPHER_CHALLENGE_BYTES = 64;
const FIRST_CLIENT_WITH_SEPARATE_OUTPUT = '1.2.312.0';

export function createAgentHandshake(options: HandshakeOptions): AgentHandshake {
  const { encryption, signal } = options;
  const keyChallenge = encryption !== undefined && abilitiesOf(options.agentVersion).encryptionChallenge ? randomBytes(KEY_CHALLENGE_BYTES).toString('base64') : undefined;
  const answered = Promise.withResolvers<HandshakeOutcome>();
  const confirmed = Promise.withResolvers<Buffer>();
  let complete = false;
  // They are looked at one after the other.
  answered.promise.catch(() => {});
  confirmed.promise.catch(() => {});

  const acceptResponse = async (response: HandshakeResponse | undefined): Promise<HandshakeOutcome> => {
    if (response === undefined) throw new SessionFailure('processing of HandshakeResponse message failed');
    const refused = response.ProcessedClientActions.find((action) => action.ActionStatus !== ActionStatus.success);
    if (refused !== undefined) throw new SessionFailure(`${refused.ActionType} failed on client with status ${refused.ActionStatus} error: ${refused.Error}`);
    if (encryption === undefined) return { clientVersion: response.ClientVersion };
    const action = response.ProcessedClientActions.find(({ ActionType }) => ActionType === 'KMSEncryption');
    return { clientVersion: response.ClientVersion, cipher: await openCipher(encryption, action) };
  };

  const openCipher = async (kms: AgentEncryption, action: ProcessedClientAction | undefined): Promise<AgentCipher> => {
    const result: unknown = action?.ActionResult;
    const field = (name: string): unknown => (typeof result === 'object' && result !== null ? Reflect.get(result, name) : undefined);
    const acknowledged = keyChallenge !== undefined && field('ChallengeAcknowledgement') === true;
    if (kms.requiresChallenge && !acknowledged) throw new SessionFailure('KMSEncryption failed: the client does not acknowledge the encryption challenge. Please update the session manager plugin.');
    const ciphertext = field('KMSCipherTextKey');
    try {
      const dataKey = await kms.decryptDataKey(Buffer.from(typeof ciphertext === 'string' ? ciphertext : '', 'base64'), {
        'aws:ssm:SessionId': options.sessionId,
        'aws:ssm:TargetId': options.target,
        ...(acknowledged ? { 'aws:ssm:RandomChallenge': keyChallenge } : {}),
      });
      return createAgentCipher(dataKey);
    } catch (error) {
      throw new SessionFailure(`Fetching data key failed: Unable to retrieve data key, Error when decrypting data key ${textOf(error)}`);
    }
  };

  const inTime = async <T>(promise: Promise<T>, tooLate: string): Promise<T> => {
    const given = new AbortController();
    const late = wait(TIMEOUT_MS, undefined, { signal: AbortSignal.any([signal, given.signal]), ref: false }).then(() => {
      throw new SessionFailure(tooLate);
    });
    late.catch(() => {});
    return Promise.race([promise, late]).finally(() => given.abort());
  };

  const confirmCipher = async (cipher: AgentCipher): Promise<void> => {
    const secret = randomBytes(CIPHER_CHALLENGE_BYTES);
    await options.send(PayloadType.encChallengeRequest, encodeJson({ Challenge: cipher.encrypt(secret).toString('base64') }));
    const envelope = await inTime(confirmed.promise, 'Timed out waiting for encryption challenge.');
    const returned = tryDecrypt(cipher, envelope);
    if (returned?.length !== secret.length || !timingSafeEqual(returned, secret)) throw new SessionFailure('Encryption challenge does not match!');
  };

  return {
    async deliver(message) {
      if (message.payloadType === PayloadType.handshakeResponse) {
        const outcome = acceptResponse(decodeHandshakeResponse(message.payload));
        answered.resolve(outcome);
        // Acknowledged once KMS has answered, as the official agent does.
        await outcome.catch(() => {});
      } else if (message.payloadType === PayloadType.encChallengeResponse) {
        confirmed.resolve(Buffer.from(readChallenge(message.payload), 'base64'));
      }
    },
    async run() {
      const startedAt = process.hrtime.bigint();
      await options.send(PayloadType.handshakeRequest, encodeJson(requestOf(options, keyChallenge)));
      const outcome = await inTime(answered.promise, 'Handshake timed out. Please ensure that you have the latest version of the session manager plugin.');
      if (outcome.cipher !== undefined) await confirmCipher(outcome.cipher);
      const warning = `Please update session manager plugin version (minimum required version ${FIRST_CLIENT_WITH_SEPARATE_OUTPUT}) for fully support of separate StdOut/StdErr output.\r\n`;
      const customerMessage = (options.notice ?? '') + (options.separateOutput && clientMergesOutput(outcome.clientVersion) ? warning : '') + (outcome.cipher === undefined ? '' : 'This session is encrypted using AWS KMS.');
      complete = true;
      await options.send(PayloadType.handshakeComplete, encodeJson({ HandshakeTimeToComplete: Number(process.hrtime.bigint() - startedAt), CustomerMessage: customerMessage }));
      return outcome;
    },
    isComplete: () => complete,
  };
}

/** Its keys in the order that Go writes them. */
function requestOf({ agentVersion, kind, properties, encryption }: HandshakeOptions, keyChallenge: string | undefined): unknown {
  const sorted = Object.fromEntries(Object.entries(properties).sort(([left], [right]) => (left < right ? -1 : 1)));
  const actions: unknown[] = [{ ActionType: 'SessionType', ActionParameters: { SessionType: kind, Properties: kind === 'Port' ? sorted : null } }];
  if (encryption !== undefined) actions.push({ ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: encryption.kmsKeyId, ...(keyChallenge === undefined ? {} : { Challenge: keyChallenge }) } });
  return { AgentVersion: agentVersion, RequestedClientActions: actions };
}

function readChallenge(payload: Uint8Array): string {
  try {
    const json: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    const challenge: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'Challenge') : undefined;
    return typeof challenge === 'string' ? challenge : '';
  } catch {
    // No JSON is no challenge, which does not match.
    return '';
  }
}

function tryDecrypt(cipher: AgentCipher, envelope: Uint8Array): Buffer | undefined {
  try {
    return cipher.decrypt(envelope);
  } catch {
    // Another key, or no envelope at all.
    return undefined;
  }
}
