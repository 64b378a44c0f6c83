/** Rows 15 to 18 and 23 to 25 of threats.md: what a host writes to the terminal, and what a page on the web puts on the clipboard. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { FORGET, queries } from '../fixtures/terminal/queries.ts';
import { fuzz } from '../fixtures/terminal/fuzz.ts';
import { activeTab, expect, expectScreen, terminal, typeLine } from './app.ts';
import { clickFirstCell, themeOf } from './pageTerminal.ts';
import { test, type PtyProgram } from './ptyProgram.ts';

const LONG = process.env['POSTERN_LONG'] === '1';
const MEBIBYTE = 1024 * 1024;
const link = (url: string, text: string): string => `\u001b]8;;${url}\u001b\\${text}\u001b]8;;\u001b\\`;
const copyRequest = (text: string): string => `\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`;

test.beforeEach(({ context }) => context.grantPermissions(['clipboard-read', 'clipboard-write']));

const clipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
const putOnClipboard = (page: Page, text: string): Promise<void> => page.evaluate((words) => navigator.clipboard.writeText(words), text);

test('rows 15 to 17: every query gets exactly its answer or none, over the whole way, and ZMODEM and clipboard reads get none', { tag: '@web' }, async ({ page, programs }) => {
  const program = await programs.open(page);
  const theme = await themeOf(page);
  await putOnClipboard(page, 'secret of the clipboard');
  const answers: Record<string, string> = {};
  for (const { name, ask } of queries) {
    await program.ask(FORGET);
    answers[name] = await program.ask(ask);
  }
  const { columns, rows } = program.size();
  expect(answers).toEqual(Object.fromEntries(queries.map(({ name, answer = '' }) => [name, typeof answer === 'string' ? answer : answer({ columns, rows, theme })])));
  expect(await clipboard(page)).toBe('secret of the clipboard');
  expect(await page.title()).not.toContain('pwn');
});

test('a title is cut, has no control or invisible characters, and is never the window’s', { tag: '@web' }, async ({ page, programs }) => {
  const program = await programs.open(page);
  const title = await page.title();
  await program.ask(`\u001b]2;pw\u202en\u200b${'x'.repeat(MEBIBYTE)}\u0007`);
  await expect(activeTab(page)).toContainText(/pwnx+…/);
  const shown = await activeTab(page).innerText();
  expect(shown.length).toBeLessThan(100);
  expect(shown).not.toMatch(/[\u202e\u200b]/);
  expect(await page.title()).toBe(title);
});

test('row 17: what a program wants on the clipboard is shown and asked; the answer for a host is kept and can be taken back', { tag: '@web' }, async ({ page, programs }) => {
  const program = await programs.open(page);
  await putOnClipboard(page, 'before');
  const question = page.getByRole('dialog', { name: 'Let Local shell change the clipboard?' });

  await program.ask(copyRequest('rm -rf /\u202e\u001b\n'));
  await expect(question.locator('pre')).toHaveText('rm -rf /\\u{202e}\n', { useInnerText: true });
  await expect(question.getByRole('button', { name: 'Not now' })).toBeFocused();
  // Whatever comes while it is open changes nothing.
  await program.ask(copyRequest('swapped'));
  await page.keyboard.press('Enter');
  await expect(question).toBeHidden();
  expect(await clipboard(page)).toBe('before');

  await program.ask(copyRequest('once'));
  await question.getByRole('button', { name: 'Copy this time' }).click();
  await expect.poll(() => clipboard(page)).toBe('once');

  await program.ask(`\u001b]52;c;${'QUFB'.repeat(40_000)}\u0007`);
  await expect(page.getByRole('status').filter({ hasText: 'it was refused' })).toBeVisible();
  await expect(question).toBeHidden();

  await program.ask(copyRequest('always'));
  await question.getByRole('button', { name: 'Always from this host' }).click();
  await expect.poll(() => clipboard(page)).toBe('always');
  await program.ask(copyRequest('without a question\u0007'));
  await expect.poll(() => clipboard(page)).toBe('without a question');
  await expect(page.getByRole('status').filter({ hasText: 'Local shell put 18 characters on the clipboard' })).toBeVisible();
  // To read it stays refused.
  expect(await program.ask('\u001b]52;c;?\u0007')).toBe('');

  await page.getByRole('button', { name: 'Settings', exact: true }).first().click();
  await page.getByRole('navigation', { name: 'Settings by topic' }).getByRole('button', { name: 'Safety' }).click();
  const hosts = page.getByRole('region', { name: 'Hosts and the clipboard' });
  await expect(hosts.getByRole('listitem')).toContainText('Local shellmay always write');
  await hosts.getByRole('button', { name: 'Ask again about Local shell' }).click();
  await expect(hosts).toContainText('Nothing is decided for any host.');
  await page.getByRole('button', { name: 'Hosts', exact: true }).first().click();
  await program.ask(copyRequest('asked again'));
  await question.getByRole('button', { name: 'Never from this host' }).click();
  await program.ask(copyRequest('never'));
  await program.ask(copyRequest('never'));
  await expect(question).toBeHidden();
  expect(await clipboard(page)).toBe('without a question');
});

test('row 18: links of other protocols are refused with words; a web link opens after its true target was shown', { tag: '@web' }, async ({ page, context, programs }) => {
  const program = await programs.open(page);
  const opened: string[] = [];
  await context.route('http://*.example/**', (route) => {
    opened.push(route.request().url());
    return route.fulfill({ body: 'elsewhere' });
  });
  const refusal = page.getByRole('dialog', { name: 'This link is not opened' });
  for (const url of ['ms-msdt:/id', 'file:///etc/passwd', 'vscode://file/x', 'smb://host/share', 'javascript:alert(1)', 'data:text/html,x', 'postern://open']) {
    await program.ask(`\u001b[2J\u001b[H${link(url, 'https://safe.example/')}\r\n`);
    await clickFirstCell(page);
    await expect(refusal).toContainText(`begins with ${/^[^:]*:/.exec(url)?.[0] ?? ''}`);
    await refusal.getByRole('button', { name: 'Close' }).click();
  }
  expect(context.pages()).toHaveLength(1);

  await program.ask(`\u001b[2J\u001b[H${link('http://сonsole.example@evil.example/\u202egpj', 'https://safe.example/')}\r\n`);
  await clickFirstCell(page);
  const question = page.getByRole('dialog', { name: 'Open evil.example?' });
  await expect(question.locator('pre')).toHaveText('http://%D1%81onsole.example@evil.example/%E2%80%AEgpj');
  await expect(question).toContainText('The host is evil.example.');
  await question.getByRole('button', { name: 'Cancel' }).click();
  expect(opened).toEqual([]);

  // An address in plain text is a link, too.
  await program.ask('\u001b[2J\u001b[Hhttp://plain.example/a?b=c and more\r\n');
  await clickFirstCell(page);
  const opening = context.waitForEvent('page');
  await page.getByRole('dialog', { name: 'Open plain.example?' }).getByRole('button', { name: 'Open in the browser' }).click();
  const other = await opening;
  await other.waitForLoadState();
  expect({ opened, opener: await other.evaluate(() => window.opener === null) }).toEqual({ opened: ['http://plain.example/a?b=c'], opener: true });
  await other.close();
});

test('row 23: a paste cannot break out of bracketed paste in a real bash, in its 7-bit form nor its 8-bit form', { tag: '@web' }, async ({ page, programs, ownApp }) => {
  await programs.openBash(page);
  const made = join(ownApp.home, 'pwn');
  for (const [index, attack] of ['ok\u001b[201~\rtouch pwn\r', 'ok\u009b201~\rtouch pwn\r', 'ok\u001b\u0000[201~\ntouch pwn\n'].entries()) {
    await putOnClipboard(page, attack);
    await terminal(page).locator('textarea').focus();
    await page.keyboard.press('Control+Shift+V');
    const question = page.getByRole('dialog', { name: 'Paste 2 lines?' });
    await expect(question.locator('pre')).toContainText(index === 1 ? 'ok\\u{9b}201~' : 'ok\\u{1b}');
    await question.getByRole('button', { name: 'Paste' }).click();
    // In brackets, so readline shows it and waits for Enter.
    await expectScreen(page, /touch pwn\s*$/);
    await expect(terminal(page).locator('textarea')).toBeFocused();
    await page.keyboard.press('Control+C');
    await typeLine(page, `echo waited-${index}`);
    await expectScreen(page, new RegExp(`^waited-${index}$`, 'm'));
    expect(existsSync(made)).toBe(false);
  }
});

test('row 24: pasted by keys or dropped: several lines, control characters and long text are shown first, whatever the mode', { tag: '@web' }, async ({ page, programs }) => {
  const program = await programs.open(page);
  const input = terminal(page).locator('textarea');
  const question = page.getByRole('dialog', { name: /^Paste / });
  const sentBy = async (work: () => Promise<unknown>): Promise<string> => {
    const before = program.received().length;
    await work();
    await program.ask('');
    return program.received().slice(before).replace(/\u001b\[12;3\$y/g, '');
  };
  const pasteByKeys = async (text: string): Promise<void> => {
    await putOnClipboard(page, text);
    await input.focus();
    await page.keyboard.press('Control+Shift+V');
  };
  for (const mode of ['\u001b[?2004h', '\u001b[?2004l']) {
    await program.ask(mode);
    for (const text of ['ls\n', '\nls', 'a\nb', 'a\u0007b', 'x'.repeat(5001), 'a\u202eb']) {
      const sent = await sentBy(async () => {
        await pasteByKeys(text);
        await question.getByRole('button', { name: 'Cancel' }).click();
      });
      expect({ mode, text, sent }).toEqual({ mode, text, sent: '' });
    }
    const plain = `plain ${mode.slice(-1)}`;
    const [start, end] = mode.endsWith('h') ? ['\u001b[200~', '\u001b[201~'] : ['', ''];
    expect(await sentBy(() => pasteByKeys(plain).then(() => expect.poll(() => program.received()).toContain(plain)))).toBe(`${start}${plain}${end}`);
  }
  // Dropped text is always shown.
  const drop = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.setData('text/plain', 'dropped');
    return data;
  });
  await terminal(page).locator('.xterm-screen').dispatchEvent('drop', { dataTransfer: drop });
  await expect(question.locator('pre')).toHaveText('dropped');
  await question.getByRole('button', { name: 'Cancel' }).click();
});

test('IME: composed Japanese reaches the shell once, Enter that ends the composition does not, and no shortcut starts', { tag: '@web' }, async ({ page, context, programs }) => {
  const program = await programs.open(page);
  await terminal(page).locator('textarea').focus();
  const before = program.received().length;
  const cdp = await context.newCDPSession(page);
  const composingKey = async (key: string): Promise<void> => {
    // Windows' and Linux' input methods give every key of a composition the code 229.
    for (const type of ['rawKeyDown', 'keyUp'] as const) await cdp.send('Input.dispatchKeyEvent', { type, key, windowsVirtualKeyCode: 229 });
  };
  for (const text of ['n', 'に', 'にh', 'にほ', 'にほn', 'にほん', 'にほんg', 'にほんご']) {
    await composingKey('Process');
    await cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  }
  await cdp.send('Input.imeSetComposition', { text: '日本語', selectionStart: 3, selectionEnd: 3 });
  // Keys that would be shortcuts are the input method's while it composes.
  for (const key of ['Enter', 'k', 'f']) await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key, windowsVirtualKeyCode: 229, modifiers: key === 'Enter' ? 0 : 2 });
  await expect(terminal(page).locator('.composition-view')).toHaveText('日本語');
  await cdp.send('Input.insertText', { text: '日本語' });
  const received = (): string => Buffer.from(program.received().slice(before), 'latin1').toString();
  await expect.poll(received).toBe('日本語');
  await page.keyboard.type('a');
  await page.keyboard.press('Enter');
  await expect.poll(received).toBe('日本語a\r');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

/** xterm.js reads strings up to 10 MB; one such is enough for every day. */
const MANY = (LONG ? 10 : 1) * MEBIBYTE;

