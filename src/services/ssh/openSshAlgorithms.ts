/**
 * The algorithm names OpenSSH 9.2 knows and those it offers by default (`ssh -Q`, ssh_config(5)): what the lists of a
 * configuration that begin with `+`, `-` or `^` are relative to.
 */
import { say } from '../../contract/say.ts';
import { SshConfigFault } from './sshConfigLine.ts';
import { matchesPattern } from './sshPattern.ts';

/** One list of a configuration. */
export interface AlgorithmNames {
  readonly known: readonly string[];
  /** In order of preference. */
  readonly offered: readonly string[];
}

export type AlgorithmList = 'ciphers' | 'kexAlgorithms' | 'macs' | 'hostKeyAlgorithms' | 'pubkeyAcceptedAlgorithms';

const nistCurves = ['nistp256', 'nistp384', 'nistp521'];

const publicKeyNames: AlgorithmNames = {
  known: [
    ...withCertificate('ssh-ed25519'),
    'sk-ssh-ed25519@openssh.com',
    'sk-ssh-ed25519-cert-v01@openssh.com',
    ...nistCurves.flatMap((curve) => withCertificate(`ecdsa-sha2-${curve}`)),
    'sk-ecdsa-sha2-nistp256@openssh.com',
    'sk-ecdsa-sha2-nistp256-cert-v01@openssh.com',
    'webauthn-sk-ecdsa-sha2-nistp256@openssh.com',
    ...['ssh-dss', 'ssh-rsa', 'rsa-sha2-256', 'rsa-sha2-512'].flatMap(withCertificate),
  ],
  offered: [
    'ssh-ed25519-cert-v01@openssh.com',
    ...nistCurves.map((curve) => `ecdsa-sha2-${curve}-cert-v01@openssh.com`),
    'sk-ssh-ed25519-cert-v01@openssh.com',
    'sk-ecdsa-sha2-nistp256-cert-v01@openssh.com',
    'rsa-sha2-512-cert-v01@openssh.com',
    'rsa-sha2-256-cert-v01@openssh.com',
    'ssh-ed25519',
    ...nistCurves.map((curve) => `ecdsa-sha2-${curve}`),
    'sk-ssh-ed25519@openssh.com',
    'sk-ecdsa-sha2-nistp256@openssh.com',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ],
};

export const openSshAlgorithms: Readonly<Record<AlgorithmList, AlgorithmNames>> = {
  ciphers: {
    known: [
      ...['3des', 'aes128', 'aes192', 'aes256'].map((cipher) => `${cipher}-cbc`),
      ...['aes128', 'aes192', 'aes256'].map((cipher) => `${cipher}-ctr`),
      'aes128-gcm@openssh.com',
      'aes256-gcm@openssh.com',
      'chacha20-poly1305@openssh.com',
    ],
    offered: ['chacha20-poly1305@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr', 'aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'],
  },
  kexAlgorithms: {
    known: [
      'diffie-hellman-group1-sha1',
      'diffie-hellman-group14-sha1',
      'diffie-hellman-group14-sha256',
      'diffie-hellman-group16-sha512',
      'diffie-hellman-group18-sha512',
      'diffie-hellman-group-exchange-sha1',
      'diffie-hellman-group-exchange-sha256',
      ...nistCurves.map((curve) => `ecdh-sha2-${curve}`),
      'curve25519-sha256',
      'curve25519-sha256@libssh.org',
      'sntrup761x25519-sha512',
      'sntrup761x25519-sha512@openssh.com',
    ],
    offered: [
      'sntrup761x25519-sha512',
      'sntrup761x25519-sha512@openssh.com',
      'curve25519-sha256',
      'curve25519-sha256@libssh.org',
      ...nistCurves.map((curve) => `ecdh-sha2-${curve}`),
      'diffie-hellman-group-exchange-sha256',
      'diffie-hellman-group16-sha512',
      'diffie-hellman-group18-sha512',
      'diffie-hellman-group14-sha256',
    ],
  },
  macs: {
    known: [
      ...['hmac-sha1', 'hmac-sha1-96', 'hmac-sha2-256', 'hmac-sha2-512', 'hmac-md5', 'hmac-md5-96'],
      'umac-64@openssh.com',
      'umac-128@openssh.com',
      ...['hmac-sha1', 'hmac-sha1-96', 'hmac-sha2-256', 'hmac-sha2-512', 'hmac-md5', 'hmac-md5-96', 'umac-64', 'umac-128'].map(
        (mac) => `${mac}-etm@openssh.com`,
      ),
    ],
    offered: [
      ...['umac-64', 'umac-128', 'hmac-sha2-256', 'hmac-sha2-512', 'hmac-sha1'].map((mac) => `${mac}-etm@openssh.com`),
      'umac-64@openssh.com',
      'umac-128@openssh.com',
      'hmac-sha2-256',
      'hmac-sha2-512',
      'hmac-sha1',
    ],
  },
  hostKeyAlgorithms: publicKeyNames,
  pubkeyAcceptedAlgorithms: publicKeyNames,
};

/**
 * Says what is wrong with a configured list. One that takes away (`-`) may name anything; names of keys may have wildcards.
 *
 * @throws SshConfigFault
 */
export function checkAlgorithms(list: AlgorithmList, text: string, { known }: AlgorithmNames): void {
  if (text.startsWith('-')) return;
  const wildcards = list === 'hostKeyAlgorithms' || list === 'pubkeyAcceptedAlgorithms';
  for (const name of text.replace(/^[+^]/, '').split(',')) {
    const isKnown = known.includes(name) || (wildcards && known.some((one) => matchesPattern(one, name)));
    if (!isKnown) throw new SshConfigFault(say`"${name}" is no algorithm that OpenSSH 9.2 has for this keyword`);
  }
}

/** The names a configured list stands for, in order of preference; `undefined` stands for the default. */
export function resolveAlgorithms(text: string | undefined, { known, offered }: AlgorithmNames): string[] {
  if (text === undefined) return [...offered];
  const patterns = text.replace(/^[-+^]/, '').split(',');
  if (text.startsWith('-')) return offered.filter((name) => !patterns.some((pattern) => matchesPattern(name, pattern)));
  const wanted = text.startsWith('+') ? [...offered, ...patterns] : text.startsWith('^') ? [...patterns, ...offered] : patterns;
  return [...new Set(wanted.flatMap((pattern) => known.filter((name) => matchesPattern(name, pattern))))];
}

function withCertificate(name: string): string[] {
  return [name, `${name}-cert-v01@openssh.com`];
}
