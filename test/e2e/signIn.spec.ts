/** Signing in from the window: the passphrase of a key file is kept on request and forgotten in Keys; what was agreed on is shown. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, expectScreen, host, launchApp, type RunningApp, test } from './app.ts';
import { generateKeyFile, startSshd, type Sshd } from '../integration/sshd.ts';

const PASSPHRASE = 'correct horse';
let home: string;
let keyPath: string;
let sshd: Sshd;
let app: RunningApp;

test.beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'postern-e2e-'));
  const ssh = join(home, '.ssh');
  await mkdir(ssh, { mode: 0o700 });
  keyPath = join(ssh, 'locked');
  const key = generateKeyFile(keyPath, ['ed25519'], PASSPHRASE);
  sshd = await startSshd({ authorizedKeys: [key.publicKey] });
  await writeFile(join(ssh, 'config'), ['Host by-file', 'HostName 127.0.0.1', `Port ${sshd.port}`, `User ${sshd.osUser}`, 'IdentityFile ~/.ssh/locked', ''].join('\n  '), { mode: 0o600 });
  await writeFile(join(ssh, 'known_hosts'), `[127.0.0.1]:${sshd.port} ${sshd.hostKeys[0]?.publicKey ?? ''}\n`);
  app = await launchApp(test.info().project.name, { home, arguments: [] });
});

test.afterAll(async () => {
  await app.stop();
  await sshd.stop();
  await rm(home, { recursive: true, force: true });
});

test('the passphrase of a key file is kept when its box is ticked, and forgotten in Keys', async ({ page }) => {
  await page.goto(app.url);
  await host(page, 'by-file').dblclick();
  const question = page.getByRole('form', { name: /Passphrase of the key .*locked/ });
  await expect(question.getByRole('checkbox', { name: 'Keep it in the keychain' })).not.toBeChecked();
  await question.getByLabel('Passphrase', { exact: true }).fill('wrong');
  await question.getByRole('button', { name: 'Unlock' }).click();
  await expect(question.getByRole('alert')).toContainText('That passphrase did not open the key (attempt 2).');
  await question.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
  await question.getByRole('checkbox', { name: 'Keep it in the keychain' }).check();
  await question.getByRole('button', { name: 'Unlock' }).click();
  await expectScreen(page, /\$|#/);
  await expect(page.getByTestId('security')).toHaveText('not post-quantum');
  await expect(page.getByTestId('security')).toHaveAttribute('title', /^Key exchange curve25519-sha256, host key ssh-ed25519, cipher aes128-gcm@openssh\.com\n/);

  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Keys' }).click();
  const kept = page.getByRole('region', { name: 'Passphrases kept in the keychain' });
  await expect(kept.getByRole('listitem')).toHaveText([new RegExp(`^${keyPath}`)]);
  await kept.getByRole('button', { name: `Forget the passphrase of ${keyPath}` }).click();
  await expect(kept).toHaveCount(0);
});
