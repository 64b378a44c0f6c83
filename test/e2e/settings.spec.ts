/** The settings view and its file: live effect, edits by hand, bad values, export and import, and keys of one's own. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, expectScreen, host, openHost, terminal, test, type RunningApp } from './app.ts';

const PROMPT = /\$ ?$/;

/** Other tests use the same app. */
test.beforeEach(({ app }) => forgetSettings(app));
test.afterEach(({ app }) => forgetSettings(app));

function forgetSettings({ dataDir }: Pick<RunningApp, 'dataDir'>): Promise<void> {
  return rm(join(dataDir, 'settings.json'), { force: true });
}

function palette(page: Page) {
  return page.getByRole('combobox', { name: 'Search hosts and actions' });
}

async function openSettings(page: Page, topic: string): Promise<void> {
  await page.keyboard.press('Control+,');
  await expect(page.getByRole('heading', { name: 'Settings', exact: true })).toBeVisible();
  await page.getByRole('navigation', { name: 'Settings by topic' }).getByRole('button', { name: topic }).click();
}

async function showHosts(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Hosts' }).click();
}

function fontSizes(page: Page): Promise<string[]> {
  return page.getByTestId('terminal').locator('.xterm-rows').evaluateAll((elements) => elements.map((element) => window.getComputedStyle(element).fontSize));
}

test('a setting takes effect in an open terminal and in another window at once, is found by search, and goes back to its default alone', async ({ window, app }) => {
  await openHost(window, 'web-1');
  await expectScreen(window, PROMPT);
  await expect.poll(() => fontSizes(window)).toEqual(['13px']);
  const other = await window.context().newPage();
  await other.goto(app.url);
  await expect(host(other, 'web-1')).toBeVisible();
  await openSettings(other, 'Terminal');

  await openSettings(window, 'Appearance');
  await window.getByRole('searchbox', { name: 'Search settings' }).fill('font size');
  const field = window.getByLabel('Font size', { exact: true });
  await field.fill('99');
  await expect(window.getByRole('alert').filter({ hasText: 'A number from 6 to 40. Not saved.' })).toBeVisible();
  await field.press('Enter');
  await expect.poll(() => fontSizes(window)).toEqual(['13px']);
  await field.fill('21');
  await field.press('Enter');
  await expect.poll(() => fontSizes(window)).toEqual(['21px']);
  await expect(other.getByLabel('Font size', { exact: true })).toHaveValue('21');
  await other.close();
  await expect.poll(async () => readFile(join(app.dataDir, 'settings.json'), 'utf8')).toContain('"terminal": {\n    "fontSize": 21\n  }');
  await window.getByRole('button', { name: 'Reset Font size to the default: 13' }).click();
  await expect.poll(() => fontSizes(window)).toEqual(['13px']);
  await expect(window.getByRole('button', { name: 'Reset Font size' })).toBeHidden();
  await showHosts(window);
});

