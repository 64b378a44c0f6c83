/** Actions on hosts, key pairs in EC2, Windows and the history, as a person uses them. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, host, launchApp, openHost, root, test as base, type RunningApp } from './app.ts';

// What is stopped here must not be missing in other tests.
const test = base.extend<{ readonly window: Page }, { readonly app: RunningApp }>({
  app: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixtures wanted from this pattern
    async ({}, use, workerInfo) => {
      const app = await launchApp(workerInfo.project.name);
      await use(app);
      await app.stop();
    },
    { scope: 'worker' },
  ],
  window: async ({ page, app }, use) => {
    await page.setViewportSize({ width: 1360, height: 860 });
    await page.goto(app.url);
    await expect(host(page, 'web-1')).toBeVisible();
    await use(page);
  },
});

/** Pictures are for people: only where a folder for them is named. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['POSTERN_PICTURES'];
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  for (const theme of ['light', 'dark']) {
    await page.evaluate((value) => (document.documentElement.dataset['theme'] = value), theme);
    await page.screenshot({ path: join(root, folder, `${name}-${theme}.png`) });
  }
}

async function choose(page: Page, name: string, kind: string): Promise<void> {
  await page.getByLabel('Filter hosts').fill(name);
  await host(page, name).click();
  await page.getByRole('combobox', { name: `Actions: ${name}` }).selectOption(kind);
}

const stateOf = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(`^${name} `) });

test('a stop says what it costs, is followed with its address, told to the open tab, and kept in the history; the start brings another address', async ({ window }) => {
  await openHost(window, 'cache-1');
  await expect(window.getByTestId('terminal').filter({ visible: true })).toBeVisible();
  await choose(window, 'cache-1', 'stop');
  const dialog = window.getByRole('dialog', { name: 'Stop 1 host?' });
  await expect(dialog).toContainText('Its public address 203.0.113.70 goes back to AWS; the next start gives it another one.');
  await expect(dialog).toContainText('1 open terminal on it ends.');
  await picture(window, 'stop-dialog');
  await dialog.getByRole('button', { name: 'Stop' }).click();
  await expect(stateOf(window, 'cache-1')).toContainText('running → stopping');
  await picture(window, 'stop-progress');
  await expect(stateOf(window, 'cache-1')).toHaveAttribute('data-phase', 'done', { timeout: 20_000 });
  await expect(stateOf(window, 'cache-1')).toContainText('203.0.113.70 → none');
  await window.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await expect(window.getByLabel('Notices')).toContainText('cache-1 is stop');

  await choose(window, 'cache-1', 'start');
  await window.getByRole('dialog', { name: 'Start 1 host?' }).getByRole('button', { name: 'Start' }).click();
  // Closed while it goes on: the line below says how it goes.
  await window.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await expect(window.getByLabel('Actions', { exact: true })).toContainText('Start: 1 of 1 done', { timeout: 20_000 });
  await picture(window, 'runs');
  await window.getByLabel('Actions', { exact: true }).getByRole('button', { name: 'Show' }).click();
  await expect(stateOf(window, 'cache-1')).toContainText(/none → 198\.51\.100\.\d+/);
  await picture(window, 'start-done');
  await window.getByRole('dialog').getByRole('button', { name: 'Close' }).click();

  await window.getByRole('button', { name: 'History' }).click();
  const rows = window.getByRole('table', { name: 'History' }).locator('tbody tr');
  await expect(rows.filter({ hasText: 'Start' })).toContainText(['111122223333']);
  await expect(rows.filter({ hasText: 'Stop' })).toContainText(['demo']);
  await rows.filter({ hasText: 'Shell' }).getByRole('button', { name: 'Details' }).click();
  await expect(window.locator('.history-details')).toContainText('arn:aws:iam::111122223333:user/demo');
  await picture(window, 'history');
  await window.getByRole('searchbox', { name: 'Search the history' }).fill('no such thing');
  await expect(window.getByText('Nothing in the history matches.')).toBeVisible();
});

test('a selection is terminated only after each name was typed, and a protected host is left out', async ({ window }) => {
  await window.getByLabel('Filter hosts').fill('name:web-3,db-1');
  await host(window, 'web-3').click({ modifiers: ['Control'] });
  await host(window, 'db-1').click({ modifiers: ['Control'] });
  await window.getByRole('combobox', { name: 'An action on the selected hosts' }).selectOption('terminate');
  const dialog = window.getByRole('dialog', { name: 'Terminate 2 hosts for good?' });
  await expect(dialog).toContainText('Left out: Its termination protection is on.');
  const terminate = dialog.getByRole('button', { name: 'Terminate' });
  await expect(terminate).toBeDisabled();
  await dialog.getByLabel('Type web-3 to confirm').fill('web-30');
  await expect(terminate).toBeDisabled();
  await picture(window, 'terminate-dialog');
  await dialog.getByLabel('Type web-3 to confirm').fill('web-3');
  await terminate.click();
  await expect(stateOf(window, 'web-3')).toHaveAttribute('data-phase', 'done', { timeout: 20_000 });
  await expect(stateOf(window, 'web-3')).toContainText('running → terminated');
});

test('a key pair in EC2 is deleted by its name, made anew in the keychain, and opens the password of Windows for a few seconds', async ({ window }) => {
  await window.getByRole('button', { name: 'Keys' }).click();
  const section = window.getByRole('region', { name: 'Key pairs in EC2' });
  await section.getByRole('button', { name: 'Delete ops-2023 in EC2' }).first().click();
  const deletion = window.getByRole('dialog', { name: 'Delete the key pair ops-2023 in EC2?' });
  await expect(deletion).toContainText('desktop-1');
  await picture(window, 'delete-key');
  await deletion.getByLabel('Type ops-2023 to confirm').fill('ops-2023');
  await deletion.getByRole('button', { name: 'Delete' }).click();
  await expect(deletion).toBeHidden();
  await section.getByRole('button', { name: 'Create in EC2…' }).click();
  const creation = window.getByRole('dialog', { name: 'Create a key pair for EC2' });
  await creation.getByLabel('Name').fill('ops-2023');
  await creation.getByLabel('RSA 3072: for Windows instances too').check();
  await creation.getByRole('button', { name: 'Create' }).click();
  await expect(creation).toBeHidden({ timeout: 20_000 });
  await expect(section.locator('tr[data-key-name="ops-2023"]').first()).not.toContainText('no private half here', { timeout: 20_000 });
  await picture(window, 'ec2-keys');

  await window.getByRole('button', { name: 'Hosts', exact: true }).click();
  await window.getByLabel('Filter hosts').fill('desktop-1');
  await host(window, 'desktop-1').click();
  await window.getByRole('button', { name: 'Show the administrator password' }).click();
  await expect(window.locator('.shown-password')).toHaveText('Demo-only;9x!Kt(4vQz');
  await picture(window, 'windows-password');
  await expect(window.locator('.shown-password')).toBeHidden({ timeout: 25_000 });
});
