/**
 * What Postern offers in an SSH handshake: no SHA-1, no CBC, no group 1, AES-GCM first.
 *
 * ssh2 adds strict key exchange (`kex-strict-c-v00@openssh.com`) and `ext-info-c` to every client offer by itself.
 */
import { getCiphers } from 'node:crypto';
import { createRequire } from 'node:module';
import type { CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from 'ssh2';

export interface SshAlgorithms {
  readonly kex: KexAlgorithm[];
  readonly cipher: CipherAlgorithm[];
  readonly hmac: MacAlgorithm[];
  readonly serverHostKey: ServerHostKeyAlgorithm[];
  readonly compress: ['none'];
}

const kex: readonly KexAlgorithm[] = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group18-sha512',
  'diffie-hellman-group14-sha256',
];

/** Each cipher with the name OpenSSL has for it: Electron's BoringSSL lacks ChaCha20, and ssh2 throws when told a cipher it cannot do. */
const ciphers: readonly (readonly [CipherAlgorithm, string])[] = [
  ['aes128-gcm@openssh.com', 'aes-128-gcm'],
  ['aes256-gcm@openssh.com', 'aes-256-gcm'],
  ['aes128-ctr', 'aes-128-ctr'],
  ['aes192-ctr', 'aes-192-ctr'],
  ['aes256-ctr', 'aes-256-ctr'],
  ['chacha20-poly1305@openssh.com', 'chacha20'],
];

const hmac: readonly MacAlgorithm[] = ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'];

/** The signature algorithms of each host key type (RFC 8332: one RSA key signs in several ways). */
const hostKeyAlgorithms: readonly (readonly [string, readonly ServerHostKeyAlgorithm[]])[] = [
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
];

/**
 * The offer for a server whose keys of `knownKeyTypes` are already trusted.
 *
 * The server shows the first host key type of our list that it has, so the known ones go first: otherwise a host with several
 * keys would show one we have never seen, and look changed.
 *
 * @param knownKeyTypes SSH key types as in a known_hosts line, e.g. `ssh-rsa`
 * @param availableCiphers OpenSSL names; default: what this runtime's crypto library has
 */
export function sshAlgorithms(knownKeyTypes: readonly string[], availableCiphers: readonly string[] = getCiphers()): SshAlgorithms {
  const isKnown = ([keyType]: readonly [string, unknown]): boolean => knownKeyTypes.includes(keyType);
  const ordered = [...hostKeyAlgorithms.filter(isKnown), ...hostKeyAlgorithms.filter((entry) => !isKnown(entry))];
  return {
    kex: [...kex],
    cipher: ciphers.filter(([, openSslName]) => availableCiphers.includes(openSslName)).map(([name]) => name),
    hmac: [...hmac],
    serverHostKey: ordered.flatMap(([, algorithms]) => algorithms),
    compress: ['none'],
  };
}

/** Whether ssh2's compiled crypto is loaded. Without it everything works, at a quarter to a half of the speed. */
export function nativeCrypto(): boolean {
  // ssh2 does not export it; the path is that of the version package.json pins, and a unit test holds it.
  const crypto: unknown = createRequire(import.meta.url)('ssh2/lib/protocol/crypto.js');
  return typeof crypto === 'object' && crypto !== null && 'bindingAvailable' in crypto && crypto.bindingAvailable === true;
}
