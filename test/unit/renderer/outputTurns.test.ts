import { expect, test, vi } from 'vitest';
import { createOutputTurns } from '../../../src/renderer/terminal/outputTurns.ts';

/** Turns that are taken when `idle` or `soon` is called, and terminals that parse at once or when told to. */
function createPage() {
  const waiting: (() => void)[] = [];
  const next: (() => void)[] = [];
  let nowMs = 0;
  const turns = createOutputTurns({ nowMs: () => nowMs, timeFrame: () => undefined, soon: (run) => void next.push(run), whenIdle: (run) => void waiting.push(run) });
  const written: string[] = [];
  const parsing: (() => void)[] = [];
  /** @param pieceMs how long it parses a piece of a turn */
  const terminal = (name: string, atOnce = true, pieceMs = 0) => ({
    parseNextAtOnce: () => {
      nowMs += pieceMs;
    },
    write: (data: string | Uint8Array, parsed?: () => void) => {
      written.push(`${name} ${typeof data === 'string' ? data : data.length > 8 ? data.length : new TextDecoder().decode(data)}`);
      if (parsed === undefined) return;
      if (atOnce) parsed();
      else parsing.push(parsed);
    },
  });
  const idle = (): void => waiting.splice(0).forEach((run) => run());
  const soon = (): void => next.splice(0).forEach((run) => run());
  const parse = (): void => parsing.splice(0).forEach((done) => done());
  return { turns, terminal, written, parsing, parse, idle, soon, waitingCount: () => waiting.length };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a terminal in sight is written to at once', () => {
  const page = createPage();
  const turn = page.turns.join(page.terminal('front'));
  const parsed = vi.fn<() => void>();
  turn.write(bytes('echo'), parsed);
  expect(page.written).toEqual(['front echo']);
  expect(parsed).toHaveBeenCalledTimes(1);
});

test('what a hidden tab is told waits until the page is idle, and is parsed 16 KiB at a time', () => {
  const page = createPage();
  const turn = page.turns.join(page.terminal('hidden'));
  turn.setVisible(false);
  const parsed = vi.fn<() => void>();
  turn.write(new Uint8Array(40_000), parsed);
  expect(page.written).toEqual([]);
  page.idle();
  expect(page.written).toEqual(['hidden 16384']);
  page.idle();
  expect(parsed).not.toHaveBeenCalled();
  page.idle();
  expect(page.written).toEqual(['hidden 16384', 'hidden 16384', 'hidden 7232']);
  expect(parsed).toHaveBeenCalledTimes(1);
  expect(page.waitingCount()).toBe(0);
});

test('hidden tabs take turns, and none begins before the piece of the one before has been parsed', () => {
  const page = createPage();
  const [one, other] = [page.turns.join(page.terminal('one', false)), page.turns.join(page.terminal('other', false))];
  for (const turn of [one, other]) {
    turn.setVisible(false);
    turn.write(new Uint8Array(20_000));
  }
  page.idle();
  page.idle();
  expect(page.written).toEqual(['one 16384']);
  for (let piece = 0; piece < 3; piece += 1) {
    page.parsing.shift()?.();
    page.idle();
  }
  expect(page.written).toEqual(['one 16384', 'other 16384', 'one 3616', 'other 3616']);
});

test('a flood of the tab in sight is parsed in turns of 8 ms, in pieces of 32 KiB, each as soon as keys and frames have been looked after', () => {
  const page = createPage();
  const turn = page.turns.join(page.terminal('front', true, 3));
  const parsed = vi.fn<() => void>();
  for (let frame = 0; frame < 4; frame += 1) turn.write(new Uint8Array(65_536), parsed);
  expect(page.written).toEqual([]);
  page.soon();
  expect(page.written).toEqual(['front 32768', 'front 32768', 'front 32768']);
  expect(parsed).toHaveBeenCalledTimes(1);
  page.soon();
  page.soon();
  page.soon();
  expect(page.written).toHaveLength(8);
  expect(parsed).toHaveBeenCalledTimes(4);
  turn.write(bytes('prompt'));
  expect(page.written.at(-1)).toBe('front prompt');
});

test('where a terminal parses by its own timer the next piece of a flood comes once it has', () => {
  const page = createPage();
  const turn = page.turns.join(page.terminal('front', false));
  turn.write(new Uint8Array(65_536));
  page.soon();
  page.soon();
  expect(page.written).toEqual(['front 32768']);
  page.parse();
  page.soon();
  expect(page.written).toEqual(['front 32768', 'front 32768']);
});

test('a tab that is shown goes on at once with what had been waiting, in its order', () => {
  const page = createPage();
  const turn = page.turns.join(page.terminal('tab', false));
  const parsed = vi.fn<() => void>();
  turn.setVisible(false);
  turn.write(new Uint8Array(20_000), parsed);
  turn.write(bytes('second'));
  page.idle();
  turn.setVisible(true);
  turn.write(bytes('third'));
  for (let turns = 0; turns < 4; turns += 1) {
    page.parse();
    page.soon();
  }
  expect(page.written).toEqual(['tab 16384', 'tab 3616', 'tab second', 'tab third']);
  expect(parsed).toHaveBeenCalledTimes(1);
  page.idle();
  page.soon();
  expect(page.written).toHaveLength(4);
});

test('a tab that is hidden in the middle of a flood goes on with it in its turn', () => {
  const page = createPage();
  const turn = page.turns.join(page.terminal('tab', false));
  turn.write(new Uint8Array(20_000));
  turn.write(new Uint8Array(20_000));
  turn.setVisible(false);
  page.parse();
  page.soon();
  expect(page.written).toEqual(['tab 20000']);
  page.idle();
  expect(page.written).toEqual(['tab 20000', 'tab 16384']);
});

test('a tab that is closed in the middle of its turn leaves it to the next one', () => {
  const page = createPage();
  const [closed, next] = [page.turns.join(page.terminal('closed', false)), page.turns.join(page.terminal('next'))];
  for (const turn of [closed, next]) {
    turn.setVisible(false);
    turn.write(new Uint8Array(20_000));
  }
  page.idle();
  closed.dispose();
  page.idle();
  page.idle();
  expect(page.written).toEqual(['closed 16384', 'next 16384', 'next 3616']);
});

test('what a hidden tab was told in many small pieces is parsed in one turn: a question among them is answered at once', () => {
  const page = createPage();
  const turn = page.turns.join(page.terminal('hidden'));
  turn.setVisible(false);
  for (const text of ['a', 'b', 'c']) turn.write(bytes(text));
  turn.write(new Uint8Array(20_000));
  page.idle();
  expect(page.written).toEqual(['hidden a', 'hidden b', 'hidden c', 'hidden 16381']);
  page.idle();
  expect(page.written.at(-1)).toBe('hidden 3619');
});
