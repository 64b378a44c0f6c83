import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import type { KeyPair } from '../../../src/contract/key.ts';
import type { Notice } from '../../../src/contract/settings.ts';
import { silentLog } from '../../../src/services/base/log.ts';
import { MemorySecretStore, Secret } from '../../../src/services/base/secret.ts';
import type { SecretStore } from '../../../src/services/base/secret.ts';
import { createKeyPairs } from '../../../src/services/keys/keyPairs.ts';
import type { KeyPairs } from '../../../src/services/keys/keyPairs.ts';
import { readPrivateKey } from '../../../src/services/keys/readPrivateKey.ts';
import { temporaryFolder } from '../base/temporaryFolder.ts';

// scrypt and bcrypt take long on purpose, and longer on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const clock = { now: () => Date.UTC(2026, 10, 22, 7, 30, 0) };
const createTime = '2026-11-22T07:30:00.000Z';

interface Opened {
  readonly dataDir: string;
  readonly secrets: ListingSecretStore;
  readonly keyPairs: KeyPairs;
  readonly notices: Notice[];
}

/** Memory that can refuse, and that tells its names. */
class ListingSecretStore extends MemorySecretStore {
  readonly names = new Set<string>();
  refusal: PosternError | undefined;

  override async set(name: string, secret: Secret): Promise<void> {
    if (this.refusal !== undefined) throw this.refusal;
    this.names.add(name);
    await super.set(name, secret);
  }

  override async delete(name: string): Promise<void> {
    if (this.refusal !== undefined) throw this.refusal;
    this.names.delete(name);
    await super.delete(name);
  }

  override async get(name: string): Promise<Secret | undefined> {
    return this.names.has(name) ? await super.get(name) : undefined;
  }
}

function open(dataDir = temporaryFolder(), secrets = new ListingSecretStore()): Opened {
  const notices: Notice[] = [];
  return { dataDir, secrets, notices, keyPairs: createKeyPairs({ dataDir, secrets: secrets satisfies SecretStore, clock, log: silentLog, onNotice: (notice) => notices.push(notice) }) };
}

const pem = (): string => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const lockedKeychain = new PosternError({ code: 'keychain.locked', message: 'The keyring is locked.' });

test('a generated key is listed with its public half, and its private half is in the secret store only', async () => {
  const { keyPairs, dataDir, secrets } = open();
  const made = await keyPairs.generate({ keyName: 'web', keyType: 'ed25519' });
  expect(made).toEqual({
    keyPairId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    keyName: 'web',
    keyType: 'ed25519',
    bits: 256,
    publicKey: expect.stringMatching(/^ssh-ed25519 [A-Za-z0-9+/]{68}$/),
    fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/),
    createTime,
    origin: 'generated',
    ec2KeyPairs: [],
  });
  expect(await keyPairs.list()).toEqual([made]);
  expect([...secrets.names]).toEqual([`key-pair/${made.keyPairId}`]);
  const privateKey = await keyPairs.privateKey(made.keyPairId);
  expect(readPrivateKey(privateKey, undefined).fingerprint).toBe(made.fingerprint);
  expect(privateKey.revealText()).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
  expect(readdirSync(dataDir)).toEqual(['keyPairs.json']);
  expect(Object.keys(JSON.parse(readFileSync(join(dataDir, 'keyPairs.json'), 'utf8')).keyPairs[0]).toSorted()).toEqual(['bits', 'createTime', 'ec2Fingerprints', 'fingerprint', 'keyName', 'keyPairId', 'keyType', 'origin', 'publicKey']);
});

test('a private key given out can be wiped without harm to the next one', async () => {
  const { keyPairs } = open();
  const { keyPairId } = await keyPairs.generate({ keyName: 'web', keyType: 'ed25519' });
  const first = await keyPairs.privateKey(keyPairId);
  const text = first.revealText();
  first.wipe();
  expect((await keyPairs.privateKey(keyPairId)).revealText()).toBe(text);
});

test('an imported key is listed for the next process too', async () => {
  const { keyPairs, dataDir, secrets } = open();
  const text = pem();
  const imported = await keyPairs.import({ keyName: 'old laptop', privateKey: text });
  expect(imported).toMatchObject({ keyName: 'old laptop', origin: 'imported', fingerprint: readPrivateKey(Secret.fromText(text), undefined).fingerprint });
  expect(await open(dataDir, secrets).keyPairs.list()).toEqual([imported]);
});

