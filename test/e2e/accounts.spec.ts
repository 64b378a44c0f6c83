/** Accounts in the window: signing in to Identity Center, adding its accounts, agreeing to a command, an MFA code, marks of production. */
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import type { RunningApp } from './app.ts';
import { activeTab, expect, expectScreen, host, launchApp, openHost, terminal, test as base } from './app.ts';
import { homeWithProfiles, startCloud } from './ownCloud.ts';

const STAGING = '210987654321';

/** An app over the person's own config files, whose endpoints are those of a demo cloud in this process. */
const test = base.extend<{ readonly cloud: DemoCloud; readonly own: RunningApp }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixtures wanted from this pattern
  cloud: async ({}, use) => {
    const cloud = await startCloud();
    cloud.identityCenter.settings.intervalSeconds = 0;
    await use(cloud);
    await cloud.close();
  },
  own: async ({ cloud }, use, { project }) => {
    const url = cloud.endpointUrl;
    const region = 'region = ap-northeast-1';
    const config = [
      `[profile sso-one]\n${region}\nsso_session = corp\nsso_account_id = ${STAGING}\nsso_role_name = ReadOnly`,
      `[profile sso-two]\nregion = us-east-2\nsso_session = corp\nsso_account_id = ${STAGING}\nsso_role_name = Administrator`,
      `[profile vault]\n${region}\ncredential_process = printf canary`,
      `[profile admin]\n${region}\nrole_arn = arn:aws:iam::${STAGING}:role/Admin\nsource_profile = demo\nmfa_serial = arn:aws:iam::123456789012:mfa/ann`,
      `[sso-session corp]\nsso_region = ap-northeast-1\nsso_start_url = ${url}/start\nsso_registration_scopes = sso:account:access\n`,
    ].join('\n');
    const home = await homeWithProfiles(config, cloud);
    const app = await launchApp(project.name, { home, arguments: [], environment: { AWS_ENDPOINT_URL: url, AWS_SECRET_ACCESS_KEY: '' } });
    await use(app);
    await app.stop();
    await rm(home, { recursive: true, force: true });
  },
});

async function openAccounts(page: Page) {
  await page.getByTestId('accounts-item').click();
  const dialog = page.getByRole('dialog', { name: 'Accounts' });
  await expect(dialog).toBeVisible();
  return dialog;
}

test('signing in from the window: the address and the code are seen before the page is opened, and the hosts come by themselves', async ({ page, own, cloud, context }, testInfo) => {
  await page.goto(own.url);
  await expect(host(page, 'web-1')).toBeVisible();
  // Terminals of other accounts stay open while this one waits.
  await openHost(page, 'web-1');
  await expectScreen(page, /\$$/);
  await expect(page.getByTestId('accounts-item')).toHaveText('3 accounts wait for you');
  const dialog = await openAccounts(page);
  const card = dialog.getByRole('region', { name: 'Sign in to corp' });
  await expect(card).toContainText('For sso-one, sso-two');
  await page.screenshot({ path: testInfo.outputPath('accounts-light.png') });
  await card.getByRole('button', { name: 'Sign in with a code' }).click();
  const address = card.locator('.sign-in-address');
  await expect(address).toContainText(`${cloud.endpointUrl}/device?user_code=`);
  const code = await card.locator('.user-code').innerText();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: testInfo.outputPath('accounts-dark.png') });
  await page.emulateMedia({ colorScheme: 'light' });
  expect(context.pages()).toHaveLength(1);
  if (testInfo.project.name === 'web') {
    const opened = context.waitForEvent('page');
    await card.getByRole('button', { name: 'Open this page' }).click();
    const browser = await opened;
    await expect(browser.locator('code')).toHaveText(code);
    await browser.getByRole('button', { name: 'Confirm and continue' }).click();
    await expect(browser.getByRole('heading', { name: 'Request approved' })).toBeVisible();
    await browser.close();
  } else {
    const browser = await context.newPage();
    await browser.goto(await address.innerText());
    await browser.getByRole('button', { name: 'Confirm and continue' }).click();
    await expect(browser.getByRole('heading', { name: 'Request approved' })).toBeVisible();
    await browser.close();
  }
  await expect(card).toBeHidden();
  await expect(dialog.locator('[data-sign-in=corp]')).toHaveAttribute('data-state', 'signed-in');
  await expect(page.getByTestId('accounts-item')).toHaveText('2 accounts wait for you');
  await expect.poll(async () => (await stat(join(own.home, '.aws', 'sso', 'cache'))).isDirectory()).toBe(true);

  await dialog.getByRole('button', { name: 'Accounts and roles…' }).click();
  const offered = dialog.getByRole('form', { name: 'Accounts of corp' });
  await offered.getByRole('group', { name: /sandbox/ }).getByLabel('Administrator').check();
  await offered.getByRole('button', { name: 'Add 1 role' }).click();
  await expect(dialog.locator('tr[data-profile="sandbox/Administrator"]')).toContainText('added in Postern');
  await expect(dialog.locator('tr[data-profile="admin"]')).toContainText('role through demo');
  await page.screenshot({ path: testInfo.outputPath('accounts-added.png'), fullPage: true });
  // Nothing secret reached the page.
  expect(await page.content()).not.toMatch(/aoa-|aor-|ASIA[A-Z0-9]{16}|canary-token/);
});

