/**
 * Reads PuTTY's private keys (.ppk), versions 2 and 3: ed25519, RSA and ECDSA, plain or encrypted, their MAC checked.
 *
 * @see https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html
 */
import { createDecipheriv, createHash, createHmac, createPrivateKey, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { argon2d, argon2i, argon2id } from 'hash-wasm';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { Secret } from '../base/secret.ts';
import { passphraseNeeded, passphraseWrong } from './passphraseErrors.ts';
import { jwkOf } from './puttyKeyFields.ts';

/** More memory than this is asked for by no key PuTTY writes (8 MiB), and by hostile ones. */
const ARGON2_MEMORY_MAX_KIB = 1024 * 1024;
const argon2 = { Argon2d: argon2d, Argon2i: argon2i, Argon2id: argon2id } as const;

interface PuttyFile {
  readonly version: 2 | 3;
  readonly algorithm: string;
  readonly encryption: string;
  readonly comment: Buffer;
  readonly publicBlob: Buffer;
  /** Encrypted where `encryption` says so; padded with the bytes that the MAC covers. */
  readonly privateBlob: Buffer;
  readonly mac: Buffer;
  /** The Argon2 of version 3, encrypted. */
  readonly derivation?: { readonly name: keyof typeof argon2; readonly memoryKiB: number; readonly passes: number; readonly parallelism: number; readonly salt: Buffer };
}

interface Keys {
  readonly cipherKey: Buffer;
  readonly iv: Buffer;
  readonly macKey: Buffer;
}

export function isPuttyKey(text: string): boolean {
  return /^PuTTY-User-Key-File-\d+:/m.test(text);
}

/** A key without passphrase. @throws PosternError `key.passphrase-needed`, `key.unreadable`, `key.unsupported` */
export function readPlainPuttyKey(text: string): KeyObject {
  const file = parse(text);
  if (file.encryption !== 'none') throw passphraseNeeded();
  // Version 2 hashes a constant, version 3 has an empty key: a check against damage only.
  const macKey = file.version === 2 ? sha1('putty-private-key-file-mac-key') : Buffer.alloc(0);
  if (!macFits(file, file.privateBlob, macKey)) throw damaged();
  return toKey(file, file.privateBlob);
}

/** @throws PosternError `key.passphrase-wrong`, `key.unreadable`, `key.unsupported` */
export async function decryptPuttyKey(text: string, passphrase: Secret): Promise<KeyObject> {
  const file = parse(text);
  if (file.encryption === 'none') return readPlainPuttyKey(text);
  if (file.privateBlob.length === 0 || file.privateBlob.length % 16 !== 0) throw damaged();
  const keys = await deriveKeys(file, passphrase);
  const decipher = createDecipheriv('aes-256-cbc', keys.cipherKey, keys.iv).setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(file.privateBlob), decipher.final()]);
  try {
    // A wrong passphrase and a damaged file look alike.
    if (!macFits(file, plain, keys.macKey)) throw passphraseWrong(undefined);
    return toKey(file, plain);
  } finally {
    for (const bytes of [plain, ...Object.values(keys)]) bytes.fill(0);
  }
}

async function deriveKeys({ version, derivation }: PuttyFile, passphrase: Secret): Promise<Keys> {
  if (version === 2) {
    const parts = [0, 1].map((count) => sha1(Buffer.from([0, 0, 0, count]), passphrase.reveal()));
    return { cipherKey: Buffer.concat(parts).subarray(0, 32), iv: Buffer.alloc(16), macKey: sha1('putty-private-key-file-mac-key', passphrase.reveal()) };
  }
  if (derivation === undefined) throw damaged();
  const { name, memoryKiB, passes, parallelism, salt } = derivation;
  const derived = Buffer.from(
    await argon2[name]({ password: passphrase.reveal(), salt, memorySize: memoryKiB, iterations: passes, parallelism, hashLength: 80, outputType: 'binary' }),
  );
  return { cipherKey: derived.subarray(0, 32), iv: derived.subarray(32, 48), macKey: derived.subarray(48, 80) };
}