test('an encrypted key needs its passphrase, where an empty field counts as none', async () => {
  const { keyPairs, secrets } = open();
  const privateKey = createPrivateKey(pem()).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'correct horse' }).toString();
  await expect(keyPairs.import({ keyName: 'a', privateKey })).rejects.toMatchObject({ code: 'key.passphrase-needed' });
  await expect(keyPairs.import({ keyName: 'a', privateKey, passphrase: '' })).rejects.toMatchObject({ code: 'key.passphrase-needed' });
  await expect(keyPairs.import({ keyName: 'a', privateKey, passphrase: 'wrong' })).rejects.toMatchObject({ code: 'key.passphrase-wrong' });
  expect(await keyPairs.list()).toEqual([]);
  expect(secrets.names.size).toBe(0);
  expect(await keyPairs.import({ keyName: 'a', privateKey, passphrase: 'correct horse' })).toMatchObject({ keyName: 'a', keyType: 'ed25519' });
});

test('a name or a key that is already there is refused, and the one that is there is named', async () => {
  const { keyPairs, secrets } = open();
  const text = pem();
  const first = await keyPairs.import({ keyName: 'web', privateKey: text });
  const nameTaken = { code: 'key.name-taken', message: 'There is already a key named "web".' };
  await expect(keyPairs.generate({ keyName: 'web', keyType: 'ed25519' })).rejects.toMatchObject(nameTaken);
  await expect(keyPairs.import({ keyName: 'web', privateKey: pem() })).rejects.toMatchObject(nameTaken);
  await expect(keyPairs.import({ keyName: 'other', privateKey: text })).rejects.toMatchObject({ code: 'key.name-taken', message: 'This key is already here: it is "web".' });
  expect(await keyPairs.list()).toEqual([first]);
  expect(secrets.names.size).toBe(1);
});

test('two imports of one key at once give one entry and one private half', async () => {
  const { keyPairs, secrets } = open();
  const text = pem();
  const outcomes = await Promise.allSettled([keyPairs.import({ keyName: 'a', privateKey: text }), keyPairs.import({ keyName: 'b', privateKey: text })]);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  const list = await keyPairs.list();
  expect([...secrets.names]).toEqual(list.map(({ keyPairId }) => `key-pair/${keyPairId}`));
  expect(list).toHaveLength(1);
});

test('a keychain that refuses leaves no entry', async () => {
  const { keyPairs, secrets, dataDir } = open();
  secrets.refusal = lockedKeychain;
  await expect(keyPairs.generate({ keyName: 'web', keyType: 'ed25519' })).rejects.toBe(lockedKeychain);
  expect(await keyPairs.list()).toEqual([]);
  expect(readdirSync(dataDir)).toEqual([]);
});

test('an index that cannot be written leaves no private half behind', async () => {
  const dataDir = join(temporaryFolder(), 'data');
  const { keyPairs, secrets } = open(dataDir);
  await expect(keyPairs.generate({ keyName: 'web', keyType: 'ed25519' })).rejects.toMatchObject({ code: 'data.write-failed' });
  expect(secrets.names.size).toBe(0);
  mkdirSync(dataDir);
  expect(await keyPairs.generate({ keyName: 'web', keyType: 'ed25519' })).toMatchObject({ keyName: 'web' });
});

test('removing a key removes both halves; when the keychain refuses, the key stays and can be removed again', async () => {
  const { keyPairs, secrets } = open();
  const made = await keyPairs.generate({ keyName: 'web', keyType: 'ed25519' });
  secrets.refusal = lockedKeychain;
  await expect(keyPairs.remove({ keyPairId: made.keyPairId })).rejects.toBe(lockedKeychain);
  expect(await keyPairs.list()).toEqual([made]);
  secrets.refusal = undefined;
  await keyPairs.remove({ keyPairId: made.keyPairId });
  expect(await keyPairs.list()).toEqual([]);
  expect(secrets.names.size).toBe(0);
  const gone = { code: 'key.not-found', message: 'This key is no longer in Postern.' };
  await expect(keyPairs.remove({ keyPairId: made.keyPairId })).rejects.toMatchObject(gone);
  await expect(keyPairs.privateKey(made.keyPairId)).rejects.toMatchObject(gone);
});

test('a private half that is gone from the store is said by the key\'s name', async () => {
  const { keyPairs, secrets } = open();
  const { keyPairId } = await keyPairs.generate({ keyName: 'web', keyType: 'ed25519' });
  secrets.names.clear();
  await expect(keyPairs.privateKey(keyPairId)).rejects.toMatchObject({ code: 'keychain.item-missing', message: 'The private half of "web" is not in Memory of this process.' });
});

test('a corrupt index is kept aside and said, and private halves stay', async () => {
  const { keyPairs, dataDir, secrets, notices } = open();
  await keyPairs.generate({ keyName: 'web', keyType: 'ed25519' });
  writeFileSync(join(dataDir, 'keyPairs.json'), '{"keyPairs":[{');
  expect(await keyPairs.list()).toEqual([]);
  expect(notices.map(({ message }) => message)).toEqual(['keyPairs.json is not JSON. It was kept as keyPairs.json.corrupt-2026-11-22T07-30-00.000Z, and a fresh one begins.']);
  expect(secrets.names.size).toBe(1);
});