/** How long the page may be busy with one of them is not held here: whether it answers afterwards is. */
const heavy: readonly (readonly [name: string, output: string])[] = [
  ['a title of 10 MB', `\u001b]2;${'x'.repeat(10 * MEBIBYTE)}\u0007`],
  ['a long link', `\u001b]8;;http://a.example/${'x'.repeat(MANY)}\u0007y\u001b]8;;\u0007`],
  ['a long clipboard request', `\u001b]52;c;${'QUFB'.repeat(MANY / 4)}\u0007`],
  ['a long status request', `\u001bP$q${'x'.repeat(MANY)}\u001b\\`],
  ['a string without an end', `\u001b_${'x'.repeat(MANY)}\u0018`],
  ['a million combining marks', `e${'\u0301'.repeat(1_000_000)}\r\n`],
  ['combining marks, repeated', `e${'\u0301'.repeat(100_000)}\u001b[999999999b\r\n`],
  ['a parameter of 100,000 digits', `\u001b[${'9'.repeat(100_000)}A`],
  ['100,000 parameters', `\u001b[${'1;'.repeat(100_000)}m`],
  ['huge counts', [...'ABCDEFGHIJKLMPSTXZ`abdefgrs@'].map((final) => `\u001b[999999999${final}x\u001b[2147483647;2147483647${final}`).join('')],
  ['huge sideways counts', [' @', ' A', "'}", "'~"].map((final) => `\u001b[999999999${final}x`).join('')],
];

