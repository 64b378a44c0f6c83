/**
 * The agent's side of a session's encryption: AES-256-GCM with the two halves of a data key from KMS. Session-manager-protocol.md, section 3.1.
 *
 * Written apart from the client's, so that the two check each other.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** 32 bytes for each direction. */
export const DATA_KEY_BYTES = 64;
const HALF_KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NONCE_WORDS = 3;

export interface AgentCipher {
  /** nonce, ciphertext, tag. */
  encrypt(plaintext: Uint8Array): Buffer;
  /** @throws Error for what the client did not encrypt with this key */
  decrypt(envelope: Uint8Array): Buffer;
}

/** @param firstNonce 12 bytes; absent: random. Never the same twice under one key */
export function createAgentCipher(dataKey: Uint8Array, firstNonce: Uint8Array = randomBytes(NONCE_BYTES)): AgentCipher {
  if (dataKey.length !== DATA_KEY_BYTES) throw new Error(`a data key has ${DATA_KEY_BYTES} bytes`);
  const encryptionKey = dataKey.subarray(0, HALF_KEY_BYTES);
  const decryptionKey = dataKey.subarray(HALF_KEY_BYTES);
  let nonce: Buffer = Buffer.from(firstNonce);
  return {
    encrypt(plaintext) {
      const cipher = createCipheriv('aes-256-gcm', encryptionKey, nonce, { authTagLength: TAG_BYTES });
      const envelope = Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
      nonce = nextNonce(nonce);
      return envelope;
    },
    decrypt(envelope) {
      if (envelope.length < NONCE_BYTES + TAG_BYTES) throw new Error('too short for an encrypted payload');
      const decipher = createDecipheriv('aes-256-gcm', decryptionKey, envelope.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAuthTag(envelope.subarray(envelope.length - TAG_BYTES));
      return Buffer.concat([decipher.update(envelope.subarray(NONCE_BYTES, envelope.length - TAG_BYTES)), decipher.final()]);
    },
  };
}

/** One more, as three little-endian words with the carry from the first to the last. */
export function nextNonce(nonce: Uint8Array): Buffer {
  const next = Buffer.from(nonce);
  for (let word = 0; word < NONCE_WORDS; word += 1) {
    const value = (next.readUInt32LE(word * 4) + 1) >>> 0;
    next.writeUInt32LE(value, word * 4);
    if (value !== 0) break;
  }
  return next;
}
