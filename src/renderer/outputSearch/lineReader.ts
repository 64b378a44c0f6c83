/**
 * The lines of a terminal as text, a piece at a time: what was wrapped at the edge is one line. Pure but for the buffer it reads.
 */
import type { IBuffer } from '@xterm/xterm';

export interface OutputLine {
  /** Row of the buffer where it begins. */
  readonly row: number;
  readonly text: string;
}

/** A line without an end (a progress bar, a binary file) is cut, so that no single one holds up the others. */
export const MAX_ROWS = 200;

/** From the last line upwards: what was said last is found first. */
export function* linesOf(buffer: Pick<IBuffer, 'length' | 'getLine'>): Generator<OutputLine> {
  for (let bottom = buffer.length; bottom > 0; ) {
    const line = lineAbove(buffer, bottom, 0);
    if (line.text !== '') yield line;
    bottom = line.row;
  }
}

/**
 * The line that ends right above a row, as far up as `top`.
 *
 * @param rowNow where a row is by now, while the buffer moves under who reads it; undefined: gone, and all above it
 */
export function lineAbove(buffer: Pick<IBuffer, 'getLine'>, bottom: number, top: number, rowNow: (row: number) => number | undefined = (row) => row): OutputLine {
  const rows: string[] = [];
  for (let row = bottom - 1; row >= top; row -= 1) {
    const now = rowNow(row);
    if (now === undefined) break;
    const line = buffer.getLine(now);
    // A row that goes on in the next one is whole; the last one ends where its text does.
    rows.push(line?.translateToString(rows.length === 0) ?? '');
    if (line?.isWrapped !== true || row === top || rows.length === MAX_ROWS) return { row, text: rows.toReversed().join('') };
  }
  return { row: top, text: rows.toReversed().join('') };
}

export interface Cells {
  readonly row: number;
  readonly column: number;
  readonly length: number;
}

/** Where a piece of a line's text stands on the screen: wide characters take two cells, joined ones share one. */
export function cellsOf(buffer: Pick<IBuffer, 'getLine'>, { row, from, to, columns }: { readonly row: number; readonly from: number; readonly to: number; readonly columns: number }): Cells {
  let characters = 0;
  let start: number | undefined;
  for (let cell = 0; ; cell += 1) {
    const shown = buffer.getLine(row + Math.floor(cell / columns))?.getCell(cell % columns);
    // The second half of a wide character belongs to the first.
    if (shown?.getWidth() === 0) continue;
    if (shown !== undefined && characters >= from) start ??= cell;
    if (shown === undefined || characters >= to) {
      const begin = start ?? 0;
      return { row: row + Math.floor(begin / columns), column: begin % columns, length: Math.max(1, cell - begin) };
    }
    // An empty cell is a blank in the text.
    characters += shown.getChars().length || 1;
  }
}
