/**
 * Host certificates in a handshake: the names by which they are asked for, and the host's signature under the key that a
 * certificate is about (PROTOCOL.certkeys of OpenSSH). Whether the certificate proves the host is known_hosts' question.
 */
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { offersHostCertificates } from '../base/loadSsh2.ts';
import { parseCertificate } from './hostCertificate.ts';
import { verifySignature } from './sshPublicKey.ts';
import { readWire, WireFault } from './sshWire.ts';

const SUFFIX = '-cert-v01@openssh.com';

/** The type of each certificate and the algorithms that ask for it (RFC 8332: one RSA key signs in several ways). */
const algorithmsOf: readonly (readonly [string, readonly string[]])[] = [
  ...['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'].map((type) => [type + SUFFIX, [type + SUFFIX]] as const),
  [`ssh-rsa${SUFFIX}`, [`rsa-sha2-512${SUFFIX}`, `rsa-sha2-256${SUFFIX}`]],
];

/** What a host is asked for whose authority is known; nothing where ssh2 cannot be taught it. In order of preference. */
export function certificateTypes(): string[] {
  return offersHostCertificates() ? algorithmsOf.map(([type]) => type) : [];
}

/** Not among the names that ssh2's types know: base/loadSsh2.ts adds them to ssh2. */
export function certificateAlgorithms(types: readonly string[]): ServerHostKeyAlgorithm[] {
  return algorithmsOf.filter(([type]) => types.includes(type)).flatMap(([, algorithms]) => algorithms) as unknown as ServerHostKeyAlgorithm[];
}

/** What a connection's protocol is given; see the edits in base/ssh2Kex.ts. */
export const hostCertificates = {
  /** The type of the key a host shows for an algorithm of ours; undefined for those that ask for a bare key. */
  keyTypeOf: (algorithm: string): string | undefined => algorithmsOf.find(([, algorithms]) => algorithms.includes(algorithm))?.[0],

  /** @returns undefined for an algorithm that asks for a bare key, which ssh2 checks itself */
  verify(algorithm: string, shown: Uint8Array, signature: Uint8Array, exchangeHash: Uint8Array): boolean | undefined {
    const expected = hostCertificates.keyTypeOf(algorithm);
    if (expected === undefined) return undefined;
    try {
      const { certificateType, keyBlob } = parseCertificate(shown);
      const isAsAgreed = certificateType === expected && readWire(signature).text() === algorithm.slice(0, -SUFFIX.length);
      return isAsAgreed && verifySignature(keyBlob, exchangeHash, signature);
    } catch (fault) {
      if (fault instanceof WireFault) return false;
      throw fault;
    }
  },
};
