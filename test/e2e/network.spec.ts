/** The host panel's network sections: rules in words, routes and why, the VPC; whole, at 200 % zoom, in Japanese, and under a policy that allows only the list. */
import type { Page } from '@playwright/test';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import type { RunningApp } from './app.ts';
import { expect, host, test } from './app.ts';
import { launchOnCloud, startCloud } from './ownCloud.ts';
import { picture } from './picture.ts';

let cloud: DemoCloud;
/** Knows the demo cloud as an account of the person, so that its policy can be changed. */
let ownApp: RunningApp;

test.beforeAll(async () => {
  cloud = await startCloud();
  ownApp = await launchOnCloud(test.info().project.name, cloud, { POSTERN_ADDRESS_URL: cloud.addressUrl ?? '' });
});

test.afterEach(() => {
  cloud.faults.allowedActions = undefined;
});

test.afterAll(async () => {
  await ownApp.stop();
  await cloud.close();
});

const panel = (page: Page) => page.getByRole('complementary', { name: 'Host details' });
const section = (page: Page, name: string) => panel(page).getByRole('region', { name, exact: true });

async function showHost(page: Page, name: string): Promise<void> {
  const { instanceId } = cloud.instance(name);
  await page.getByLabel('Filter hosts').fill(instanceId);
  await page.locator(`[role=option][data-instance-id="${instanceId}"]`).click();
  await expect(panel(page).getByRole('article')).toHaveAttribute('data-instance-id', instanceId);
}

/** No part of a section is cut off or sticks out to the side. */
async function expectNothingSticksOut(page: Page): Promise<void> {
  const sticking = await page.locator('aside.right').evaluate((aside) => [...aside.querySelectorAll('.fold-body *')].filter((element) => element.getBoundingClientRect().right > aside.getBoundingClientRect().right + 1).map((element) => element.outerHTML.slice(0, 120)));
  expect(sticking).toEqual([]);
}

test('the address is asked for only when the person agrees, and then it decides who gets in', { tag: '@web' }, async ({ page }) => {
  await page.goto(ownApp.url);
  await expect(host(page, 'web-1')).toBeVisible();
  await showHost(page, 'bastion');
  const groups = section(page, 'Security groups');
  await expect(groups.locator('[data-port="22"]')).toHaveAttribute('data-verdict', 'unknown');
  await expect(groups.getByRole('list', { name: 'bastion: Inbound' })).toContainText('TCP 22 (SSH) from 198.51.100.0/24office');
  await groups.getByRole('button', { name: 'Look up my address…' }).click();
  await expect(groups).toContainText(`This asks ${new URL(cloud.endpointUrl).host}`);
  expect(cloud.faults.calls.filter(({ action }) => action === 'checkip:Get')).toEqual([]);
  await groups.getByRole('button', { name: /^Ask / }).click();
  await expect(groups).toContainText('Your address: 198.51.100.7');
  await expect(groups.locator('[data-port="22"]')).toHaveAttribute('data-verdict', 'yes');
  await expect(groups.getByRole('list', { name: 'bastion: Inbound' })).toContainText('lets you in');
  expect(cloud.faults.calls.filter(({ action }) => action === 'checkip:Get')).toHaveLength(1);
  await expect(section(page, 'Routes').locator('[data-route=direct]').first()).toContainText('lets your address 198.51.100.7 in on port 22');
  await showHost(page, 'web-1');
  await expect(groups.locator('[data-check="public-address"]')).toHaveAttribute('data-result', 'no');
  await expect(section(page, 'Subnet and routes').locator('[data-kind]')).toHaveAttribute('data-kind', 'private');
});

for (const [what, locale, colorScheme] of [['in light, in English', 'en-GB', 'light'], ['in dark, in Japanese', 'ja-JP', 'dark']] as const) {
  test(`a host with a hostile name and one with many rules stand at 200 % zoom ${what}`, async ({ browser }) => {
    // Of a window 1280 wide, half as much is left at 200 %.
    const context = await browser.newContext({ viewport: { width: 640, height: 900 }, deviceScaleFactor: 2, locale, colorScheme });
    const page = await context.newPage();
    await page.goto(ownApp.url);
    const hostile = cloud.estate.regions.flatMap(({ instances }) => instances).find(({ name }) => name.includes('onerror'));
    for (const instanceId of [hostile?.instanceId ?? '', cloud.instance('db-1').instanceId]) {
      await page.locator('#host-filter').fill(instanceId);
      await page.locator(`[role=option][data-instance-id="${instanceId}"]`).click();
      const panelToggle = page.locator('.top-bar .icon-button').last();
      if (!(await page.locator('.host-panel').isVisible())) await panelToggle.click();
      await expect(page.locator(`.host-panel[data-instance-id="${instanceId}"] [data-subnet-addresses]`)).toHaveCount(1);
      await expect(page.locator('.host-panel [data-acl] h6').first()).toHaveText(locale === 'ja-JP' ? 'インバウンド' : 'Inbound');
      await expectNothingSticksOut(page);
      await page.locator('.host-panel .door').first().scrollIntoViewIfNeeded();
      await picture(page);
      await panelToggle.click();
    }
    await context.close();
  });
}

test('with DescribeInstances alone each section names the permissions it lacks, and the rest stands', { tag: '@web' }, async ({ page }) => {
  cloud.faults.allowedActions = ['ec2:DescribeInstances'];
  await page.goto(ownApp.url);
  await expect(host(page, 'web-1')).toBeVisible();
  await showHost(page, 'bastion');
  await section(page, 'Subnet and routes').getByRole('button', { name: 'Read again' }).click();
  await page.locator('.status-bar > button').nth(1).click();
  await expect(section(page, 'Subnet and routes')).toContainText('Needs ec2:DescribeRouteTables');
  await expect(section(page, 'Subnet and routes')).toContainText('Needs ec2:DescribeNetworkAcls');
  await expect(section(page, 'VPC')).toContainText('Needs ec2:DescribeVpcAttribute');
  await expect(section(page, 'VPC')).toContainText('Needs ec2:DescribeVpcs');
  await expect(section(page, 'Security groups')).toContainText('Needs ec2:DescribeSecurityGroups');
  await expect(section(page, 'Addresses')).toContainText('203.0.113.10');
  await section(page, 'VPC').scrollIntoViewIfNeeded();
  await picture(page);
});
