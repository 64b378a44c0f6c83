import { Terminal } from '@xterm/headless';
import { expect, test, vi } from 'vitest';
import { matchLines, toRegExp, type SearchPattern } from '../../../../src/renderer/outputSearch/matcher.ts';
import type { SearchBatch } from '../../../../src/renderer/outputSearch/searchWorker.ts';
import type { LineWorker } from '../../../../src/renderer/outputSearch/workerMatches.ts';
import { createFinder, type Finder, type FindTerminal } from '../../../../src/renderer/terminal/finder.ts';
import { problemOf } from '../../../../src/renderer/terminal/findQuery.ts';

const written = (terminal: Terminal, text: string): Promise<void> => new Promise((resolve) => terminal.write(text, resolve));
const pattern = (text: string, rest: Partial<SearchPattern> = {}): Required<SearchPattern> => ({ text, regex: false, caseSensitive: false, wholeWord: false, ...rest });

/** The worker's work in this thread, in a turn of its own; `silent` never answers. */
function lineWorker({ silent = false } = {}): LineWorker {
  const target = new EventTarget();
  return {
    addEventListener: target.addEventListener.bind(target) as Worker['addEventListener'],
    postMessage({ batchId, pattern: asked, lines, first }: SearchBatch) {
      if (!silent) setImmediate(() => target.dispatchEvent(new MessageEvent('message', { data: { batchId, matches: matchLines(lines, toRegExp(asked), first) } })));
    },
    terminate: () => undefined,
  };
}

function find(terminal: FindTerminal, asked: SearchPattern): { readonly finder: Finder; readonly done: () => Promise<readonly string[]> } {
  const finder = createFinder(terminal, asked, lineWorker, () => undefined);
  return {
    finder,
    async done() {
      await vi.waitUntil(() => finder.found().phase !== 'searching', { timeout: 20_000, interval: 1 });
      return finder.found().matches.map(({ row, from, to }) => `${finder.rowNow(row)}:${from}-${to}`);
    },
  };
}

test('every match of every line is found, the last first, across the rows that a line wraps over', async () => {
  const terminal = new Terminal({ cols: 10, rows: 4, scrollback: 100, allowProposedApi: true });
  await written(terminal, 'ab ab\r\n日本のab日本のab\r\nno\r\nxaby Ab');
  expect(await find(terminal, pattern('ab')).done()).toEqual(['4:5-7', '4:1-3', '1:8-10', '1:3-5', '0:3-5', '0:0-2']);
  expect(await find(terminal, pattern('ab', { wholeWord: true })).done()).toEqual(['4:5-7', '0:3-5', '0:0-2']);
  expect(await find(terminal, pattern('A.', { regex: true, caseSensitive: true })).done()).toEqual(['4:5-7']);
  expect(await find(terminal, pattern('x*', { regex: true })).done()).toEqual(['4:0-1']);
  terminal.dispose();
});

test('what comes while it is open is found, what a program draws anew is read anew, and what leaves the scrollback is no match', async () => {
  const terminal = new Terminal({ cols: 20, rows: 4, scrollback: 6, allowProposedApi: true });
  await written(terminal, 'hit 1\r\nhit 2\r\nhit 3\r\nhit 4\r\nhit 5');
  const { finder, done } = find(terminal, pattern('hit'));
  expect(await done()).toEqual(['4:0-3', '3:0-3', '2:0-3', '1:0-3', '0:0-3']);
  // The screen is written over, and two lines come.
  await written(terminal, '\u001b[2;1H\u001b[Kmiss\u001b[4;1H\r\nhit 6\r\nhit hit 7');
  expect(finder.refresh()).toBe(true);
  expect(await done()).toEqual(['6:4-7', '6:0-3', '5:0-3', '4:0-3', '3:0-3', '1:0-3', '0:0-3']);
  // The scrollback is full: four lines leave it.
  await written(terminal, Array.from({ length: 7 }, (_, line) => `\r\nhit ${8 + line}`).join(''));
  expect(finder.refresh()).toBe(true);
  const found = await done();
  expect(found).toEqual(['9:0-3', '8:0-3', '7:0-3', '6:0-3', '5:0-3', '4:0-3', '3:0-3', '2:4-7', '2:0-3', '1:0-3', '0:0-3']);
  expect(found.length).toBe(finder.found().matches.length);
  // Another screen, other columns: rows mean nothing any more.
  await written(terminal, '\u001b[?1049h');
  expect(finder.refresh()).toBe(false);
  await written(terminal, '\u001b[?1049l');
  expect(finder.refresh()).toBe(true);
  terminal.resize(10, 4);
  expect(finder.refresh()).toBe(false);
  terminal.dispose();
});

test('a line without an end is read anew near its end only, and no match in it counts twice', async () => {
  const terminal = new Terminal({ cols: 10, rows: 4, scrollback: 100_000, allowProposedApi: true });
  const row = 'hit 日本  ';
  await written(terminal, row.repeat(3000));
  let rowsRead = 0;
  const counted = new Proxy(terminal, {
    get: (target, key) => (key === 'buffer' ? { active } : Reflect.get(target, key, target) as unknown),
  });
  const { active: original } = terminal.buffer;
  const active = new Proxy(original, {
    get(target, key) {
      if (key !== 'getLine') return Reflect.get(target, key, target) as unknown;
      return (at: number) => {
        rowsRead += 1;
        return target.getLine(at);
      };
    },
  });
  const { finder, done } = find(counted as FindTerminal, pattern('hit'));
  const once = (rows: number): readonly number[] => Array.from({ length: rows }, (_, at) => rows - 1 - at);
  const rows = async (): Promise<readonly number[]> => {
    await done();
    return finder.found().matches.map(({ row: begin, from }) => begin + Math.floor(from / row.length));
  };
  expect(await rows()).toEqual(once(3000));
  for (let more = 1; more <= 100; more += 1) {
    rowsRead = 0;
    await written(terminal, row.repeat(7));
    expect(finder.refresh()).toBe(true);
    expect(await rows()).toEqual(once(3000 + more * 7));
    expect(rowsRead).toBeLessThan(1000);
  }
  // Its pieces stay long: few matches are cut by their borders.
  expect(new Set(finder.found().matches.map(({ row: begin }) => begin)).size).toBeLessThan(25);
  terminal.dispose();
});

