/** What a screen reader, a keyboard and weak eyes need of every screen: axe's rules in each theme, the focus, motion and 200 % zoom. */
import { AxeBuilder } from '@axe-core/playwright';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { en } from '../../src/renderer/i18n/en.ts';
import { expect, expectScreen, host, launchApp, openHost, test } from './app.ts';
import { walkScreens, walkSettings } from './everyScreen.ts';

const THEMES = [
  { name: 'light', media: { colorScheme: 'light', contrast: 'no-preference' } },
  { name: 'dark', media: { colorScheme: 'dark', contrast: 'no-preference' } },
  { name: 'high-contrast', media: { colorScheme: 'dark', contrast: 'more' } },
] as const;

/** What axe calls serious or critical in `part` of this screen, in every theme. Only colours differ between themes. */
async function grave(page: Page, screen: string, part = 'body'): Promise<string[]> {
  const found: string[] = [];
  for (const { name, media } of THEMES) {
    await page.emulateMedia({ ...media, reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', name);
    // What programs print in a terminal has the colours they chose.
    const axe = new AxeBuilder({ page }).setLegacyMode(true).include(part).exclude('.xterm-rows');
    const { violations } = await (name === 'light' ? axe : axe.withRules(['color-contrast'])).analyze();
    for (const { id, impact, nodes } of violations) {
      if (impact === 'serious' || impact === 'critical') found.push(...nodes.map(({ target, failureSummary = '' }) => `${screen}, ${name}: ${id} at ${target.join(' ')}: ${failureSummary.replace(/\s+/g, ' ')}`));
    }
  }
  return found;
}

async function showView(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name }).click();
}

async function unfoldAll(page: Page): Promise<void> {
  const folded = page.getByRole('complementary', { name: 'Host details' }).locator('h3 > button[aria-expanded=false]');
  while ((await folded.count()) > 0) await folded.first().click();
}

test('axe finds nothing serious in the hosts, the host panel with all its sections, terminals and their dialogs, in any theme', { tag: '@web' }, async ({ window }) => {
  const found = await grave(window, 'hosts');
  await host(window, 'web-1').click();
  await unfoldAll(window);
  await expect(window.getByRole('region', { name: 'Metrics', exact: true }).locator('canvas').first()).toBeVisible();
  await expect(window.getByRole('region', { name: 'VPC', exact: true })).toContainText('10.0.0.0/16');
  found.push(...(await grave(window, 'host panel', '.right')));
  await openHost(window, 'web-1');
  await expectScreen(window, /\$ ?$/);
  await window.getByRole('button', { name: 'Tab menu' }).click();
  found.push(...(await grave(window, 'tab menu', '.popover:popover-open')));
  await window.getByRole('button', { name: 'Split right' }).click();
  await expect(window.getByTestId('terminal')).toHaveCount(2);
  found.push(...(await grave(window, 'terminal', '.centre')));
  expect(found).toEqual([]);
});

const VIEWS = ['Map', 'Tunnels', 'Keys', 'History', 'Settings'] as const;

test('axe finds nothing serious in the other views, in any theme', { tag: '@web' }, async ({ window }) => {
  const found: string[] = [];
  for (const view of VIEWS) {
    await showView(window, view);
    await expect(window.getByRole('main').getByRole('heading', { name: view, exact: true })).toBeVisible();
    if (view === 'Map') await expect(window.locator('[data-map-id]').first()).toBeVisible();
    found.push(...(await grave(window, view, '.centre')));
  }
  expect(found).toEqual([]);
});

test('axe finds nothing serious in the dialogs, in any theme', { tag: '@web' }, async ({ window }) => {
  const found: string[] = [];
  const look = async (name: string, open: () => Promise<void>): Promise<void> => {
    await open();
    const dialog = window.getByRole('dialog').filter({ visible: true });
    await expect(dialog).toBeVisible();
    found.push(...(await grave(window, name, 'dialog[open], .popover:popover-open')));
    await window.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  };
  await host(window, 'web-1').click();
  const button = (name: string) => (): Promise<void> => window.getByRole('button', { name, exact: true }).first().click();
  await look('palette', () => window.keyboard.press('Control+k'));
  await look('routes', button('Open as…'));
  await look('forward', button('Forward a port…'));
  await look('views', button('Arrange and save views'));
  await look('action', async () => void (await window.getByRole('complementary', { name: 'Host details' }).getByRole('combobox', { name: 'Actions' }).selectOption({ label: 'Stop…' })));
  await look('scopes', () => window.getByTitle('Choose profiles and regions').click());
  await look('accounts', async () => {
    await window.getByTitle('Choose profiles and regions').click();
    await window.getByRole('button', { name: 'Accounts and sign-ins…' }).click();
  });
  await showView(window, 'Keys');
  await look('generate', button('Generate…'));
  await look('import', button('Import…'));
  await look('create in EC2', button('Create in EC2…'));
  expect(found).toEqual([]);
});

