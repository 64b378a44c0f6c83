/** Every section of the host panel, the map and the dialogs at once: with a host of extremes, at 200 % zoom, and under a policy that allows only DescribeInstances. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import type { RunningApp } from './app.ts';
import { expect, launchApp, root, test } from './app.ts';
import { ADDRESSES, extremeEstate, INTERFACES } from './extremeEstate.ts';
import { homeWithProfiles, startCloud } from './ownCloud.ts';
import { watchPage } from './watchPage.ts';

/** What begins folded, open. */
const OPEN = ['open:metrics', 'open:details', 'open:access', 'open:storage', 'open:console', 'Protection shown'];

const cleanups: (() => Promise<unknown>)[] = [];
test.afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function startApp(cloud: DemoCloud): Promise<RunningApp> {
  cleanups.push(() => cloud.close());
  const home = await homeWithProfiles('', cloud);
  cleanups.push(() => rm(home, { recursive: true, force: true }));
  await mkdir(join(home, 'data'), { recursive: true });
  await writeFile(join(home, 'data', 'settings.json'), JSON.stringify({ foldedSections: OPEN }));
  const app = await launchApp(test.info().project.name, { arguments: [], home, environment: { POSTERN_ADDRESS_URL: cloud.addressUrl ?? '' } });
  cleanups.push(() => app.stop());
  return app;
}

const panel = (page: Page) => page.locator('aside.right');
const section = (page: Page, name: string) => panel(page).getByRole('region', { name, exact: true });

async function select(page: Page, instanceId: string): Promise<void> {
  await page.locator('#host-filter').fill(instanceId);
  await page.locator(`[role=option][data-instance-id="${instanceId}"]`).click();
  if (!(await panel(page).isVisible())) await page.locator('.top-bar .icon-button').last().click();
  await expect(panel(page).getByRole('article')).toHaveAttribute('data-instance-id', instanceId);
}

/** Whatever is asked of AWS has been answered: nothing spins, nothing says that it is reading. */
async function expectAnswered(page: Page): Promise<void> {
  // The metrics ask when they are seen, a moment after they came into sight.
  await panel(page).locator('.metrics-section').scrollIntoViewIfNeeded();
  await expect(panel(page).locator('.metrics-section .asked-section')).toHaveCount(1);
  await expect(panel(page).locator('[aria-busy=true], .busy')).toHaveCount(0);
  await expect(panel(page)).not.toContainText(/Reading|Looking|Opening|読み込んでいます|(?:読み取り|読み込み)中…/);
}

/** As many pictures of a section: its beginning, and of a long list some more. */
const PICTURES_OF_A_SECTION = 4;

/** Each section, for people to look at: where a folder for them is named. */
async function pictures(page: Page, name: string): Promise<void> {
  const folder = process.env['POSTERN_PICTURES'];
  if (folder === undefined) return;
  await mkdir(join(root, folder), { recursive: true });
  await onePicture(page, name);
  // As wide as before, which is what the layout depends on; higher, so that fewer pictures show it all.
  const before = page.viewportSize() ?? { width: 1280, height: 800 };
  await page.setViewportSize({ width: before.width, height: 900 });
  const scroller = panel(page);
  const shownHeight = await scroller.evaluate((element) => element.clientHeight);
  for (const [index, one] of (await scroller.locator('.fold-section').all()).entries()) {
    const { top, height } = await one.evaluate((element, aside) => ({ top: element.getBoundingClientRect().top - (aside?.getBoundingClientRect().top ?? 0) + (aside?.scrollTop ?? 0), height: element.clientHeight }), await scroller.elementHandle());
    for (let part = 0; part < PICTURES_OF_A_SECTION && part * (shownHeight - 60) < height; part += 1) {
      await scroller.evaluate((element, at) => element.scrollTo(0, at), top + part * (shownHeight - 60));
      await onePicture(page, `${name}-${String(index).padStart(2, '0')}-${part}`);
    }
  }
  await page.setViewportSize(before);
}