test('a key knows the EC2 key pairs it is, in every scope, by either fingerprint of an RSA key', async () => {
  const { keyPairs } = open();
  const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const [created, imported] = readPrivateKey(Secret.fromText(privateKey), undefined).ec2Fingerprints;
  await keyPairs.import({ keyName: 'rsa', privateKey });
  const tokyo = { profile: 'prod', region: 'ap-northeast-1' };
  const ohio = { profile: 'stage', region: 'us-east-2' };
  keyPairs.setEc2KeyPairs([
    { keyName: 'made-there', scope: tokyo, ...(created === undefined ? {} : { ec2KeyFingerprint: created }) },
    { keyName: 'brought-there', scope: ohio, ...(imported === undefined ? {} : { ec2KeyFingerprint: imported }) },
    { keyName: 'another', scope: ohio, ec2KeyFingerprint: '00:11' },
    { keyName: 'unknown', scope: ohio },
  ]);
  expect((await keyPairs.list())[0]?.ec2KeyPairs).toEqual([
    { keyName: 'made-there', scopeKey: 'prod/ap-northeast-1' },
    { keyName: 'brought-there', scopeKey: 'stage/us-east-2' },
  ]);
  keyPairs.setEc2KeyPairs([]);
  expect((await keyPairs.list())[0]?.ec2KeyPairs).toEqual([]);
});

test('lent keys come first, are matched to EC2, and are written nowhere', async () => {
  const { keyPairs, dataDir, secrets } = open();
  const own = await keyPairs.generate({ keyName: 'a', keyType: 'ed25519' });
  const before = readFileSync(join(dataDir, 'keyPairs.json'), 'utf8');
  const privateKey = Secret.fromText(pem());
  const { fingerprint, ec2Fingerprints } = readPrivateKey(privateKey, undefined);
  keyPairs.addLentKeys([{ keyName: 'demo', privateKey }]);
  keyPairs.addLentKeys([{ keyName: 'demo', privateKey }]);
  keyPairs.setEc2KeyPairs([{ keyName: 'demo', scope: { profile: 'demo', region: 'us-east-1' }, ec2KeyFingerprint: ec2Fingerprints[0] ?? '' }]);
  const [demo, second, ...more] = await keyPairs.list();
  expect([demo, second, more]).toEqual([expect.objectContaining({ keyName: 'demo', origin: 'lent', fingerprint, ec2KeyPairs: [{ keyName: 'demo', scopeKey: 'demo/us-east-1' }] }), own, []]);
  expect(readPrivateKey(await keyPairs.privateKey(demo?.keyPairId ?? ''), undefined).fingerprint).toBe(fingerprint);
  await expect(keyPairs.remove({ keyPairId: demo?.keyPairId ?? '' })).rejects.toMatchObject({ code: 'input.invalid' });
  expect(readFileSync(join(dataDir, 'keyPairs.json'), 'utf8')).toBe(before);
  expect(secrets.names.size).toBe(1);
});

test('each change is told once with the whole list, in order, and nothing is told when nothing changed', async () => {
  const { keyPairs } = open();
  const told: (readonly string[])[] = [];
  const stop = keyPairs.onChanged((list: KeyPair[]) => told.push(list.map(({ keyName }) => keyName)));
  await keyPairs.generate({ keyName: 'a', keyType: 'ed25519' });
  await vi.waitUntil(() => told.length === 1);
  keyPairs.setEc2KeyPairs([]);
  const { keyPairId } = await keyPairs.generate({ keyName: 'b', keyType: 'ed25519' });
  await vi.waitUntil(() => told.length === 2);
  await keyPairs.remove({ keyPairId });
  await vi.waitUntil(() => told.length === 3);
  stop();
  await keyPairs.generate({ keyName: 'c', keyType: 'ed25519' });
  expect(told).toEqual([['a'], ['a', 'b'], ['a']]);
});

test('three processes that add keys at once lose none', async () => {
  const dataDir = temporaryFolder();
  const secrets = new ListingSecretStore();
  await Promise.all(['a', 'b', 'c'].map((keyName) => open(dataDir, secrets).keyPairs.generate({ keyName, keyType: 'ed25519' })));
  const { keyPairs } = open(dataDir, secrets);
  expect((await keyPairs.list()).map(({ keyName }) => keyName)).toEqual(['a', 'b', 'c']);
  rmSync(dataDir, { recursive: true });
  expect(await keyPairs.list()).toEqual([]);
});
