import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HostKey } from '../../../src/contract/key.ts';
import { silentLog } from '../../../src/services/base/log.ts';
import { openStore } from '../../../src/services/base/store.ts';
import { createHostKeyCheck } from '../../../src/services/ssh/hostKeyCheck.ts';
import type { HostKeys } from '../../../src/services/ssh/hostKeys.ts';
import { createHostKeys, HOST_KEY_DOCUMENT_VERSION, HostKeyDocument, hostKeyFingerprint } from '../../../src/services/ssh/hostKeys.ts';

const clock = { now: () => Date.UTC(2026, 10, 22, 7, 30) };
const web = { scopeKey: 'work/eu-west-1', instanceId: 'i-0aaa' };
const first = blobOf('ssh-ed25519');
const second = blobOf('ssh-ed25519');
const rsa = blobOf('ssh-rsa');
let folder: string;
let hostKeys: HostKeys;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-host-keys-'));
  hostKeys = open();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a key that was never seen is unknown, and known once it is trusted', async () => {
  expect(await hostKeys.verify(web, 'ssh-ed25519', first)).toEqual({ outcome: 'unknown' });
  await hostKeys.trust(web, 'ssh-ed25519', first, 'person');
  expect(await hostKeys.verify(web, 'ssh-ed25519', first)).toEqual({ outcome: 'known' });
});

test('a trusted key is kept on disk as the contract has it, and read by the next process', async () => {
  await hostKeys.trust(web, 'ssh-ed25519', first, 'person');
  const kept: HostKey = {
    ...web,
    keyType: 'ssh-ed25519',
    publicKey: `ssh-ed25519 ${first.toString('base64')}`,
    fingerprint: `SHA256:${createHash('sha256').update(first).digest('base64').slice(0, 43)}`,
    firstSeen: '2026-11-22T07:30:00.000Z',
    confirmedBy: 'person',
  };
  expect(await open().list()).toEqual([kept]);
  expect(JSON.parse(readFileSync(join(folder, 'hostKeys.json'), 'utf8'))).toEqual({ version: 1, hostKeys: [kept] });
});

test('another key for the same instance is a change that names the key trusted before', async () => {
  await hostKeys.trust(web, 'ssh-ed25519', first, 'person');
  expect(await hostKeys.verify(web, 'ssh-ed25519', second)).toMatchObject({ outcome: 'changed', previous: { fingerprint: hostKeyFingerprint(first) } });
});

test('a key of another type for an instance with a trusted key is a change too', async () => {
  await hostKeys.trust(web, 'ssh-ed25519', first, 'person');
  expect(await hostKeys.verify(web, 'ssh-rsa', rsa)).toMatchObject({ outcome: 'changed', previous: { keyType: 'ssh-ed25519' } });
});

test('the same instance id in another scope, and another instance, have keys of their own', async () => {
  await hostKeys.trust(web, 'ssh-ed25519', first, 'person');
  expect(await hostKeys.verify({ ...web, scopeKey: 'home/eu-west-1' }, 'ssh-ed25519', second)).toEqual({ outcome: 'unknown' });
  expect(await hostKeys.verify({ ...web, instanceId: 'i-0bbb' }, 'ssh-ed25519', second)).toEqual({ outcome: 'unknown' });
});

test('a forgotten key is asked about again, and the keys of other instances stay', async () => {
  const other = { ...web, instanceId: 'i-0bbb' };
  await hostKeys.trust(web, 'ssh-ed25519', first, 'person');
  await hostKeys.trust(other, 'ssh-rsa', rsa, 'demo');
  await hostKeys.forget(web);
  expect(await hostKeys.verify(web, 'ssh-ed25519', second)).toEqual({ outcome: 'unknown' });
  expect(await hostKeys.verify(other, 'ssh-rsa', rsa)).toEqual({ outcome: 'known' });
});

test('of two answers at the same time about different keys the second is refused, and the same key twice is kept once', async () => {
  const [one, two] = await Promise.allSettled([hostKeys.trust(web, 'ssh-ed25519', first, 'person'), hostKeys.trust(web, 'ssh-ed25519', second, 'person')]);
  expect(one.status).toBe('fulfilled');
  expect(two).toMatchObject({ status: 'rejected', reason: { code: 'ssh.host-key-changed' } });
  await hostKeys.trust(web, 'ssh-ed25519', first, 'person');
  expect((await hostKeys.list()).map(({ fingerprint }) => fingerprint)).toEqual([hostKeyFingerprint(first)]);
});

test('listeners are told all keys after each change, until they stop listening', async () => {
  const told: number[] = [];
  const stop = hostKeys.onChanged((keys) => told.push(keys.length));
  await hostKeys.trust(web, 'ssh-ed25519', first, 'person');
  await hostKeys.forget(web);
  stop();
  await hostKeys.trust(web, 'ssh-ed25519', first, 'person');
  expect(told).toEqual([1, 0]);
});

test('a check asks about an unknown key, keeps an accepted one, and does not ask again', async () => {
  const asked: unknown[] = [];
  const check = checkFor((shown) => {
    asked.push(shown);
    return true;
  });
  await check.verify('ssh-ed25519', first);
  await check.verify('ssh-ed25519', first);
  expect(asked).toEqual([{ algorithm: 'ssh-ed25519', fingerprint: hostKeyFingerprint(first) }]);
  expect(await check.known()).toMatchObject([{ keyType: 'ssh-ed25519', confirmedBy: 'person' }]);
});

test('a key the person refuses ends as ssh.host-key-refused and is not kept', async () => {
  await expect(checkFor(() => false).verify('ssh-ed25519', first)).rejects.toMatchObject({ code: 'ssh.host-key-refused' });
  expect(await hostKeys.list()).toEqual([]);
});

test('a changed key is refused without asking, with both fingerprints and the way to forget the old one', async () => {
  await hostKeys.trust(web, 'ssh-ed25519', first, 'person');
  const refusal = checkFor(() => expect.unreachable('a changed key must not be asked about')).verify('ssh-ed25519', second);
  await expect(refusal).rejects.toMatchObject({
    code: 'ssh.host-key-changed',
    retryable: false,
    message: `The host key of i-0aaa has changed: it shows ${hostKeyFingerprint(second)}, and ${hostKeyFingerprint(first)} (ssh-ed25519) is trusted since 2026-11-22T07:30:00.000Z. Nothing was sent to it.`,
    remedy: 'Somebody may be intercepting the connection. If you know why the key changed, forget the old one: Keys → Known hosts, or `postern keys forget i-0aaa`.',
  });
});

function open(): HostKeys {
  const store = openStore({ path: join(folder, 'hostKeys.json'), version: HOST_KEY_DOCUMENT_VERSION, schema: HostKeyDocument, clock, onNotice: (notice) => expect.unreachable(notice.message) });
  return createHostKeys({ store, clock, log: silentLog });
}

function checkFor(confirm: (shown: { algorithm: string; fingerprint: string }) => boolean) {
  return createHostKeyCheck({ hostKeys, ...web, confirm: async (shown) => confirm(shown), confirmedBy: 'person' });
}

function blobOf(keyType: string): Buffer {
  const name = Buffer.from(keyType);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(name.length);
  return Buffer.concat([length, name, randomBytes(32)]);
}
