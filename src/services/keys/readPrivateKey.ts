/**
 * Understands the private key forms people have: PEM (PKCS#1, PKCS#8, SEC1), OpenSSH and PuTTY, plain or encrypted.
 *
 * Decrypting takes long on purpose (bcrypt: 263 ms and more), so parsePrivateKey.ts does that part in a worker thread.
 */
import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { ParsedKey } from 'ssh2';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { Secret } from '../base/secret.ts';
import type { KeyMaterial } from './keyMaterial.ts';
import { toKeyMaterial } from './keyMaterial.ts';
import { passphraseNeeded, passphraseWrong } from './passphraseErrors.ts';
import { decryptPuttyKey, isPuttyKey, readPlainPuttyKey } from './puttyKey.ts';
import { loadSsh2 } from '../base/loadSsh2.ts';

/** What ssh2 1.17 decrypts. OpenSSH can also write chacha20-poly1305, which ssh2 does not. */
const OPENSSH_CIPHERS = /^(none|aes(128|192|256)-(cbc|ctr|gcm@openssh\.com)|3des-cbc|aes(128|256)-gcm)$/;

const EXPORT_AGAIN = say`Export it again with: ssh-keygen -p -Z aes256-ctr -f FILE`;

/**
 * An encrypted key. PuTTY's needs a while that is no computing of ours, so this waits.
 *
 * @throws PosternError `key.unreadable`, `key.unsupported`, `key.passphrase-wrong`
 */
export async function decryptPrivateKey(text: Secret, passphrase: Secret): Promise<KeyMaterial> {
  const readable = text.revealText();
  return isPuttyKey(readable) ? toKeyMaterial(await decryptPuttyKey(readable, passphrase)) : readPrivateKey(text, passphrase);
}

/**
 * @param passphrase of any form but PuTTY's: see `decryptPrivateKey`
 * @throws PosternError `key.unreadable`, `key.unsupported`, `key.passphrase-needed`, `key.passphrase-wrong`
 */
export function readPrivateKey(text: Secret, passphrase: Secret | undefined): KeyMaterial {
  const readable = text.revealText();
  if (isPuttyKey(readable)) return toKeyMaterial(readPlainPuttyKey(readable));
  const { label, block } = findBlock(readable);
  switch (label) {
    case 'OPENSSH PRIVATE KEY':
      return toKeyMaterial(readOpenSsh(block, passphrase));
    case 'DSA PRIVATE KEY':
      throw dsa();
    case 'PRIVATE KEY':
    case 'ENCRYPTED PRIVATE KEY':
    case 'RSA PRIVATE KEY':
    case 'EC PRIVATE KEY':
      return toKeyMaterial(readPem(block, passphrase));
    default:
      throw new PosternError({ code: 'key.unsupported', message: say`Postern does not read "${label}" files.`, remedy: say`Convert it to a PEM or OpenSSH private key.` });
  }
}

/** The private key in a text that may hold certificates, comments or Windows line ends around it. */
function findBlock(text: string): { label: string; block: string } {
  const found = /-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY)-----([\s\S]*?)-----END \1-----/.exec(text);
  if (found?.[1] === undefined || found[2] === undefined) throw noPrivateKey(text);
  const lines = found[2].split(/\r\n|\r|\n/).map((line) => line.trim());
  const body = lines.slice(lines[0] === '' ? 1 : 0, lines.at(-1) === '' ? -1 : undefined);
  return { label: found[1], block: `-----BEGIN ${found[1]}-----\n${body.join('\n')}\n-----END ${found[1]}-----\n` };
}

function noPrivateKey(text: string): PosternError {
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) return unreadable(say`The private key is cut short: its last line is missing.`, say`Copy the whole file, from BEGIN to END.`);
  if (/^\s*(ssh-(rsa|ed25519|dss)|ecdsa-sha2-\S+|sk-\S+) AAAA/m.test(text) || text.includes('PUBLIC KEY-----')) {
    return unreadable(say`This is the public half of a key.`, say`Choose the private half: the same file name without .pub.`);
  }
  if (text.includes('-----BEGIN CERTIFICATE')) return unreadable(say`This is a certificate, not a private key.`, say`Choose the file that says PRIVATE KEY.`);
  return unreadable(say`There is no private key in this text.`, say`Choose a file that starts with a line like "-----BEGIN OPENSSH PRIVATE KEY-----".`);
}

