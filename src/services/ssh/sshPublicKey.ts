/**
 * Public keys in SSH's binary form (RFC 4253 section 6.6, RFC 5656, RFC 8709): their shape, and what they signed.
 */
import { createPublicKey, verify } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import type { WireReader } from './sshWire.ts';
import { readWire, wireBytes, WireFault } from './sshWire.ts';

/** NIST recommends no less since 2014 (SP 800-57); OpenSSH's own limit, 1024, can be computed through by a state. */
const RSA_MODULUS_MIN_BITS = 2048;

const curves: Readonly<Record<string, { readonly jwk: string; readonly bytes: number; readonly hash: string } | undefined>> = {
  nistp256: { jwk: 'P-256', bytes: 32, hash: 'sha256' },
  nistp384: { jwk: 'P-384', bytes: 48, hash: 'sha384' },
  nistp521: { jwk: 'P-521', bytes: 66, hash: 'sha512' },
};

/** How many fields follow the name of a key type. */
const fieldCounts: Readonly<Record<string, number>> = {
  'ssh-ed25519': 1,
  'ssh-rsa': 2,
  'ssh-dss': 4,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'sk-ssh-ed25519@openssh.com': 2,
  'sk-ecdsa-sha2-nistp256@openssh.com': 3,
};

/** The name of the key type a blob begins with. @throws WireFault */
export function keyTypeOf(blob: Uint8Array): string {
  return readWire(blob).text();
}

/** The fields of a key after its type's name. @throws WireFault for a type SSH does not have */
export function readKeyFields(keyType: string, reader: WireReader): Uint8Array[] {
  const count = Object.hasOwn(fieldCounts, keyType) ? fieldCounts[keyType] : undefined;
  if (count === undefined) throw new WireFault(`"${keyType}" is no type of key that is known here`);
  const fields = Array.from({ length: count }, () => reader.bytes());
  const curve = /^(?:sk-)?ecdsa-sha2-([^@]*)/.exec(keyType)?.[1];
  if (curve !== undefined && Buffer.from(fields[0] ?? []).toString('latin1') !== curve) throw new WireFault(`a key of type ${keyType} is on another curve`);
  return fields;
}

/** A whole key, and nothing after it. @throws WireFault */
export function checkPublicKey(blob: Uint8Array): void {
  const reader = readWire(blob);
  readKeyFields(reader.text(), reader);
  reader.end();
}

/** A key from its parts. */
export function toKeyBlob(keyType: string, fields: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([wireBytes(keyType), ...fields.map(wireBytes)]);
}

/**
 * Whether a key made a signature. SHA-1 (`ssh-rsa`), short RSA keys, DSA and FIDO keys are refused.
 *
 * @throws WireFault for a key or signature that is malformed or of a kind that is refused
 */
export function verifySignature(keyBlob: Uint8Array, signed: Uint8Array, signatureBlob: Uint8Array): boolean {
  const key = readWire(keyBlob);
  const keyType = key.text();
  const fields = readKeyFields(keyType, key);
  key.end();
  const reader = readWire(signatureBlob);
  const algorithm = reader.text();
  const signature = reader.bytes();
  reader.end();
  const [first = new Uint8Array(), second = new Uint8Array()] = fields;
  switch (keyType) {
    case 'ssh-ed25519':
      expectAlgorithm(algorithm, keyType);
      return verify(null, signed, toKeyObject({ kty: 'OKP', crv: 'Ed25519', x: base64url(first) }), signature);
    case 'ssh-rsa': {
      if (algorithm !== 'rsa-sha2-256' && algorithm !== 'rsa-sha2-512') throw new WireFault(`the signature is of the kind ${algorithm}, which is not accepted`);
      const publicKey = toKeyObject({ kty: 'RSA', e: base64url(first), n: base64url(second) });
      if ((publicKey.asymmetricKeyDetails?.modulusLength ?? 0) < RSA_MODULUS_MIN_BITS) throw new WireFault(`the RSA key that signed has less than ${RSA_MODULUS_MIN_BITS} bits`);
      return verify(algorithm === 'rsa-sha2-256' ? 'sha256' : 'sha512', signed, publicKey, signature);
    }
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521': {
      expectAlgorithm(algorithm, keyType);
      const curve = curves[keyType.slice('ecdsa-sha2-'.length)];
      if (curve === undefined || second.length !== 1 + 2 * curve.bytes || second[0] !== 4) throw new WireFault('the point of an ECDSA key is malformed');
      const publicKey = toKeyObject({ kty: 'EC', crv: curve.jwk, x: base64url(second.subarray(1, 1 + curve.bytes)), y: base64url(second.subarray(1 + curve.bytes)) });
      return verify(curve.hash, signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, toFixedLength(signature, curve.bytes));
    }
    default:
      throw new WireFault(`signatures by keys of type ${keyType} are not accepted`);
  }
}


function expectAlgorithm(algorithm: string, expected: string): void {
  if (algorithm !== expected) throw new WireFault(`the signature is of the kind ${algorithm}, its key of the kind ${expected}`);
}

function toKeyObject(key: JsonWebKey): KeyObject {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch (cause) {
    throw new WireFault('the key that signed is malformed', { cause });
  }
}

/** The two numbers of an ECDSA signature (RFC 5656 section 3.1.2) side by side. */
function toFixedLength(signature: Uint8Array, bytes: number): Uint8Array {
  const reader = readWire(signature);
  const numbers = [reader.bytes(), reader.bytes()].map((number) => {
    const digits = number[0] === 0 ? number.subarray(1) : number;
    if (digits.length > bytes) throw new WireFault('an ECDSA signature is longer than its curve allows');
    return Buffer.concat([Buffer.alloc(bytes - digits.length), digits]);
  });
  reader.end();
  return Buffer.concat(numbers);
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
