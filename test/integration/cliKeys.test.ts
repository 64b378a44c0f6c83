/** `postern keys` with a real Secret Service and without one. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { KeyPair } from '../../src/contract/key.ts';
import type { CliHome } from './cliProcess.ts';
import { createCliHome, program, startOnTerminal, startProgram } from './cliProcess.ts';
import { generateKeyFile } from './sshd.ts';

const keyring = fileURLToPath(new URL('../../build/keyring.sh', import.meta.url));

let home: CliHome;
beforeAll(() => {
  home = createCliHome();
});
afterAll(() => home.remove());

/** Several commands in one session with a keyring of its own; each one's status, stdout and stderr by its number. */
async function withKeyring(commands: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }[]> {
  const folder = join(home.folder, `run-${readdirSync(home.folder).length}`);
  const script = [`mkdir ${folder}`, `postern() { "${process.execPath}" "${program}" "$@"; }`, ...commands.map((command, index) => `{ ${command}; } >${folder}/${index}.out 2>${folder}/${index}.err </dev/null; echo $? >${folder}/${index}.status`)].join('\n');
  const { status, stderr } = await startProgram('dbus-run-session', ['--', keyring, '/bin/sh', '-c', script], home.environment).exited;
  expect(status, stderr).toBe(0);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return commands.map((_, index) => ({ status: Number(read(`${index}.status`)), stdout: read(`${index}.out`), stderr: read(`${index}.err`) }));
}

test('keys are made, taken in, listed and removed, with their private halves in the Secret Service', async () => {
  const plain = generateKeyFile(join(home.folder, 'plain'), ['rsa', '2048']);
  const [made, taken, imported, badFile, list, json, removed, again, after] = await withKeyring([
    'postern keys generate laptop',
    'postern keys generate laptop',
    `postern keys import server ${plain.path}`,
    'postern keys import other /nowhere/key',
    'postern keys list',
    'postern keys list --json',
    'postern keys remove laptop',
    'postern keys remove laptop',
    'postern keys list --json',
  ]);
  expect(made).toMatchObject({ status: 0, stderr: '' });
  expect(made?.stdout).toMatch(/^ssh-ed25519 [A-Za-z0-9+/=]+( .*)?\n$/);
  expect(taken).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('(key.name-taken)') });
  expect(imported).toMatchObject({ status: 0, stderr: '' });
  expect(imported?.stdout.trim().split(' ').slice(0, 2)).toEqual(plain.publicKey.split(' ').slice(0, 2));
  expect(badFile).toMatchObject({ status: 1, stdout: '', stderr: 'postern: The key file /nowhere/key could not be read. (key.unreadable)\n  Check the path and that you may read it.\n' });
  expect(list).toMatchObject({ status: 0, stderr: '' });
  expect(list?.stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual([['NAME', 'TYPE'], ['laptop', 'ed25519 256'], ['server', 'rsa 2048'], ['']]);
  const keys = z.array(KeyPair).parse(JSON.parse(json?.stdout ?? ''));
  expect(keys.map(({ keyName, origin }) => [keyName, origin])).toEqual([['laptop', 'generated'], ['server', 'imported']]);
  expect(keys[1]?.fingerprint).toBe(execFileSync('ssh-keygen', ['-lf', `${plain.path}.pub`], { encoding: 'utf8' }).split(' ')[1]);
  expect(removed).toMatchObject({ status: 0, stdout: '', stderr: '' });
  expect(again).toMatchObject({ status: 1, stderr: 'postern: No key is called "laptop". (key.not-found)\n  "postern keys list" shows them.\n' });
  expect(z.array(KeyPair).parse(JSON.parse(after?.stdout ?? '')).map(({ keyName }) => keyName)).toEqual(['server']);
  const body = plain.privateKey.split('\n')[3] ?? 'no body';
  for (const entry of readdirSync(home.dataDir, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) expect(readFileSync(join(entry.parentPath, entry.name), 'latin1'), entry.name).not.toContain(body);
  }
});

test('without a keychain that is said, with the file as the other way; lists need none', async () => {
  const dataDir = join(home.folder, 'keychainless');
  const environment = { POSTERN_DATA_DIR: dataDir };
  const generated = await home.run(['keys', 'generate', 'laptop'], { environment });
  expect(generated).toMatchObject({ status: 1, stdout: '' });
  expect(generated.stderr).toMatch(/^postern: There is no D-Bus session, so there is no keychain\. \(keychain\.unavailable\)\n {2}.*"postern keys use-file" makes that file\.\n$/);
  expect(await home.run(['keys', 'list'], { environment })).toMatchObject({ status: 0, stdout: '', stderr: 'No keys yet. "postern keys generate NAME" makes one.\n' });
  expect(await home.run(['keys', 'hosts'], { environment })).toMatchObject({ status: 0, stdout: '', stderr: 'No host keys are kept yet.\n' });
  expect(await home.run(['keys', 'forget', 'i-0123'], { environment })).toMatchObject({ status: 1, stdout: '', stderr: 'postern: No host key of i-0123 is kept. (key.not-found)\n  "postern keys hosts" shows them.\n' });
  expect(await home.run(['keys', 'use-file'], { environment })).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('There is no terminal to ask on') });
});

test('the key file is made and opened by its passphrase, asked for on the terminal and never shown', async () => {
  const environment = { ...home.environment, POSTERN_DATA_DIR: join(home.folder, 'with-file') };
  const keys = (...args: string[]) => startOnTerminal(process.execPath, [program, 'keys', ...args], environment, 200);
  const differing = keys('use-file');
  await differing.until(/Passphrase for the key file: $/);
  differing.type('one\r');
  await differing.until(/Again: $/);
  differing.type('two\r');
  expect(await differing.exited).toBe(1);
  expect(differing.shown()).toContain('The two passphrases differ.');

  const made = keys('use-file');
  await made.until(/Passphrase for the key file: $/);
  made.type('tr0ub4dor\r');
  await made.until(/Again: $/);
  made.type('tr0ub4dor\r');
  expect(await made.exited).toBe(0);

  const generated = keys('generate', 'laptop');
  await generated.until(/Passphrase for the key file: $/);
  generated.type('guess\r');
  await generated.until(/That was not it\. Passphrase for the key file: $/);
  generated.type('tr0ub4dor\r');
  await generated.until(/^ssh-ed25519 /m);
  expect(await generated.exited).toBe(0);
  for (const terminal of [made, generated]) expect(terminal.shown()).not.toContain('tr0ub4dor');
});

test('an encrypted key is taken in from stdin too, its passphrase asked for on the terminal', async () => {
  const encrypted = generateKeyFile(join(home.folder, 'encrypted'), ['ed25519'], 'open sesame');
  writeFileSync(join(home.folder, 'import.sh'), `"${process.execPath}" "${program}" keys import server - < "${encrypted.path}"\n`);
  const environment = { ...home.environment, POSTERN_DATA_DIR: join(home.folder, 'stdin') };
  const terminal = startOnTerminal('dbus-run-session', ['--', keyring, '/bin/sh', join(home.folder, 'import.sh')], environment, 200);
  await terminal.until(/Passphrase for -: $/);
  terminal.type('open sesame\r');
  await terminal.until(new RegExp(`^${encrypted.publicKey.split(' ').slice(0, 2).join(' ').replaceAll('+', '\\+')}`, 'm'));
  expect(await terminal.exited).toBe(0);
  expect(terminal.shown()).not.toContain('open sesame');
});
