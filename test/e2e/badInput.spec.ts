/** Acceptance 6, in the window: bad input is named with what to do about it, and nothing is lost by it. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import { ec2Error, emptyAnswer, instancesAnswer, profileSection, startScriptedAws } from '../integration/scriptedAws.ts';
import type { RunningApp } from './app.ts';
import { activeTab, expect, expectScreen, host, launchApp, openHost, terminal, test, typeLine } from './app.ts';
import { homeWithProfiles, startCloud } from './ownCloud.ts';
import { picture } from './picture.ts';

test('without an AWS profile the window teaches how to add one, and the demo cloud is one click away', async ({ page }, testInfo) => {
  const app = await launchApp(testInfo.project.name, { arguments: [] });
  try {
    await page.goto(app.url);
    const work = page.getByRole('main', { name: 'Work' });
    await expect(work.getByRole('heading', { name: 'No AWS profile found' })).toBeVisible();
    await expect(work).toContainText('~/.aws/config and ~/.aws/credentials');
    await expect(work).toContainText('aws configure sso');
    await work.getByRole('button', { name: 'Start the demo cloud' }).click();
    await openHost(page, 'web-1');
    await expectScreen(page, /\$ ?$/);
    await expect(page.getByRole('contentinfo', { name: 'Status' })).toContainText('demo cloud running');
  } finally {
    await app.stop();
  }
});

test.describe('profiles that do not answer beside one that does', () => {
  const CORRUPT_SETTINGS = '{ "version": 1, "theme": "dark", ';
  let cloud: DemoCloud;
  let signedInAgain = false;
  let endpoints: Awaited<ReturnType<typeof startScriptedAws>>[] = [];
  let home: string;
  let app: RunningApp;

  test.beforeAll(async () => {
    signedInAgain = false;
    cloud = await startCloud();
    const expired = await startScriptedAws((call) => (!signedInAgain ? ec2Error('RequestExpired') : call.operation === 'DescribeInstances' ? instancesAnswer(['i-0123456789abcdef0']) : emptyAnswer(call)));
    const signInPage = await startScriptedAws(() => ({ body: '<!doctype html><title>Hotel Wi-Fi</title>', headers: { 'content-type': 'text/html' } }));
    const silent = await startScriptedAws(({ response }) => void response.destroy());
    endpoints = [expired, signInPage, silent];
    const nobody = await closedAddress();
    const config = [
      profileSection('expired', expired.url),
      profileSection('hotel', signInPage.url),
      profileSection('silent', silent.url),
      profileSection('nobody', nobody),
      profileSection('unknown-keys', cloud.endpointUrl),
      profileSection('misspelt', cloud.endpointUrl).replace('eu-west-1', 'eu west 1'),
      `[profile keyless]\nregion = eu-west-1\nendpoint_url = ${cloud.endpointUrl}\n`,
    ];
    home = await homeWithProfiles(config.join('\n'), cloud);
    await mkdir(join(home, 'data'));
    await writeFile(join(home, 'data', 'settings.json'), CORRUPT_SETTINGS);
    app = await launchApp(test.info().project.name, { arguments: [], home });
  });

  test.afterAll(async () => {
    await app.stop();
    await Promise.all(endpoints.map((endpoint) => endpoint.close()));
    await cloud.close();
    await rm(home, { recursive: true, force: true });
  });

  test('each is told by name with its remedy, the others list their hosts, and one that is mended lists after Retry', async ({ page }) => {
    await page.setViewportSize({ width: 1280, height: 2000 });
    await page.goto(app.url);
    await expect(host(page, 'web-1')).toBeVisible();
    const row = (text: string) => page.getByRole('listbox', { name: 'Hosts' }).getByRole('option').filter({ hasText: text });
    const told: readonly (readonly [message: string, remedy: string, code: string])[] = [
      ['The credentials of profile expired in eu-west-1 have expired.', 'aws sso login --profile expired', 'aws.credentials-expired'],
      [`${endpoints[1]?.url} did not answer ec2:DescribeInstances as AWS does`, 'Check the endpoint URL', 'aws.endpoint-not-aws'],
      [`No connection to ${endpoints[2]?.url} (ECONNRESET).`, 'Check the network connection', 'aws.endpoint-unreachable'],
      ['(ECONNREFUSED)', 'Check the network connection and the endpoint of the profile.', 'aws.endpoint-unreachable'],
      ['AWS does not accept the credentials of profile unknown-keys in eu-west-1.', 'Check the access key', 'aws.credentials-refused'],
      ['"eu west 1" is not the name of a region.', 'Write it as AWS does', 'aws.region-unknown'],
      ['No credentials were found for profile keyless.', 'aws configure --profile keyless', 'aws.no-credentials'],
    ];
    for (const [message, remedy, code] of told) {
      await expect(row(message)).toContainText(remedy);
      await expect(row(message)).toContainText(code);
    }
    await page.getByRole('button', { name: '7 scopes with problems' }).click();
    const problems = page.getByRole('dialog', { name: 'What could not be read' });
    for (const profile of ['expired', 'hotel', 'silent', 'nobody', 'unknown-keys', 'misspelt', 'keyless']) await expect(problems.getByRole('heading', { name: new RegExp(`^${profile} · eu.west.1$`) })).toBeVisible();
    await problems.getByRole('button', { name: 'Close' }).click();

    signedInAgain = true;
    await row('The credentials of profile expired').getByText('Retry').click();
    await expect(page.locator('[data-instance-id=i-0123456789abcdef0][role=option]')).toBeVisible();
    await expect(page.getByRole('button', { name: '6 scopes with problems' })).toBeVisible();
    await expect(host(page, 'web-1')).toBeVisible();
  });

  test('a settings file that is no JSON is named with its line and never written over; mended, it takes effect at once', async ({ page }) => {
    const path = join(app.dataDir, 'settings.json');
    await page.goto(app.url);
    const notice = page.getByRole('complementary', { name: 'Notices' }).getByRole('alert').filter({ hasText: 'settings.json line 1: the file ends too early. What can be read of the file is in force, and nothing is written to it.' });
    await expect(notice).toBeVisible();
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Theme', { exact: true }).selectOption('light');
    const refused = page.getByRole('complementary', { name: 'Notices' }).getByRole('alert').filter({ hasText: 'Nothing was written to it.' });
    await expect(refused).toBeVisible();
    await expect(page.getByLabel('Theme', { exact: true })).not.toHaveValue('light');
    expect(await readFile(path, 'utf8')).toBe(CORRUPT_SETTINGS);
    await writeFile(path, '{ "theme": "light" }');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
    await expect(notice).toBeHidden();
  });
});

/** Where nothing listens. */
async function closedAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return `http://127.0.0.1:${port}`;
}

