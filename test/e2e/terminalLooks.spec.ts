/** How the terminal looks and is handled: themes, fonts, find, prompts, selection, widths, drawing without a GPU. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { RunningApp } from './app.ts';
import { expect, expectScreen, openHost, screen, terminal, test, typeLine } from './app.ts';

const web = { tag: '@web' };
const PROMPT = /\$ ?$/;
/** bash as it tells of its prompts and commands (OSC 133). */
const TELLING = String.raw`PS1='\[\e]133;D;$?\a\e]133;A\a\]% \[\e]133;B\a\]'; PS0='\e]133;C\a'; clear`;

async function openShell(page: Page): Promise<void> {
  await openHost(page, 'web-1');
  await expectScreen(page, PROMPT);
}

async function openSettings(page: Page): Promise<void> {
  await page.locator('.view-switcher').getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('navigation', { name: 'Settings by topic' }).getByRole('button', { name: 'Terminal' }).click();
}

/** Until the window knows what was written to the file. */
async function expectSetting(page: Page, label: string, value: string): Promise<void> {
  await openSettings(page);
  await expect(page.getByLabel(label, { exact: true })).toHaveValue(value);
  await showHosts(page);
}

const showHosts = (page: Page): Promise<void> => page.locator('.view-switcher').getByRole('button', { name: 'Hosts' }).click();
const backgroundOf = (page: Page): Promise<string> => terminal(page).locator('..').evaluate((element) => getComputedStyle(element).backgroundColor);
const clipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
const settingsFile = (app: RunningApp): string => join(app.dataDir, 'settings.json');

/** Changes the settings file as a person with an editor would; the next start of the test sees the defaults again. */
async function withSettings(app: RunningApp, content: unknown, work: () => Promise<void>): Promise<void> {
  await writeFile(settingsFile(app), `${JSON.stringify({ version: 1, ...(content as object) }, undefined, 2)}\n`);
  try {
    await work();
  } finally {
    await writeFile(settingsFile(app), '{ "version": 1 }\n');
  }
}

interface Cells {
  /** The middle of a cell of the screen, counted from 0, in pixels of the page. */
  at(column: number, row: number): readonly [x: number, y: number];
  readonly width: number;
  readonly left: number;
}

/** What the screen was divided into when `stty` said so. */
async function cellsOf(page: Page): Promise<Cells> {
  await typeLine(page, 'clear; stty size');
  await expectScreen(page, /^\d+ \d+$/m);
  const [, rows, columns] = /^(\d+) (\d+)$/m.exec(await screen(page)) ?? [];
  const box = await terminal(page).locator('.xterm-screen').boundingBox();
  if (box === null || rows === undefined || columns === undefined) throw new Error('no terminal is shown');
  const [width, height] = [box.width / Number(columns), box.height / Number(rows)];
  return { width, left: box.x, at: (column, row) => [box.x + (column + 0.5) * width, box.y + (row + 0.5) * height] };
}

async function drag(page: Page, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(...to, { steps: 4 });
  await page.mouse.up();
}

test('a theme is chosen, a rule gives an account its own, and both take effect in open terminals at once', web, async ({ window, app }) => {
  await withSettings(app, {}, async () => {
    await openShell(window);
    await expect.poll(() => backgroundOf(window)).toBe('rgb(255, 255, 255)');
    await openSettings(window);
    await window.getByLabel('In light windows').selectOption('Solarized Light');
    await expect(window.getByRole('img', { name: 'Preview of Solarized Light' })).toHaveCSS('background-color', 'rgb(253, 246, 227)');
    await expect(window.locator('figcaption').first()).toContainText('white');
    await showHosts(window);
    await expect.poll(() => backgroundOf(window)).toBe('rgb(253, 246, 227)');
    await openSettings(window);
    await window.getByLabel('Account id, or tag as key=value').fill('111122223333');
    await window.getByLabel('Theme of the rule').selectOption('Dracula');
    await window.getByRole('button', { name: 'Add rule' }).click();
    await showHosts(window);
    await expect.poll(() => backgroundOf(window)).toBe('rgb(40, 42, 54)');
    // What a person asked for to see at all comes first.
    await window.emulateMedia({ contrast: 'more' });
    await expect.poll(() => backgroundOf(window)).toBe('rgb(0, 0, 0)');
    await window.emulateMedia({ contrast: null });
  });
});