async function onePicture(page: Page, name: string): Promise<void> {
  const folder = process.env['POSTERN_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: join(root, folder, `${name}.png`) });
}

/** Wider than its place, or under something else where a person would click it. */
function faultsOfLayout(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const named = (element: Element): string => `${element.tagName.toLowerCase()}.${String(element.getAttribute('class'))} ${(element.textContent ?? '').slice(0, 40)}`;
    if (document.documentElement.scrollWidth > window.innerWidth) faults.push(`the page is ${document.documentElement.scrollWidth} wide`);
    const aside = document.querySelector('aside.right');
    if (aside === null) return ['no panel'];
    if (aside.scrollWidth > aside.clientWidth) faults.push(`the panel is ${aside.scrollWidth} wide in ${aside.clientWidth}`);
    const right = aside.getBoundingClientRect().left + aside.clientWidth;
    const scrollsItself = (element: Element): boolean => {
      for (let up: Element | null = element.parentElement; up !== null && up !== aside; up = up.parentElement) if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(up).overflowX)) return true;
      return false;
    };
    for (const element of aside.querySelectorAll('*')) {
      const box = element.getBoundingClientRect();
      // A block may be narrow, and the text in it longer.
      const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
      const range = document.createRange();
      for (const node of own) {
        range.selectNodeContents(node);
        const beyond = range.getBoundingClientRect().right - right;
        if (beyond > 1 && element.closest('.visually-hidden') === null && !scrollsItself(element) && getComputedStyle(element).overflowX === 'visible') faults.push(`text sticks out by ${Math.round(beyond)}: ${named(element)}`);
      }
      if (box.width > 0 && box.right > right + 1 && !scrollsItself(element) && element.closest('.visually-hidden') === null) faults.push(`sticks out by ${Math.round(box.right - right)}: ${named(element)}`);
    }
    // Of many, as many as are tried in a moment; each is brought into view as a person would.
    const pressed = [...aside.querySelectorAll('button, input, select, summary, a')];
    const step = Math.max(1, Math.floor(pressed.length / 150));
    for (let at = 0; at < pressed.length; at += step) {
      const element = pressed[at];
      if (element === undefined || element.getClientRects().length === 0 || element.closest('.visually-hidden') !== null || getComputedStyle(element).opacity === '0') continue;
      // Of what is taller than the panel the middle would leave its beginning out of sight.
      element.scrollIntoView({ block: element.getBoundingClientRect().height > aside.clientHeight / 2 ? 'start' : 'center', behavior: 'instant' });
      const [box] = element.getClientRects();
      if (box === undefined) continue;
      const top = document.elementFromPoint(box.left + Math.min(box.width / 2, 20), box.top + Math.min(box.height / 2, 10));
      if (top === null || !(element.contains(top) || top.contains(element) || top.closest('label')?.contains(element) === true)) faults.push(`covered by ${top === null ? 'nothing' : named(top)}: ${named(element)}`);
    }
    return faults.slice(0, 20);
  });
}

async function newPage(browser: Browser, options: { readonly width: number; readonly height: number; readonly deviceScaleFactor: number; readonly locale: string; readonly colorScheme: 'light' | 'dark' }): Promise<Page> {
  const { width, height, ...rest } = options;
  const context = await browser.newContext({ viewport: { width, height }, ...rest });
  cleanups.push(() => context.close());
  return context.newPage();
}

