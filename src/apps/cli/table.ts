/** Text in columns of a terminal. */

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

/** Columns of text, each as wide as its widest cell; no line ends in spaces. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  // Rows of ASCII alone, which most are, are measured by their lengths.
  const measures = rows.map((row) => (plain.test(row.join('')) ? lengthOf : widthOf));
  rows.forEach((row, index) => {
    const measure = measures[index] ?? widthOf;
    row.forEach((cell, column) => {
      const width = measure(cell);
      if (width > (widths[column] ?? -1)) widths[column] = width;
    });
  });
  const lines = rows.map((row, index) => {
    const measure = measures[index] ?? widthOf;
    let line = '';
    row.forEach((cell, column) => {
      line += column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - measure(cell) + 2);
    });
    return line.trimEnd();
  });
  return lines.join('\n');
}

function lengthOf(text: string): number {
  return text.length;
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
