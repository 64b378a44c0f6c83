/**
 * Writes keys the way OpenSSH writes them: the public blob of RFC 4253 section 6.6 and the openssh-key-v1 private file.
 *
 * Private files are written without encryption, as they go into a keychain (or our encrypted file) and nowhere else. ssh2
 * reads this form; it does not read PKCS#8.
 *
 * @see https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
 */
import { randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import * as z from 'zod';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { Secret } from '../base/secret.ts';

/** Curve names of RFC 7518 and of RFC 5656, and the length of a coordinate in bytes. */
const curves = { 'P-256': { name: 'nistp256', bytes: 32 }, 'P-384': { name: 'nistp384', bytes: 48 }, 'P-521': { name: 'nistp521', bytes: 66 } } as const;

const Jwk = z.discriminatedUnion('kty', [
  z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), d: z.string() }),
  z.object({ kty: z.literal('RSA'), n: z.string(), e: z.string(), d: z.string(), p: z.string(), q: z.string(), qi: z.string() }),
  z.object({ kty: z.literal('EC'), crv: z.enum(['P-256', 'P-384', 'P-521']), x: z.string(), y: z.string(), d: z.string() }),
]);

/** A private key in OpenSSH's forms. */
export interface OpenSshKey {
  /** e.g. `ssh-ed25519`. */
  readonly algorithm: string;
  readonly publicBlob: Uint8Array;
  /** Text of an unencrypted OpenSSH private key file. */
  readonly privateKey: Secret;
}

/** @throws PosternError `key.unsupported` when SSH has no such key */
export function toOpenSshKey(key: KeyObject): OpenSshKey {
  const { algorithm, publicFields, privateFields } = toFields(key);
  const publicBlob = concat([text(algorithm), ...publicFields]);
  // Twice the same random number: a reader knows by it that decryption worked.
  const check = randomBytes(4);
  const unpadded = concat([check, check, text(algorithm), ...privateFields, text('')]);
  // Padded with 1, 2, 3, ... to the block length of the cipher, which for `none` is 8.
  const section = concat([unpadded, Uint8Array.from({ length: (8 - (unpadded.length % 8)) % 8 }, (_, index) => index + 1)]);
  const file = concat([new TextEncoder().encode('openssh-key-v1\0'), text('none'), text('none'), text(''), uint32(1), string(publicBlob), string(section)]);
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  const privateKey = Secret.fromText(`-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`);
  for (const bytes of [unpadded, section, file, ...privateFields]) bytes.fill(0);
  return { algorithm, publicBlob, privateKey };
}

function toFields(key: KeyObject): { algorithm: string; publicFields: Buffer[]; privateFields: Buffer[] } {
  const parsed = Jwk.safeParse(exportJwk(key));
  if (!parsed.success) throw unsupported(key);
  const jwk = parsed.data;
  switch (jwk.kty) {
    case 'OKP': {
      const publicKey = decode(jwk.x);
      return { algorithm: 'ssh-ed25519', publicFields: [string(publicKey)], privateFields: [string(publicKey), string(concat([decode(jwk.d), publicKey]))] };
    }
    case 'RSA': {
      const [n, e, d, qi, p, q] = [jwk.n, jwk.e, jwk.d, jwk.qi, jwk.p, jwk.q].map((value) => integer(decode(value)));
      if (n === undefined || e === undefined || d === undefined || qi === undefined || p === undefined || q === undefined) throw unsupported(key);
      return { algorithm: 'ssh-rsa', publicFields: [e, n], privateFields: [n, e, d, qi, p, q] };
    }
    case 'EC': {
      const curve = curves[jwk.crv];
      const point = concat([Uint8Array.of(4), padStart(decode(jwk.x), curve.bytes), padStart(decode(jwk.y), curve.bytes)]);
      const publicFields = [text(curve.name), string(point)];
      return { algorithm: `ecdsa-sha2-${curve.name}`, publicFields, privateFields: [...publicFields.map((field) => Buffer.from(field)), integer(decode(jwk.d))] };
    }
  }
}

function exportJwk(key: KeyObject): unknown {
  try {
    return key.export({ format: 'jwk' });
  } catch (cause) {
    throw unsupported(key, cause);
  }
}

function unsupported(key: KeyObject, cause?: unknown): PosternError {
  return new PosternError(
    { code: 'key.unsupported', message: say`SSH has no keys of the type ${key.asymmetricKeyType ?? 'unknown'}${curveOf(key)}.`, remedy: say`Use an ed25519, RSA or ECDSA (nistp256, nistp384, nistp521) key.` },
    { cause },
  );
}

function curveOf(key: KeyObject): string {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  return curve === undefined ? '' : ` (${curve})`;
}

/** RFC 4251 section 5: `string`. */
function string(bytes: Uint8Array): Buffer {
  return concat([uint32(bytes.length), bytes]);
}

function text(value: string): Buffer {
  return string(new TextEncoder().encode(value));
}

/** RFC 4251 section 5: `mpint` of a positive number: no leading zeros, but one where the first bit is set. */
function integer(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start === -1 ? new Uint8Array(0) : bytes.subarray(start);
  return string((digits[0] ?? 0) >= 0x80 ? concat([Uint8Array.of(0), digits]) : digits);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function padStart(bytes: Uint8Array, length: number): Uint8Array {
  return concat([new Uint8Array(Math.max(0, length - bytes.length)), bytes]);
}

function decode(base64url: string): Buffer {
  return Buffer.from(base64url, 'base64url');
}

function concat(parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(parts);
}
