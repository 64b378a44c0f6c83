/** What a person sees of an estate that changes and is read again. */
import type { Page } from '@playwright/test';
import { expect, host, test as base, type RunningApp } from './app.ts';
import { launchOnCloud, startCloud } from './ownCloud.ts';

type Cloud = Awaited<ReturnType<typeof startCloud>>;

// What is stopped here must not be missing in other tests.
const test = base.extend<{ readonly window: Page }, { readonly cloud: Cloud; readonly app: RunningApp }>({
  cloud: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixtures wanted from this pattern
    async ({}, use) => {
      const cloud = await startCloud();
      await use(cloud);
      await cloud.close();
    },
    { scope: 'worker' },
  ],
  app: [
    async ({ cloud }, use, workerInfo) => {
      const app = await launchOnCloud(workerInfo.project.name, cloud, { AWS_ENDPOINT_URL: cloud.endpointUrl, AWS_SECRET_ACCESS_KEY: '' });
      await use(app);
      await app.stop();
    },
    { scope: 'worker' },
  ],
  window: async ({ page, app }, use) => {
    // Every host's row is laid out.
    await page.setViewportSize({ width: 1360, height: 3000 });
    await page.goto(app.url);
    await expect(host(page, 'web-1')).toBeVisible();
    await expect(statusBar(page)).toContainText('fresh');
    await use(page);
  },
});

const statusBar = (page: Page) => page.getByRole('contentinfo', { name: 'Status' });

test('a host that stops is followed to its end in the list, and flashes its own row alone', { tag: '@web' }, async ({ window }) => {
  const row = host(window, 'cache-1');
  const instanceId = await row.getAttribute('data-instance-id');
  await window.evaluate((id) => {
    const flashed: string[] = [];
    /** Each that the row had, however short: it stops for four seconds. */
    const titles = new Set<string>();
    Object.assign(globalThis, { flashed, titles });
    new MutationObserver(() => void titles.add(document.querySelector(`[role=option][data-instance-id="${id}"]`)?.getAttribute('title') ?? 'no row')).observe(document, { subtree: true, childList: true, attributeFilter: ['title'] });
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) if (node instanceof Element && node.matches('.row-flash')) flashed.push(node.closest('[data-instance-id]')?.getAttribute('data-instance-id') ?? 'no row');
    }).observe(document, { subtree: true, childList: true });
  }, instanceId);
  await row.click();
  await window.getByRole('combobox', { name: 'Actions: cache-1' }).selectOption('stop');
  const dialog = window.getByRole('dialog', { name: 'Stop 1 host?' });
  await dialog.getByRole('button', { name: 'Stop' }).click();
  await window.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await expect(row).toHaveAttribute('title', /stopped/, { timeout: 20_000 });
  const titles = await window.evaluate(() => [...(Reflect.get(globalThis, 'titles') as Set<string>)]);
  expect(titles).toContainEqual(expect.stringMatching(/stopping/));
  const flashed = await window.evaluate(() => (Reflect.get(globalThis, 'flashed') as string[]));
  expect(new Set(flashed)).toEqual(new Set([instanceId]));
});

test('a region is read again at a click, and its reading is stopped by another: the hosts stay, and no other region is asked', { tag: '@web' }, async ({ window, cloud }) => {
  const region = window.locator('.host-row.group').filter({ hasText: 'us-east-2' });
  const hosts = await window.locator('[role=option][data-instance-id]').count();
  // DescribeInstances is asked about a host that is followed, too; about VPCs only when a region is read.
  const asked = (): string[] => cloud.faults.calls.flatMap(({ action, region: where }) => (action === 'ec2:DescribeVpcs' ? [where] : []));
  const before = asked().length;
  // Until this is taken back nothing is answered in the time of a test.
  cloud.faults.latencyMs = 600_000;
  await region.hover();
  await region.getByTitle('Read us-east-2 again').click();
  await expect(region.getByTitle('Stop reading us-east-2')).toBeVisible();
  await region.getByTitle('Stop reading us-east-2').click();
  await region.hover();
  await expect(region.getByTitle('Read us-east-2 again')).toBeVisible();
  await expect(window.locator('[role=option][data-instance-id]')).toHaveCount(hosts);
  cloud.faults.latencyMs = 0;
  await region.getByTitle('Read us-east-2 again').click();
  await expect.poll(() => asked().slice(before)).toContain('us-east-2');
  await expect(statusBar(window)).toContainText('fresh');
  expect(new Set(asked().slice(before))).toEqual(new Set(['us-east-2']));
  await expect(window.locator('[role=option][data-instance-id]')).toHaveCount(hosts);
});
