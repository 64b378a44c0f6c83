/** An RSA key as EC2 keeps it (one authorized_keys line) made into one that encrypts. */
import { createPublicKey, type KeyObject } from 'node:crypto';

/** Undefined for a key of another type. @see RFC 4253 section 6.6 */
export function rsaKeyOf(publicKey: string): KeyObject | undefined {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  const fields: Buffer[] = [];
  for (let at = 0; at + 4 <= blob.length; ) {
    const length = blob.readUInt32BE(at);
    fields.push(blob.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  const [algorithm, exponent, modulus] = fields;
  if (algorithm?.toString() !== 'ssh-rsa' || exponent === undefined || modulus === undefined) return undefined;
  // An mpint may begin with a zero octet; a JWK must not.
  const toText = (integer: Buffer): string => integer.subarray(integer[0] === 0 ? 1 : 0).toString('base64url');
  return createPublicKey({ key: { kty: 'RSA', n: toText(modulus), e: toText(exponent) }, format: 'jwk' });
}
