/**
 * KMS encryption of a shell or command session: AES-256-GCM over each payload, with a data key that KMS made for the session.
 *
 * An envelope is nonce, ciphertext and tag. Bytes 0 to 31 of the data key are the agent's to encrypt with, 32 to 63 the client's.
 * Reference: session-manager-protocol.md section 3.1.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { Secret } from '../base/secret.ts';
import type { KmsEncryptionParameters } from './messagePayloads.ts';

export const DATA_KEY_BYTES = 64;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** What an envelope is longer than its content. */
export const ENVELOPE_BYTES = NONCE_BYTES + TAG_BYTES;
const CHALLENGE_BYTES = 64;

export interface DataKeyRequest {
  /** The ARN that the agent named. */
  readonly keyId: string;
  readonly encryptionContext: Readonly<Record<string, string>>;
}

/** What GenerateDataKey answers for 64 bytes. */
export interface DataKey {
  readonly plaintext: Secret;
  /** For the agent, which asks KMS to decrypt it with the same context. */
  readonly ciphertextBlob: Uint8Array;
}

/** @param target as given to StartSession */
export function encryptionContext(sessionId: string, target: string, { Challenge: challenge }: KmsEncryptionParameters): Record<string, string> {
  return {
    'aws:ssm:SessionId': sessionId,
    'aws:ssm:TargetId': target,
    ...(challenge === undefined ? {} : { 'aws:ssm:RandomChallenge': challenge }),
  };
}

export class SessionCipher {
  readonly #agentKey: Uint8Array;
  readonly #clientKey: Uint8Array;

  /** @throws PosternError `ssm.protocol` for a key of another length */
  constructor(dataKey: Uint8Array) {
    if (dataKey.length !== DATA_KEY_BYTES) throw new PosternError({ code: 'ssm.protocol', message: say`KMS answered with a data key of ${dataKey.length} bytes instead of ${DATA_KEY_BYTES}.` });
    this.#agentKey = Uint8Array.prototype.slice.call(dataKey, 0, KEY_BYTES);
    this.#clientKey = Uint8Array.prototype.slice.call(dataKey, KEY_BYTES);
  }

  /** @param nonce never used twice with one key; random unless a test says otherwise */
  encrypt(content: Uint8Array, nonce: Uint8Array = randomBytes(NONCE_BYTES)): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.#clientKey, nonce);
    return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws PosternError `ssm.protocol` for what the agent did not encrypt with this session's key */
  decrypt(envelope: Uint8Array): Buffer {
    if (envelope.length < ENVELOPE_BYTES) throw notEncryptedHere();
    const decipher = createDecipheriv('aes-256-gcm', this.#agentKey, envelope.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(envelope.subarray(-TAG_BYTES));
    const content = decipher.update(envelope.subarray(NONCE_BYTES, -TAG_BYTES));
    try {
      return Buffer.concat([content, decipher.final()]);
    } catch (cause) {
      throw notEncryptedHere(cause);
    }
  }

  /**
   * The agent's challenge, answered: the same 64 bytes, encrypted with the client's half.
   *
   * @throws PosternError `ssm.protocol`
   */
  answerChallenge(challenge: string, nonce?: Uint8Array): string {
    const content = this.decrypt(Buffer.from(challenge, 'base64'));
    // Anything else is not the agent's, and would make this side encrypt what somebody chose.
    if (content.length !== CHALLENGE_BYTES) throw notEncryptedHere();
    return this.encrypt(content, nonce).toString('base64');
  }

  /** The keys are of no more use. */
  wipe(): void {
    this.#agentKey.fill(0);
    this.#clientKey.fill(0);
  }
}

function notEncryptedHere(cause?: unknown): PosternError {
  return new PosternError(
    { code: 'ssm.protocol', message: say`A message of the session is not encrypted with the session's key.`, remedy: say`Open a new session. If it comes again, something between this computer and the agent changes the data.` },
    { cause },
  );
}