test('a host whose rules let nobody in: the attempt times out and shows the rule, and another route is one click away', async ({ window }) => {
  await openHost(window, 'partner-1', 'Shift+Enter');
  const chooser = window.getByRole('dialog', { name: 'Open partner-1' });
  await chooser.getByRole('radio', { name: /^SSH to 203\.0\.113\./ }).check();
  await chooser.getByRole('button', { name: 'Open' }).click();
  await expect(activeTab(window)).toHaveAttribute('data-state', 'failed', { timeout: 60_000 });
  const banner = window.getByTestId('session-banner');
  await expect(banner).toContainText('route.unreachable');
  await expect(banner).toContainText(/sg-[0-9a-f]+/);
  await expect(window.locator('[data-step=opening-transport]')).toHaveAttribute('data-outcome', 'failed');
  await window.getByLabel('Filter hosts').press('Escape');
  await picture(window, 'failed');
  await banner.getByRole('button', { name: 'Another route…' }).click();
  await expect(chooser).toBeVisible();
  await window.keyboard.press('Escape');
});

/** How the window's line to the app stands. */
function line(page: Page) {
  return page.getByTestId('link');
}

test('a page that loses the line to its app says so, comes back by itself, and the shell goes on (a browser only)', async ({ page, app }, testInfo) => {
  test.skip(testInfo.project.name !== 'web', 'The desktop has no line that can drop.');
  let drop: (() => Promise<void>) | undefined;
  let open = true;
  await page.routeWebSocket(/\/link$/, async (socket) => {
    if (!open) {
      await socket.close();
      return;
    }
    socket.connectToServer();
    drop = () => socket.close();
  });
  // After an attempt that failed the page asks whether anybody is there: a line that is gone carries no answer to that either.
  await page.route('/', (route) => (route.request().method() === 'HEAD' ? route.abort() : route.continue()));
  await page.goto(app.url);
  await openHost(page, 'web-1');
  await expectScreen(page, /\$ ?$/);
  await typeLine(page, 'echo before-$((1 + 1))');
  await expectScreen(page, 'before-2');
  open = false;
  await drop?.();
  await expect(line(page)).toHaveAttribute('data-state', 'waiting');
  await expect(line(page)).toContainText('not connected, trying again');
  await expect(terminal(page)).toContainText('before-2');
  open = true;
  await expect(line(page)).toHaveAttribute('data-state', 'open');
  await typeLine(page, 'echo after-$((3 * 3))');
  await expectScreen(page, 'after-9');
  await expectScreen(page, 'before-2');
  await page.locator('.tab-close').click();
});

