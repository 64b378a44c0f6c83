/**
 * Keeps one short sequence from stopping the page (threats.md row 25).
 *
 * xterm.js 6.0.0 does as often as it is told what after a screenful changes nothing more: `CSI 999999999 S` scrolls for minutes,
 * and REP (`CSI Ps b`) takes 4 GB first. Counts are cut to the screen, as xterm does. There is no public way to change a
 * parameter, so xterm.js's own handler is called with a smaller one; should a later version have none, the sequence is ignored.
 */
import type { IBuffer, Terminal } from '@xterm/xterm';

export interface BoundedTerminal {
  readonly cols: number;
  readonly rows: number;
  readonly buffer: { readonly active: Pick<IBuffer, 'baseY' | 'cursorX' | 'cursorY' | 'getLine'> };
  readonly parser: Pick<Terminal['parser'], 'registerCsiHandler'>;
}

type CountHandler = (parameters: { readonly params: readonly number[]; readonly length: number }) => unknown;

/** Sequences that are done once for each count, with the name of xterm.js's handler. */
const byLine = { L: 'insertLines', M: 'deleteLines', S: 'scrollUp', T: 'scrollDown' } as const;
const byColumn = { I: 'cursorForwardTab', Z: 'cursorBackwardTab' } as const;

/** What REP may print at once, in UTF-16 units: a cell can hold many combining marks. */
const MAX_REPEATED = 100_000;

/** As long as the terminal lives. */
export function boundCounts(terminal: BoundedTerminal): void {
  const bound = (final: string, name: string, most: () => number): void => {
    terminal.parser.registerCsiHandler({ final }, (parameters) => {
      const limit = most();
      // Further parameters, which no such sequence has, are not read by xterm.js either.
      if (Number(parameters[0] ?? 1) <= limit) return false;
      if (limit > 0) handlerOf(terminal, name)?.({ params: [limit], length: 1 });
      return true;
    });
  };
  for (const [final, name] of Object.entries(byLine)) bound(final, name, () => terminal.rows);
  for (const [final, name] of Object.entries(byColumn)) bound(final, name, () => terminal.cols);
  bound('b', 'repeatPrecedingCharacter', () => Math.min(terminal.cols * terminal.rows, Math.floor(MAX_REPEATED / lengthBefore(terminal))));
}

/** Of the text in the cells before the cursor, in UTF-16 units: what REP may repeat. */
function lengthBefore({ buffer: { active } }: BoundedTerminal): number {
  const line = active.getLine(active.baseY + active.cursorY);
  return Math.max(1, ...[1, 2].map((back) => line?.getCell(active.cursorX - back)?.getChars().length ?? 0));
}

function handlerOf(terminal: BoundedTerminal, name: string): CountHandler | undefined {
  const core: unknown = Reflect.get(terminal, '_core');
  const handlers: unknown = typeof core === 'object' && core !== null ? Reflect.get(core, '_inputHandler') : undefined;
  const handler: unknown = typeof handlers === 'object' && handlers !== null ? Reflect.get(handlers, name) : undefined;
  return typeof handler === 'function' ? (parameters) => Reflect.apply(handler, handlers, [parameters]) as unknown : undefined;
}
