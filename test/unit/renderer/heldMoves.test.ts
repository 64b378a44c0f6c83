import { expect, test } from 'vitest';
import { holdMoves, type MovingTerminal } from '../../../src/renderer/terminal/heldMoves.ts';

/** What of xterm.js moves: the field for keys, and the scroll bar. */
function createTerminal() {
  const moved: string[] = [];
  let turnWheel: () => void = () => undefined;
  const active = { viewportY: 100, baseY: 100 };
  const core = {
    _syncTextArea: () => void moved.push('field'),
    _viewport: { _sync: (line?: number) => void moved.push(line === undefined ? 'bar' : `bar ${line}`), scrollLines: (lines: number) => void moved.push(`scroll ${lines}`) },
  };
  const element = {
    addEventListener: (_type: string, listener: () => void) => {
      turnWheel = listener;
    },
  };
  const state = { held: false };
  const moves = holdMoves({ _core: core, buffer: { active }, element } as unknown as MovingTerminal, () => state.held);
  return { core, active, moved, moves, state, turnWheel: () => turnWheel() };
}

test('what moves with the cursor and the lines does so at once while frames are drawn', () => {
  const { core, moved } = createTerminal();
  core._syncTextArea();
  core._viewport._sync(7);
  expect(moved).toEqual(['field', 'bar 7']);
});

test('while frames are held it waits, and is made up for once, where things are then', () => {
  const { core, moved, moves, state } = createTerminal();
  state.held = true;
  for (let line = 0; line < 100; line += 1) {
    core._syncTextArea();
    core._viewport._sync();
  }
  expect(moved).toEqual([]);
  moves.makeUp();
  moves.makeUp();
  expect(moved).toEqual(['field', 'bar']);
});

test('a terminal that was scrolled back keeps its place in sight', () => {
  const { core, active, moved, state } = createTerminal();
  state.held = true;
  active.viewportY = 40;
  core._viewport._sync();
  expect(moved).toEqual(['bar']);
});

test('who scrolls goes from where the last line is, not from where it was at the last frame', () => {
  const { core, moved, state, turnWheel } = createTerminal();
  state.held = true;
  core._viewport._sync();
  core._viewport.scrollLines(-3);
  core._viewport._sync();
  turnWheel();
  expect(moved).toEqual(['bar', 'scroll -3', 'bar']);
});

test('a terminal without such methods is left as it is', () => {
  const moves = holdMoves({ buffer: { active: { viewportY: 0, baseY: 0 } }, element: undefined } as unknown as MovingTerminal, () => true);
  expect(() => moves.makeUp()).not.toThrow();
});