test('themes of iTerm2 and Windows Terminal are imported, what is none is named, and one is exported again', web, async ({ window, app }) => {
  await withSettings(app, {}, async () => {
    const colour = (name: string, [red, green, blue]: readonly number[]): string => `<key>${name} Color</key><dict><key>Color Space</key><string>sRGB</string><key>Red Component</key><real>${red}</real><key>Green Component</key><real>${green}</real><key>Blue Component</key><real>${blue}</real></dict>`;
    const iterm = `<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist version="1.0"><dict>${Array.from({ length: 16 }, (_, index) => colour(`Ansi ${index}`, [index / 15, 0, 0])).join('')}${colour('Background', [0.2, 0.4, 0.6])}${colour('Foreground', [1, 1, 1])}</dict></plist>`;
    await openSettings(window);
    await window.locator('input[type=file][accept*=itermcolors]').setInputFiles([
      { name: 'Deep sea.itermcolors', mimeType: 'application/xml', buffer: Buffer.from(iterm) },
      { name: 'notes.json', mimeType: 'application/json', buffer: Buffer.from('{"shopping": ["milk"]}') },
      { name: 'broken.json', mimeType: 'application/json', buffer: Buffer.from('{"schemes": [{"name": "Half", "background": "#000", "foreground": "#fff", "red": "#f00", "green": "none"}]}') },
    ]);
    await expect(window.getByText('Deep sea.itermcolors: Deep sea')).toBeVisible();
    await expect(window.getByText('notes.json: This file holds no theme of iTerm2 or Windows Terminal.')).toBeVisible();
    await expect(window.getByText('broken.json: “Half” is left out. Missing, or no colour: black, green, yellow, blue, magenta, cyan, white, bright black, bright red, bright green, bright yellow, bright blue, bright magenta, bright cyan, bright white.')).toBeVisible();
    await window.getByLabel('In light windows').selectOption('Deep sea');
    await expect(window.getByRole('img', { name: 'Preview of Deep sea' })).toHaveCSS('background-color', 'rgb(51, 102, 153)');
    const downloading = window.waitForEvent('download');
    await window.getByRole('button', { name: 'Export Deep sea' }).click();
    const saved = await readFile(await (await downloading).path(), 'utf8');
    expect(JSON.parse(saved)).toMatchObject({ name: 'Deep sea', background: '#336699', brightWhite: '#ff0000' });
    await window.getByRole('button', { name: 'Remove Deep sea' }).click();
    await expect(window.getByText('There is no theme “Deep sea”. The standard one is shown.')).toBeVisible();
  });
});

test('a font that does not exist and a theme that is none are said over the terminal, which shows the standard ones; the file keeps them', web, async ({ window, app }) => {
  const content = { terminal: { fontFamily: 'No Such Font', lightTheme: 'Draclua', themes: [{ name: 'Half', background: 'red' }] } };
  await openShell(window);
  await withSettings(app, content, async () => {
    const hint = window.locator('.looks-hint');
    await expect(hint).toContainText('Not on this computer: No Such Font.');
    await expect(hint).toContainText('There is no terminal theme “Draclua”. “Postern Light” is shown.');
    await expect(terminal(window).locator('.xterm-rows')).toHaveCSS('font-family', '"No Such Font", monospace');
    await expect(window.getByRole('complementary', { name: 'Notices' })).toContainText('terminal.themes');
    await typeLine(window, 'echo still $((6 * 7))');
    await expectScreen(window, 'still 42');
    expect(JSON.parse(await readFile(settingsFile(app), 'utf8'))).toMatchObject(content);
    await openSettings(window);
    await expect(window.locator('[data-setting="terminal.fontFamily"]')).toContainText('Not on this computer: No Such Font.');
    await window.getByLabel('Font', { exact: true }).fill('DejaVu Sans Mono');
    await window.getByLabel('Font', { exact: true }).press('Enter');
    await expect(window.locator('[data-setting="terminal.fontFamily"]')).toContainText('Shown: DejaVu Sans Mono');
    await showHosts(window);
    await expect(hint).not.toContainText('No Such Font');
  });
});