test('a million lines are looked through in turns: the last match is known long before the first, and the window has its turns between', async () => {
  const length = 1_000_000;
  const buffer = { length, baseY: length - 50, getLine: (row: number) => ({ isWrapped: false, translateToString: () => (row % 20_000 === 7 ? `error in line ${row}` : 'all is well') }) };
  const terminal = { buffer: { active: buffer }, cols: 120, registerMarker: () => ({ line: length - 1, isDisposed: false, dispose: () => undefined }) } as unknown as FindTerminal;
  const { finder, done } = find(terminal, pattern('error'));
  const early = await vi.waitUntil(() => finder.found().matches[0], { interval: 1 });
  expect(early.row).toBe(980_007);
  expect(finder.found().phase).toBe('searching');
  expect(await done()).toHaveLength(50);
  expect(finder.found()).toMatchObject({ phase: 'done', more: false });
});

test('no more than 100,000 matches are kept, and it says so', async () => {
  const buffer = { length: 60_000, baseY: 59_950, getLine: () => ({ isWrapped: false, translateToString: () => 'aa' }) };
  const terminal = { buffer: { active: buffer }, cols: 80, registerMarker: () => ({ line: 59_999, isDisposed: false, dispose: () => undefined }) } as unknown as FindTerminal;
  const { finder, done } = find(terminal, pattern('a'));
  expect(await done()).toHaveLength(100_000);
  expect(finder.found().more).toBe(true);
});

test('once the lines with too many matches have left, it no longer says that there are more', async () => {
  const buffer = { length: 60_000, baseY: 59_950, getLine: (row: number) => ({ isWrapped: false, translateToString: () => (row < 59_000 ? 'aa' : 'a') }) };
  const marker = { line: 59_999, isDisposed: false, dispose: () => undefined };
  const { finder, done } = find({ buffer: { active: buffer }, cols: 80, registerMarker: () => marker } as unknown as FindTerminal, pattern('a'));
  await done();
  expect(finder.found().more).toBe(true);
  // As `clear` leaves a terminal: its last 100 lines, which were rows 59,900 and on.
  Object.assign(buffer, { length: 100, baseY: 50, getLine: () => ({ isWrapped: false, translateToString: () => 'a' }) });
  marker.line = 99;
  expect(finder.refresh()).toBe(true);
  expect(await done()).toHaveLength(100);
  expect(finder.found()).toMatchObject({ phase: 'done', more: false });
});

test('an expression that takes for ever on a line is given up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const terminal = new Terminal({ cols: 80, rows: 4, allowProposedApi: true });
    terminal.write('aaaa');
    vi.advanceTimersByTime(10);
    const terminate = vi.fn<() => void>();
    const finder = createFinder(terminal, pattern('(a+)+$', { regex: true }), () => ({ ...lineWorker({ silent: true }), terminate }), () => undefined);
    await vi.advanceTimersByTimeAsync(3000);
    expect(finder.found().phase).toBe('too-slow');
    expect(terminate).toHaveBeenCalledOnce();
    expect(finder.refresh()).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

test('a worker that cannot be loaded ends the search, and says so', async () => {
  const terminal = new Terminal({ cols: 80, rows: 4, allowProposedApi: true });
  await written(terminal, 'hit');
  const target = new EventTarget();
  const terminate = vi.fn<() => void>();
  const onFound = vi.fn<() => void>();
  const worker: LineWorker = { addEventListener: target.addEventListener.bind(target) as Worker['addEventListener'], postMessage: () => setImmediate(() => target.dispatchEvent(new Event('error'))), terminate };
  const finder = createFinder(terminal, pattern('hit'), () => worker, onFound);
  await vi.waitUntil(() => finder.found().phase !== 'searching');
  expect(finder.found().phase).toBe('failed');
  await vi.waitUntil(() => onFound.mock.calls.length === 1);
  expect(terminate).toHaveBeenCalledOnce();
  expect(finder.refresh()).toBe(true);
  expect(finder.found().phase).toBe('failed');
  terminal.dispose();
});

test('an expression may have escapes that mean nothing, as in other programs; what is none is named', () => {
  expect(problemOf(pattern(String.raw`a\-b`, { regex: true }))).toBeUndefined();
  expect(matchLines(['a-b'], toRegExp(pattern(String.raw`a\-b`, { regex: true, wholeWord: true })))).toEqual([{ index: 0, from: 0, to: 3 }]);
  expect(problemOf(pattern('(al', { regex: true, wholeWord: true }))).toBe('Unterminated group');
  // Brackets that balance only with those put around them.
  expect(problemOf(pattern('a)(b', { regex: true, wholeWord: true }))).toBe('Unmatched \')\'');
  expect(problemOf(pattern('(al'))).toBeUndefined();
});
