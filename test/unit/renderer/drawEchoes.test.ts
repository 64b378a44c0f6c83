import { Terminal } from '@xterm/headless';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { drawEchoes } from '../../../src/renderer/terminal/drawEchoes.ts';

const cancelled: number[] = [];
beforeEach(() => vi.stubGlobal('cancelAnimationFrame', (frame: number) => cancelled.push(frame)));
afterEach(() => {
  cancelled.length = 0;
  vi.unstubAllGlobals();
});

/** A terminal without a screen, and in the place of its render debouncer one that notes what it draws. Each write asks for so many rows from row 5 on. */
function terminalWithDebouncer(rowsChanged: number) {
  const terminal = new Terminal({ allowProposedApi: true });
  const drawn: string[] = [];
  const debouncer = {
    _rowStart: undefined as number | undefined,
    _rowEnd: undefined as number | undefined,
    _animationFrame: undefined as number | undefined,
    _innerRefresh() {
      drawn.push(`${this._rowStart}-${this._rowEnd}`);
      this._rowStart = this._rowEnd = this._animationFrame = undefined;
    },
  };
  if (rowsChanged > 0) terminal.onWriteParsed(() => Object.assign(debouncer, { _rowStart: 5, _rowEnd: 4 + rowsChanged, _animationFrame: 77 }));
  Reflect.set(Reflect.get(terminal, '_core') as object, '_renderService', { _renderDebouncer: debouncer });
  drawEchoes(terminal);
  /** Settles after what listens to the end of the parsing was told. */
  const say = async (text: string): Promise<void> => {
    await new Promise<void>((resolve) => terminal.write(text, resolve));
    await Promise.resolve();
  };
  return { terminal, debouncer, drawn, say };
}

test('what comes first after a key is drawn at once, and the frame that was asked for it is called off', async () => {
  const { terminal, drawn, say } = terminalWithDebouncer(1);
  terminal.input('x');
  await say('x');
  expect(drawn).toEqual(['5-5']);
  expect(cancelled).toEqual([77]);
  terminal.dispose();
});

test('what nobody typed for, and what follows an echo, is drawn with the next frame', async () => {
  const { terminal, debouncer, drawn, say } = terminalWithDebouncer(1);
  await say('news');
  expect(drawn).toEqual([]);
  terminal.input('x');
  await say('x');
  await say('more');
  expect(drawn).toEqual(['5-5']);
  expect(debouncer._animationFrame).toBe(77);
  terminal.dispose();
});

test('an answer of many rows is drawn with the next frame', async () => {
  const { terminal, drawn, say } = terminalWithDebouncer(4);
  terminal.input('\r');
  await say('a screenful');
  expect(drawn).toEqual([]);
  expect(cancelled).toEqual([]);
  terminal.dispose();
});

test('where frames are held back, nothing is drawn', async () => {
  const { terminal, drawn, say } = terminalWithDebouncer(0);
  terminal.input('x');
  await say('x');
  expect(drawn).toEqual([]);
  terminal.dispose();
});

test('a terminal without such a debouncer is drawn as ever', () => {
  const terminal = new Terminal({ allowProposedApi: true });
  expect(() => drawEchoes(terminal)).not.toThrow();
  terminal.dispose();
});

test('the installed xterm.js still has what is called', () => {
  const source = readFileSync(fileURLToPath(import.meta.resolve('@xterm/xterm')), 'utf8');
  for (const name of ['_renderService', '_renderDebouncer', '_innerRefresh', '_animationFrame', '_rowStart', '_rowEnd']) expect(source, name).toContain(name);
});