test('find counts all matches, walks through them, knows case, words and expressions, and names one that is none', web, async ({ window }) => {
  await openShell(window);
  await typeLine(window, String.raw`clear; printf 'Alpha alpha\nalphabet\nbeta\n'`);
  await expectScreen(window, /^beta$/m);
  // Their canvas costs every key a frame where no GPU draws: it is there only while somebody finds.
  const scrollBarMarks = window.locator('.xterm-decoration-overview-ruler');
  await expect(scrollBarMarks).toHaveCount(0);
  await window.keyboard.press('Control+Shift+F');
  await expect(scrollBarMarks).toHaveCount(1);
  const bar = window.getByRole('search', { name: 'Find in this terminal' });
  const field = bar.getByLabel('Find', { exact: true });
  const found = bar.getByRole('status');
  // A line of the terminal each: what was typed was cleared.
  await field.fill('alpha');
  await expect(found).toHaveText('3 of 3');
  await field.press('Enter');
  await expect(found).toHaveText('2 of 3');
  await field.press('Shift+Enter');
  await expect(found).toHaveText('3 of 3');
  await bar.getByLabel('Match upper and lower case').check();
  await expect(found).toHaveText('2 of 2');
  await bar.getByLabel('Whole words only').check();
  await expect(found).toHaveText('1 of 1');
  await bar.getByLabel('Regular expression').check();
  await field.fill('(al');
  await expect(found).toHaveText('No regular expression: Unterminated group');
  await bar.getByLabel('Whole words only').uncheck();
  await field.fill('^[ab].*t');
  await expect(found).toHaveText('2 of 2');
  await field.fill('gamma');
  await expect(found).toHaveText('none');
  await field.press('Escape');
  await expect(bar).toBeHidden();
  await expect(scrollBarMarks).toHaveCount(0);
  await expect(terminal(window).locator('textarea')).toBeFocused();
});

