/** The host panel's sections that are asked of AWS: metrics, details, access, storage, console; whole, and under a policy that allows only the list. */
import type { Page } from '@playwright/test';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import type { RunningApp } from './app.ts';
import { expect, host, test } from './app.ts';
import { launchOnCloud, startCloud } from './ownCloud.ts';

let cloud: DemoCloud;
/** Knows the demo cloud as an account of the person, so that its policy can be changed. */
let ownApp: RunningApp;

test.beforeAll(async () => {
  cloud = await startCloud();
  ownApp = await launchOnCloud(test.info().project.name, cloud);
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
  await page.goto(ownApp.url);
  await page.getByLabel('Filter hosts').fill(name);
  await host(page, name).click();
  await expect(panel(page).getByRole('article')).toHaveAttribute('data-instance-id', cloud.instance(name).instanceId);
}

/** Open: the settings keep it so, for the next host and the next test. */
async function openSection(page: Page, name: string): Promise<void> {
  const fold = section(page, name).getByRole('button', { name, exact: true });
  if ((await fold.getAttribute('aria-expanded')) === 'false') await fold.click();
  await expect(fold).toHaveAttribute('aria-expanded', 'true');
  // Metrics cost: what is not seen is not asked for.
  await section(page, name).locator('.fold-body > *').first().scrollIntoViewIfNeeded();
}

test('nothing is asked of CloudWatch before the section is opened; then charts, their numbers as tables, and the keys move through them', { tag: '@web' }, async ({ page }) => {
  await showHost(page, 'web-1');
  await expect(section(page, 'Facts')).toContainText('t3.small');
  expect(cloud.faults.calls.filter(({ action }) => action.startsWith('cloudwatch:') || action.startsWith('iam:'))).toEqual([]);
  await openSection(page, 'Metrics');
  const cpu = section(page, 'Metrics').getByRole('img', { name: /^CPU: / });
  await expect(cpu).toHaveAttribute('aria-label', /^CPU: [\d.]+ %$/);
  await expect(cpu.locator('canvas')).toHaveCount(1);
  await expect(section(page, 'Metrics').getByRole('img', { name: /^Memory used: / })).toHaveCount(1);
  await cpu.focus();
  await cpu.press('ArrowLeft');
  await expect(section(page, 'Metrics').locator('figure').first()).toContainText(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/);
  await section(page, 'Metrics').getByRole('radio', { name: '1 week' }).check();
  await expect(section(page, 'Metrics')).toContainText('again every 30 minutes');
  await expect(cpu.locator('canvas')).toHaveCount(1);
});

test('hosts selected in the list are compared: a line for each, by name', { tag: '@web' }, async ({ page }) => {
  await showHost(page, 'bastion');
  await page.getByLabel('Filter hosts').fill('name:web-');
  await host(page, 'web-1').click({ modifiers: ['Control'] });
  await host(page, 'web-2').click({ modifiers: ['Control'] });
  await page.getByRole('button', { name: 'Compare metrics' }).click();
  await expect(section(page, 'Metrics').getByRole('img', { name: /^CPU: web-1 [\d.]+ %, web-2 [\d.]+ %$/ })).toHaveCount(1);
  await section(page, 'Metrics').getByRole('button', { name: 'No longer compare web-2' }).click();
  await expect(section(page, 'Metrics').getByRole('img', { name: /^CPU: [\d.]+ %$/ })).toHaveCount(1);
});

test('details, access and storage of a host', { tag: '@web' }, async ({ page }) => {
  await showHost(page, 'web-1');
  for (const name of ['Details', 'Access', 'Storage']) await openSection(page, name);
  await expect(section(page, 'Details')).toContainText('2 vCPUs, 2 GiB memory');
  await expect(section(page, 'Details')).toContainText('healthy');
  await expect(section(page, 'Access')).toContainText('IAM says so of the role managed-instance.');
  await expect(section(page, 'Access')).toContainText('IMDSv2 only');
  await expect(section(page, 'Storage')).toContainText('8 GiB');
  await expect(section(page, 'Storage')).toContainText('deleted with the instance');
});

test('the console: text without escape sequences that can be searched, and a picture', { tag: '@web' }, async ({ page }) => {
  await showHost(page, 'web-1');
  await openSection(page, 'Console');
  const console = section(page, 'Console');
  await console.getByRole('button', { name: 'Show the output' }).click();
  await expect(console.locator('pre')).toContainText('[  OK  ] Started sshd.service - OpenSSH server daemon.');
  await console.getByLabel('Search the output').fill('sshd.service');
  await expect(console.getByRole('status')).toHaveText('1 line');
  await console.getByRole('button', { name: 'Take a picture' }).click();
  const picture = console.getByRole('img');
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))).toBe(640);
});

test('under a policy that allows only DescribeInstances the sections are grey and name each permission', { tag: '@web' }, async ({ page }) => {
  cloud.faults.allowedActions = ['ec2:DescribeInstances'];
  await showHost(page, 'web-1');
  const permissions = {
    Metrics: ['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'],
    Details: ['autoscaling:DescribeAutoScalingInstances', 'ec2:DescribeImages', 'ec2:DescribeInstanceAttribute', 'ec2:DescribeInstanceCreditSpecifications', 'ec2:DescribeInstanceTypes', 'elasticloadbalancing:DescribeTargetGroups'],
    Access: ['ec2:GetSerialConsoleAccessStatus', 'iam:GetInstanceProfile', 'ssm:GetServiceSetting'],
    Storage: ['ec2:DescribeInstanceTypes', 'ec2:DescribeVolumes'],
  };
  for (const [name, missing] of Object.entries(permissions)) {
    await openSection(page, name);
    for (const permission of missing) await expect(section(page, name).locator(`.missing[data-permission="${permission}"]`)).toContainText(`needs ${permission}`);
  }
  await openSection(page, 'Console');
  await section(page, 'Console').getByRole('button', { name: 'Show the output' }).click();
  await expect(section(page, 'Console').getByRole('alert')).toContainText('ec2:GetConsoleOutput is not allowed for profile demo');
  // What the list itself tells stays.
  await expect(section(page, 'Details')).toContainText('On-Demand');
  await expect(section(page, 'Access')).toContainText('IMDSv2 only');
});
