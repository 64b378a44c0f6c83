/** The palette as a person uses it: one box over hosts, tabs, actions, snippets and settings. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { activeTab, expect, expectScreen, host, launchApp, openHost, test } from './app.ts';

const PROMPT = /\$ ?$/;

function box(page: Page) {
  return page.getByRole('combobox', { name: 'Search hosts and actions' });
}

/** What stands in the list, and where the cursor is. */
function options(page: Page) {
  return page.getByRole('listbox', { name: /^(Results|結果)$/ }).getByRole('option');
}

test('an empty box teaches its signs and shows what was used first; a sign keeps one kind', { tag: '@web' }, async ({ window }) => {
  await window.keyboard.press('Control+k');
  await expect(window.getByTestId('palette-help')).toContainText('hosts only, with the filters of the list');
  await expect(options(window).first()).toHaveAttribute('aria-selected', 'true');
  await box(window).fill('>');
  await expect(options(window).filter({ hasText: 'web-1' })).toHaveCount(0);
  await box(window).fill('@ name:web-1');
  await expect(options(window)).toHaveCount(1);
  await expect(options(window)).toContainText('web-1');
  await box(window).fill('@ tag:env=prod state:stopped zzz');
  await expect(window.getByRole('status').filter({ hasText: 'Nothing matches “tag:env=prod state:stopped zzz”.' })).toBeVisible();
  await box(window).fill('?');
  await expect(options(window)).toHaveCount(0);

  await box(window).fill('show history');
  await window.keyboard.press('Enter');
  await expect(window.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'History' })).toHaveAttribute('aria-current', 'page');
  await window.keyboard.press('Control+k');
  await box(window).fill('batch-1');
  await window.keyboard.press('Enter');
  await expectScreen(window, PROMPT);
  await window.keyboard.press('Control+k');
  const recent = window.getByRole('group', { name: 'Recent' }).getByRole('option');
  await expect(recent.filter({ hasText: 'batch-1' })).toHaveCount(1);
  await expect(recent.filter({ hasText: 'Show history' })).toHaveCount(1);
  await window.keyboard.press('Escape');
  await expect(box(window)).toHaveCount(0);
});

test('the arrows walk round the list, a composition keeps its Enter, and a screen reader follows the cursor', { tag: '@web' }, async ({ window }) => {
  await window.keyboard.press('Control+k');
  // All hosts are there: the count is of what stays.
  await expect(window.getByRole('contentinfo', { name: 'Status' })).toContainText('fresh');
  await box(window).fill('web-');
  const count = await options(window).count();
  await window.keyboard.press('ArrowUp');
  await expect(options(window).nth(count - 1)).toHaveAttribute('aria-selected', 'true');
  await expect(box(window)).toHaveAttribute('aria-activedescendant', `palette-${count - 1}`);
  await window.keyboard.press('ArrowDown');
  await expect(options(window).first()).toHaveAttribute('aria-selected', 'true');
  const session = await window.context().newCDPSession(window);
  await box(window).fill('');
  await session.send('Input.imeSetComposition', { text: 'せってい', selectionStart: 4, selectionEnd: 4 });
  await box(window).dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true });
  await expect(box(window)).toBeVisible();
  await session.send('Input.insertText', { text: '設定' });
  await expect(box(window)).toHaveValue('設定');
  await window.keyboard.press('Escape');
});

test('an open tab, a theme and a setting are reached by name, the setting with the keys in its field', { tag: '@web' }, async ({ window }) => {
  await openHost(window, 'web-1');
  await expectScreen(window, PROMPT);
  await openHost(window, 'batch-1');
  await expectScreen(window, PROMPT);
  await window.keyboard.press('Control+k');
  await box(window).fill('web-1');
  const tab = options(window).filter({ hasText: 'open tab' });
  await expect(tab).toHaveCount(1);
  await tab.click();
  await expect(activeTab(window)).toContainText('web-1');
  await window.keyboard.press('Control+k');
  await box(window).fill('theme dark');
  await window.keyboard.press('Enter');
  await expect(window.locator('html')).toHaveAttribute('data-theme', 'dark');
  await window.keyboard.press('Control+k');
  await box(window).fill('terminal.scrollback');
  await expect(options(window).first()).toContainText('Scrollback');
  await box(window).fill('Scrollback');
  await window.keyboard.press('Enter');
  await expect(window.getByLabel('Scrollback', { exact: true })).toBeFocused();
  await window.keyboard.press('Control+k');
  await box(window).fill('theme: as the system');
  await window.keyboard.press('Enter');
  await window.keyboard.press('Control+k');
  await box(window).fill('show hosts');
  await window.keyboard.press('Enter');
});

test('in Japanese everything is found by either name, and what was used is known at the next start', { tag: '@web' }, async ({ page }, testInfo) => {
  const home = await mkdtemp(join(tmpdir(), 'postern-palette-'));
  await mkdir(join(home, 'data'));
  await writeFile(join(home, 'data', 'settings.json'), JSON.stringify({ version: 1, language: 'ja', restoreWorkspace: 'never' }));
  const search = page.getByRole('combobox', { name: 'ホストと操作を検索' });
  try {
    let app = await launchApp(testInfo.project.name, { home });
    await page.goto(app.url);
    await host(page, 'web-1').dblclick();
    await expectScreen(page, PROMPT);
    await page.keyboard.press('Control+k');
    await page.screenshot({ path: testInfo.outputPath('palette-ja.png') });
    await search.fill('タブを複製');
    await expect(options(page).first()).toContainText('タブを複製');
    await search.fill('duplicate tab');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('tab')).toHaveCount(2);
    await expect.poll(async () => readFile(join(home, 'data', 'workspace.json'), 'utf8').catch(() => '')).toContain('workspace:duplicate');
    await app.stop();
    app = await launchApp(testInfo.project.name, { home });
    await page.goto(app.url);
    await expect(host(page, 'web-1')).toBeVisible();
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('group', { name: '最近使ったもの' }).getByRole('option').filter({ hasText: 'web-1' })).toHaveCount(1);
    await app.stop();
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
