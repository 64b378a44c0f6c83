/** The map of a VPC as a person uses it: what is on it, the way in drawn, search, keyboard, and the picture it is exported as. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, host, launchApp, test } from './app.ts';
import { picture } from './picture.ts';

/** Opens the map and waits for what AWS was asked about the network. */
async function openMap(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Map' }).click();
  await expect(page.locator('.map-field[data-detail="known"] .map-canvas')).toBeVisible();
}

/** Chooses a VPC by its name; resolves to how many hosts the chooser says it has. */
async function showVpc(page: Page, name: string): Promise<number> {
  const option = page.getByLabel('VPC', { exact: true }).locator('option', { hasText: new RegExp(`^${name} · `) });
  const label = (await option.innerText()).trim();
  await page.getByLabel('VPC', { exact: true }).selectOption({ label });
  await expect(page.getByRole('application', { name: `Map of ${name}` })).toBeVisible();
  return Number(/(\d+) hosts?$/.exec(label)?.[1]);
}

/** A thing on the map by the beginning of its label. */
function place(page: Page, label: string) {
  return page.locator(`.map-canvas button[data-map-id][aria-label^="${label}"]`);
}

const way = (page: Page) => page.getByTestId('way');
const selected = (page: Page) => page.locator('.map-canvas [aria-pressed="true"]');

test('the map shows zones, subnets with the reason why they are public or private, gateways, endpoints and interfaces', { tag: '@web' }, async ({ window: page }) => {
  await openMap(page);
  const hostCount = await showVpc(page, 'prod');
  await expect(page.locator('.map-frame.zone')).toHaveText(['Zone ap-northeast-1a', 'Zone ap-northeast-1c']);
  await expect(place(page, 'Subnet prod-public-a, 10.0.0.0/24, Public · by Internet gateway')).toBeVisible();
  await expect(place(page, 'Subnet prod-private-a, 10.0.10.0/24, Private · by NAT gateway')).toBeVisible();
  for (const label of ['prod, Internet gateway', 's3, Gateway endpoint', 'prod-nat, NAT gateway', 'eice-', 'router-1, Network interface · 10.0.10.50']) await expect(place(page, label)).toBeVisible();
  await expect(page.locator('.map-item.host')).toHaveCount(hostCount);
  await picture(page, 'map');
  await showVpc(page, 'isolated');
  await expect(place(page, 'Subnet isolated-a, 10.1.0.0/24, Isolated · no default route')).toBeVisible();
  await expect(place(page, 'ssmmessages, VPC endpoint')).toBeVisible();
});

test('the way in to the selected host is drawn: by Session Manager, through a bastion, and by the one that is chosen', { tag: '@web' }, async ({ window: page }) => {
  await openMap(page);
  await host(page, 'web-1').click();
  await expect(way(page)).toContainText('You → AWS services · web-1 → NAT gateway → Internet gateway → AWS services');
  await expect(page.locator('.map-way')).toHaveCount(2);
  await page.getByLabel('Way in').selectOption({ label: (await page.getByLabel('Way in').locator('option', { hasText: 'SSH through eice-' }).first().innerText()).trim() });
  await expect(way(page)).toContainText('You → AWS services → Instance Connect Endpoint → web-1');
  await place(page, 'db-1').click();
  await expect(way(page)).toContainText('You → Internet gateway → bastion → db-1');
  await expect(page.locator('.map-way')).toHaveAttribute('data-way', /^person igw-\S+ i-\S+ i-\S+$/);
  await expect(selected(page)).toHaveAttribute('aria-label', /^db-1, 10\.0\.20\.5, running, /);
  // A host of another VPC takes the map with it.
  await host(page, 'vault').click();
  await expect(page.getByRole('application', { name: 'Map of isolated' })).toBeVisible();
  await expect(way(page)).toContainText('vault → VPC endpoint → AWS services');
});

