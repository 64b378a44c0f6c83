import { Terminal } from '@xterm/headless';
import { expect, test } from 'vitest';
import { boundCounts } from '../../../src/renderer/terminal/boundedCounts.ts';
import { cellsOf } from '../../e2e/cellsOf.ts';

async function shown(output: string, bounded = true): Promise<string[]> {
  const terminal = new Terminal({ allowProposedApi: true, cols: 20, rows: 6, scrollback: 100 });
  if (bounded) boundCounts(terminal);
  const filled = Array.from({ length: 5 }, (_, line) => `line ${line}\r\n`).join('');
  await new Promise<void>((resolve) => terminal.write(`${filled}\u001b[2;5r\u001b[3;4H${output}`, resolve));
  return cellsOf(terminal);
}

test('a count as large as the screen does what xterm.js alone does', async () => {
  for (const final of ['L', 'M', 'S', 'T', 'I', 'Z', 'b']) {
    for (const count of ['', '0', '1', '3', '6']) expect(await shown(`x\u001b[${count}${final}y`), `${count}${final}`).toEqual(await shown(`x\u001b[${count}${final}y`, false));
  }
});

test('row 25: a count beyond the screen does what the whole screen does, at once', async () => {
  for (const [final, most] of [['L', 6], ['M', 6], ['S', 6], ['T', 6], ['I', 20], ['Z', 20], ['b', 120]] as const) {
    for (const count of ['2147483647', '999999999999999999999', '2000', '2147483647;2147483647', '2147483647:1;0']) expect(await shown(`x\u001b[${count}${final}y`), final).toEqual(await shown(`x\u001b[${most}${final}y`, false));
  }
});

test('row 25: a cell with many combining marks is not repeated into gigabytes', async () => {
  const lines = await shown(`e${'\u0301'.repeat(50_000)}\u001b[100b after`);
  expect(lines.some((line) => line.includes('after'))).toBe(true);
});