test('the file edited by hand takes effect at once; a bad value is named with its line, and the view keeps value and comments', { tag: '@web' }, async ({ window, app }) => {
  const path = join(app.dataDir, 'settings.json');
  const mine = '// mine\n{\n  "theme": "dark", // for the night\n  "language": "tlh", // some day\n  "terminal": { "scrollback": 500 } /* little */\n}\n';
  await window.emulateMedia({ colorScheme: 'light' });
  await expect(window.locator('html')).toHaveAttribute('data-theme', 'light');
  await writeFile(path, mine);
  await expect(window.locator('html')).toHaveAttribute('data-theme', 'dark');
  const notice = window.getByRole('complementary', { name: 'Notices' }).getByRole('alert').filter({ hasText: '"language" in settings.json line 4 is ignored' });
  await expect(notice).toBeVisible();
  await openSettings(window, 'Appearance');
  await expect(window.locator('[data-setting=language]')).toContainText('The value in line 4 of the file is ignored');
  await window.getByLabel('Theme', { exact: true }).selectOption('high-contrast');
  await expect(window.locator('html')).toHaveAttribute('data-theme', 'high-contrast');
  await expect.poll(() => readFile(path, 'utf8')).toBe(mine.replace('"dark"', '"high-contrast"'));
  await writeFile(path, mine.replace('"tlh"', '"en"'));
  await expect(notice).toBeHidden();
  await expect(window.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('settings are exported without what names hosts, and imported after showing what changes; all can be reset', { tag: '@web' }, async ({ window, app }) => {
  await writeFile(join(app.dataDir, 'settings.json'), '{ "theme": "dark", "osUsers": [{ "osUser": "deploy" }] }');
  await expect(window.locator('html')).toHaveAttribute('data-theme', 'dark');
  await openSettings(window, 'File');
  await expect(window.getByText('Left out: osUsers.')).toBeVisible();
  const downloading = window.waitForEvent('download');
  await window.getByRole('button', { name: 'Export settings' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^postern-settings-\d{4}-\d{2}-\d{2}\.json$/);
  expect(JSON.parse(await readFile(await download.path(), 'utf8'))).toEqual({ theme: 'dark' });

  const file = join(tmpdir(), `postern-import-${process.pid}.json`);
  await writeFile(file, '{ "theme": "light", "terminal": { "fontSize": 400, "scrollback": 700 } }');
  await window.getByLabel('File to import').setInputFiles(file);
  const dialog = window.getByRole('dialog', { name: 'Import' });
  await expect(dialog.getByRole('row')).toHaveText(['SettingNowThen', 'themedarklight', 'terminal.scrollback10000700']);
  await expect(dialog).toContainText('terminal.fontSizeline 1: it must be at most 40');
  await expect(window.locator('html')).toHaveAttribute('data-theme', 'dark');
  await dialog.getByRole('button', { name: 'Change 2 settings' }).click();
  await expect(window.locator('html')).toHaveAttribute('data-theme', 'light');
  await writeFile(file, 'Host web-1\n');
  await window.getByLabel('File to import').setInputFiles(file);
  await expect(window.getByRole('alert').filter({ hasText: 'This is no settings file: line 1' })).toBeVisible();
  await rm(file);

  await window.getByRole('button', { name: 'Reset all settings…' }).click();
  await window.getByRole('dialog', { name: 'Reset everything' }).getByRole('button', { name: 'Reset all settings' }).click();
  await expect(window.getByRole('status').filter({ hasText: /the copy is settings\.json\.before-reset-/ })).toBeVisible();
  await expect(window.getByText('Left out:')).toBeHidden();
});

test('keys are chosen by pressing them: used at once, shown in the palette, refused where the shell needs them, taken from another action when told so', { tag: '@web' }, async ({ window }) => {
  await openHost(window, 'web-1');
  await expectScreen(window, PROMPT);
  await openSettings(window, 'Shortcuts');
  const row = (action: string) => window.locator(`[data-action=${action}]`);
  await window.getByRole('button', { name: 'Change the keys of Find in the terminal' }).click();
  await window.keyboard.press('Control+f');
  await expect(row('find').getByRole('alert')).toHaveText(/belong to the remote shell/);
  await window.keyboard.press('Control+Shift+D');
  await expect(row('find').getByRole('alert')).toHaveText('These keys are those of “Split right”.');
  await row('find').getByRole('button', { name: 'Take them' }).click();
  await expect(row('find').locator('kbd')).toHaveText(['Ctrl+Shift+D']);
  await expect(row('split-right')).toContainText('no keys');

  await showHosts(window);
  await terminal(window).locator('textarea').focus();
  await window.keyboard.press('Control+Shift+D');
  await expect(window.getByRole('search', { name: 'Find in this terminal' }).getByLabel('Find', { exact: true })).toBeFocused();
  await expect(window.getByRole('tab')).toHaveCount(1);
  await window.keyboard.press('Escape');
  await window.keyboard.press('Control+k');
  await palette(window).fill('find in');
  await expect(window.getByRole('option', { name: /Find in/ }).first()).toContainText('Ctrl+Shift+D');
  await window.keyboard.press('Escape');

  await openSettings(window, 'Shortcuts');
  await window.getByRole('button', { name: 'Clear the keys of Search hosts and actions' }).click();
  await expect(row('palette')).toContainText('no keys');
  await window.keyboard.press('Control+k');
  await expect(palette(window)).toBeHidden();
  await window.getByRole('button', { name: 'Reset all shortcuts' }).click();
  await expect(row('find').locator('kbd')).toHaveText(['Ctrl+Shift+F']);
  await window.keyboard.press('Control+k');
  await expect(palette(window)).toBeVisible();
  await window.keyboard.press('Escape');
  await showHosts(window);
});

test('copying, pasting and what a focused tab takes have keys of one\'s own, and the old ones do nothing then', { tag: '@web' }, async ({ window, app, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await writeFile(join(app.dataDir, 'settings.json'), JSON.stringify({ shortcuts: { copy: ['Ctrl+Shift+Y'], paste: ['Ctrl+Shift+U'], 'send-ctrl-k': [], 'rename-tab': ['R'], 'close-focused-tab': ['Shift+F4'] } }));
  const clipboard = (): Promise<string> => window.evaluate(() => navigator.clipboard.readText());
  await openHost(window, 'web-1');
  await expectScreen(window, PROMPT);
  await expect(window.getByRole('tab')).toHaveAttribute('aria-keyshortcuts', 'Shift+F4 R');
  await window.evaluate(() => navigator.clipboard.writeText('echo put-$((6*7))'));
  await terminal(window).locator('textarea').focus();
  for (const old of ['Control+Shift+V', 'Shift+Insert']) await window.keyboard.press(old);
  await window.keyboard.press('Control+Shift+U');
  await expectScreen(window, /\$ echo put-\$\(\(6\*7\)\)$/);
  await window.keyboard.press('Enter');
  await expectScreen(window, /^put-42$/m);

  // The rows lie under what takes the mouse.
  const row = await terminal(window).locator('.xterm-rows > div', { hasText: /^put-42/ }).boundingBox();
  await window.mouse.dblclick((row?.x ?? 0) + 8, (row?.y ?? 0) + 8);
  await window.keyboard.press('Control+Shift+C');
  expect(await clipboard()).toBe('echo put-$((6*7))');
  await window.keyboard.press('Control+Shift+Y');
  await expect.poll(clipboard).toBe('put-42');

  await window.getByRole('tab').focus();
  for (const old of ['F2', 'Delete']) await window.keyboard.press(old);
  await expect(window.getByRole('dialog')).toHaveCount(0);
  await window.keyboard.press('r');
  await expect(window.getByRole('dialog', { name: 'Rename tab' })).toBeVisible();
  await window.keyboard.press('Escape');
  await expect(window.getByRole('tab')).toBeFocused();
  await window.keyboard.press('Shift+F4');
  await expect(window.getByRole('tab')).toHaveCount(0);
});
