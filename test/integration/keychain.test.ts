/**
 * The real Secret Service (gnome-keyring), each scenario in a D-Bus session and a home of its own: locking and stopping it
 * must not reach other tests, nor anybody's own keyring.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../unit/base/temporaryFolder.ts';

const scenario = fileURLToPath(new URL('./keychainScenario.ts', import.meta.url));
const keyring = fileURLToPath(new URL('../../build/keyring.sh', import.meta.url));

async function run(program: string, parameters: readonly string[], environment: NodeJS.ProcessEnv = process.env): Promise<unknown> {
  const { stdout } = await promisify(execFile)(program, parameters, { env: environment, timeout: 50_000 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

const withKeyring = (name: string): Promise<unknown> => run('dbus-run-session', ['--', keyring, process.execPath, scenario, name]);

test('a generated key lives in the Secret Service and nowhere on disk, and is gone from there when it is removed', async () => {
  expect(await withKeyring('generate')).toEqual({
    samePublicHalf: true,
    inKeyring: true,
    dataFiles: ['keyPairs.json'],
    keyringFiles: true,
    openSshLines: 2,
    found: [],
    afterRemoval: 'gone',
  });
});

test('a secret of 8 KiB comes back, also in another thread, and a missing one is no error', async () => {
  expect(await withKeyring('large')).toEqual({ same: [true, true], missing: true, probe: 'done', state: 'unlocked' });
});

test('a locked keyring is said for every use, and leaves list and keys as they were', async () => {
  const locked = 'keychain.locked: The keyring is locked.';
  expect(await withKeyring('locked')).toEqual({ read: locked, generate: locked, remove: locked, probe: locked, state: 'locked', names: ['before'] });
});

test('a keyring that hangs stops neither the process nor the next use', async () => {
  expect(await withKeyring('hang')).toEqual({
    seen: ['keychain.unavailable: The Secret Service did not answer within 2 seconds.', 'keychain.unavailable: The Secret Service does not answer.'],
    loopWasFree: true,
    after: 'hunter2',
    impatientAfter: 'done',
  });
});

test.each([
  ['no address', {}],
  ['a dead address', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }],
])('without D-Bus (%s) there is no keychain: that is said, nothing is written, and the kernel keyring is not used instead', async (_, address) => {
  const home = temporaryFolder();
  const unavailable = 'keychain.unavailable: There is no D-Bus session, so there is no keychain.';
  // No XDG_RUNTIME_DIR either: D-Bus looks for a bus there.
  expect(await run(process.execPath, [scenario, 'absent'], { PATH: process.env['PATH'], HOME: home, ...address })).toEqual({
    generate: unavailable,
    probe: unavailable,
    read: unavailable,
    files: [],
    kernelKeysChanged: false,
  });
});

test('a session without a Secret Service is told from one without D-Bus', async () => {
  const home = temporaryFolder();
  const bus = fileURLToPath(new URL('./emptySessionBus.conf', import.meta.url));
  const unavailable = 'keychain.unavailable: No Secret Service runs in this session.';
  expect(await run('dbus-run-session', [`--config-file=${bus}`, '--', process.execPath, scenario, 'absent'], { PATH: process.env['PATH'], HOME: home })).toMatchObject({ generate: unavailable, probe: unavailable, read: unavailable, files: [] });
});
