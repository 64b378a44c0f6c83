import { Terminal } from '@xterm/xterm';
import { expect, test } from 'vitest';
import type { Finder, FoundAt } from '../../../../src/renderer/terminal/finder.ts';
import { createFindHighlights } from '../../../../src/renderer/terminal/findHighlights.ts';

const colours = { match: '#111111', matchInScrollBar: '#222222', active: '#333333', activeBorder: '#444444', activeInScrollBar: '#555555' };
const LINES = 400;

/** xterm.js's own marks, of a terminal that no page shows. */
function marksOf(terminal: Terminal): string[] {
  const service: unknown = Reflect.get(Reflect.get(terminal, '_core') as object, '_decorationService');
  const { decorations } = service as { readonly decorations: Iterable<{ readonly marker: { readonly line: number }; readonly options: { readonly backgroundColor?: string } }> };
  return [...decorations].map(({ marker, options }) => `${marker.line}${options.backgroundColor ?? ''}`);
}

test('marks that something else was found for are gone from xterm.js, too, and those of others stay', async () => {
  const terminal = new Terminal({ allowProposedApi: true, cols: 20, rows: 5, scrollback: 1000 });
  await new Promise<void>((resolve) => terminal.write(Array.from({ length: LINES }, (_, line) => `line ${line}`).join('\r\n'), resolve));
  for (const row of [100, 200, 397]) terminal.registerDecoration({ marker: terminal.registerMarker(row - LINES + 1) });
  let matches: FoundAt[] = [];
  let version = 0;
  const finder: Finder = { found: () => ({ version, matches, phase: 'done', more: false }), rowNow: (row) => row, refresh: () => true, dispose: () => undefined };
  const highlights = createFindHighlights(terminal);
  const show = (rows: readonly number[]): void => {
    matches = rows.toSorted((one, other) => other - one).map((row) => ({ row, from: 0, to: 4 }));
    version += 1;
    highlights.show(finder, matches[0], colours);
  };
  const othersOnly = ['100', '200', '397'];
  show([10, 150, 396, 398]);
  expect(marksOf(terminal)).toEqual(['10', '100', '150', '200', '396', '396#111111', '397', '398', '398#333333']);
  // Found anew, as output and steps have it: many times over, from the top, the middle and the end.
  for (let time = 0; time < 20; time += 1) show([5, 90 + time, 250, 395, 396 + (time % 3)]);
  show([399]);
  expect(marksOf(terminal)).toEqual(['100', '200', '397', '399', '399#333333']);
  show([]);
  expect(marksOf(terminal)).toEqual(othersOnly);
  show([10, 398]);
  highlights.dispose();
  expect(marksOf(terminal)).toEqual(othersOnly);
  terminal.dispose();
});
