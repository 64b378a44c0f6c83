import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import type { SecretStoreStatus } from '../../../src/contract/key.ts';
import { MemorySecretStore, Secret } from '../../../src/services/base/secret.ts';
import type { SecretStore } from '../../../src/services/base/secret.ts';
import { createKeychain } from '../../../src/services/keys/keychain.ts';
import { createSecretStores } from '../../../src/services/keys/secretStores.ts';
import { temporaryFolder } from '../base/temporaryFolder.ts';
import { PretendKeychain } from './pretendKeychain.ts';

// scrypt and bcrypt take long on purpose, and longer on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

function absentKeychain(): SecretStore {
  const keychain = new PretendKeychain();
  keychain.failure = new Error('Platform failure: DBus error: Failed to connect to socket /nonexistent: No such file or directory');
  return createKeychain({ items: keychain, platform: 'linux', timeLimitMs: 1_000, probeLimitMs: 1_000, readState: async () => 'unknown' });
}

test('a keychain that works is ready', async () => {
  const stores = createSecretStores({ keychain: new MemorySecretStore(), dataDir: temporaryFolder() });
  expect(await stores.status()).toEqual({ kind: 'memory', label: 'Memory of this process', state: 'ready', fileExists: false });
});

test('a locked keychain is locked, not unavailable', async () => {
  const keychain = createKeychain({ items: new PretendKeychain(), platform: 'linux', timeLimitMs: 1_000, probeLimitMs: 1_000, readState: async () => 'locked' });
  const status = await createSecretStores({ keychain, dataDir: temporaryFolder() }).status();
  expect(status).toMatchObject({ kind: 'keychain', label: 'Secret Service', state: 'locked', error: { code: 'keychain.locked' } });
});

test('without a keychain nothing is kept until the person opens the file; then secrets live there, also for the next process', async () => {
  const dataDir = temporaryFolder();
  const path = join(dataDir, 'secrets.json');
  const stores = createSecretStores({ keychain: absentKeychain(), dataDir });
  const told: SecretStoreStatus[] = [];
  stores.onChanged((status) => told.push(status));
  expect(await stores.status()).toMatchObject({ kind: 'keychain', state: 'unavailable', fileExists: false, error: { code: 'keychain.unavailable', message: 'There is no D-Bus session, so there is no keychain.' } });
  await expect(stores.store.set('name', Secret.fromText('hunter2'))).rejects.toMatchObject({ code: 'keychain.unavailable' });
  expect(readdirSync(dataDir)).toEqual([]);

  await stores.useFile({ passphrase: 'correct horse' });
  const ready: SecretStoreStatus = { kind: 'file', label: path, state: 'ready', fileExists: true };
  expect(await stores.status()).toEqual(ready);
  expect(told).toEqual([ready]);
  await stores.store.set('name', Secret.fromText('hunter2'));

  const next = createSecretStores({ keychain: absentKeychain(), dataDir });
  expect(await next.status()).toMatchObject({ kind: 'keychain', state: 'unavailable', fileExists: true });
  await expect(next.useFile({ passphrase: 'correct horsf' })).rejects.toMatchObject({ code: 'secrets.passphrase-wrong' });
  expect(next.store.kind).toBe('keychain');
  await next.useFile({ passphrase: 'correct horse' });
  expect((await next.store.get('name'))?.revealText()).toBe('hunter2');
  await next.store.delete('name');
  await expect(next.store.get('name')).rejects.toBeInstanceOf(PosternError);
});

test('a key that was kept in the keychain before the file was opened is still found and deleted there', async () => {
  const keychain = new MemorySecretStore();
  const stores = createSecretStores({ keychain, dataDir: temporaryFolder() });
  await stores.store.set('old', Secret.fromText('1'));
  await stores.useFile({ passphrase: 'correct horse' });
  await stores.store.set('new', Secret.fromText('2'));
  expect([(await stores.store.get('old'))?.revealText(), (await stores.store.get('new'))?.revealText(), await keychain.get('new')]).toEqual(['1', '2', undefined]);
  await stores.store.delete('old');
  expect([await keychain.get('old'), await stores.store.get('old'), (await stores.store.get('new'))?.revealText()]).toEqual([undefined, undefined, '2']);
});
