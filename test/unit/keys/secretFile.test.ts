import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Secret } from '../../../src/services/base/secret.ts';
import { openSecretFile } from '../../../src/services/keys/secretFile.ts';
import { temporaryFolder } from '../base/temporaryFolder.ts';

// scrypt and bcrypt take long on purpose, and longer on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const passphrase = Secret.fromText('correct horse');
const damaged = { code: 'data.unreadable', message: expect.stringMatching(/was changed or damaged since Postern wrote it\.$/) };

test('secrets kept by one process are read by another that knows the passphrase, and stand nowhere in clear', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'secrets.json');
  const store = await openSecretFile(path, passphrase);
  expect([store.kind, store.label]).toEqual(['file', path]);
  await store.set('key-pair/1', Secret.fromText('hunter2'));
  await store.set('key-pair/2', Secret.fromText('swordfish'));
  await store.set('key-pair/2', Secret.fromText('swordfish 2'));
  const again = await openSecretFile(path, Secret.fromText('correct horse'));
  expect((await again.get('key-pair/1'))?.revealText()).toBe('hunter2');
  expect((await store.get('key-pair/2'))?.revealText()).toBe('swordfish 2');
  await again.delete('key-pair/1');
  await again.delete('key-pair/1');
  expect(await store.get('key-pair/1')).toBeUndefined();
  expect(await store.get('toString')).toBeUndefined();
  await expect(store.probe()).resolves.toBeUndefined();

  const text = readFileSync(path, 'utf8');
  for (const plain of ['hunter2', 'swordfish', 'key-pair', 'correct horse']) {
    expect(text).not.toContain(plain);
    expect(text).not.toContain(Buffer.from(plain).toString('base64').slice(0, 8));
  }
  expect(JSON.parse(text)).toMatchObject({ header: { format: 'postern-secrets', version: 1, cost: 2 ** 17 } });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['secrets.json']);
});

test('a wrong passphrase is told from a damaged file, and changes nothing', async () => {
  const path = join(temporaryFolder(), 'secrets.json');
  const store = await openSecretFile(path, passphrase);
  await store.set('name', Secret.fromText('hunter2'));
  const text = readFileSync(path, 'utf8');
  await expect(openSecretFile(path, Secret.fromText('correct horsf'))).rejects.toMatchObject({ code: 'secrets.passphrase-wrong', message: `${path} does not open with this passphrase.` });
  expect(readFileSync(path, 'utf8')).toBe(text);

  // Every field of what is authenticated, one bit or one value away.
  const file = JSON.parse(text);
  const flip = (value: string): string => (value.startsWith('A') ? `B${value.slice(1)}` : `A${value.slice(1)}`);
  for (const changed of [{ ...file, ciphertext: flip(file.ciphertext) }, { ...file, nonce: flip(file.nonce) }, { ...file, tag: flip(file.tag) }, { ...file, tag: file.tag.slice(0, 8) }, { ...file, ciphertext: '' }]) {
    writeFileSync(path, JSON.stringify(changed));
    await expect(store.get('name')).rejects.toMatchObject(damaged);
    await expect(store.set('other', Secret.fromText('a'))).rejects.toMatchObject(damaged);
    expect(readFileSync(path, 'utf8')).toBe(JSON.stringify(changed));
  }
  await expect(openSecretFile(path, passphrase)).rejects.toMatchObject(damaged);
  writeFileSync(path, JSON.stringify({ ...file, header: { ...file.header, salt: flip(file.header.salt) } }));
  await expect(store.get('name')).rejects.toMatchObject({ code: 'data.unreadable', message: `${path} was replaced by another one.` });
});

test.each([
  ['was written by a newer Postern', '{"header":{"format":"postern-secrets","version":2},"more":1}'],
  ['is damaged', '{"header":{"format":"postern-secrets","version":1,"cost":1024,"salt":"","check":""},"nonce":"","ciphertext":"","tag":""}'],
  ['is damaged', '{"header":{"format":"postern-secrets","version":1,"cost":1073741824,"salt":"","check":""},"nonce":"","ciphertext":"","tag":""}'],
  ['is damaged', '{"header"'],
  ['is damaged', ''],
])('a file that %s is never replaced: it may hold the only copy of a key', async (what, content) => {
  const path = join(temporaryFolder(), 'secrets.json');
  writeFileSync(path, content);
  await expect(openSecretFile(path, passphrase)).rejects.toMatchObject({ code: 'data.unreadable', message: `${path} ${what}.` });
  expect(readFileSync(path, 'utf8')).toBe(content);
});

test('two that make the file at once end with one file that both read', async () => {
  const path = join(temporaryFolder(), 'secrets.json');
  const [one, two] = await Promise.all([openSecretFile(path, passphrase), openSecretFile(path, passphrase)]);
  await Promise.all([one.set('a', Secret.fromText('1')), two.set('b', Secret.fromText('2'))]);
  expect([(await two.get('a'))?.revealText(), (await one.get('b'))?.revealText()]).toEqual(['1', '2']);
});

test('a folder that is gone fails by name', async () => {
  const path = join(temporaryFolder(), 'missing', 'secrets.json');
  await expect(openSecretFile(path, passphrase)).rejects.toMatchObject({ code: 'data.write-failed', message: `${path} could not be written (ENOENT).` });
});
