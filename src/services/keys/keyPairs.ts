/**
 * The person's key pairs: public halves in `keyPairs.json`, private halves in the secret store and nowhere else.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { PosternError } from '../../contract/error.ts';
import { KeyPair } from '../../contract/key.ts';
import type { GenerateKey, ImportKey } from '../../contract/key.ts';
import type { Ec2KeyPair } from '../../contract/network.ts';
import { say } from '../../contract/say.ts';
import { scopeKey } from '../../contract/scope.ts';
import type { Notice } from '../../contract/settings.ts';
import { isoTime } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import type { LentKey } from '../base/cloud.ts';
import type { Log } from '../base/log.ts';
import { Secret } from '../base/secret.ts';
import type { SecretStore } from '../base/secret.ts';
import { openStore } from '../base/store.ts';
import { isSameEc2Fingerprint } from './ec2Fingerprint.ts';
import { generateKeyPair } from './generateKeyPair.ts';
import type { KeyMaterial } from './keyMaterial.ts';
import { parsePrivateKey } from './parsePrivateKey.ts';
import { readPrivateKey } from './readPrivateKey.ts';

const INDEX_VERSION = 1;

/** A public half as the index keeps it. What EC2 calls it is found anew with every list from EC2. */
const IndexEntry = KeyPair.omit({ ec2KeyPairs: true }).extend({ ec2Fingerprints: z.array(z.string()).default([]) });
type IndexEntry = z.infer<typeof IndexEntry>;
/** A key whose private half is somewhere else. */
export type PublicKeyEntry = IndexEntry;
const Index = z.object({ keyPairs: z.array(IndexEntry).default([]) });

export interface KeyPairs {
  /** Lent keys first, then the person's by name, then those of agents. @throws PosternError `data.unreadable` */
  list(): Promise<KeyPair[]>;
  /** @throws PosternError `key.name-taken`, `keychain.*`, `data.write-failed` */
  generate(input: GenerateKey): Promise<KeyPair>;
  /** @throws PosternError `key.name-taken`, `key.unreadable`, `key.unsupported`, `key.passphrase-needed`, `key.passphrase-wrong`, `keychain.*`, `data.write-failed` */
  import(input: ImportKey): Promise<KeyPair>;
  /** Both halves. @throws PosternError `key.not-found`, `keychain.*`, `data.write-failed` */
  remove(input: { readonly keyPairId: string }): Promise<void>;
  /** Unencrypted OpenSSH text, as ssh2 reads it; the caller wipes it. @throws PosternError `key.not-found`, `keychain.*` */
  privateKey(keyPairId: string): Promise<Secret>;
  /** All key pairs EC2 has told of, in all scopes: `ec2KeyPairs` of every key follows from them. */
  setEc2KeyPairs(ec2KeyPairs: readonly Ec2KeyPair[]): void;
  /** Keys of the demo cloud: kept in memory, never written. Adding one again changes nothing. */
  addLentKeys(keys: readonly LentKey[]): void;
  /** Told with the whole list after each change of this process. Returns how to stop. */
  onChanged(listener: (keyPairs: KeyPair[]) => void): () => void;
}

export interface KeyPairsOptions {
  readonly dataDir: string;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly onNotice: (notice: Notice) => void;
  /** Keys that others hold and sign with, listed last. Absent: there are none. */
  readonly foreign?: () => Promise<readonly PublicKeyEntry[]>;
}