function readPem(block: string, passphrase: Secret | undefined): KeyObject {
  const encrypted = block.startsWith('-----BEGIN ENCRYPTED') || /^Proc-Type: 4,ENCRYPTED$/m.test(block);
  if (encrypted && passphrase === undefined) throw passphraseNeeded();
  try {
    return createPrivateKey({ key: block, format: 'pem', ...(encrypted && passphrase !== undefined ? { passphrase: Buffer.from(passphrase.reveal()) } : {}) });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    // The cipher itself, e.g. single DES. ERR_OSSL_UNSUPPORTED is another thing: what a wrong passphrase looks like once in 200 times.
    if (code === 'ERR_OSSL_EVP_UNSUPPORTED' || code === 'ERR_OSSL_EVP_UNKNOWN_CIPHER') {
      throw new PosternError({ code: 'key.unsupported', message: say`The key is encrypted with a cipher that is no longer supported.`, remedy: EXPORT_AGAIN }, { cause });
    }
    if (encrypted) throw passphraseWrong(cause);
    throw unreadable(say`The private key is damaged.`, say`Copy the whole file again, from BEGIN to END.`, cause);
  }
}

function readOpenSsh(block: string, passphrase: Secret | undefined): KeyObject {
  const { cipher, algorithm } = readOpenSshHeader(block);
  if (algorithm.startsWith('sk-')) {
    throw new PosternError({ code: 'key.unsupported', message: say`This key lives in a security key (FIDO), which an SSH agent has to ask.`, remedy: say`Add it to your agent with ssh-add FILE: Postern uses it from there.` });
  }
  if (algorithm === 'ssh-dss') throw dsa();
  if (!OPENSSH_CIPHERS.test(cipher)) throw new PosternError({ code: 'key.unsupported', message: say`The key is encrypted with ${cipher}, which Postern does not read.`, remedy: EXPORT_AGAIN });
  const encrypted = cipher !== 'none';
  if (encrypted && passphrase === undefined) throw passphraseNeeded();
  // The types know one key; a file that holds several gives an array.
  const parsed: ParsedKey | Error | readonly ParsedKey[] = loadSsh2().utils.parseKey(block, encrypted && passphrase !== undefined ? Buffer.from(passphrase.reveal()) : undefined);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error || key === undefined) {
    if (encrypted && key !== undefined && /bad passphrase|integrity check|decrypt|authenticate/i.test(key.message)) throw passphraseWrong(key);
    throw unreadable(say`The private key is damaged.`, say`Copy the whole file again, from BEGIN to END.`, key);
  }
  return createPrivateKey({ key: key.getPrivatePEM(), format: 'pem' });
}

/** The two things an OpenSSH file says in clear: cipher and key type. */
function readOpenSshHeader(block: string): { cipher: string; algorithm: string } {
  const bytes = Buffer.from(block.replace(/-----[^-]+-----/g, ''), 'base64');
  const magic = 'openssh-key-v1\0';
  let offset = magic.length;
  const readString = (): Buffer => {
    const length = bytes.readUInt32BE(offset);
    const value = bytes.subarray(offset + 4, offset + 4 + length);
    if (value.length !== length) throw new RangeError('a field is longer than the file');
    offset += 4 + length;
    return value;
  };
  try {
    if (bytes.toString('latin1', 0, magic.length) !== magic) throw new RangeError('no openssh-key-v1 header');
    const cipher = readString().toString('latin1');
    readString(); // name of the key derivation
    readString(); // its options
    offset += 4; // number of keys
    const publicBlob = readString();
    return { cipher, algorithm: publicBlob.toString('latin1', 4, 4 + publicBlob.readUInt32BE(0)) };
  } catch (cause) {
    throw unreadable(say`The private key is damaged.`, say`Copy the whole file again, from BEGIN to END.`, cause);
  } finally {
    bytes.fill(0);
  }
}

function unreadable(message: string, remedy: string, cause?: unknown): PosternError {
  return new PosternError({ code: 'key.unreadable', message, remedy }, { cause });
}

function dsa(): PosternError {
  return new PosternError({ code: 'key.unsupported', message: say`This is a DSA key, which SSH servers no longer accept.`, remedy: say`Generate an ed25519 key and add its public half to the host.` });
}
