/**
 * What real programs write looks the same in Postern's terminal as in xterm.js alone (issue 6, acceptance 6): recorded output goes
 * the whole way in pieces of any size, and after each key that was typed the screens are compared cell by cell, text and attributes.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import headless from '@xterm/headless';
import type { ITerminalAddon } from '@xterm/headless';
import type { Page } from '@playwright/test';
import { randomNumbers } from '../fixtures/terminal/fuzz.ts';
import type { Recording } from '../fixtures/terminal/record.ts';
import { expect, screen, terminal } from './app.ts';
import { cellsOf } from './cellsOf.ts';
import { pageTerminal } from './pageTerminal.ts';
import { test, type PtyProgram } from './ptyProgram.ts';

/** Node finds no named exports in its CommonJS build. */
const graphemes = createRequire(import.meta.url)('@xterm/addon-unicode-graphemes') as { readonly UnicodeGraphemesAddon: new () => ITerminalAddon };

const folder = fileURLToPath(new URL('../fixtures/terminal/recordings/', import.meta.url));
const recordings = readdirSync(folder).map((name) => JSON.parse(readFileSync(`${folder}${name}`, 'utf8')) as Recording);

/** Makes the window such that the terminal has exactly the size of a recording. */
async function fit(page: Page, program: PtyProgram, columns: number, rows: number): Promise<void> {
  await program.ask('');
  await expect(async () => {
    const now = program.size();
    const viewport = page.viewportSize();
    const box = await terminal(page).locator('.xterm-screen').boundingBox();
    if (viewport === null || box === null) throw new Error('there is no window');
    const width = viewport.width + Math.round(((columns - now.columns) * box.width) / now.columns);
    const height = viewport.height + Math.round(((rows - now.rows) * box.height) / now.rows);
    if (width !== viewport.width || height !== viewport.height) await page.setViewportSize({ width, height });
    await expect.poll(() => program.size(), { timeout: 2000 }).toEqual({ columns, rows });
  }).toPass();
}

/** In pieces that end anywhere, inside characters and sequences, too. */
async function writeInPieces(program: PtyProgram, bytes: Buffer, next: () => number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + Math.floor(next() ** 3 * 3000);
    await program.write(bytes.subarray(at, end));
    at = end;
  }
  await program.ask('');
}

test('vttest’s screens, vim, htop, tmux, less and mc look the same as in xterm.js alone, cell by cell', { tag: '@web' }, async ({ page, programs }) => {
  expect(recordings.map(({ program }) => program)).toEqual(['htop', 'less', 'mc', 'tmux', 'vim', 'vttest-1-cursor', 'vttest-2-screen', 'vttest-3-characters', 'vttest-4-double', 'vttest-8-vt102']);
  const program = await programs.open(page);
  const next = randomNumbers(6);
  let screens = 0;
  for (const recording of recordings) {
    await fit(page, program, recording.columns, recording.rows);
    await program.ask('\u001bc\u001b[3J');
    const shown = await pageTerminal(page);
    const bare = new headless.Terminal({ allowProposedApi: true, cols: recording.columns, rows: recording.rows, logLevel: 'off' });
    // Widths of Unicode 15, as Postern's: without it xterm.js has those of 2010.
    bare.loadAddon(new graphemes.UnicodeGraphemesAddon());
    for (const [index, { keys, output }] of recording.steps.entries()) {
      if (output === '') continue;
      await writeInPieces(program, Buffer.from(output), next);
      await new Promise<void>((resolve) => bare.write(output, resolve));
      const expected = cellsOf(bare);
      expect(await shown.evaluate(cellsOf), `${recording.program}, step ${index} (${JSON.stringify(keys)})`).toEqual(expected);
      // And so does what is drawn.
      const text = expected.slice(0, -1).map((line) => line.slice(0, line.lastIndexOf(' |')).trimEnd());
      await expect.poll(() => screen(page), { message: `${recording.program}, step ${index} is drawn` }).toBe(text.join('\n').trimEnd());
      screens += 1;
    }
    bare.dispose();
  }
  expect(screens).toBeGreaterThan(90);
});