/** One to three are seen; ten million characters that stay, or a million marks in a cell, are more than this. */
const MAX_GROWTH_MEBIBYTES = 16;

async function usedHeapMebibytes(page: Page): Promise<number> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  await cdp.detach();
  return usedSize / MEBIBYTE;
}

/** The shell is asked, the screen shows, and keys arrive. */
async function expectAlive(page: Page, program: PtyProgram): Promise<void> {
  expect(await program.ask('\u0018\u001b\\\u001bc\u001b[c')).toContain('\u001b[?1;2c');
  await program.ask('\u001b[2J\u001b[Hstill here');
  await expectScreen(page, /^still here$/m);
  const before = program.received().length;
  await terminal(page).locator('textarea').focus();
  await page.keyboard.type('typed');
  await expect.poll(() => program.received().slice(before)).toBe('typed');
}

test('row 25: a string of 10 MB, a million combining marks and huge counts leave the page alive and its memory bounded', { tag: '@web' }, async ({ page, programs }) => {
  const program = await programs.open(page);
  const failures: string[] = [];
  page.on('pageerror', (error) => void failures.push(error.message));
  await program.ask('warm\r\n'.repeat(20_000));
  const before = await usedHeapMebibytes(page);
  for (const [name, output] of heavy) {
    await test.step(name, () => program.ask(output));
  }
  await expectAlive(page, program);
  const grown = (await usedHeapMebibytes(page)) - before;
  test.info().annotations.push({ type: 'heap grown, MiB', description: grown.toFixed(1) });
  expect(failures).toEqual([]);
  expect(grown).toBeLessThan(MAX_GROWTH_MEBIBYTES);
});

