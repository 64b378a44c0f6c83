import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { Terminal } from '@xterm/headless';
import { expect, test } from 'vitest';
import { boundMarks } from '../../../src/renderer/terminal/boundedMarks.ts';
import { cellsOf } from '../../e2e/cellsOf.ts';

async function write(output: string, bounded: boolean, rows = 5): Promise<Terminal> {
  const terminal = new Terminal({ allowProposedApi: true, cols: 40, rows });
  const graphemes = new UnicodeGraphemesAddon();
  terminal.loadAddon(graphemes);
  if (bounded) boundMarks(graphemes);
  await new Promise<void>((resolve) => terminal.write(output, resolve));
  return terminal;
}

/** The most UTF-16 units in one cell of the buffer. */
function longestCell(terminal: Terminal): number {
  const { active } = terminal.buffer;
  const lengths = Array.from({ length: active.length }, (_, line) => Array.from({ length: terminal.cols }, (_cell, column) => active.getLine(line)?.getCell(column)?.getChars().length ?? 0));
  return Math.max(...lengths.flat());
}

test('row 25: a million combining marks are spread over cells of at most thirty', async () => {
  const attack = `e${'\u0301'.repeat(1_000_000)}`;
  expect(longestCell(await write(attack, true))).toBe(31);
  expect(longestCell(await write(attack.slice(0, 10_001), false))).toBe(10_001);
});

test('text of any script, and emoji of several parts, stay in the cells they had', async () => {
  const text = 'e\u0301 ñ กำ้ 한국어 देवनागरी 👩‍👩‍👧‍👦 👍🏽 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇯🇵 Z̴̡̛͍͈͕a̸̢lgo 漢字';
  expect(cellsOf(await write(text, true))).toEqual(cellsOf(await write(text, false)));
});

test('ASCII behind any kind of character is counted as the add-on counts it, and so is what comes after', async () => {
  const kinds = ['a', '\u0600', '\u0301', '🇯', '\u0903', '\u1100', '\u1161', '\u11a8', '가', '각', '\u200d', '👩', '漢', '\u00a1'];
  const text = kinds.flatMap((first) => kinds.map((last) => `${first}x${last}#${first}${last}`)).join(' ');
  expect(cellsOf(await write(text, true, 100))).toEqual(cellsOf(await write(text, false, 100)));
});
