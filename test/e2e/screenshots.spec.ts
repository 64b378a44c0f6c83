/** The views of the README's pictures (one more is in badInput.spec.ts): made anew on demand, reached in every run. */
import type { Page } from '@playwright/test';
import { expect, expectScreen, host, launchApp, openHost, terminal, test, typeLine } from './app.ts';
import { picture } from './picture.ts';

const PROMPT = /\$ ?$/;

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

test('a shell on a private host with its routes and addresses beside it: in light, in dark, and alone in a narrow window', async ({ window }) => {
  await window.emulateMedia({ colorScheme: 'light' });
  await lookAround(window);
  await expect(window.getByRole('region', { name: 'Routes', exact: true })).toContainText('Session Manager');
  await expect(window.locator('html')).toHaveAttribute('data-theme', 'light');
  await picture(window, 'window');
  await window.emulateMedia({ colorScheme: 'dark' });
  await expect(window.locator('html')).toHaveAttribute('data-theme', 'dark');
  await picture(window, 'dark');
  await window.setViewportSize({ width: 480, height: 800 });
  const hosts = window.getByRole('listbox', { name: 'Hosts' });
  await expect(hosts).toBeHidden();
  await expect(window.getByRole('complementary', { name: 'Host details' })).toBeHidden();
  await expect(terminal(window)).toBeVisible();
  await picture(window);
  const toggle = window.getByRole('button', { name: 'Hosts list' });
  await toggle.click();
  await expect(hosts).toBeVisible();
  await toggle.click();
  await expect(hosts).toBeHidden();
});

test('the keys, where they are kept, and the hosts they were shown to', async ({ window }) => {
  await window.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Keys' }).click();
  await expect(window.getByTestId('secret-store')).toContainText('Private keys are kept in the keychain of this system');
  await expect(window.getByRole('table', { name: 'Key pairs', exact: true })).toContainText('demo-key');
  await window.getByRole('button', { name: 'Generate…' }).click();
  await window.getByRole('dialog').getByLabel('Name').fill('work-laptop');
  await window.keyboard.press('Enter');
  await expect(window.getByRole('row', { name: 'work-laptop' })).toBeVisible();
  await picture(window, 'keys');
  await window.getByRole('button', { name: 'Delete work-laptop' }).click();
  await window.getByRole('button', { name: 'Delete key' }).click();
  await expect(window.getByRole('row', { name: 'work-laptop' })).toBeHidden();
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
    await expect(page.getByRole('region', { name: 'Routes', exact: true })).toBeVisible();
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