test('a page whose line failed once, while the app answers, asks again and is connected (a browser only)', async ({ page, app }, testInfo) => {
  test.skip(testInfo.project.name !== 'web', 'The desktop has no WebSocket.');
  // The first goes out without the token: the app refuses it, as it does one that a loaded machine broke.
  await page.addInitScript(() => {
    const Real = globalThis.WebSocket;
    globalThis.WebSocket = class extends Real {
      constructor(address: string | URL) {
        super(address, ['postern', 'postern.broken']);
        globalThis.WebSocket = Real;
      }
    };
  });
  const refused = page.waitForRequest((request) => request.method() === 'HEAD');
  await page.goto(app.url);
  await refused;
  await expect(line(page)).toHaveAttribute('data-state', 'open');
  await expect(host(page, 'web-1')).toBeVisible();
});

test('an app that ends is missed by its page, and one that starts again on the same port is told from it (a browser only)', async ({ page }, testInfo) => {
  test.skip(testInfo.project.name !== 'web', 'The desktop\'s window ends with its app.');
  let app = await launchApp('web');
  try {
    const { port } = new URL(app.url);
    await page.goto(app.url);
    await openHost(page, 'web-1');
    await expectScreen(page, /\$ ?$/);
    await typeLine(page, 'echo still-$((4 + 4))');
    await expectScreen(page, 'still-8');
    await app.stop();
    await expect(line(page)).toHaveAttribute('data-state', 'waiting');
    await expect(line(page)).toContainText('not connected, trying again');

    app = await launchApp('web', { arguments: ['--demo', '--port', port] });
    await expect(line(page)).toHaveAttribute('data-state', 'token-refused');
    const notice = page.getByRole('complementary', { name: 'Notices' }).getByRole('alert');
    await expect(notice).toContainText('Postern was started again, so this page is no longer connected to it.');
    await expect(notice).toContainText('Open the address that it printed.');
    await expectScreen(page, 'still-8');

    // Into the same tab, where it changes the fragment only.
    await page.goto(app.url);
    await expect(line(page)).toHaveAttribute('data-state', 'open');
    await expect(notice).toBeHidden();
    await openHost(page, 'web-1');
    await expectScreen(page, /\$ ?$/);
  } finally {
    await app.stop();
  }
});
