import { Terminal } from '@xterm/headless';
import { expect, test } from 'vitest';
import { cellsOf, linesOf } from '../../../../src/renderer/outputSearch/lineReader.ts';
import { matchLines, toRegExp } from '../../../../src/renderer/outputSearch/matcher.ts';
import { searchOutput, type OutputMatch } from '../../../../src/renderer/outputSearch/searchOutput.ts';
import type { SearchAnswer, SearchBatch } from '../../../../src/renderer/outputSearch/searchWorker.ts';
import type { LineWorker } from '../../../../src/renderer/outputSearch/workerMatches.ts';

const written = (terminal: Terminal, text: string): Promise<void> => new Promise((resolve) => terminal.write(text, resolve));

/** The worker's work in this thread; `silent` never answers. */
function workerOf({ silent = false } = {}) {
  const target = new EventTarget();
  const state = { ended: false };
  return {
    state,
    createWorker: () => ({
      addEventListener: target.addEventListener.bind(target) as Worker['addEventListener'],
      postMessage: ({ batchId, pattern, lines, first }: SearchBatch) => {
        if (silent) return;
        const answer: SearchAnswer = { batchId, matches: matchLines(lines, toRegExp(pattern), first) };
        queueMicrotask(() => target.dispatchEvent(new MessageEvent('message', { data: answer })));
      },
      terminate: () => {
        state.ended = true;
      },
    }),
  };
}

test('a line that wraps is one line, the last is first, and a found piece is known by its cells', async () => {
  const terminal = new Terminal({ cols: 10, rows: 5, allowProposedApi: true });
  await written(terminal, 'first\r\nabcdefgh日本needle\r\n\r\n');
  const { active } = terminal.buffer;
  const lines = [...linesOf(active)];
  expect(lines).toEqual([{ row: 1, text: 'abcdefgh日本needle' }, { row: 0, text: 'first' }]);
  const from = lines[0]?.text.indexOf('needle') ?? 0;
  expect(cellsOf(active, { row: 1, from, to: from + 6, columns: 10 })).toEqual({ row: 2, column: 2, length: 6 });
  expect(cellsOf(active, { row: 1, from: 8, to: 9, columns: 10 })).toEqual({ row: 1, column: 8, length: 2 });
  terminal.dispose();
});

test('plain text is no pattern, case counts when it is asked to, and an empty match is none', () => {
  const pattern = (text: string, regex = false, caseSensitive = false) => toRegExp({ text, regex, caseSensitive });
  expect(matchLines(['a.b', 'aXb'], pattern('A.B'))).toEqual([{ index: 0, from: 0, to: 3 }]);
  expect(matchLines(['abc'], pattern('B', false, true))).toEqual([]);
  expect(matchLines(['abc'], pattern('x*', true))).toEqual([]);
  expect(() => pattern('[', true)).toThrow(SyntaxError);
});

test('20 tabs of 10,000 lines are searched in turns, newest first, at most 500 lines of each, and the worker is ended', async () => {
  const rows = Array.from({ length: 10_000 }, (_, row) => `line ${row} of a tab with some words to look through`);
  const buffer = { length: rows.length, getLine: (row: number) => (rows[row] === undefined ? undefined : { isWrapped: false, length: 80, getCell: () => undefined, translateToString: () => rows[row] ?? '' }) };
  const found = new Map<string, { readonly matches: OutputMatch[]; more: boolean }>();
  const { createWorker, state } = workerOf();
  const end = await searchOutput(
    Array.from({ length: 20 }, (_, tab) => ({ tabId: `t${tab}`, buffers: [{ buffer, behind: false }] })),
    { text: 'line 99', regex: false, caseSensitive: false },
    { createWorker, onMatches: (tabId, matches, more) => found.set(tabId, { matches: [...(found.get(tabId)?.matches ?? []), ...matches], more }) },
    new AbortController().signal,
  );
  expect(end).toBe('done');
  expect(state.ended).toBe(true);
  expect(found.size).toBe(20);
  expect(found.get('t7')?.matches).toHaveLength(111);
  expect(found.get('t7')?.matches[0]?.row).toBe(9999);
  const all = new Map<string, number>();
  await searchOutput([{ tabId: 't', buffers: [{ buffer, behind: false }] }], { text: 'line', regex: false, caseSensitive: false }, { createWorker, onMatches: (tabId, matches, more) => all.set(tabId, (all.get(tabId) ?? 0) + matches.length + (more ? 1_000_000 : 0)) }, new AbortController().signal);
  expect(all.get('t')).toBe(1_000_500);
});

test('a search that is given up ends its worker and tells nothing more', async () => {
  const stop = new AbortController();
  const { createWorker, state } = workerOf({ silent: true });
  const buffer = { length: 1, getLine: () => ({ isWrapped: false, length: 1, getCell: () => undefined, translateToString: () => 'x' }) };
  const searching = searchOutput([{ tabId: 't', buffers: [{ buffer, behind: false }] }], { text: 'x', regex: false, caseSensitive: false }, { createWorker, onMatches: () => expect.unreachable() }, stop.signal);
  stop.abort();
  expect(await searching).toBe('stopped');
  expect(state.ended).toBe(true);
});

test('a worker that cannot be loaded ends the search as one that failed', async () => {
  const target = new EventTarget();
  let ended = false;
  const createWorker = (): LineWorker => ({
    addEventListener: target.addEventListener.bind(target) as Worker['addEventListener'],
    postMessage: () => setImmediate(() => target.dispatchEvent(new Event('error'))),
    terminate: () => {
      ended = true;
    },
  });
  const buffer = { length: 1, getLine: () => ({ isWrapped: false, length: 1, getCell: () => undefined, translateToString: () => 'x' }) };
  expect(await searchOutput([{ tabId: 't', buffers: [{ buffer, behind: false }] }], { text: 'x', regex: false, caseSensitive: false }, { createWorker, onMatches: () => expect.unreachable() }, new AbortController().signal)).toBe('failed');
  expect(ended).toBe(true);
});
