/**
 * Keeps secrets in one passphrase-encrypted file: the choice of a person whose machine has no keychain.
 *
 * scrypt makes 64 bytes of the passphrase: 32 encrypt everything (names too) with AES-256-GCM, 32 are kept in clear and tell a
 * wrong passphrase from a damaged file. They are independent, so the second half says nothing about the first. The header is
 * authenticated with the content; every write takes a fresh nonce.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { withFileLock } from '../base/fileLock.ts';
import { Secret } from '../base/secret.ts';
import type { SecretStore } from '../base/secret.ts';
import { removeLeftovers, writeFileAtomically } from '../base/writeFileAtomically.ts';

const FORMAT_VERSION = 1;
/** 2^17 with r = 8: 128 MiB and about half a second a guess (OWASP's recommendation for scrypt). */
const SCRYPT_COST = 2 ** 17;
const SCRYPT_BLOCK_SIZE = 8;
/** A file may ask for more than we would, but not for all memory of the machine. */
const SCRYPT_COST_LIMIT = 2 ** 20;

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);
const Header = z.object({
  format: z.literal('postern-secrets'),
  version: z.literal(FORMAT_VERSION),
  cost: z.number().int().min(SCRYPT_COST).max(SCRYPT_COST_LIMIT),
  salt: base64,
  check: base64,
});
type Header = z.infer<typeof Header>;
const SecretFile = z.object({ header: Header, nonce: base64, ciphertext: base64, tag: base64 });
const Items = z.record(z.string(), base64);
type Items = Record<string, string>;

/**
 * Open the file, or make it where there is none.
 *
 * @throws PosternError `secrets.passphrase-wrong`, `data.unreadable` (damaged, tampered with, or of a newer Postern), `data.write-failed`
 */
export async function openSecretFile(path: string, passphrase: Secret): Promise<SecretStore> {
  const { header, key } = (await openExisting(path, passphrase)) ?? (await create(path, passphrase));

  async function read(): Promise<Items> {
    const text = await readIfThere(path);
    if (text === undefined) throw unreadable(path, say`is gone`, say`Put it back from a backup, or start Postern again to begin a new one.`);
    const file = parse(path, text);
    if (JSON.stringify(file.header) !== JSON.stringify(header)) throw unreadable(path, say`was replaced by another one`, say`Open it again with its passphrase.`);
    return decrypt(path, file, key);
  }

  async function change(edit: (items: Items) => Items): Promise<void> {
    let written = false;
    while (!written) {
      written = await withFileLock(path, async (lock) => {
        await removeLeftovers(path);
        return await writeFileAtomically(path, encrypt(header, key, edit(await read())), () => lock.stillHeld());
      });
    }
  }

  return {
    kind: 'file',
    label: path,
    async get(name) {
      const items = await read();
      const value = Object.hasOwn(items, name) ? items[name] : undefined;
      return value === undefined ? undefined : new Secret(Uint8Array.from(Buffer.from(value, 'base64')));
    },
    set: (name, secret) => change((items) => ({ ...items, [name]: Buffer.from(secret.reveal()).toString('base64') })),
    delete: (name) => change((items) => Object.fromEntries(Object.entries(items).filter(([other]) => other !== name))),
    async probe() {
      await read();
    },
  };
}

interface Opened {
  readonly header: Header;
  readonly key: Secret;
}

async function openExisting(path: string, passphrase: Secret): Promise<Opened | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const file = parse(path, text);
  const key = await deriveKey(path, passphrase, file.header);
  decrypt(path, file, key);
  return { header: file.header, key };
}

async function create(path: string, passphrase: Secret): Promise<Opened> {
  // Before the lock is taken: scrypt takes longer than a lock should be held.
  const salt = randomBytes(32);
  const { key, check } = await derive(passphrase, salt, SCRYPT_COST);
  const header: Header = { format: 'postern-secrets', version: FORMAT_VERSION, cost: SCRYPT_COST, salt: salt.toString('base64'), check: check.toString('base64') };
  const created = await withFileLock(path, async (lock) => (await readIfThere(path)) === undefined && (await writeFileAtomically(path, encrypt(header, key, {}), () => lock.stillHeld())));
  if (created) return { header, key };
  // Another process was faster: its file counts.
  return (await openExisting(path, passphrase)) ?? (await create(path, passphrase));
}

async function deriveKey(path: string, passphrase: Secret, header: Header): Promise<Secret> {
  const derived = await derive(passphrase, Buffer.from(header.salt, 'base64'), header.cost);
  const check = Buffer.from(header.check, 'base64');
  if (check.length !== derived.check.length || !timingSafeEqual(check, derived.check)) {
    throw new PosternError({ code: 'secrets.passphrase-wrong', message: say`${path} does not open with this passphrase.`, remedy: say`Enter it again, with capitals as they were. Without it the keys in the file cannot be read by anybody.`, retryable: true });
  }
  return derived.key;
}

function derive(passphrase: Secret, salt: Uint8Array, cost: number): Promise<{ key: Secret; check: Buffer }> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.reveal(), salt, 64, { N: cost, r: SCRYPT_BLOCK_SIZE, p: 1, maxmem: 128 * cost * SCRYPT_BLOCK_SIZE * 2 }, (cause, derived) => {
      if (cause === null) resolve({ key: new Secret(derived.subarray(0, 32)), check: derived.subarray(32) });
      else reject(cause);
    });
  });
}

function encrypt(header: Header, key: Secret, items: Items): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key.reveal(), nonce).setAAD(Buffer.from(JSON.stringify(header)));
  const plain = Buffer.from(JSON.stringify(items));
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  plain.fill(0);
  return `${JSON.stringify({ header, nonce: nonce.toString('base64'), ciphertext: ciphertext.toString('base64'), tag: cipher.getAuthTag().toString('base64') }, undefined, 2)}\n`;
}

function decrypt(path: string, file: z.infer<typeof SecretFile>, key: Secret): Items {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.reveal(), Buffer.from(file.nonce, 'base64'), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(JSON.stringify(file.header))).setAuthTag(Buffer.from(file.tag, 'base64'));
    const plain = Buffer.concat([decipher.update(Buffer.from(file.ciphertext, 'base64')), decipher.final()]);
    const items = Items.parse(JSON.parse(plain.toString('utf8')));
    plain.fill(0);
    return items;
  } catch (cause) {
    throw unreadable(path, say`was changed or damaged since Postern wrote it`, say`Put it back from a backup, or move it away to begin a new one.`, cause);
  }
}

function parse(path: string, text: string): z.infer<typeof SecretFile> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw unreadable(path, say`is damaged`, say`Put it back from a backup, or move it away to begin a new one.`, cause);
  }
  const newer = z.looseObject({ header: z.looseObject({ version: z.number().min(FORMAT_VERSION + 1) }) }).safeParse(json).success;
  if (newer) throw unreadable(path, say`was written by a newer Postern`, say`Use the newer Postern, or move the file away to begin a new one.`);
  const parsed = SecretFile.safeParse(json);
  if (!parsed.success) throw unreadable(path, say`is damaged`, say`Put it back from a backup, or move it away to begin a new one.`, parsed.error);
  return parsed.data;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw unreadable(path, say`could not be read`, say`Check that it is a file and that you may read it.`, cause);
  }
}

/** Never replaced by a fresh file: it may hold the only copy of a key. */
function unreadable(path: string, what: string, remedy: string, cause?: unknown): PosternError {
  return new PosternError({ code: 'data.unreadable', message: say`${path} ${what}.`, remedy }, { cause });
}
