/** Text in columns of a terminal. */
import { printable } from './printable.ts';

/** What takes two columns of a terminal: East Asian wide characters and emoji. */
const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
/** What takes none of its own. */
const combining = /\p{Mark}/u;

/** Made when the first text needs it: it takes 9 ms. */
let segmenter: Intl.Segmenter | undefined;
function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** Nothing but ASCII: a column for each character. */
const plain = /^[\x20-\x7e]*$/;

/**
 * Columns of text, each as wide as its widest cell; what no terminal should get is shown as an escape; no line ends in spaces.
 *
 * 5,000 rows are written once and by code that nothing has warmed up: loops here cost half of what closures do.
 */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  const shown: { readonly cells: readonly string[]; readonly isPlain: boolean }[] = [];
  for (const row of rows) {
    // Mostly there is nothing to replace, and a column for each character.
    const isPlain = plain.test(row.join(''));
    const cells = isPlain ? row : row.map(printable);
    shown.push({ cells, isPlain });
    for (let column = 0; column < cells.length; column += 1) {
      const cell = cells[column] ?? '';
      const width = isPlain ? cell.length : widthOf(cell);
      if (width > (widths[column] ?? -1)) widths[column] = width;
    }
  }
  const lines: string[] = [];
  for (const { cells, isPlain } of shown) {
    const padded: string[] = [];
    for (let column = 0; column < cells.length; column += 1) {
      const cell = cells[column] ?? '';
      const columns = (widths[column] ?? 0) + 2;
      padded.push(column === cells.length - 1 ? cell : isPlain ? cell.padEnd(columns) : cell + ' '.repeat(columns - widthOf(cell)));
    }
    lines.push(padded.join('').trimEnd());
  }
  return lines.join('\n');
}

/** The text, or what of it fits with an ellipsis. Never half a character. */
export function shortened(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of graphemesOf(text)) {
    width += widthOf(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

function widthOf(text: string): number {
  // Most cells are ASCII, and there may be 50,000 rows.
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemesOf(text)) width += wide.test(segment) ? 2 : combining.test(segment) && [...segment].length === 1 ? 0 : 1;
  return width;
}
