/** Hands on several terminals: snippets, broadcast, search over all output, and being told of what ended unseen. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { activeTab, expect, expectScreen, fromPalette, launchApp, openHost, openPlainShell, screen, terminal, test as base, typeLine, type RunningApp } from './app.ts';
import { holdStreams } from './heldStreams.ts';

/** The demo's account, which is production here; a local shell belongs to none. */
const ACCOUNT_ID = '111122223333';
const PROMPT = /[$#] ?$/;

const snippets = [
  { name: 'say', text: "printf '<%s>\\n' {{what|sh}} {{plain:none}}", choices: {}, description: 'Prints its values' },
  { name: 'now', text: 'echo at-once' },
  { name: 'only the database', text: 'echo no', hosts: ['db-*'] },
];
const settings = { version: 1, restoreWorkspace: 'never', accounts: { [ACCOUNT_ID]: { production: true, label: 'Shop' } }, snippets, notifications: { afterSeconds: 1 } };

interface Own {
  readonly app: RunningApp;
  readonly folder: string;
}

const test = base.extend<{ readonly own: Own }>({
  own: [
    async ({ page }, use, testInfo) => {
      const folder = await mkdtemp(join(tmpdir(), 'postern-hands-'));
      const home = join(folder, 'home');
      await mkdir(join(home, 'data'), { recursive: true });
      await writeFile(join(home, 'data', 'settings.json'), JSON.stringify(settings));
      const app = await launchApp(testInfo.project.name, { home });
      await page.goto(app.url);
      await expect(page.getByRole('option', { name: /web-1/ }).first()).toBeVisible();
      await use({ app, folder });
      await app.stop();
      await rm(folder, { recursive: true, force: true });
    },
    { auto: true },
  ],
});

/** A shell of this machine, with a prompt of its own and nothing read at the start. */
async function localShell(page: Page): Promise<Locator> {
  await openPlainShell(page);
  const tabId = await activeTab(page).locator('.tab').getAttribute('data-tab-id');
  return page.locator(`[role=tab]:has([data-tab-id="${tabId ?? ''}"])`);
}

test('a snippet asks for its values, shows exactly what is sent, and a hostile value stays a word; production is always asked', { tag: '@web' }, async ({ page, own }, testInfo) => {
  await localShell(page);
  await page.keyboard.press('Control+Shift+P');
  const list = page.getByRole('listbox', { name: 'Results' });
  await expect(list.getByRole('option').filter({ hasText: 'only the database' })).toHaveCount(0);
  await list.getByRole('option', { name: /say/ }).click();
  const dialog = page.getByRole('dialog', { name: 'say' });
  const hostile = `'; touch ${own.folder}/pwned; "$(touch ${own.folder}/pwned)`;
  await dialog.getByLabel('what', { exact: true }).fill(hostile);
  await dialog.getByLabel('plain', { exact: true }).fill('a\u001b[201~b');
  await expect(dialog.getByText('A value cannot hold line breaks or control characters.')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Send and press Enter' })).toBeDisabled();
  await dialog.getByLabel('plain', { exact: true }).fill('a b');
  await dialog.getByLabel(/Quote it/).check();
  await expect(dialog.getByTestId('snippet-preview')).toHaveText(`printf '<%s>\\n' \\''; touch ${own.folder}/pwned; "$(touch ${own.folder}/pwned)' 'a b'⏎`);
  await page.screenshot({ path: testInfo.outputPath('snippet.png') });
  await page.keyboard.press('Tab');
  await dialog.getByRole('button', { name: 'Send and press Enter' }).click();
  await expectScreen(page, `<'; touch ${own.folder.slice(0, 8)}`);
  await expectScreen(page, '<a b>');
  await expect(readFile(join(own.folder, 'pwned'))).rejects.toThrow('ENOENT');

  // Nothing to ask: it goes at once.
  await page.keyboard.press('Control+Shift+P');
  await list.getByRole('option', { name: /now/ }).click();
  await expectScreen(page, /^at-once$/m);
  await openHost(page, 'web-1');
  await expectScreen(page, PROMPT);
  await page.keyboard.press('Control+Shift+P');
  await list.getByRole('option', { name: /now/ }).click();
  const asked = page.getByRole('dialog', { name: 'now' });
  await expect(asked).toContainText('This is production: web-1');
  await asked.getByRole('button', { name: 'Cancel' }).click();
  expect(await screen(page)).not.toContain('at-once');
});

test('a broadcast types the same bytes into the chosen shells and into no production; it ends when one of them does', async ({ page, own }, testInfo) => {
  await openHost(page, 'web-1');
  await expectScreen(page, PROMPT);
  const first = await localShell(page);
  await typeLine(page, `out=${own.folder}/one`);
  const second = await localShell(page);
  await typeLine(page, `out=${own.folder}/two`);
  await page.keyboard.press('Control+Shift+I');
  const dialog = page.getByRole('dialog', { name: 'Broadcast typing' });
  await dialog.getByRole('button', { name: 'All in this window' }).click();
  await expect(dialog.getByRole('checkbox', { name: /^web-1/ })).not.toBeChecked();
  await dialog.getByRole('checkbox', { name: /^web-1/ }).check();
  await expect(dialog.getByRole('button', { name: 'Type into 3 terminals' })).toBeDisabled();
  await dialog.getByRole('checkbox', { name: /^web-1/ }).uncheck();
  await page.screenshot({ path: testInfo.outputPath('choice.png') });
  await dialog.getByRole('button', { name: 'Type into 2 terminals' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'What you type goes to 2 terminals' })).toBeVisible();
  await expect(page.getByTestId('broadcast-frame').filter({ visible: true })).toHaveCount(1);
  await expect(first).toHaveAccessibleName(/broadcast/);
  await expect(second).toHaveAccessibleName(/broadcast/);
  await page.screenshot({ path: testInfo.outputPath('broadcast.png') });

  // A terminal's own answer (where is the cursor?) is nothing that was typed: each shell reads its own, and then only what the person types.
  await typeLine(page, `stty -icanon -echo; printf '\\033[H\\033[6n'; head -c 6 > "$out.answer"; stty icanon echo; : > "$out.ready"; head -c 15 > "$out"`);
  for (const name of ['one', 'two']) await expect.poll(() => readFile(join(own.folder, `${name}.ready`), 'utf8').catch(() => 'not yet')).toBe('');
  for (const name of ['one', 'two']) expect(await readFile(join(own.folder, `${name}.answer`), 'utf8')).toBe('\u001b[1;1R');
  await terminal(page).locator('textarea').focus();
  await page.keyboard.insertText('é日本 ~"$x');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  for (const name of ['one', 'two']) await expect.poll(() => readFile(join(own.folder, name), 'utf8').catch(() => '')).toBe('é日本 ~"$x\t\n');

  // One paste, shown once with its receivers, arrives in both.
  await typeLine(page, 'clear; cat > "$out.paste"');
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData('text/plain', 'line 1\nline 2\n');
    document.querySelector('.terminal-tab:not([hidden]) textarea')?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  const paste = page.getByRole('dialog', { name: /Paste/ });
  await expect(paste).toContainText('Broadcast: this goes to 2 terminals');
  await paste.getByRole('button', { name: 'Paste', exact: true }).click();
  for (const name of ['one', 'two']) await expect.poll(() => readFile(join(own.folder, `${name}.paste`), 'utf8').catch(() => '')).toBe('line 1\nline 2\n');
  await expect(terminal(page).locator('textarea')).toBeFocused();
  await page.keyboard.press('Control+d');

  // The end of one is the end of all: nothing more goes to the other.
  await typeLine(page, `[ "$out" = ${own.folder}/one ] && exit || echo stays`);
  await expect(page.getByRole('alert').filter({ hasText: 'Broadcast ended: Local shell is no longer connected.' })).toBeVisible();
  await expect(page.getByTestId('broadcast-frame')).toHaveCount(0);
  await page.getByRole('tab', { name: /web-1/ }).click();
  await expect(activeTab(page)).toContainText('web-1');
  await expectScreen(page, PROMPT);
  expect(await screen(page)).not.toContain('stays');
});

test('a terminal that another window takes over leaves the broadcast, and can be none of the next', { tag: '@web' }, async ({ page, own, context }) => {
  await localShell(page);
  const second = await localShell(page);
  await page.keyboard.press('Control+Shift+I');
  const dialog = page.getByRole('dialog', { name: 'Broadcast typing' });
  await dialog.getByRole('button', { name: 'Type into 2 terminals' }).click();
  await expect(page.getByTestId('broadcast-frame').filter({ visible: true })).toHaveCount(1);
  const sessionId = (await second.getAttribute('data-session-id')) ?? '';
  const other = await context.newPage();
  await other.goto(own.app.url.replace('/#', `/?session=${sessionId}#`));
  await expectScreen(other, PROMPT);
  await expect(page.getByRole('alert').filter({ hasText: 'Broadcast ended: Local shell is shown in another window now.' })).toBeVisible();
  await expect(page.getByTestId('broadcast-frame')).toHaveCount(0);
  await page.keyboard.press('Control+Shift+I');
  await expect(dialog.getByRole('checkbox')).toHaveCount(2);
  await expect(dialog.getByRole('checkbox').nth(1)).toBeDisabled();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByTestId('session-banner').getByRole('button', { name: 'Show it here' }).click();
  await expect(page.getByTestId('session-banner')).toHaveCount(0);
  await page.keyboard.press('Control+Shift+I');
  await expect(dialog.getByRole('checkbox').nth(1)).toBeEnabled();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await other.close();
});

test('a search over all tabs finds lines by tab, and a click goes to the line', { tag: '@web' }, async ({ page }, testInfo) => {
  const first = await localShell(page);
  await typeLine(page, 'seq 2000 | sed s/^/alpha-/');
  await expectScreen(page, /alpha-2000/);
  await localShell(page);
  await typeLine(page, 'printf "%s\\n" 日本語-alpha-77 beta');
  await expectScreen(page, /^beta$/m);
  await page.keyboard.press('Control+Shift+S');
  const search = page.getByRole('region', { name: 'Search output' });
  await search.getByLabel('Search in all tabs').fill('Alpha-77');
  await expect(search).toHaveAttribute('data-phase', 'done');
  await expect(search.locator('.output-line')).toHaveCount(13);
  await search.getByLabel('Regular expression').check();
  await search.getByLabel('Search in all tabs').fill('^alpha-77$');
  await expect(search.locator('.output-line')).toHaveText(['alpha-77']);
  await page.screenshot({ path: testInfo.outputPath('search.png') });
  await search.locator('.output-line').click();
  await expect(first).toHaveAttribute('aria-selected', 'true');
  await expect.poll(() => screen(page)).toMatch(/^alpha-77$/m);
  await expect(page.locator('.output-match').filter({ visible: true })).toHaveCount(1);
  await search.getByLabel('Search in all tabs').fill('(x+x+)+y');
  await expect(search.getByRole('status')).toHaveText('Nothing found in 2 tabs.');
  await search.getByLabel('Search in all tabs').fill('[');
  await expect(search.getByRole('status')).toHaveText('This is no regular expression.');
  await search.getByLabel('Search in all tabs').press('Escape');
  await expect(search).toHaveCount(0);
  await expect(page.locator('.terminal-tab:not([hidden]) textarea')).toBeFocused();
});

test('a long command that ends in a hidden tab is told of by name and status alone, and a click goes there', { tag: '@web' }, async ({ page, own }, testInfo) => {
  await page.evaluate(() => {
    const told: { title: string; body: string | undefined }[] = [];
    class Told {
      static readonly permission = 'granted';
      static requestPermission = () => Promise.resolve('granted');
      onclick: (() => void) | undefined;
      constructor(title: string, options?: { body?: string }) {
        told.push({ title, body: options?.body });
        Object.assign(globalThis, { lastTold: this });
      }
      close(): void {}
    }
    Object.assign(globalThis, { Notification: Told, told });
  });
  const told = () => page.evaluate(() => (globalThis as unknown as { told: { title: string; body?: string }[] }).told);
  const first = await localShell(page);
  // The shell's marks, and what a host would like to have shown. It ends when it is told to and a little later, so that it is long enough to tell of.
  const ends = join(own.folder, 'ends');
  await typeLine(page, `printf '\\033]133;A\\a\\033]133;C\\a\\033]9;pwned\\a\\033]777;notify;pwned;pwned\\aruns\\n'; until [ -e ${ends} ]; do sleep 0.1; done; sleep 1.2; printf '\\033]133;D;3\\a'`);
  await expectScreen(page, /^runs$/m);
  await localShell(page);
  await writeFile(ends, '');
  await expect(page.getByRole('complementary', { name: 'Commands that ended' })).toContainText('Local shell: the command has ended');
  await page.screenshot({ path: testInfo.outputPath('told.png') });
  const [one, ...others] = await told();
  expect(others).toEqual([]);
  expect(one).toEqual({ title: 'Local shell: the command has ended', body: expect.stringMatching(/^Exit status 3, after \d+(\.\d+)? s\.$/) });
  await page.evaluate(() => (globalThis as unknown as { lastTold: { onclick: () => void } }).lastTold.onclick());
  await expect(first).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('complementary', { name: 'Commands that ended' })).not.toContainText('ended');

  // A shell that marks nothing: for whoever asked, when its prompt is back.
  const done = join(own.folder, 'done');
  await typeLine(page, `until [ -e ${done} ]; do sleep 0.1; done; echo done-$((6 * 7))`);
  await fromPalette(page, 'Tell me when this ends');
  await writeFile(done, '');
  await expectScreen(page, 'done-42');
  await expect.poll(async () => (await told()).at(-1)?.title).toBe('Local shell: the prompt is back');
});

test('a snippet for a terminal that is not ready stays in its dialog with its values, and is sent when it is (a browser only)', async ({ page }, testInfo) => {
  test.skip(testInfo.project.name !== 'web', 'The desktop has no line that can be held.');
  await localShell(page);
  const streams = await holdStreams(page);
  await page.reload();
  await expect.poll(() => streams.count()).toBeGreaterThan(0);
  await page.keyboard.press('Control+Shift+P');
  await page.getByRole('listbox', { name: 'Results' }).getByRole('option', { name: /say/ }).click();
  const dialog = page.getByRole('dialog', { name: 'say' });
  await dialog.getByLabel('what', { exact: true }).fill('typed with care');
  const send = dialog.getByRole('button', { name: 'Send and press Enter' });
  await send.click();
  await expect(dialog.getByRole('alert')).toHaveText('Nothing was sent: the terminal of Local shell is not ready yet. Send it again in a moment.');
  await expect(dialog.getByLabel('what', { exact: true })).toHaveValue('typed with care');
  streams.release();
  await expectScreen(page, PROMPT);
  await send.click();
  await expectScreen(page, '<typed with care>');
  await expect(dialog).toHaveCount(0);
  await expect(terminal(page).locator('textarea')).toBeFocused();
});
