/** Text in columns of a terminal. */

/** What takes two columns of a terminal: East Asian wide characters and emoji. */
const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
/** What takes none of its own. */
const combining = /\p{Mark}/u;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns of text, each as wide as its widest cell; no line ends in spaces. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (let column = 0; column < row.length; column += 1) {
      const width = widthOf(row[column] ?? '');
      if (width > (widths[column] ?? -1)) widths[column] = width;
    }
  }
  let text = '';
  for (const row of rows) {
    let line = '';
    for (let column = 0; column < row.length; column += 1) {
      const cell = row[column] ?? '';
      line += column === row.length - 1 ? cell : `${cell}${' '.repeat((widths[column] ?? 0) - widthOf(cell) + 2)}`;
    }
    text += text === '' ? line.trimEnd() : `\n${line.trimEnd()}`;
  }
  return text;
}

/** The text, or what of it fits with an ellipsis. Never half a character. */
export function shortened(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += widthOf(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

function widthOf(text: string): number {
  // Most cells are ASCII, and there may be 50,000 rows.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += wide.test(segment) ? 2 : combining.test(segment) && [...segment].length === 1 ? 0 : 1;
  return width;
}