function macFits({ version, algorithm, encryption, comment, publicBlob, mac }: PuttyFile, plain: Buffer, macKey: Buffer): boolean {
  const hmac = createHmac(version === 2 ? 'sha1' : 'sha256', macKey);
  for (const part of [Buffer.from(algorithm), Buffer.from(encryption), comment, publicBlob, plain]) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    hmac.update(length).update(part);
  }
  const expected = hmac.digest();
  return expected.length === mac.length && timingSafeEqual(expected, mac);
}

function toKey(file: PuttyFile, privateBlob: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: jwkOf(file.algorithm, file.publicBlob, privateBlob), format: 'jwk' });
  } catch (cause) {
    if (cause instanceof PosternError) throw cause;
    throw damaged(cause);
  }
}

function parse(text: string): PuttyFile {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  let at = lines.findIndex((line) => line.startsWith('PuTTY-User-Key-File-'));
  const version = /^PuTTY-User-Key-File-(\d+):/.exec(lines[at] ?? '')?.[1];
  if (version !== '2' && version !== '3') throw unsupported(say`Postern does not read version ${version ?? '?'} of PuTTY's key files.`, say`Save it anew with the PuTTYgen of today.`);
  const header = (name: string): string => {
    const line = lines[at] ?? '';
    if (!line.startsWith(`${name}: `)) throw damaged();
    at += 1;
    return line.slice(name.length + 2);
  };
  const block = (name: string): Buffer => {
    const count = Number(header(name));
    if (!Number.isInteger(count) || count < 0 || at + count > lines.length) throw damaged();
    at += count;
    return Buffer.from(lines.slice(at - count, at).join(''), 'base64');
  };
  const algorithm = header(`PuTTY-User-Key-File-${version}`);
  const encryption = header('Encryption');
  if (encryption !== 'none' && encryption !== 'aes256-cbc') throw unsupported(say`The key is encrypted with ${encryption}, which Postern does not read.`, say`Save it anew with the PuTTYgen of today.`);
  const comment = Buffer.from(header('Comment'));
  const publicBlob = block('Public-Lines');
  const derivation = version === '3' && encryption !== 'none' ? readDerivation(header) : undefined;
  const privateBlob = block('Private-Lines');
  const mac = Buffer.from(header('Private-MAC'), 'hex');
  return { version: version === '2' ? 2 : 3, algorithm, encryption, comment, publicBlob, privateBlob, mac, ...(derivation === undefined ? {} : { derivation }) };
}

function readDerivation(header: (name: string) => string): NonNullable<PuttyFile['derivation']> {
  const name = header('Key-Derivation');
  if (name !== 'Argon2d' && name !== 'Argon2i' && name !== 'Argon2id') throw unsupported(say`The key is protected by ${name}, which Postern does not read.`, say`Save it anew with the PuTTYgen of today.`);
  const [memoryKiB = 0, passes = 0, parallelism = 0] = ['Argon2-Memory', 'Argon2-Passes', 'Argon2-Parallelism'].map((field) => Number(header(field)));
  if (![memoryKiB, passes, parallelism].every((value) => Number.isInteger(value) && value > 0)) throw damaged();
  if (memoryKiB > ARGON2_MEMORY_MAX_KIB) throw unsupported(say`The key asks for ${memoryKiB} KiB of memory to be opened.`, say`Save it anew with less than 1 GiB.`);
  return { name, memoryKiB, passes, parallelism, salt: Buffer.from(header('Argon2-Salt'), 'hex') };
}

function sha1(...parts: readonly (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function damaged(cause?: unknown): PosternError {
  return new PosternError({ code: 'key.unreadable', message: say`The PuTTY key is damaged.`, remedy: say`Copy the whole file again, from its first line to Private-MAC.` }, { cause });
}

function unsupported(message: string, remedy: string): PosternError {
  return new PosternError({ code: 'key.unsupported', message, remedy });
}