test('a command is shown before its first run, and an MFA code is asked for once', async ({ page, own, cloud }, testInfo) => {
  await page.goto(own.url);
  await expect(page.getByTestId('accounts-item')).toHaveText('3 accounts wait for you');
  const dialog = await openAccounts(page);
  const consent = dialog.getByRole('region', { name: 'Run this command for credentials?' });
  await expect(consent.getByLabel('Command')).toHaveText('printf canary');
  await consent.scrollIntoViewIfNeeded();
  await page.screenshot({ path: testInfo.outputPath('consent.png') });
  await consent.getByRole('button', { name: 'Allow and run' }).click();
  await expect(consent).toBeHidden();
  expect(await readFile(join(own.dataDir, 'accounts.json'), 'utf8')).toContain('sha256');
  const mfa = dialog.getByRole('region', { name: 'MFA code for admin' });
  await mfa.getByLabel('Six-digit code').fill('111111');
  await mfa.getByRole('button', { name: 'Use code' }).click();
  await expect(mfa.getByRole('alert')).toContainText('AWS did not take that code');
  await mfa.getByLabel('Six-digit code').fill(cloud.sts.mfaCode);
  await mfa.getByRole('button', { name: 'Use code' }).click();
  await expect(mfa).toBeHidden();
  await expect(page.getByTestId('accounts-item')).toHaveText('corp needs a sign-in');
});

test('a production account has a stripe and a word on its tabs, and every paste there is shown first', async ({ page, own, context, browserName }, testInfo) => {
  await context.grantPermissions(browserName === 'chromium' ? ['clipboard-read', 'clipboard-write'] : []);
  await page.goto(own.url);
  await openHost(page, 'web-1');
  await expectScreen(page, /\$$/);
  const dialog = await openAccounts(page);
  const mark = dialog.locator('.account-mark').first();
  await mark.getByLabel(/is production$/).check();
  await mark.getByLabel(/^Colour of/).selectOption('orange');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(activeTab(page)).toContainText('PROD');
  await expect(activeTab(page).locator('.tab.production')).toBeVisible();
  await page.screenshot({ path: testInfo.outputPath('production-tab.png') });
  await terminal(page).locator('textarea').focus();
  await terminal(page).locator('textarea').evaluate((element) => {
    const data = new DataTransfer();
    data.setData('text/plain', 'one line');
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  const paste = page.getByRole('dialog', { name: 'Paste this?' });
  await expect(paste).toContainText('one line');
  await paste.getByRole('button', { name: 'Cancel' }).click();
});

test('a profile added to the config file while Postern runs is listed without a restart', async ({ page, own }) => {
  await page.goto(own.url);
  await expect(host(page, 'web-1')).toBeVisible();
  const path = join(own.home, '.aws', 'config');
  await writeFile(path, `${await readFile(path, 'utf8')}\n[profile late]\nregion = us-east-2\nsource_profile = demo\nrole_arn = arn:aws:iam::${STAGING}:role/Reader\n`);
  const dialog = await openAccounts(page);
  await expect(dialog.locator('tr[data-profile="late"]')).toContainText('role through demo');
});
