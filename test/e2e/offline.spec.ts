/** The last known estate: there at once after a restart, with its age, while AWS does not answer; and what a policy hides. */
import { rm } from 'node:fs/promises';
import { expect, host, launchApp, openHost, test } from './app.ts';
import { homeWithProfiles, startCloud } from './ownCloud.ts';

test('after a restart without AWS the last hosts are there, each with its age, and the filter works on them', async ({ page }, testInfo) => {
  const cloud = await startCloud();
  const home = await homeWithProfiles('', cloud);
  const launch = () => launchApp(testInfo.project.name, { home, arguments: [], environment: { AWS_ENDPOINT_URL: cloud.endpointUrl, AWS_SECRET_ACCESS_KEY: '' } });
  const bar = page.getByRole('contentinfo', { name: 'Status' });
  try {
    const first = await launch();
    await page.goto(first.url);
    await expect(host(page, 'web-1')).toBeVisible();
    await expect(bar).toContainText('fresh');
    const hosts = /\d+ hosts/.exec(await bar.innerText())?.[0] ?? '';
    await expect(page.locator('.host-row.remembered')).toHaveCount(0);
    await first.stop();
    await cloud.close();

    const second = await launch();
    try {
      await page.goto(second.url);
      await expect(host(page, 'web-1')).toBeVisible();
      await expect(bar).toContainText(hosts);
      await expect(bar).toContainText(/seen (now|\d+ s ago)/);
      const row = host(page, 'web-1');
      await expect(row).toHaveClass(/remembered/);
      await expect(row).toHaveAttribute('title', /Seen (now|\d+ s ago), not confirmed since/);
      await page.getByLabel('Filter hosts').fill('web 2');
      await expect(host(page, 'web-2')).toBeVisible();
      await page.getByLabel('Filter hosts').fill('');
      // Rows of different height stand one below the other.
      await expect.poll(() => page.locator('.host-row.scope, .host-row.group').evaluateAll((rows) => {
        const boxes = rows.map((row) => row.getBoundingClientRect()).toSorted((a, b) => a.top - b.top);
        return boxes.filter((box, index) => index > 0 && box.top + 1 < (boxes[index - 1]?.bottom ?? 0)).length;
      })).toBe(0);
      await page.screenshot({ path: testInfo.outputPath('remembered-light.png') });
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.screenshot({ path: testInfo.outputPath('remembered-dark.png') });
    } finally {
      await second.stop();
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

test('with a policy that allows only DescribeInstances the hosts are there, and what is hidden names its permission', async ({ page }, testInfo) => {
  const cloud = await startCloud();
  cloud.faults.allowedActions = ['ec2:DescribeInstances'];
  const home = await homeWithProfiles('', cloud);
  const app = await launchApp(testInfo.project.name, { home, arguments: [], environment: { AWS_ENDPOINT_URL: cloud.endpointUrl, AWS_SECRET_ACCESS_KEY: '' } });
  try {
    await page.goto(app.url);
    await openHost(page, 'web-1', 'Shift+Enter');
    await page.keyboard.press('Escape');
    const panel = page.getByRole('article', { name: 'Host web-1' });
    await expect(panel.getByRole('note').first()).toContainText('ec2:DescribeNetworkInterfaces');
    await expect(panel.getByRole('region', { name: 'Status' })).toContainText('status checks: needs ec2:DescribeInstanceStatus.');
    await expect(page.getByRole('contentinfo', { name: 'Status' })).toContainText('scopes not whole');
    await page.getByLabel('Filter hosts').fill('');
    await page.screenshot({ path: testInfo.outputPath('denied-light.png') });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.screenshot({ path: testInfo.outputPath('denied-dark.png') });
  } finally {
    await app.stop();
    await cloud.close();
    await rm(home, { recursive: true, force: true });
  }
});
