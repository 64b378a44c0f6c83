/** The numbers in PuTTY's key blobs, as the JSON Web Key that node:crypto takes. */
import type { JsonWebKey } from 'node:crypto';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';

const curves: Readonly<Record<string, { readonly crv: string; readonly bytes: number } | undefined>> = {
  'ecdsa-sha2-nistp256': { crv: 'P-256', bytes: 32 },
  'ecdsa-sha2-nistp384': { crv: 'P-384', bytes: 48 },
  'ecdsa-sha2-nistp521': { crv: 'P-521', bytes: 66 },
};

const ED25519_BYTES = 32;

/** @throws RangeError for bytes that are no such key; PosternError `key.unsupported` for a type SSH has no use for */
export function jwkOf(algorithm: string, publicBlob: Buffer, privateBlob: Buffer): JsonWebKey {
  const open = fieldsOf(publicBlob);
  if (open().toString('latin1') !== algorithm) throw new RangeError('the public half is of another type');
  const hidden = fieldsOf(privateBlob);
  switch (algorithm) {
    case 'ssh-ed25519': {
      // A little-endian number without its leading, that is last, zeros.
      const seed = hidden();
      if (seed.length > ED25519_BYTES) throw new RangeError('too long');
      return { kty: 'OKP', crv: 'Ed25519', x: base64url(open()), d: base64url(Buffer.concat([seed, Buffer.alloc(ED25519_BYTES - seed.length)])) };
    }
    case 'ssh-rsa': {
      const [e, n] = [open(), open()];
      const [d, p, q, qi] = [hidden(), hidden(), hidden(), hidden()];
      const [dp, dq] = [p, q].map((prime) => modulo(d, prime)) as [Buffer, Buffer];
      return { kty: 'RSA', ...mapped({ e, n, d, p, q, dp, dq, qi }) };
    }
    default: {
      const curve = Object.hasOwn(curves, algorithm) ? curves[algorithm] : undefined;
      if (curve === undefined) {
        const old = algorithm === 'ssh-dss';
        throw new PosternError({ code: 'key.unsupported', message: old ? say`This is a DSA key, which SSH servers no longer accept.` : say`Postern does not use keys of the type ${algorithm}.`, remedy: say`Generate an ed25519 key and add its public half to the host.` });
      }
      // The name of the curve.
      open();
      const point = open();
      if (point[0] !== 4 || point.length !== 1 + 2 * curve.bytes) throw new RangeError('the point is malformed');
      return { kty: 'EC', crv: curve.crv, x: base64url(point.subarray(1, 1 + curve.bytes)), y: base64url(point.subarray(1 + curve.bytes)), d: base64url(fixedLength(hidden(), curve.bytes)) };
    }
  }
}

/** RFC 4251's fields one after the other; what follows the last one is padding. */
function fieldsOf(blob: Buffer): () => Buffer {
  let at = 0;
  return () => {
    const length = blob.readUInt32BE(at);
    const value = blob.subarray(at + 4, at + 4 + length);
    if (value.length !== length) throw new RangeError('a field is longer than the key');
    at += 4 + length;
    return value;
  };
}

/** d mod (prime - 1), which JSON Web Keys want and PuTTY leaves out. */
function modulo(d: Buffer, prime: Buffer): Buffer {
  const hex = (toBigInt(d) % (toBigInt(prime) - 1n)).toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
}

function toBigInt(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex') || '0'}`);
}

function mapped(numbers: Readonly<Record<string, Buffer>>): Record<string, string> {
  return Object.fromEntries(Object.entries(numbers).map(([name, number]) => [name, base64url(withoutZeros(number))]));
}

function fixedLength(number: Buffer, bytes: number): Buffer {
  const digits = withoutZeros(number);
  if (digits.length > bytes) throw new RangeError('too long');
  return Buffer.concat([Buffer.alloc(bytes - digits.length), digits]);
}

function withoutZeros(number: Buffer): Buffer {
  const start = number.findIndex((byte) => byte !== 0);
  return start === -1 ? Buffer.alloc(0) : number.subarray(start);
}

function base64url(bytes: Buffer): string {
  return bytes.toString('base64url');
}
