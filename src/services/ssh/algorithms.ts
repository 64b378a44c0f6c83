/**
 * What Postern offers in an SSH handshake: no SHA-1, no CBC, no group 1, AES-GCM first.
 *
 * ssh2 adds strict key exchange (`kex-strict-c-v00@openssh.com`) and `ext-info-c` to every client offer by itself.
 */
import { getCiphers } from 'node:crypto';
import { createRequire } from 'node:module';
import type { CipherAlgorithm, KexAlgorithm, MacAlgorithm, NegotiatedAlgorithms, ServerHostKeyAlgorithm } from 'ssh2';
import type { SessionSecurity } from '../../contract/session.ts';
import { offersMlkem } from '../base/loadSsh2.ts';
import { MLKEM_EXCHANGE } from '../base/mlkemExchange.ts';
import { certificateAlgorithms } from './certifiedHostKeys.ts';

export interface SshAlgorithms {
  readonly kex: KexAlgorithm[];
  readonly cipher: CipherAlgorithm[];
  readonly hmac: MacAlgorithm[];
  readonly serverHostKey: ServerHostKeyAlgorithm[];
  readonly compress: ['none'];
}

/** Not among the names that ssh2's types know: base/loadSsh2.ts adds it to ssh2. */
const postQuantum = [MLKEM_EXCHANGE] as unknown as readonly KexAlgorithm[];

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

/** What is no longer safe, offered after everything else to hosts for which the person allowed it. */
const weak = {
  kex: ['diffie-hellman-group-exchange-sha1', 'diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'],
  ciphers: [
    ['aes256-cbc', 'aes-256-cbc'],
    ['aes192-cbc', 'aes-192-cbc'],
    ['aes128-cbc', 'aes-128-cbc'],
    ['3des-cbc', 'des-ede3-cbc'],
  ],
  hmac: ['hmac-sha1-etm@openssh.com', 'hmac-sha1'],
  serverHostKey: ['ssh-rsa'],
} as const satisfies { kex: readonly KexAlgorithm[]; ciphers: readonly (readonly [CipherAlgorithm, string])[]; hmac: readonly MacAlgorithm[]; serverHostKey: readonly ServerHostKeyAlgorithm[] };
const weakNames: ReadonlySet<string> = new Set([...weak.kex, ...weak.ciphers.map(([name]) => name), ...weak.hmac, ...weak.serverHostKey]);

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
 * @param knownKeyTypes SSH key types as in a known_hosts line, e.g. `ssh-rsa`; certificates are asked for only where their types are named
 * @param availableCiphers OpenSSL names; default: what this runtime's crypto library has
 * @param withWeak offer what is no longer safe too, last
 */
export function sshAlgorithms(knownKeyTypes: readonly string[], availableCiphers: readonly string[] = getCiphers(), withWeak = false): SshAlgorithms {
  const isKnown = ([keyType]: readonly [string, unknown]): boolean => knownKeyTypes.includes(keyType);
  const ordered = [...hostKeyAlgorithms.filter(isKnown), ...hostKeyAlgorithms.filter((entry) => !isKnown(entry))];
  return {
    kex: [...(offersMlkem() ? postQuantum : []), ...kex, ...(withWeak ? weak.kex : [])],
    cipher: [...ciphers, ...(withWeak ? weak.ciphers : [])].filter(([, openSslName]) => availableCiphers.includes(openSslName)).map(([name]) => name),
    hmac: [...hmac, ...(withWeak ? weak.hmac : [])],
    serverHostKey: [...certificateAlgorithms(knownKeyTypes), ...ordered.flatMap(([, algorithms]) => algorithms), ...(withWeak ? weak.serverHostKey : [])],
    compress: ['none'],
  };
}

/** Those of the algorithms agreed on that are no longer safe, each once. */
export function weakAlgorithms({ kex: exchange, serverHostKey, cs, sc }: NegotiatedAlgorithms): string[] {
  return [...new Set([exchange, serverHostKey, cs.cipher, sc.cipher, cs.mac, sc.mac])].filter((name) => name !== undefined && weakNames.has(name));
}

/**
 * Whether messages could be cut out unseen where the two ends have no strict key exchange (CVE-2023-48795, Terrapin): with
 * ChaCha20-Poly1305, and with CBC under a MAC that is computed over the encrypted packet.
 */
export function isOpenToTerrapin({ cs, sc }: NegotiatedAlgorithms): boolean {
  return [cs, sc].some(({ cipher, mac }) => cipher === 'chacha20-poly1305@openssh.com' || (cipher.endsWith('-cbc') && mac.includes('-etm@')));
}

/** Whether ssh2's compiled crypto is loaded. Without it everything works, at a quarter to a half of the speed. */
export function nativeCrypto(): boolean {
  // ssh2 does not export it; the path is that of the version package.json pins, and a unit test holds it.
  const crypto: unknown = createRequire(import.meta.url)('ssh2/lib/protocol/crypto.js');
  return typeof crypto === 'object' && crypto !== null && 'bindingAvailable' in crypto && crypto.bindingAvailable === true;
}

/** What a connection agreed on, for a person to see. */
export function toSecurity({ kex: exchange, serverHostKey, cs }: NegotiatedAlgorithms): SessionSecurity {
  return { kex: exchange, hostKeyAlgorithm: serverHostKey, cipher: cs.cipher, postQuantum: postQuantum.includes(exchange) };
}
