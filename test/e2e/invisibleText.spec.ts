/** Row 26 of threats.md: invisible and reordering characters in names, tags and titles are written out on every screen that shows them. */
import { rm } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import { escapeOf, invisibleCharacters } from '../fixtures/invisibleCharacters.ts';
import { emptyAnswer, profileSection, startScriptedAws } from '../integration/scriptedAws.ts';
import type { RunningApp } from './app.ts';
import { activeTab, expect, launchApp, test } from './app.ts';
import { homeWithProfiles, startCloud } from './ownCloud.ts';

let cloud: DemoCloud;
let impostor: Awaited<ReturnType<typeof startScriptedAws>>;
let home: string;
let ownApp: RunningApp;

const all = invisibleCharacters.join('x');
const allShown = invisibleCharacters.map(escapeOf).join('x');

test.beforeAll(async () => {
  cloud = await startCloud();
  impostor = await startScriptedAws((call) => (call.operation === 'DescribeInstances' ? { body: instances() } : emptyAnswer(call)));
  home = await homeWithProfiles(profileSection('hostile', impostor.url), cloud);
  ownApp = await launchApp(test.info().project.name, { arguments: [], home });
});
test.afterAll(async () => {
  await ownApp.stop();
  await impostor.close();
  await cloud.close();
  await rm(home, { recursive: true, force: true });
});

function instances(): string {
  const xml = (text: string): string => text.replace(/[^ -%'-;=?-~]/gu, (character) => `&#${character.codePointAt(0)};`);
  const tag = (key: string, value: string): string => `<item><key>${xml(key)}</key><value>${xml(value)}</value></item>`;
  const group = `<groupSet><item><groupId>sg-0</groupId><groupName>${xml(`group${all}`)}</groupName></item></groupSet>`;
  const items = invisibleCharacters.map(
    (character, index) => `<item><instanceId>i-${index}</instanceId><instanceState><name>running</name></instanceState><keyName>${xml(`key${all}`)}</keyName><privateDnsName>${xml(`ip${all}`)}</privateDnsName>${group}<tagSet>${tag('Name', `pro${character}d`)}${tag(`team${all}`, `value${all}`)}</tagSet></item>`,
  );
  return `<DescribeInstancesResponse><reservationSet><item><ownerId>111122223333</ownerId><instancesSet>${items.join('')}</instancesSet></item></reservationSet></DescribeInstancesResponse>`;
}

/** Texts and attributes of the page that hold such a character as it is. Line ends and tabs between elements are the page's own. */
function raw(page: Page): Promise<string[]> {
  return page.evaluate((characters) => {
    const found: string[] = [];
    const look = (text: string | null, where: string): void => {
      if (text !== null && characters.some((character) => text.includes(character))) found.push(`${where}: ${JSON.stringify(text.slice(0, 80))}`);
    };
    for (const element of document.querySelectorAll('body *:not(style, script)')) {
      for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) look(node.nodeValue, `${element.tagName}.${element.className.toString()}`);
      for (const name of ['title', 'aria-label', 'aria-description', 'placeholder', 'alt', 'value']) look(element.getAttribute(name), `${element.tagName}[${name}]`);
    }
    look(document.title, 'title');
    return found;
  }, invisibleCharacters.filter((character) => !['\n', '\t', '\r'].includes(character)));
}

test('row 26: each is written out in the list, the host panel, dialogs, tabs, the palette, tunnels and the history', { tag: '@web' }, async ({ page }) => {
  await page.setViewportSize({ width: 1400, height: 2400 });
  await page.goto(ownApp.url);
  const filter = page.getByLabel('Filter hosts');
  await filter.fill('i-');
  for (const [index, character] of invisibleCharacters.entries()) {
    // What XML cannot carry comes as nothing.
    const shown = character === '\u0000' ? /^pro(\\u\{0\})?d$/ : `pro${escapeOf(character)}d`;
    await expect(page.locator(`[data-instance-id=i-${index}][role=option] .host-name`)).toHaveText(shown, { useInnerText: false });
  }
  expect(await raw(page)).toEqual([]);

  const last = invisibleCharacters.indexOf('\u202e');
  const row = page.locator(`[data-instance-id=i-${last}][role=option]`);
  await row.click();
  await expect(page.getByRole('article', { name: 'Host pro\\u{202e}d' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Tags' })).toContainText(allShown.slice(allShown.indexOf('x') + 1));
  expect(await raw(page)).toEqual([]);

  await filter.fill(`i-${last}`);
  await filter.press('Shift+Enter');
  const dialog = page.getByRole('dialog', { name: 'Open pro\\u{202e}d' });
  await expect(dialog).toBeVisible();
  expect(await raw(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Open' }).click();
  await expect(activeTab(page)).toHaveAttribute('data-state', 'failed');
  expect(await raw(page)).toEqual([]);

  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search hosts and actions' }).fill('pro');
  await expect(page.getByRole('dialog').getByRole('option').filter({ hasText: 'pro\\u{' }).first()).toBeVisible();
  expect(await raw(page)).toEqual([]);
  await page.keyboard.press('Escape');

  for (const view of ['Map', 'Tunnels', 'Keys', 'History', 'Settings']) {
    await page.getByRole('button', { name: view, exact: true }).first().click();
    await expect(page.getByRole('main').getByRole('heading', { name: view, exact: true })).toBeVisible();
    if (view === 'Map') await expect(page.locator('[data-map-id]').first()).toBeVisible();
    if (view === 'History') await expect(page.getByRole('table', { name: 'History' })).toContainText('pro\\u{202e}d');
    expect({ view, raw: await raw(page) }).toEqual({ view, raw: [] });
  }
});