test('15 interfaces of 50 addresses and hostile tags: nothing is executed, cut off or covered, in a window of 1280 and at 200 % zoom, in light, dark and Japanese', { tag: '@web' }, async ({ browser }) => {
  test.setTimeout(240_000);
  const cloud = await startCloud({ declaration: extremeEstate });
  const app = await startApp(cloud);
  const { instanceId } = cloud.instance(cloud.estate.regions[0]?.instances[0]?.name ?? '');
  const looks = [
    { width: 1280, height: 800, deviceScaleFactor: 1, locale: 'en-GB', colorScheme: 'light' },
    { width: 640, height: 400, deviceScaleFactor: 2, locale: 'en-GB', colorScheme: 'dark' },
    { width: 640, height: 400, deviceScaleFactor: 2, locale: 'ja-JP', colorScheme: 'light' },
  ] as const;
  for (const look of looks) {
    const page = await newPage(browser, look);
    const seen = await watchPage(page, app.url);
    const name = `extreme-${look.width}-${look.locale}-${look.colorScheme}`;
    await page.goto(app.url);
    await select(page, instanceId);
    await expectAnswered(page);
    await expect(panel(page).locator('.interface-card')).toHaveCount(INTERFACES);
    // Cards that nobody has scrolled to are found by the page's search, and Tab goes to them.
    const last = panel(page).locator('.interface-card').last();
    expect(await page.evaluate((id) => 'find' in window && typeof window.find === 'function' && window.find(id) === true, (await last.getAttribute('data-eni')) ?? '')).toBe(true);
    await panel(page).evaluate((element) => element.scrollTo(0, 0));
    await last.locator('.copyable').first().focus();
    await expect(last.locator('.copyable').first()).toBeInViewport();
    // A long list shows its beginning, and all of it when asked.
    await expect(panel(page).locator('.addresses > li')).toHaveCount(30);
    await pictures(page, name);
    await panel(page).locator('.addresses + .button').click();
    // The button is gone; who uses the keyboard goes on where it was.
    await expect(panel(page).locator('.addresses > li').nth(30)).toBeFocused();
    await expect(panel(page).locator('.addresses [data-address-kind=ipv6]')).toHaveCount(INTERFACES * ADDRESSES);
    const card = panel(page).locator('.interface-card').last();
    await card.locator('p > .button').first().click();
    await expect(card.locator('dl').nth(9)).toBeFocused();
    await card.locator('p > .button').click();
    await expect(card.getByText(/^2001:db8:.*:f0/)).toHaveCount(ADDRESSES);
    await expect(panel(page).locator('[data-group]')).toHaveCount(5);
    await onePicture(page, `${name}-all`);
    const addresses = panel(page).locator('.interface-card .copyable:has(wbr)');
    expect(await addresses.count()).toBeGreaterThanOrEqual(ADDRESSES);
    expect(await addresses.evaluateAll((buttons) => buttons.flatMap((button) => [...button.childNodes].filter((group) => {
      const range = document.createRange();
      range.selectNodeContents(group);
      return group.nodeType === Node.TEXT_NODE && new Set([...range.getClientRects()].map(({ top }) => top)).size > 1;
    })).length)).toBe(0);
    expect({ name, faults: await faultsOfLayout(page) }).toEqual({ name, faults: [] });
    expect(await page.evaluate(() => [document.title, 'pwned' in window, document.querySelectorAll('img:not(.console-screenshot img), iframe, script:not([src]), b, svg[onload]').length])).toEqual(['Postern', false, 0]);
    expect({ name, seen }).toEqual({ name, seen: [] });
    await page.context().close();
  }
});

