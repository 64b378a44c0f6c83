/**
 * The fingerprints a key may have: OpenSSH's one, and the forms EC2 uses.
 *
 * @see specs/session-manager-protocol.md section 11
 */
import { createHash, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** `SHA256:` and 43 base64 characters, as `ssh-keygen -l` prints it. */
export function openSshFingerprint(publicBlob: Uint8Array): string {
  return `SHA256:${sha256Base64(publicBlob).replaceAll('=', '')}`;
}

/**
 * Every `KeyFingerprint` EC2 may show for this private key.
 *
 * RSA has two, as EC2 hashes the private half of a pair it made (SHA-1) and the public half of one that was imported (MD5).
 * ECDSA has none: EC2 takes no such keys. None of them is secret: EC2 shows them.
 *
 * @param publicBlob the key in SSH's wire form
 */
export function ec2Fingerprints(key: KeyObject, publicBlob: Uint8Array): readonly string[] {
  switch (key.asymmetricKeyType) {
    case 'rsa': {
      const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
      const created = colonHex('sha1', pkcs8);
      pkcs8.fill(0);
      return [created, colonHex('md5', createPublicKey(key).export({ type: 'spki', format: 'der' }))];
    }
    case 'ed25519':
      return [sha256Base64(publicBlob)];
    default:
      return [];
  }
}

/** Those that follow from the public half alone: all but that of an RSA pair that EC2 made. */
export function ec2PublicFingerprints(keyType: string, rsa: KeyObject | undefined, publicBlob: Uint8Array): readonly string[] {
  if (rsa !== undefined) return [colonHex('md5', rsa.export({ type: 'spki', format: 'der' }))];
  return keyType === 'ed25519' ? [sha256Base64(publicBlob)] : [];
}

/** Whether EC2's fingerprint is one of a key's own; a `SHA256:` in front and the `=` at the end make no difference. */
export function isSameEc2Fingerprint(own: readonly string[], ec2KeyFingerprint: string): boolean {
  return own.some((candidate) => withoutMarks(candidate) === withoutMarks(ec2KeyFingerprint));
}

function withoutMarks(fingerprint: string): string {
  return fingerprint.trim().replace(/^SHA256:/, '').replace(/=+$/, '');
}

function sha256Base64(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}

function colonHex(algorithm: 'md5' | 'sha1', bytes: Uint8Array): string {
  return (createHash(algorithm).update(bytes).digest('hex').match(/../g) ?? []).join(':');
}
