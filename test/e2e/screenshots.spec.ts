/**
 * The pictures of the README, from the views a person sees first. With POSTERN_SCREENSHOTS=1 they are made anew in
 * resources/screenshots; without it, that every view can be reached is what counts.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { activeTab, expect, expectScreen, host, launchApp, openHost, root, test, typeLine } from './app.ts';
import { toPalettePng } from './palettePng.ts';

const PROMPT = /\$ ?$/;

/** @param name absent: to be looked at in out/test, not kept */
async function picture(page: Page, name?: string): Promise<void> {
  if (process.env['POSTERN_SCREENSHOTS'] !== '1') return;
  // Nothing that changes with the run: no blinking cursor, no half-drawn frame.
  const png = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  const blank = await page.context().newPage();
  const folder = join(root, name === undefined ? 'out/test' : 'resources/screenshots');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name ?? test.info().title.replace(/\W+/g, '-')}.png`), await toPalettePng(blank, png));
  await blank.close();
}

/** Two hosts open, the list whole again, and something to see in the shell. */
async function lookAround(page: Page): Promise<void> {
  for (const name of ['batch-1', 'web-1']) {
    await openHost(page, name);
    await expectScreen(page, PROMPT);
  }
  await page.getByLabel('Filter hosts').press('Escape');
  await expect(host(page, 'bastion')).toBeVisible();
  await typeLine(page, 'clear; cat README; ls -l; colours');
  await expectScreen(page, /bold italic underlined.*\n.*\$ ?$/);
}

test('a shell on a private host, with its routes and addresses beside it', async ({ window }) => {
  await window.emulateMedia({ colorScheme: 'light' });
  await lookAround(window);
  await expect(window.getByRole('region', { name: 'Routes' })).toContainText('Session Manager');
  await picture(window, 'window');
});

test('the same in dark', async ({ window }) => {
  await window.emulateMedia({ colorScheme: 'dark' });
  await lookAround(window);
  await expect(window.locator('html')).toHaveAttribute('data-theme', 'dark');
  await picture(window, 'dark');
});

test('a connection that fails, with its steps and the rule that keeps the host closed', async ({ window }) => {
  await openHost(window, 'partner-1', 'Shift+Enter');
  const chooser = window.getByRole('dialog', { name: 'Open partner-1' });
  await chooser.getByRole('radio', { name: /^SSH to 203\.0\.113\./ }).check();
  await chooser.getByRole('button', { name: 'Open' }).click();
  await expect(activeTab(window)).toHaveAttribute('data-state', 'failed', { timeout: 30_000 });
  await expect(window.locator('[data-step=opening-transport]')).toHaveAttribute('data-outcome', 'failed');
  await window.getByLabel('Filter hosts').press('Escape');
  await picture(window, 'failed');
});

test('the keys, where they are kept, and the hosts they were shown to', async ({ window }) => {
  await window.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Keys' }).click();
  await expect(window.getByTestId('secret-store')).toContainText('Private keys are kept in the keychain of this system');
  await expect(window.getByRole('table', { name: 'Key pairs' })).toContainText('demo-key');
  await window.getByRole('button', { name: 'Generate…' }).click();
  await window.getByRole('dialog').getByLabel('Name').fill('work-laptop');
  await window.keyboard.press('Enter');
  await expect(window.getByRole('row', { name: 'work-laptop' })).toBeVisible();
  await picture(window, 'keys');
  await window.getByRole('button', { name: 'Delete work-laptop' }).click();
  await window.getByRole('button', { name: 'Delete key' }).click();
  await expect(window.getByRole('row', { name: 'work-laptop' })).toBeHidden();
});

test('a narrow window keeps the shell and hides what stands beside it', async ({ window }) => {
  await lookAround(window);
  await window.setViewportSize({ width: 480, height: 800 });
  await expect(window.getByRole('listbox', { name: 'Hosts' })).toBeHidden();
  await expect(window.getByTestId('terminal').filter({ visible: true })).toBeVisible();
  await picture(window);
  await window.getByRole('button', { name: 'Hosts list' }).click();
  await expect(window.getByRole('listbox', { name: 'Hosts' })).toBeVisible();
  await window.getByRole('button', { name: 'Hosts list' }).click();
  await expect(window.getByRole('listbox', { name: 'Hosts' })).toBeHidden();
});

test('five thousand hosts, found by a part of a name', async ({ page }, testInfo) => {
  const app = await launchApp(testInfo.project.name, { arguments: ['--demo=5000'] });
  try {
    await page.goto(app.url);
    await expect(page.getByRole('contentinfo', { name: 'Status' })).toContainText('5,000 hosts', { timeout: 60_000 });
    await page.getByLabel('Filter hosts').fill('cache 490');
    await expect(host(page, 'cache-4901')).toBeVisible();
    await page.getByLabel('Filter hosts').fill('cache prod');
    await page.getByLabel('Filter hosts').press('ArrowDown');
    await expect(page.getByRole('region', { name: 'Routes' })).toBeVisible();
    await picture(page, 'estate');
  } finally {
    await app.stop();
  }
});

test('nothing yet: how to add a profile', async ({ page }, testInfo) => {
  const app = await launchApp(testInfo.project.name, { arguments: [] });
  try {
    await page.goto(app.url);
    await expect(page.getByRole('heading', { name: 'No AWS profile found' })).toBeVisible();
    await picture(page);
  } finally {
    await app.stop();
  }
});
