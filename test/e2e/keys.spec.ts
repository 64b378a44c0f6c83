/** Acceptance 4: a key's private half lives in the keychain of the system, or in a file only a passphrase opens, and nowhere else. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Secret } from '../../src/services/base/secret.ts';
import { openSecretFile } from '../../src/services/keys/secretFile.ts';
import { expect, launchApp, test } from './app.ts';
import { fingerprintOf, privateKeyForms } from './privateKeyForms.ts';
import { foundInBrowserMemory, foundInFiles, heapSnapshot, pageContents } from './searches.ts';

const PASSPHRASE = 'correct horse battery staple';

async function showKeys(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Keys' }).click();
}

function keyRow(page: Page, name: string) {
  return page.getByRole('table', { name: 'Key pairs', exact: true }).getByRole('row', { name });
}

/** In the form of the view; returns the row of the new key. */
async function generate(page: Page, name: string) {
  await page.getByRole('button', { name: 'Generate…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Generate a key pair' });
  await dialog.getByLabel('Name').fill(name);
  await expect(dialog.getByRole('radio', { name: /^ED25519/ })).toBeChecked();
  await dialog.getByRole('button', { name: 'Generate' }).click();
  await expect(dialog).toBeHidden();
  const row = keyRow(page, name);
  await expect(row).toContainText('generated here');
  return row;
}

async function remove(page: Page, name: string): Promise<void> {
  await keyRow(page, name).getByRole('button', { name: `Delete ${name}` }).click();
  await page.getByRole('dialog', { name: `Delete the key ${name}?` }).getByRole('button', { name: 'Delete key' }).click();
  await expect(keyRow(page, name)).toBeHidden();
}

