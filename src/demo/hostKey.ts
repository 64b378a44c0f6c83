/**
 * The SSH host key of a demo host: the same instance of the same demo always shows the same key, so a saved host key stays right.
 */
import { createHmac, createPrivateKey, createPublicKey } from 'node:crypto';

export interface HostKeyPair {
  /** OpenSSH private key text, without passphrase. */
  readonly privateKey: string;
  /** `ssh-ed25519 <base64>`, as a known_hosts line has it after the host name. */
  readonly publicLine: string;
}

/** RFC 8410 section 7: everything of an ed25519 PKCS#8 key before its 32 secret bytes. */
const PKCS8_ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const KEY_TYPE = 'ssh-ed25519';
/** OpenSSH pads the private section to the cipher's block; `none` counts as 8. */
const BLOCK_BYTES = 8;

/** The ed25519 pair that HMAC-SHA256 of `seed` gives for `instanceId`. */
export function createHostKey(seed: Uint8Array, instanceId: string): HostKeyPair {
  const secret = createHmac('sha256', seed).update(`postern demo host key ${KEY_TYPE} ${instanceId}`).digest();
  const publicKey = publicBytes(secret);
  const publicBlob = Buffer.concat([text(KEY_TYPE), field(publicKey)]);
  return { privateKey: toOpenSsh(secret, publicKey, publicBlob), publicLine: `${KEY_TYPE} ${publicBlob.toString('base64')}` };
}

function publicBytes(secret: Buffer): Buffer {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519_PREFIX, secret]), format: 'der', type: 'pkcs8' });
  const jwk = createPublicKey(key).export({ format: 'jwk' });
  return Buffer.from(jwk.x ?? '', 'base64url');
}

/** The openssh-key-v1 format (OpenSSH's PROTOCOL.key): ssh2 does not read PKCS#8. */
function toOpenSsh(secret: Buffer, publicKey: Buffer, publicBlob: Buffer): string {
  // Two equal numbers that would show a wrong passphrase. Random in OpenSSH, derived here to keep the text the same every time.
  const check = publicKey.subarray(0, 4);
  const unpadded = Buffer.concat([check, check, text(KEY_TYPE), field(publicKey), field(Buffer.concat([secret, publicKey])), text('')]);
  const paddingBytes = (BLOCK_BYTES - (unpadded.length % BLOCK_BYTES)) % BLOCK_BYTES;
  const padding = Buffer.from(Array.from({ length: paddingBytes }, (_, index) => index + 1));
  const keyCount = Buffer.from([0, 0, 0, 1]);
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0', 'latin1'),
    text('none'),
    text('none'),
    text(''),
    keyCount,
    field(publicBlob),
    field(Buffer.concat([unpadded, padding])),
  ]);
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

/** RFC 4251 section 5, `string`. */
function field(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function text(value: string): Buffer {
  return field(Buffer.from(value, 'latin1'));
}
