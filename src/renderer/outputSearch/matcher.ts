/** Finds a pattern in lines. Runs in a worker: a regular expression may take any time on a line, and can only be stopped from outside. */

export interface SearchPattern {
  readonly text: string;
  readonly regex: boolean;
  readonly caseSensitive: boolean;
}

export interface LineMatch {
  /** Place of the line among those that were given. */
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

/** @throws SyntaxError for what is no regular expression */
export function toRegExp({ text, regex, caseSensitive }: SearchPattern): RegExp {
  const source = regex ? text : text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
  return new RegExp(source, caseSensitive ? 'u' : 'iu');
}

/** The first place in each line; an empty one is none. */
export function matchLines(lines: readonly string[], pattern: RegExp): LineMatch[] {
  const found: LineMatch[] = [];
  lines.forEach((line, index) => {
    const match = pattern.exec(line);
    if (match !== null && match[0] !== '') found.push({ index, from: match.index, to: match.index + match[0].length });
  });
  return found;
}