test('with a policy that allows only DescribeInstances every section is grey, names what it needs, and asks once', { tag: '@web' }, async ({ page }) => {
  const cloud = await startCloud();
  cloud.faults.allowedActions = ['ec2:DescribeInstances'];
  const app = await startApp(cloud);
  const seen = await watchPage(page, app.url);
  await page.goto(app.url);
  await select(page, cloud.instance('bastion').instanceId);
  await expectAnswered(page);
  const needed: Readonly<Record<string, readonly string[]>> = {
    'Network interfaces': ['ec2:DescribeNetworkInterfaces'],
    Addresses: ['ec2:DescribeAddresses'],
    'Security groups': ['ec2:DescribeSecurityGroups'],
    'Subnet and routes': ['ec2:DescribeSubnets', 'ec2:DescribeRouteTables', 'ec2:DescribeNetworkAcls', 'ec2:DescribeInternetGateways', 'ec2:DescribeEgressOnlyInternetGateways', 'ec2:DescribeNatGateways', 'ec2:DescribeVpcEndpoints'],
    VPC: ['ec2:DescribeVpcs', 'ec2:DescribeSubnets', 'ec2:DescribeVpcAttribute'],
    Status: ['ec2:DescribeInstanceStatus', 'ssm:DescribeInstanceInformation'],
    'Session Manager': ['ssm:DescribeInstanceInformation'],
    Protection: ['ec2:DescribeInstanceAttribute'],
    Metrics: ['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'],
    Details: ['ec2:DescribeInstanceTypes', 'ec2:DescribeImages', 'ec2:DescribeInstanceAttribute', 'ec2:DescribeInstanceCreditSpecifications', 'autoscaling:DescribeAutoScalingInstances', 'elasticloadbalancing:DescribeTargetGroups'],
    Access: ['ssm:GetServiceSetting', 'ec2:GetSerialConsoleAccessStatus', 'ec2:DescribeKeyPairs'],
    Storage: ['ec2:DescribeVolumes', 'ec2:DescribeInstanceTypes'],
  };
  for (const [name, permissions] of Object.entries(needed)) for (const permission of permissions) await expect(section(page, name), `${name} names ${permission}`).toContainText(permission);
  // What DescribeInstances says is there, and it is not said otherwise than it is.
  await expect(section(page, 'Addresses').locator('[data-address-kind=elastic]')).toContainText('Fixed: kept until it is released');
  await expect(section(page, 'Details')).toContainText('On-Demand');
  await expect(section(page, 'Access')).toContainText('whether Default Host Management gives it a role is not known');
  await pictures(page, 'denied');
  expect(await faultsOfLayout(page)).toEqual([]);

  await section(page, 'Console').getByRole('button', { name: 'Show the output' }).click();
  await expect(section(page, 'Console').getByRole('alert')).toContainText('ec2:GetConsoleOutput is not allowed');
  await section(page, 'Console').getByRole('button', { name: 'Take a picture' }).click();
  await expect(section(page, 'Console').getByRole('alert')).toContainText('ec2:GetConsoleScreenshot is not allowed');
  await panel(page).getByRole('combobox', { name: 'Actions: bastion' }).selectOption('stop');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('ec2:DescribeInstanceAttribute is not allowed');
  await expect(dialog).toContainText('ec2:DescribeInstanceTypes is not allowed');
  await onePicture(page, 'denied-stop');
  await dialog.getByRole('button', { name: 'Stop' }).click();
  await expect(dialog).toContainText('ec2:StopInstances is not allowed');
  await onePicture(page, 'denied-stopped');
  await dialog.getByRole('button', { name: 'Close' }).click();

  await select(page, cloud.instance('desktop-1').instanceId);
  await section(page, 'Windows').getByRole('button', { name: /password/i }).click();
  await expect(section(page, 'Windows').getByRole('alert')).toContainText('ec2:GetPasswordData is not allowed');
  await expectAnswered(page);

  await page.getByRole('button', { name: 'Map', exact: true }).click();
  for (const permission of ['ec2:DescribeRouteTables', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs']) await expect(page.locator('.map-view')).toContainText(permission);
  await expect(page.locator('.map-canvas button[data-map-id]').first()).toBeVisible();
  await onePicture(page, 'denied-map');
  await page.getByRole('button', { name: 'Keys', exact: true }).click();
  await expect(page.locator('main')).toContainText('ec2:DescribeKeyPairs');
  await onePicture(page, 'denied-keys');
  await page.getByRole('button', { name: 'Hosts', exact: true }).click();

  // No storm: of errors on the screen, nor of questions that were answered already.
  await expect(page.locator('.notices .notice')).toHaveCount(0);
  const counts = new Map<string, number>();
  for (const { action, region, outcome } of cloud.faults.calls) if (outcome !== 'ok') counts.set(`${action} ${region}`, (counts.get(`${action} ${region}`) ?? 0) + 1);
  // A few sections of three hosts and a dialog ask for the same; nobody asks because of having been refused.
  expect([...counts].filter(([, count]) => count > 12)).toEqual([]);
  expect(seen).toEqual([]);
});