export function createKeyPairs({ dataDir, secrets, clock, log, onNotice, foreign }: KeyPairsOptions): KeyPairs {
  const index = openStore({ path: join(dataDir, 'keyPairs.json'), version: INDEX_VERSION, schema: Index, clock, onNotice });
  const lent = new Map<string, { readonly entry: IndexEntry; readonly privateKey: Secret }>();
  const listeners = new Set<(keyPairs: KeyPair[]) => void>();
  let ec2KeyPairs: readonly Ec2KeyPair[] = [];
  let telling = Promise.resolve();
  let lastTold: string | undefined;

  function toKeyPair({ ec2Fingerprints, ...publicHalf }: IndexEntry): KeyPair {
    const same = ec2KeyPairs.filter(({ ec2KeyFingerprint }) => ec2KeyFingerprint !== undefined && isSameEc2Fingerprint(ec2Fingerprints, ec2KeyFingerprint));
    return { ...publicHalf, ec2KeyPairs: same.map(({ keyName, scope }) => ({ keyName, scopeKey: scopeKey(scope) })) };
  }

  async function read(): Promise<KeyPair[]> {
    const { keyPairs } = await index.read();
    const own = keyPairs.toSorted((a, b) => (a.keyName < b.keyName ? -1 : 1));
    return [...[...lent.values()].map(({ entry }) => entry), ...own, ...((await foreign?.()) ?? [])].map(toKeyPair);
  }

  /** One after the other, so that an older list never comes last. */
  function tell(): void {
    telling = telling.then(async () => {
      try {
        const keyPairs = await read();
        const text = JSON.stringify(keyPairs);
        if (text === lastTold) return;
        lastTold = text;
        for (const listener of listeners) listener(keyPairs);
      } catch (cause) {
        log.warn('the list of key pairs could not be told', { cause });
      }
    });
  }

  /** The private half first: when the store refuses it, no public half must say that it is there. */
  async function add(keyName: string, material: KeyMaterial, origin: 'generated' | 'imported'): Promise<KeyPair> {
    const { privateKey, ec2Fingerprints, ...publicHalf } = material;
    const entry: IndexEntry = { ...publicHalf, keyPairId: randomUUID(), keyName, createTime: isoTime(clock), origin, ec2Fingerprints: [...ec2Fingerprints] };
    try {
      refuseTaken((await index.read()).keyPairs, entry);
      await secrets.set(secretName(entry.keyPairId), privateKey);
    } finally {
      privateKey.wipe();
    }
    try {
      await index.change(({ keyPairs }) => {
        refuseTaken(keyPairs, entry);
        return { keyPairs: [...keyPairs, entry] };
      });
    } catch (cause) {
      await secrets.delete(secretName(entry.keyPairId)).catch((second: unknown) => log.warn('a private key that is in no list stayed in the secret store', { keyPairId: entry.keyPairId, cause: second }));
      throw cause;
    }
    tell();
    return toKeyPair(entry);
  }

  async function find(keyPairId: string): Promise<IndexEntry> {
    const entry = (await index.read()).keyPairs.find((other) => other.keyPairId === keyPairId);
    if (entry === undefined) throw new PosternError({ code: 'key.not-found', message: say`This key is no longer in Postern.`, remedy: say`Choose another key, or import it again.` });
    return entry;
  }

  return {
    async list() {
      // What others hold changes unseen: whoever looks brings the windows up to date.
      if (foreign !== undefined) tell();
      return await read();
    },
    async generate({ keyName, keyType, bits }) {
      refuseTakenName((await index.read()).keyPairs, keyName);
      return await add(keyName, await generateKeyPair({ keyType, bits }), 'generated');
    },
    async import({ keyName, privateKey, passphrase }) {
      const text = Secret.fromText(privateKey);
      // An empty field of a form is no passphrase.
      const secret = passphrase === undefined || passphrase === '' ? undefined : Secret.fromText(passphrase);
      try {
        return await add(keyName, await parsePrivateKey(text, secret), 'imported');
      } finally {
        text.wipe();
        secret?.wipe();
      }
    },
    async remove({ keyPairId }) {
      if (lent.has(keyPairId)) throw new PosternError({ code: 'input.invalid', message: say`A key of the demo cannot be removed.`, remedy: say`It is gone when Postern ends.` });
      if (keyPairId.startsWith('agent ')) throw new PosternError({ code: 'input.invalid', message: say`A key of an SSH agent cannot be removed here.`, remedy: say`Remove it from the agent with: ssh-add -d FILE` });
      await find(keyPairId);
      // The private half first: when that fails, the key stays listed and can be removed again.
      await secrets.delete(secretName(keyPairId));
      await index.change(({ keyPairs }) => ({ keyPairs: keyPairs.filter((other) => other.keyPairId !== keyPairId) }));
      tell();
    },
    async privateKey(keyPairId) {
      const borrowed = lent.get(keyPairId);
      // A copy: the caller wipes what it gets.
      if (borrowed !== undefined) return new Secret(Uint8Array.from(borrowed.privateKey.reveal()));
      const { keyName } = await find(keyPairId);
      const secret = await secrets.get(secretName(keyPairId));
      if (secret === undefined) {
        throw new PosternError({ code: 'keychain.item-missing', message: say`The private half of "${keyName}" is not in ${secrets.label}.`, remedy: say`Remove the key in Postern and import it again, or open the secret store it was kept in.` });
      }
      return secret;
    },
    setEc2KeyPairs(found) {
      ec2KeyPairs = found;
      tell();
    },
    addLentKeys(keys) {
      for (const { keyName, privateKey } of keys) {
        const { privateKey: secret, ec2Fingerprints, ...publicHalf } = readPrivateKey(privateKey, undefined);
        const keyPairId = `lent ${publicHalf.fingerprint}`;
        if (lent.has(keyPairId)) continue;
        lent.set(keyPairId, { entry: { ...publicHalf, keyPairId, keyName, createTime: isoTime(clock), origin: 'lent', ec2Fingerprints: [...ec2Fingerprints] }, privateKey: secret });
      }
      tell();
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function secretName(keyPairId: string): string {
  return `key-pair/${keyPairId}`;
}

function refuseTaken(keyPairs: readonly IndexEntry[], { keyName, fingerprint }: IndexEntry): void {
  const same = keyPairs.find((other) => other.fingerprint === fingerprint);
  if (same !== undefined) throw new PosternError({ code: 'key.name-taken', message: say`This key is already here: it is "${same.keyName}".`, remedy: say`Use "${same.keyName}", or remove it before importing it again.` });
  refuseTakenName(keyPairs, keyName);
}

function refuseTakenName(keyPairs: readonly IndexEntry[], keyName: string): void {
  if (keyPairs.some((other) => other.keyName === keyName)) throw new PosternError({ code: 'key.name-taken', message: say`There is already a key named "${keyName}".`, remedy: say`Choose another name.` });
}