test('by keyboard alone: searched, moved between neighbours, zoomed, opened', { tag: '@web' }, async ({ window: page }) => {
  await openMap(page);
  const hostCount = await showVpc(page, 'prod');
  await page.getByRole('application', { name: 'Map of prod' }).focus();
  await page.keyboard.press('/');
  const search = page.getByRole('searchbox', { name: 'Search the map' });
  await expect(search).toBeFocused();
  await search.pressSequentially('tag:role=web state:running');
  await expect(page.locator('.map-search').getByRole('status')).toHaveText(`2 of ${hostCount}`);
  await expect(page.locator('.map-item.host:not(.dim)')).toHaveCount(2);
  await page.keyboard.press('Enter');
  await expect(selected(page)).toHaveAttribute('aria-label', /^web-1, 10\.0\.10\.21, running, Subnet prod-private-a/);
  await page.keyboard.press('Escape');
  await expect(page.locator('.map-item.dim')).toHaveCount(0);
  await page.keyboard.press('ArrowDown');
  await expect(selected(page)).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(selected(page)).toHaveAttribute('aria-label', /^web-4, 10\.0\.10\.24, pending/);
  await expect(selected(page)).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(selected(page)).toHaveAttribute('aria-label', /^batch-1, 10\.0\.10\.40, running/);
  const viewport = page.locator('.react-flow__viewport');
  const before = await viewport.getAttribute('style');
  await page.keyboard.press('+');
  await expect(viewport).not.toHaveAttribute('style', before ?? '');
  await page.keyboard.press('0');
  await expect(viewport).toHaveAttribute('style', before ?? '');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(viewport).not.toHaveAttribute('style', before ?? '');
  await expect(selected(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('.map-view')).toHaveCount(0);
  await expect(page.getByRole('tab').filter({ hasText: 'batch-1' }).first()).toBeVisible();
});

test('the exported picture is SVG that parses, with every host once, no script, and a hostile name as text', async ({ window: page }) => {
  await openMap(page);
  const hostCount = await showVpc(page, 'prod');
  await place(page, 'web-1').click();
  await expect(page.locator('.map-way')).toHaveCount(2);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export as SVG' }).click()]);
  expect(download.suggestedFilename()).toMatch(/^vpc-[0-9a-f]+\.svg$/);
  const svg = await readFile(await download.path(), 'utf8');
  const found = await page.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
    const all = [...parsed.querySelectorAll('*')];
    return {
      root: parsed.documentElement.nodeName,
      hosts: parsed.querySelectorAll('[data-kind=host]').length,
      ways: parsed.querySelectorAll('[data-way]').length,
      names: [...new Set(all.map(({ nodeName }) => nodeName))].toSorted(),
      handlers: all.flatMap((element) => element.getAttributeNames()).filter((name) => /^on|href/i.test(name)),
      hostile: [...parsed.querySelectorAll('[data-kind=host] title')].filter(({ textContent }) => textContent.includes('<img src=x onerror=alert(1)>')).length,
    };
  }, svg);
  expect(found).toEqual({ root: 'svg', hosts: hostCount, ways: 2, names: ['g', 'path', 'rect', 'svg', 'text', 'title'], handlers: [], hostile: 1 });
});

test('five hundred hosts of one VPC: dots from afar, few things drawn at a time, and any of them found', { tag: '@web' }, async ({ page }, testInfo) => {
  const app = await launchApp(testInfo.project.name, { arguments: ['--demo=2000'] });
  try {
    await page.goto(app.url);
    await expect(page.getByRole('contentinfo', { name: 'Status' })).toContainText('2,000 hosts', { timeout: 60_000 });
    await openMap(page);
    await page.getByLabel('VPC', { exact: true }).selectOption({ index: 0 });
    await expect(page.locator('.map-search').getByRole('status')).toHaveText('500 hosts');
    const dots = () => page.locator('.map-dots').evaluateAll((drawn) => drawn.reduce((sum, svg) => sum + Number(svg.getAttribute('data-dots')), 0));
    await expect.poll(dots).toBeGreaterThan(450);
    await expect.poll(async () => (await dots()) + (await page.locator('.map-item.host').count())).toBe(500);
    await picture(page, 'map-500');
    // A click on a dot is a click on its host, which is drawn whole then.
    const box = (await page.locator('.map-frame.subnet:has(.map-dots)').first().boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.click(box.x + box.width / 2 + 4, box.y + box.height / 2);
    await expect(selected(page)).toHaveCount(1);
    await page.getByRole('searchbox', { name: 'Search the map' }).fill('name:cache');
    // At once: Enter goes by what was written, not by what was drawn.
    await page.keyboard.press('Enter');
    await expect(selected(page)).toHaveAttribute('aria-label', /^cache-\d+, /);
    const zoom = () => page.locator('.react-flow__viewport').evaluate((element) => new DOMMatrix(getComputedStyle(element).transform).a);
    const before = await zoom();
    // However fast they follow each other, each step counts.
    for (let turn = 0; turn < 8; turn += 1) await page.getByRole('button', { name: 'Zoom in' }).click();
    await expect.poll(zoom).toBeCloseTo(Math.min(2, before * 1.25 ** 8), 5);
    await expect(page.locator('.map-dots')).toHaveCount(0);
    await expect.poll(() => page.locator('.map-item').count()).toBeLessThan(100);
  } finally {
    await app.stop();
  }
});