/** The private half, out of the Secret Service; absent when it holds none. */
function lookUp(keyPairId: string | null): string | undefined {
  try {
    const text = execFileSync('secret-tool', ['lookup', 'service', 'postern', 'username', `key-pair/${keyPairId}`], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    return text.slice(text.indexOf('-----BEGIN OPENSSH'));
  } catch {
    return undefined;
  }
}

test('a generated key lives in the Secret Service, and nowhere on disk nor in the memory of the window', async ({ window, app }) => {
  await showKeys(window);
  await expect(window.getByTestId('secret-store')).toContainText('Private keys are kept in the keychain of this system (Secret Service).');
  const row = await generate(window, 'made-here');
  const fingerprint = (await row.getByText(/^SHA256:/).textContent()) ?? '';
  const text = lookUp(await row.getAttribute('data-key-pair-id'));
  if (text === undefined) throw new Error('the Secret Service does not hold the key');
  expect(fingerprintOf(text) === fingerprint).toBe(true);

  const forms = privateKeyForms(text);
  expect([...forms].filter(([name, form]) => name.startsWith('line') && text.includes(form.toString())).length).toBeGreaterThan(0);
  // What may be seen is searched for beside it, so that a search which cannot find fails too.
  const shown = new Map([...forms, ['the fingerprint', Buffer.from(fingerprint)]]);
  expect(await foundInFiles(app.home, shown)).toEqual([`the fingerprint in ${join(app.dataDir, 'keyPairs.json')}`]);
  expect(await foundInFiles(process.env['HOME'] ?? app.home, forms)).toEqual([]);
  const inWindow = Buffer.from((await heapSnapshot(window)) + (await pageContents(window)));
  expect([...shown].filter(([, form]) => inWindow.includes(form)).map(([name]) => name)).toEqual(['the fingerprint']);
  const inMemory = await foundInBrowserMemory(window, shown);
  expect(inMemory).toContain('the fingerprint in the renderer process');
  expect(inMemory.filter((place) => !place.startsWith('the fingerprint'))).toEqual([]);
  expect([...forms].filter(([, form]) => app.output().includes(form.toString('latin1'))).map(([name]) => name)).toEqual([]);
  await remove(window, 'made-here');
});

test('an encrypted OpenSSH key: a wrong passphrase is said and loses nothing, the right one imports it', async ({ window, app }) => {
  const folder = await mkdtemp(join(tmpdir(), 'postern-keys-'));
  const file = join(folder, 'from-laptop.pem');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', PASSPHRASE, '-C', 'laptop', '-f', file], { stdio: 'ignore' });
  const encrypted = await readFile(file, 'utf8');
  await showKeys(window);
  await window.getByRole('button', { name: 'Import…' }).click();
  const dialog = window.getByRole('dialog', { name: 'Import a private key' });
  await dialog.getByLabel('File').setInputFiles(file);
  await expect(dialog.getByLabel('Name')).toHaveValue('from-laptop');
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(dialog.getByRole('alert')).toContainText('key.passphrase-needed');
  await dialog.getByLabel('Passphrase').fill('wrong');
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(dialog.getByRole('alert')).toContainText('key.passphrase-wrong');
  expect((await dialog.getByLabel('or its text').inputValue()) === encrypted).toBe(true);
  await expect(dialog.getByLabel('Name')).toHaveValue('from-laptop');
  await expect(dialog.getByLabel('Passphrase')).toHaveValue('wrong');
  await dialog.getByLabel('Passphrase').fill(PASSPHRASE);
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(dialog).toBeHidden();
  const row = keyRow(window, 'from-laptop');
  await expect(row).toContainText('imported');

  execFileSync('ssh-keygen', ['-q', '-p', '-P', PASSPHRASE, '-N', '', '-f', file], { stdio: 'ignore' });
  const plain = await readFile(file, 'utf8');
  await rm(folder, { recursive: true });
  await expect(row).toContainText(fingerprintOf(plain));
  const stored = lookUp(await row.getAttribute('data-key-pair-id')) ?? '';
  expect(fingerprintOf(stored) === fingerprintOf(plain)).toBe(true);
  expect(await foundInFiles(app.home, new Map([...privateKeyForms(plain), ['the passphrase', Buffer.from(PASSPHRASE)]]))).toEqual([]);
  await remove(window, 'from-laptop');
});

test('what is no key is refused, and the form keeps what was entered', async ({ window }) => {
  await showKeys(window);
  await window.getByRole('button', { name: 'Import…' }).click();
  const dialog = window.getByRole('dialog', { name: 'Import a private key' });
  await dialog.getByLabel('or its text').fill('-----BEGIN OPENSSH PRIVATE KEY-----\nnothing of the kind\n-----END OPENSSH PRIVATE KEY-----\n');
  await dialog.getByLabel('Name').fill('broken');
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(dialog.getByRole('alert')).toContainText('key.unreadable');
  await expect(dialog.getByLabel('Name')).toHaveValue('broken');
  await expect(dialog.getByLabel('or its text')).toHaveValue(/nothing of the kind/);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(keyRow(window, 'broken')).toBeHidden();
});

test('deleting a key asks first, and then takes its private half out of the Secret Service', async ({ window }) => {
  await showKeys(window);
  const row = await generate(window, 'short-lived');
  const keyPairId = await row.getAttribute('data-key-pair-id');
  await row.getByRole('button', { name: 'Delete short-lived' }).click();
  const dialog = window.getByRole('dialog', { name: 'Delete the key short-lived?' });
  await expect(dialog).toContainText('cannot be brought back');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await window.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(row).toBeVisible();
  expect(lookUp(keyPairId) === undefined).toBe(false);
  await remove(window, 'short-lived');
  expect(lookUp(keyPairId) === undefined).toBe(true);
});

test('without a keychain the view says so and keeps keys in a file that only its passphrase opens, also after a restart', async ({ page }, testInfo) => {
  const home = await mkdtemp(join(tmpdir(), 'postern-e2e-'));
  const environment = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent', XDG_RUNTIME_DIR: home };
  const launch = () => launchApp(testInfo.project.name, { arguments: [], environment, home });
  let app = await launch();
  try {
    await page.goto(app.url);
    await showKeys(page);
    const store = page.getByTestId('secret-store');
    await expect(store).toContainText('Secret Service cannot be used: Postern keeps no private key in plain text instead.');
    await expect(store).toContainText('keychain.unavailable');
    await expect(page.getByRole('button', { name: 'Generate…' })).toBeDisabled();
    await expect(page.getByRole('button', { name: 'Import…' })).toBeDisabled();
    await store.getByLabel('Passphrase').fill(PASSPHRASE);
    await store.getByLabel('The same again').fill('another one');
    await expect(store.getByRole('alert').filter({ hasText: 'The two are not the same.' })).toBeVisible();
    await store.getByLabel('The same again').fill(PASSPHRASE);
    await store.getByRole('button', { name: 'Use an encrypted file' }).click();
    const path = join(app.dataDir, 'secrets.json');
    await expect(store).toContainText(`Private keys are kept in a passphrase-encrypted file (${path}).`);
    const keyPairId = (await (await generate(page, 'in-a-file')).getAttribute('data-key-pair-id')) ?? '';

    const file = await openSecretFile(path, Secret.fromText(PASSPHRASE));
    const text = (await file.get(`key-pair/${keyPairId}`))?.revealText() ?? '';
    expect(fingerprintOf(text) === (await keyRow(page, 'in-a-file').getByText(/^SHA256:/).textContent())).toBe(true);
    expect(await foundInFiles(home, new Map([...privateKeyForms(text), ['the passphrase', Buffer.from(PASSPHRASE)]]))).toEqual([]);

    await app.stop();
    app = await launch();
    await page.goto('about:blank');
    await page.goto(app.url);
    await showKeys(page);
    await expect(keyRow(page, 'in-a-file')).toBeVisible();
    await expect(store).toContainText('Open the encrypted key file with its passphrase:');
    await expect(page.getByRole('button', { name: 'Generate…' })).toBeDisabled();
    await store.getByLabel('Passphrase').fill('not the passphrase');
    await store.getByRole('button', { name: 'Open the file' }).click();
    await expect(store).toContainText('secrets.passphrase-wrong');
    await store.getByLabel('Passphrase').fill(PASSPHRASE);
    await store.getByRole('button', { name: 'Open the file' }).click();
    await expect(store).toHaveAttribute('data-state', 'ready');
    await expect(keyRow(page, 'in-a-file')).toBeVisible();
  } finally {
    await app.stop();
    await rm(home, { recursive: true, force: true });
  }
});
