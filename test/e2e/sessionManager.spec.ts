/** Session Manager in the window: limits that are counted down, lines that drop, and tokens that turn up nowhere. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import type { DataChannelTicket } from '../../src/demo/messageService.ts';
import type { RunningApp } from './app.ts';
import { activeTab, expect, expectScreen, host, openHost, test, typeLine } from './app.ts';
import { launchOnCloud, startCloud } from './ownCloud.ts';
import { foundInBrowserMemory, foundInFiles, heapSnapshot, pageContents } from './searches.ts';

let cloud: DemoCloud;
/** Knows the demo cloud as an account of the person. */
let ownApp: RunningApp;
const tickets: DataChannelTicket[] = [];

test.beforeAll(async () => {
  cloud = await startCloud();
  const { openSession, resumeSession } = cloud.messages;
  const kept = <T extends DataChannelTicket | undefined>(ticket: T): T => {
    if (ticket !== undefined) tickets.push(ticket);
    return ticket;
  };
  Object.assign(cloud.messages, { openSession: (...given: Parameters<typeof openSession>) => kept(openSession(...given)), resumeSession: (sessionId: string) => kept(resumeSession(sessionId)) });
  ownApp = await launchOnCloud(test.info().project.name, cloud);
});

test.afterEach(async ({ page }) => {
  cloud.faults.deniedActions = [];
  cloud.settings.sessionPreferences = undefined;
  for (const name of Object.keys(cloud.messages.faults)) Reflect.deleteProperty(cloud.messages.faults, name);
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Hosts' }).click();
  const close = page.locator('.tab-close');
  while ((await close.count()) > 0) await close.first().click();
});

test.afterAll(async () => {
  await ownApp.stop();
  await cloud.close();
});

async function showHosts(page: Page): Promise<void> {
  await page.goto(ownApp.url);
  await expect(host(page, 'web-1')).toBeVisible();
}

const preferences = (page: Page) => page.getByRole('complementary', { name: 'Host details' }).getByRole('region', { name: 'Session Manager' });

test('without the permission to read the preferences a shell opens, and the host panel names the permission', async ({ page }) => {
  cloud.faults.deniedActions = ['ssm:GetDocument'];
  await showHosts(page);
  await openHost(page, 'web-1');
  await expectScreen(page, /sh-5.2\$$/);
  await expect(page.getByTestId('session-limit')).toHaveCount(0);
  await expect(preferences(page)).toContainText('ssm:GetDocument is not allowed for profile demo in ap-northeast-1.');
});

test('the tab and the status bar count down to what ends the session, and typing gives it another while', async ({ page }) => {
  cloud.settings.sessionPreferences = { idleSessionTimeoutMinutes: 2, maxSessionDurationMinutes: 120, runAsDefaultUser: 'ec2-user', shellProfile: { linux: 'echo from-the-profile' } };
  await page.clock.install();
  await showHosts(page);
  await openHost(page, 'web-1');
  await expectScreen(page, 'from-the-profile');
  const idle = page.getByTestId('session-limit').and(page.locator('[data-limit=idle]'));
  await expect(idle).toHaveText(/SSM idle-out [12]:\d\d$/);
  await expect(page.getByTestId('session-limit').and(page.locator('[data-limit=ends]'))).toHaveText(/SSM ends (1:59:\d\d|2:00:00)$/);
  await expect(activeTab(page).getByTestId('tab-limit')).toHaveText(/^[12]:\d\d$/);
  await page.clock.fastForward(70_000);
  await expect(idle).toHaveText(/SSM idle-out 0:\d\d$/);
  await expect(preferences(page)).toContainText('2 minutes');
  await expect(preferences(page)).toContainText('120 minutes');
  await expect(preferences(page)).toContainText('ec2-user');
  await expect(preferences(page)).toContainText('echo from-the-profile');
});

test('tokens, stream addresses and AWS keys are in no argument, no log, no error and nowhere in the browser', async ({ page }) => {
  await showHosts(page);
  await openHost(page, 'web-1');
  await expectScreen(page, /sh-5.2\$$/);
  // A second token, by a resumption.
  const before = tickets.length;
  cloud.messages.cutClient(cloud.messages.sessions().at(-1)?.sessionId ?? '');
  await expect.poll(() => tickets.length).toBe(before + 1);
  await typeLine(page, 'echo still-$((6*7))');
  await expectScreen(page, 'still-42');
  // A tunnel that fails because of its token, and says why.
  cloud.messages.faults.refuseToken = true;
  await page.getByRole('complementary', { name: 'Host details' }).getByRole('button', { name: 'Forward a port…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Forward a port' });
  await dialog.getByLabel('Remote port', { exact: true }).fill('80');
  await dialog.getByRole('button', { name: 'Open tunnel' }).click();
  await expect(page.locator('tbody[data-forward-id]')).toHaveAttribute('data-state', 'failed');

  const { secretAccessKey } = readSecret();
  const tokens = new Map(tickets.map(({ tokenValue }, index) => [`token ${index + 1}`, Buffer.from(tokenValue)]));
  const secrets = new Map([...tokens, ...tickets.map(({ streamUrl }, index): [string, Buffer] => [`stream address ${index + 1}`, Buffer.from(new URL(streamUrl).search.slice(1))]), ['the secret key', Buffer.from(secretAccessKey)]]);
  expect(tokens.size).toBeGreaterThan(4);
  // What may be seen is searched for beside it, so that a search which cannot find fails too.
  const instanceId = Buffer.from(cloud.instance('web-1').instanceId);
  const shown = new Map([...secrets, ['the instance', instanceId]]);

  expect(await foundInFiles(ownApp.home, secrets)).toEqual([`the secret key in ${join(ownApp.home, '.aws', 'credentials')}`]);
  expect([...secrets].filter(([, form]) => ownApp.output().includes(form.toString())).map(([name]) => name)).toEqual([]);
  expect(ownApp.output()).toContain('http://127.0.0.1:');
  expect(foundInArguments(new Map([...secrets, ['the arguments of Chromium', Buffer.from('--remote-debugging')]]))).toEqual(['the arguments of Chromium']);
  const inWindow = Buffer.from((await heapSnapshot(page)) + (await pageContents(page)));
  expect([...shown].filter(([, form]) => inWindow.includes(form)).map(([name]) => name)).toEqual(['the instance']);
  const inMemory = await foundInBrowserMemory(page, shown);
  expect(inMemory).toContain('the instance in the renderer process');
  expect(inMemory.filter((place) => !place.startsWith('the instance'))).toEqual([]);
});

function readSecret(): { readonly secretAccessKey: string } {
  const secretAccessKey = /^aws_secret_access_key\s*=\s*(\S+)$/m.exec(readFileSync(cloud.credentialsFile, 'utf8'))?.[1];
  if (secretAccessKey === undefined) throw new Error('the demo profile has no secret key');
  return { secretAccessKey };
}

/** Which forms are in the arguments of any process of this machine. */
function foundInArguments(forms: ReadonlyMap<string, Buffer>): string[] {
  const all = Buffer.concat(readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(argumentsOf));
  return [...forms].filter(([, form]) => all.includes(form)).map(([name]) => name);
}

function argumentsOf(processId: string): Buffer {
  try {
    return readFileSync(`/proc/${processId}/cmdline`);
  } catch {
    // It has ended meanwhile.
    return Buffer.alloc(0);
  }
}
