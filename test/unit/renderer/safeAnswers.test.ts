import { Terminal } from '@xterm/headless';
import { expect, test } from 'vitest';
import { answerSafely } from '../../../src/renderer/terminal/safeAnswers.ts';
import { fixedOptions } from '../../../src/renderer/terminal/terminalOptions.ts';
import { posternDark } from '../../../src/renderer/terminal/themes/ownThemes.ts';
import { toXtermTheme } from '../../../src/renderer/terminal/themes/toXtermTheme.ts';
import { FORGET, queries } from '../../fixtures/terminal/queries.ts';

const columns = 100;
const rows = 30;
const theme = toXtermTheme(posternDark);

/** xterm.js's own parser and answers, as the window sets them up. */
function ask(guarded: boolean): (output: string | Uint8Array) => Promise<string> {
  const { windowOptions = {} } = fixedOptions;
  const terminal = new Terminal({ allowProposedApi: true, cols: columns, rows, windowOptions, theme });
  if (guarded) answerSafely(terminal);
  let said = '';
  terminal.onData((text) => (said += text));
  terminal.onBinary((text) => (said += text));
  return async (output) => {
    await new Promise<void>((resolve) => terminal.write(FORGET, resolve));
    said = '';
    await new Promise<void>((resolve) => terminal.write(output, resolve));
    return said;
  };
}

const expected = Object.fromEntries(queries.map(({ name, answer = '' }) => [name, typeof answer === 'string' ? answer : answer({ columns, rows, theme })]));

test('row 15: every query has exactly its answer, or none', async () => {
  const answerTo = ask(true);
  const answers: Record<string, string> = {};
  for (const { name, ask: query } of queries) answers[name] = await answerTo(query);
  expect(answers).toEqual(expected);
  expect(Object.keys(answers)).toHaveLength(queries.length);
});

test('row 15: no answer of the list holds CR, LF, or a word, a number or a colour of the attacker', () => {
  const chosen = Object.entries(expected).filter(([, answer]) => /[\r\n]|pwn|31337|4141|70776e/.test(answer));
  expect(chosen).toEqual([]);
});

test('row 15: xterm.js alone repeats the number of what is no mode, which is why it is not asked', async () => {
  expect(await ask(false)('\u001b[?31337$p')).toBe('\u001b[?31337;0$y');
});

test('a window may not be resized, moved, or asked about by a host', () => {
  expect(fixedOptions.windowOptions).toEqual({});
});
