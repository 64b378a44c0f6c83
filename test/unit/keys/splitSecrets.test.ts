import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { splitSecrets } from '../../../src/services/keys/splitSecrets.ts';
import { PretendKeychain } from './pretendKeychain.ts';

const LIMIT = 2_560;
const { signal } = new AbortController();

test.each([0, 1, LIMIT - 33, LIMIT - 32, LIMIT - 31, 2 * (LIMIT - 32), 2 * (LIMIT - 32) + 1, 8 * 1024, 64 * 1024])('a secret of %i bytes comes back from a keychain that refuses more than 2,560', async (length) => {
  const keychain = new PretendKeychain(LIMIT);
  const secrets = splitSecrets(keychain, LIMIT);
  const secret = randomBytes(length);
  await secrets.write('name', secret, signal);
  expect(Buffer.from((await secrets.read('name', signal)) ?? [])).toEqual(secret);
  expect(keychain.items.size).toBe(Math.max(1, Math.ceil(length / (LIMIT - 32))));
  await secrets.remove('name', signal);
  expect([...keychain.items.keys()]).toEqual([]);
  expect(await secrets.read('name', signal)).toBeUndefined();
});

test('without a limit a secret is one item', async () => {
  const keychain = new PretendKeychain();
  await splitSecrets(keychain, Infinity).write('name', Buffer.from('hunter2'), signal);
  expect([...keychain.items].map(([name, bytes]) => [name, Buffer.from(bytes).toString()])).toEqual([['name', 'postern1 a 1 7\nhunter2']]);
});

test('a write cut off at any moment leaves the old value or the new one, whole, and the next write clears up', async () => {
  const before = randomBytes(8 * 1024);
  const after = randomBytes(6 * 1024);
  const outcomes: string[] = [];
  for (let changes = 0; ; changes += 1) {
    const keychain = new PretendKeychain(LIMIT);
    const secrets = splitSecrets(keychain, LIMIT);
    await secrets.write('name', before, signal);
    keychain.changesLeft = changes;
    const finished = await secrets.write('name', after, signal).then(
      () => true,
      () => false,
    );
    keychain.changesLeft = Infinity;
    const found = Buffer.from((await secrets.read('name', signal)) ?? []);
    outcomes.push(found.equals(before) ? 'old' : found.equals(after) ? 'new' : 'broken');
    await secrets.write('name', Buffer.from('short'), signal);
    expect([...keychain.items.keys()]).toEqual(['name']);
    if (finished) break;
  }
  expect(outcomes).toEqual(['old', 'old', 'old', 'new', 'new', 'new', 'new']);
});

test('a removal cut off at any moment can be taken up again and leaves nothing', async () => {
  for (let changes = 0; ; changes += 1) {
    const keychain = new PretendKeychain(LIMIT);
    const secrets = splitSecrets(keychain, LIMIT);
    await secrets.write('name', randomBytes(12 * 1024), signal);
    keychain.changesLeft = changes;
    const finished = await secrets.remove('name', signal).then(
      () => true,
      () => false,
    );
    keychain.changesLeft = Infinity;
    await secrets.remove('name', signal);
    expect([...keychain.items.keys()]).toEqual([]);
    if (finished) break;
  }
});

test('a part that somebody deleted is said, and a new value can be written over it', async () => {
  const keychain = new PretendKeychain(LIMIT);
  const secrets = splitSecrets(keychain, LIMIT);
  await secrets.write('name', randomBytes(8 * 1024), signal);
  keychain.items.delete('name part a2');
  await expect(secrets.read('name', signal)).rejects.toMatchObject({ code: 'keychain.item-missing', message: 'A part of "name" is missing from the keychain.' });
  await secrets.write('name', Buffer.from('new'), signal);
  expect(Buffer.from((await secrets.read('name', signal)) ?? []).toString()).toBe('new');
});