test('prompts are marked and walked by keys through 30,000 lines of scrollback, and the last output is copied', web, async ({ window, app, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await withSettings(app, { terminal: { scrollback: 100_000 } }, async () => {
    await openShell(window);
    await expectSetting(window, 'Scrollback', '100000');
    await typeLine(window, TELLING);
    await expectScreen(window, /^%$/);
    await typeLine(window, 'seq 30000');
    await expectScreen(window, /^30000$/m);
    await typeLine(window, 'false');
    await expect(terminal(window).locator('.prompt-mark.failed')).toHaveCount(1);
    await typeLine(window, String.raw`printf 'one\ntwo\n'`);
    // With the prompt after it, which tells where the output ends.
    await expectScreen(window, /^two\n%$/m);
    await window.keyboard.press('Control+Shift+O');
    await expect.poll(() => clipboard(window)).toBe('one\ntwo');
    for (let step = 0; step < 3; step += 1) await window.keyboard.press('Control+Shift+ArrowUp');
    await expectScreen(window, /^% seq 30000\n1\n2\n/);
    await window.keyboard.press('Control+Shift+ArrowUp');
    await expect(window.getByText('No prompt above')).toBeVisible();
    await window.keyboard.press('Control+Shift+ArrowDown');
    await expectScreen(window, /^% false\n/m);
  });
});

test('the mouse selects words, lines and blocks; copy on select copies them, and the right button pastes by the safe way', web, async ({ window, app, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await withSettings(app, { terminal: { copyOnSelect: 'on', rightClickPaste: 'on' } }, async () => {
    await openShell(window);
    await expectSetting(window, 'Copy on select', 'on');
    const cells = await cellsOf(window);
    await typeLine(window, String.raw`clear; printf 'user@host:/var/log one\nabcdef\nghijkl\n'`);
    await expectScreen(window, /^ghijkl$/m);
    await window.mouse.dblclick(...cells.at(2, 0));
    await expect.poll(() => clipboard(window)).toBe('user@host:/var/log');
    await window.mouse.click(...cells.at(3, 1), { clickCount: 3 });
    await expect.poll(() => clipboard(window)).toBe('abcdef');
    await window.keyboard.down('Alt');
    await drag(window, cells.at(1, 1), cells.at(4, 2));
    await window.keyboard.up('Alt');
    await expect.poll(() => clipboard(window)).toMatch(/^bcde?\nhijk?$/);
    await window.mouse.click(...cells.at(30, 5));
    await window.evaluate(() => navigator.clipboard.writeText('echo pasted-by-hand'));
    await window.mouse.click(...cells.at(30, 5), { button: 'right' });
    await expectScreen(window, 'echo pasted-by-hand');
    await window.evaluate(() => navigator.clipboard.writeText('one\ntwo\n'));
    await window.mouse.click(...cells.at(30, 5), { button: 'right' });
    await expect(window.getByRole('dialog')).toContainText('2 lines');
    await window.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  });
});

test('emoji and CJK take two cells, joined emoji too, and ambiguous characters what was chosen', web, async ({ window, app }) => {
  await openShell(window);
  const cells = await cellsOf(window);
  /** Where `|` stands in the row that begins with the text, in cells. */
  const barAfter = (text: string): Promise<number> =>
    terminal(window).locator('.xterm-rows > div').evaluateAll((rows, { text: start, left, width }) => {
      const row = rows.findLast((one) => one.textContent?.startsWith(start) === true);
      const walker = document.createTreeWalker(row ?? document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode() !== null) {
        const at = walker.currentNode.textContent?.indexOf('|') ?? -1;
        if (at === -1) continue;
        const range = document.createRange();
        range.setStart(walker.currentNode, at);
        range.setEnd(walker.currentNode, at + 1);
        return Math.round((range.getBoundingClientRect().left - left) / width);
      }
      return -1;
    }, { text, left: cells.left, width: cells.width });
  await typeLine(window, String.raw`clear; printf '日本語|\n👩‍💻|\n🇯🇵|\né|\n○○|\n'`);
  // A line of its own: the command that was typed ends with it, too.
  await expectScreen(window, /^○○\|$/m);
  expect([await barAfter('日本語'), await barAfter('👩‍💻'), await barAfter('🇯🇵'), await barAfter('é'), await barAfter('○○')]).toEqual([6, 2, 2, 1, 2]);
  await withSettings(app, { terminal: { ambiguousWidth: 'wide' } }, async () => {
    await expectSetting(window, 'Width of ambiguous characters', 'wide');
    await typeLine(window, String.raw`clear; printf '○○|\nok\n'`);
    await expectScreen(window, /^ok$/m);
    expect(await barAfter('○○')).toBe(4);
  });
});

test('pictures and ligatures are drawn only where they were switched on, and screen readers get the rows when they want them', web, async ({ window, app }) => {
  const sixel = String.raw`printf '\ePq#0;2;100;0;0#0!40~-!40~-\e\\\npicture sent\n'`;
  await openShell(window);
  await typeLine(window, `clear; ${sixel}; echo 'a=>b'`);
  await expectScreen(window, /^picture sent\na=>b$/m);
  // Characters that are joined stand in an element of their own.
  const arrow = terminal(window).locator('.xterm-rows span', { hasText: /^=>$/ });
  await expect(arrow).toHaveCount(0);
  await expect(terminal(window).locator('.xterm-image-layer')).toHaveCount(0);
  await expect(terminal(window).locator('.xterm-accessibility')).toHaveCount(0);
  await withSettings(app, { terminal: { images: true, screenReader: true, ligatures: true } }, async () => {
    await expect(terminal(window).locator('.xterm-accessibility')).toHaveCount(1);
    await expect(arrow).toHaveCount(1);
    await expect(async () => {
      await typeLine(window, `clear; ${sixel}`);
      await expect(terminal(window).locator('.xterm-image-layer')).toHaveCount(1, { timeout: 2000 });
    }).toPass();
  });
});

test('a bell frames the terminal for a moment where that was chosen', web, async ({ window, app }) => {
  await openShell(window);
  await withSettings(app, { terminal: { bell: 'visual' } }, async () => {
    await expectSetting(window, 'Bell', 'visual');
    const framed = terminal(window).evaluate((element) => new Promise<string>((resolve) => new MutationObserver(() => resolve(getComputedStyle(element).outlineStyle)).observe(element, { attributeFilter: ['data-bell'] })));
    await typeLine(window, String.raw`printf '\a'`);
    expect(await framed).toBe('solid');
    await expect(terminal(window)).toHaveCSS('outline-style', 'none');
  });
});

test('the field that takes the keys has a caret that does not blink', web, async ({ window }) => {
  await openShell(window);
  const field = terminal(window).locator('textarea');
  await expect(field).toBeFocused();
  // Each blink would lay out and draw the whole page, and whoever typed then would wait for the frame after it.
  expect(await field.evaluate((element) => getComputedStyle(element).getPropertyValue('caret-animation'))).toBe('manual');
});

test('a GPU that loses its context leaves the terminal readable: its rows are drawn by the page', web, async ({ page, app }) => {
  // No GPU here: the software renderer passes for one, and then loses its context as a driver that is reset does.
  await page.addInitScript(() => {
    const ask = WebGL2RenderingContext.prototype.getParameter;
    WebGL2RenderingContext.prototype.getParameter = function getParameter(name: number): unknown {
      const answer: unknown = ask.call(this, name);
      return typeof answer === 'string' ? answer.replace(/swiftshader|llvmpipe|software/gi, 'gpu') : answer;
    };
  });
  await page.goto(app.url);
  await openHost(page, 'web-1');
  const canvas = terminal(page).locator('.xterm-screen > canvas').last();
  await expect(canvas).toBeVisible();
  await expect(terminal(page).locator('.xterm-rows')).toHaveCount(0);
  await canvas.evaluate((element) => (element as HTMLCanvasElement).getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext());
  await expectScreen(page, PROMPT);
  await typeLine(page, 'echo goes on $((40 + 2))');
  await expectScreen(page, 'goes on 42');
  await page.locator('.tab-close').first().click();
});
