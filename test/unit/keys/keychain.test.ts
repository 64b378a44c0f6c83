import { expect, test } from 'vitest';
import type { ErrorReport } from '../../../src/contract/error.ts';
import { PosternError } from '../../../src/contract/error.ts';
import { Secret } from '../../../src/services/base/secret.ts';
import type { SecretStore } from '../../../src/services/base/secret.ts';
import { createKeychain } from '../../../src/services/keys/keychain.ts';
import { toKeychainError } from '../../../src/services/keys/keychainErrors.ts';
import type { SecretServiceState } from '../../../src/services/keys/secretServiceState.ts';
import { PretendKeychain } from './pretendKeychain.ts';

function open(keychain: PretendKeychain, platform: string, state: SecretServiceState = 'unlocked'): SecretStore {
  return createKeychain({ items: keychain, platform, timeLimitMs: 20, probeLimitMs: 10, readState: async () => state });
}

async function report(work: Promise<unknown>): Promise<ErrorReport> {
  const thrown: unknown = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(thrown instanceof PosternError)) throw new Error(`expected a PosternError, got ${String(thrown)}`);
  return thrown.toReport();
}

test('a secret comes back, a missing one is undefined, and deleting what is not there is no error', async () => {
  const store = open(new PretendKeychain(), 'linux');
  await store.set('name', Secret.fromText('hunter2'));
  expect((await store.get('name'))?.revealText()).toBe('hunter2');
  await store.delete('name');
  await store.delete('name');
  expect(await store.get('name')).toBeUndefined();
  expect([store.kind, store.label]).toEqual(['keychain', 'Secret Service']);
});

test('on Windows an 8 KiB secret fits into items of 2,560 bytes', async () => {
  const store = open(new PretendKeychain(2_560), 'win32');
  const secret = new Uint8Array(8 * 1024).fill(7);
  await store.set('name', new Secret(secret));
  expect((await store.get('name'))?.reveal()).toEqual(secret);
  expect(store.label).toBe('Windows Credential Manager');
});

test('a keychain that hangs is given up after its time, and works again when it answers', async () => {
  const keychain = new PretendKeychain();
  const store = open(keychain, 'darwin');
  keychain.hangs = true;
  const error: ErrorReport = {
    code: 'keychain.unavailable',
    message: 'The macOS Keychain did not answer within 0.02 seconds.',
    remedy: 'Look for a window that asks for its password and do it again, or keep keys in a passphrase-encrypted file instead.',
    retryable: true,
  };
  expect(await report(store.get('name'))).toEqual(error);
  expect(await report(store.set('name', Secret.fromText('a')))).toEqual(error);
  expect(await report(store.delete('name'))).toEqual(error);
  expect((await report(store.probe())).message).toBe('The macOS Keychain did not answer within 0.01 seconds.');
  keychain.hangs = false;
  expect(await store.get('name')).toBeUndefined();
  await expect(store.probe()).resolves.toBeUndefined();
});

test('a probe says that the Secret Service is locked or has no keyring, without reading a secret', async () => {
  expect(await report(open(new PretendKeychain(), 'linux', 'locked').probe())).toMatchObject({ code: 'keychain.locked', message: 'The keyring is locked.' });
  expect(await report(open(new PretendKeychain(), 'linux', 'no-collection').probe())).toMatchObject({ code: 'keychain.unavailable', message: 'The Secret Service has no default keyring.' });
  await expect(open(new PretendKeychain(), 'linux', 'unknown').probe()).resolves.toBeUndefined();
});

test.each([
  ['linux', 'unknown', 'Platform failure: DBus error: Using X11 for dbus-daemon autolaunch was disabled at compile time, set your DBUS_SESSION_BUS_ADDRESS instead', 'keychain.unavailable', 'There is no D-Bus session, so there is no keychain.'],
  ['linux', 'unknown', 'Platform failure: DBus error: Failed to connect to socket /nonexistent: No such file or directory', 'keychain.unavailable', 'There is no D-Bus session, so there is no keychain.'],
  ['linux', 'unknown', 'Platform failure: DBus error: The name org.freedesktop.secrets was not provided by any .service files', 'keychain.unavailable', 'No Secret Service runs in this session.'],
  ['linux', 'unknown', 'Platform failure: DBus error: Did not receive a reply. Possible causes include: the remote application did not send a reply', 'keychain.unavailable', 'The Secret Service does not answer.'],
  ['linux', 'unknown', "Couldn't access platform storage: Secret Service: unlock prompt was dismissed", 'keychain.locked', 'The keyring is locked.'],
  ['linux', 'locked', "Couldn't access platform storage: Secret Service: no result found", 'keychain.locked', 'The keyring is locked.'],
  ['linux', 'no-collection', "Couldn't access platform storage: Secret Service: no result found", 'keychain.unavailable', 'The Secret Service has no default keyring.'],
  ['linux', 'unlocked', 'odd', 'keychain.unavailable', 'The Secret Service failed: odd'],
  ['darwin', 'unknown', 'Platform secure storage failure: User interaction is not allowed.', 'keychain.locked', 'The macOS Keychain is locked, or did not let Postern in.'],
  ['darwin', 'unknown', 'odd', 'keychain.unavailable', 'The macOS Keychain failed: odd'],
  ['win32', 'unknown', 'Windows ERROR_NO_SUCH_LOGON_SESSION', 'keychain.unavailable', 'Windows Credential Manager failed: Windows ERROR_NO_SUCH_LOGON_SESSION'],
] as const)('on %s (%s), "%s" is %s', (platform, state, reason, code, message) => {
  const error = toKeychainError(new Error(reason), platform, state);
  expect([error.code, error.message]).toEqual([code, message]);
  expect(error.remedy).toMatch(/^[A-Z].*\.$/);
});
