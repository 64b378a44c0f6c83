/** Finds a pattern in lines. Runs in a worker: a regular expression may take any time on a line, and can only be stopped from outside. */

export interface SearchPattern {
  readonly text: string;
  readonly regex: boolean;
  readonly caseSensitive: boolean;
  readonly wholeWord?: boolean;
}

export interface LineMatch {
  /** Place of the line among those that were given. */
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

/** Letters, digits and `_`; of any script where the flag allows it. */
const WORD = { u: String.raw`[\p{L}\p{M}\p{N}_]`, '': String.raw`\w` } as const;

/** @throws SyntaxError for what is no regular expression */
export function toRegExp({ text, regex, caseSensitive, wholeWord = false }: SearchPattern): RegExp {
  const source = regex ? text : text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
  const compile = (unicode: keyof typeof WORD): RegExp => new RegExp(wholeWord ? `(?<!${WORD[unicode]})(?:${source})(?!${WORD[unicode]})` : source, `g${caseSensitive ? '' : 'i'}${unicode}`);
  try {
    return compile('u');
  } catch {
    // What other programs take, as `\-`, is an error only with that flag.
    return compile('');
  }
}

/** Of one line; whoever has more in one line looks at the line. */
const MATCHES_OF_A_LINE = 1000;

/** The places in each line; an empty one is none. @param first only the first of a line */
export function matchLines(lines: readonly string[], pattern: RegExp, first = false): LineMatch[] {
  const found: LineMatch[] = [];
  lines.forEach((line, index) => {
    let count = 0;
    for (const match of line.matchAll(pattern)) {
      if (match[0] === '') continue;
      found.push({ index, from: match.index, to: match.index + match[0].length });
      count += 1;
      if (first || count === MATCHES_OF_A_LINE) break;
    }
  });
  return found;
}