/** All rules in one theme, the colours in all. */
test('axe finds nothing serious on any screen of a walk through the whole window, and Escape gives the focus back, in any theme', { tag: '@web' }, async ({ page, context }, testInfo) => {
  // Sixty screens in three themes.
  test.setTimeout(600_000);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const home = await mkdtemp(join(tmpdir(), 'postern-access-'));
  await mkdir(join(home, 'data'));
  await writeFile(join(home, 'data', 'settings.json'), JSON.stringify(walkSettings));
  const app = await launchApp(testInfo.project.name, { home });
  const found: string[] = [];
  try {
    await page.goto(app.url);
    await expect(host(page, 'web-1')).toBeVisible();
    await walkScreens(page, en, async ({ name, part }) => {
      found.push(...(await grave(page, name, part)));
      // Reduced motion is asked for by now.
      found.push(...(await page.evaluate(() => document.getAnimations().map(({ effect }) => (effect instanceof KeyframeEffect ? (effect.target?.outerHTML.slice(0, 80) ?? '') : '')))).map((moving) => `${name}: moves: ${moving}`));
    });
    expect(found).toEqual([]);
  } finally {
    await app.stop();
    await rm(home, { recursive: true, force: true });
  }
});

test('axe finds nothing serious in the first steps and without a token', { tag: '@web' }, async ({ page }, testInfo) => {
  const app = await launchApp(testInfo.project.name, { arguments: [] });
  try {
    await page.goto(app.url);
    await expect(page.getByRole('heading', { name: 'No AWS profile found' })).toBeVisible();
    const found = await grave(page, 'first steps');
    await page.evaluate(() => sessionStorage.clear());
    await page.reload();
    await expect(page.getByTestId('no-token')).toBeVisible();
    found.push(...(await grave(page, 'no token')));
    expect(found).toEqual([]);
  } finally {
    await app.stop();
  }
});

/** Where the focus is: the part of the window, and whether a person sees it. */
async function focused(page: Page): Promise<{ readonly part: string; readonly seen: boolean; readonly what: string } | undefined> {
  return await page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return undefined;
    const { top, bottom, left, right, width, height } = element.getBoundingClientRect();
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const outlined = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
    const inSight = width > 0 && height > 0 && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
    return { part: element.closest('header.top-bar, nav.left, main, aside.right, footer')?.tagName.toLowerCase() ?? '', seen: outlined && inSight, what: element.outerHTML.slice(0, 120) };
  });
}

test('Tab walks through the whole window from top to bottom, and the focus is always seen', { tag: '@web' }, async ({ window }) => {
  await host(window, 'web-1').click();
  await expect(window.getByRole('region', { name: 'Routes', exact: true })).toContainText('Session Manager');
  await window.getByRole('button', { name: 'Hosts list' }).focus();
  const parts: string[] = [];
  const unseen: string[] = [];
  // Far more than there are, also with every section of the panel open as an earlier test left it.
  for (let steps = 0; steps < 600 && parts.at(-1) !== 'footer'; steps += 1) {
    await window.keyboard.press('Tab');
    let focus = await focused(window);
    if (focus?.seen === false) {
      // A section above it got its answer just now and pushed it away: once all are there, coming to it again must show it.
      await expect(window.locator('.asked-section[aria-busy=true]')).toHaveCount(0);
      await window.keyboard.press('Shift+Tab');
      await window.keyboard.press('Tab');
      focus = await focused(window);
    }
    if (focus === undefined) break;
    if (!focus.seen) unseen.push(focus.what);
    if (parts.at(-1) !== focus.part) parts.push(focus.part);
  }
  expect(unseen).toEqual([]);
  expect(parts).toEqual(['header', 'nav', 'aside', 'footer']);
});

test('with reduced motion nothing moves', { tag: '@web' }, async ({ window }) => {
  await window.emulateMedia({ reducedMotion: 'reduce' });
  await openHost(window, 'web-1');
  await expectScreen(window, /\$ ?$/);
  await showView(window, 'Settings');
  const moving = await window.evaluate(() => [...document.querySelectorAll('*')].filter((element) => [undefined, '::before', '::after'].some((part) => {
    const { animationName, transitionDuration } = getComputedStyle(element, part);
    return animationName !== 'none' || !/^0s(, 0s)*$/.test(transitionDuration);
  })).map(({ className, tagName }) => `${tagName} ${String(className)}`));
  expect(moving).toEqual([]);
  await showView(window, 'Hosts');
});

test('at 200 % zoom every view fits the window\'s width, and every field and button of a dialog can be reached', { tag: '@web' }, async ({ window }) => {
  await host(window, 'web-1').click();
  // 1280x800 at 200 %.
  await window.setViewportSize({ width: 640, height: 400 });
  const hosts = window.getByRole('button', { name: 'Hosts list' });
  const wide: string[] = [];
  for (const view of ['Hosts', ...VIEWS]) {
    if ((await hosts.getAttribute('aria-pressed')) === 'false') await hosts.click();
    await showView(window, view);
    if (view !== 'Hosts') await expect(window.getByRole('main').getByRole('heading', { name: view, exact: true })).toBeVisible();
    const width = await window.evaluate(() => Math.max(...['.app', '.top-bar', '.centre', '.status-bar'].map((part) => document.querySelector(part)?.scrollWidth ?? 0)));
    if (width > 640) wide.push(`${view}: ${width}`);
  }
  expect(wide).toEqual([]);
  await hosts.click();
  await showView(window, 'Hosts');
  await window.getByRole('button', { name: 'Host details' }).click();
  await window.getByRole('button', { name: 'Open as…' }).click();
  const dialog = window.getByRole('dialog');
  // The ways in come a moment later and move what is below them.
  await expect(dialog).toContainText('SSM agent');
  for (const control of await dialog.locator('input, select, button').all()) {
    await control.scrollIntoViewIfNeeded();
    await expect(control).toBeInViewport({ ratio: 0.9 });
  }
  await window.keyboard.press('Escape');
});
