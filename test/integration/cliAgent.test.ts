/** `postern` with an SSH agent: its keys are listed and sign in, and a host is lent some of them after a question. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { KeyPair } from '../../src/contract/key.ts';
import type { CliHome } from './cliProcess.ts';
import { createCliHome } from './cliProcess.ts';
import type { TestAgent } from './sshAgent.ts';
import { startSshAgent } from './sshAgent.ts';
import type { KeyFile, Sshd } from './sshd.ts';
import { generateKeyFile, startSshd } from './sshd.ts';

const PASSPHRASE = 'correct horse';
let folder: string;
let home: CliHome;
let keys: Record<'work' | 'other' | 'locked', KeyFile>;
let agent: TestAgent;
let sshd: Sshd;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-cli-agent-'));
  home = createCliHome();
  keys = { work: generateKeyFile(join(folder, 'work'), ['ed25519']), other: generateKeyFile(join(folder, 'other'), ['rsa', '2048']), locked: generateKeyFile(join(folder, 'locked'), ['ed25519'], PASSPHRASE) };
  agent = await startSshAgent([keys.work.path, keys.other.path]);
  sshd = await startSshd({ authorizedKeys: [keys.work.publicKey, keys.locked.publicKey], config: ['LogLevel INFO'] });
  const ssh = join(home.folder, '.ssh');
  mkdirSync(ssh, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'public-only.pub'), `${keys.work.publicKey}\n`);
  const block = (name: string, ...lines: readonly string[]): string => [`Host ${name}`, 'HostName 127.0.0.1', `Port ${sshd.port}`, `User ${sshd.osUser}`, 'IdentitiesOnly yes', ...lines, ''].join('\n  ');
  writeFileSync(
    join(ssh, 'config'),
    [block('by-agent', `IdentityFile ${join(folder, 'public-only.pub')}`), block('by-named-agent', `IdentityFile ${join(folder, 'public-only.pub')}`, `IdentityAgent ${agent.path}`), block('without', `IdentityFile ${join(folder, 'public-only.pub')}`, 'IdentityAgent none'), block('by-file', `IdentityFile ${keys.locked.path}`)].join(''),
    { mode: 0o600 },
  );
  writeFileSync(join(ssh, 'known_hosts'), `[127.0.0.1]:${sshd.port} ${sshd.hostKeys[0]?.publicKey ?? ''}\n`);
});

afterAll(async () => {
  await Promise.all([sshd.stop(), agent.stop()]);
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('the keys of the agent are listed beside those of the keychain', async () => {
  const { stdout } = await home.run(['keys', 'list', '--json'], { environment: { SSH_AUTH_SOCK: agent.path } });
  expect(z.array(KeyPair).parse(JSON.parse(stdout)).map(({ keyName, keyType, origin, publicKey }) => [keyName, keyType, origin, publicKey])).toEqual([
    ['test', 'ed25519', 'agent', keys.work.publicKey.split(' ').slice(0, 2).join(' ')],
    ['test', 'rsa', 'agent', keys.other.publicKey.split(' ').slice(0, 2).join(' ')],
  ]);
  expect((await home.run(['keys', 'list', '--json'])).stdout.trim()).toBe('[]');
});

test('a host of ~/.ssh/config is entered with the key of the agent whose public half is named, by SSH_AUTH_SOCK or by IdentityAgent', async () => {
  expect(await home.run(['ssh', 'by-agent', '--', 'echo in'], { environment: { SSH_AUTH_SOCK: agent.path } })).toMatchObject({ status: 0, stdout: 'in\n' });
  expect(await home.run(['ssh', 'by-named-agent', '--', 'echo in'])).toMatchObject({ status: 0, stdout: 'in\n' });
  expect(await home.run(['ssh', 'without', '--', 'echo in'], { environment: { SSH_AUTH_SOCK: agent.path } })).toMatchObject({ status: 255, stdout: '' });
});

test('-A lends the keys that were chosen, asked for once', async () => {
  const environment = { SSH_AUTH_SOCK: agent.path };
  const first = home.onTerminal(['ssh', '-A', 'by-agent', '--', 'ssh-add -L'], { environment });
  await first.until(/Lend which, now and from now on \(numbers, or none\)\?/);
  first.type('1\r');
  expect(await first.exited).toBe(0);
  const again = await home.run(['ssh', '-A', 'by-agent', '--', 'ssh-add -L'], { environment });
  expect(again).toMatchObject({ status: 0 });
  expect(again.stdout.trim().split('\n').map((line) => line.split(' ')[1])).toEqual([keys.work.publicKey.split(' ')[1]]);
  expect(await home.run(['ssh', 'by-agent', '--', 'echo "[$SSH_AUTH_SOCK]"'], { environment })).toMatchObject({ stdout: '[]\n' });
});

test('the passphrase of a key file is kept in the keychain when asked to, and asked for again when it is wrong by now', async () => {
  const environment = { DBUS_SESSION_BUS_ADDRESS: process.env['DBUS_SESSION_BUS_ADDRESS'] };
  const first = home.onTerminal(['ssh', 'by-file', '--', 'echo in'], { environment });
  await first.until(/Passphrase for .*locked: /);
  first.type(`${PASSPHRASE}\r`);
  await first.until(/Keep it in the keychain \(yes\/no\)\?/);
  first.type('yes\r');
  expect(await first.exited).toBe(0);
  expect(await home.run(['ssh', 'by-file', '--', 'echo in'], { environment })).toMatchObject({ status: 0, stdout: 'in\n' });
  const kept = join(home.dataDir, 'keptPassphrases.json');
  expect(readFileSync(kept, 'utf8')).toContain(keys.locked.path);
  expect(readFileSync(kept, 'utf8')).not.toContain(PASSPHRASE);
  execFileSync('ssh-keygen', ['-q', '-p', '-P', PASSPHRASE, '-N', 'another', '-f', keys.locked.path]);
  const changed = home.onTerminal(['ssh', 'by-file', '--', 'echo in'], { environment });
  await changed.until(/Passphrase for .*locked: /);
  changed.type('another\r');
  await changed.until(/Keep it in the keychain \(yes\/no\)\?/);
  changed.type('no\r');
  expect(await changed.exited).toBe(0);
  expect(readFileSync(kept, 'utf8')).not.toContain(keys.locked.path);
});