test('row 25: mutated sequences and a storm of sizes leave the page alive and its memory bounded', { tag: '@web' }, async ({ page, programs }) => {
  if (LONG) test.setTimeout(30 * 60_000);
  const program = await programs.open(page);
  const failures: string[] = [];
  page.on('pageerror', (error) => void failures.push(error.message));
  await program.ask('warm\r\n'.repeat(20_000));
  const before = await usedHeapMebibytes(page);
  for (const bytes of fuzz(LONG ? Date.now() : 31_337, LONG ? 300 : 3)) {
    // The end of whatever string is open, and of what was switched on.
    await program.ask(Buffer.concat([bytes, Buffer.from('\u0018\u001b\\\u001bc')]));
  }
  for (let step = 0; step < (LONG ? 400 : 30); step += 1) {
    await page.setViewportSize({ width: 700 + ((step * 277) % 900), height: 420 + ((step * 131) % 500) });
    await program.write(`${step} ${'漢字 '.repeat(60)}\r\n`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await expectAlive(page, program);
  const grown = (await usedHeapMebibytes(page)) - before;
  test.info().annotations.push({ type: 'heap grown, MiB', description: grown.toFixed(1) });
  expect(failures).toEqual([]);
  expect(grown).toBeLessThan(MAX_GROWTH_MEBIBYTES);
});
