/**
 * Quotes a value for a POSIX shell, so that the shell takes it as one word and nothing in it as more. Pure.
 *
 * Backslashes and quotes stand outside of the quotes (`'a'\\'b'`), which the fish shell reads the same way. What the text before the value
 * has opened decides how: inside quotes they are closed first. Where that cannot be told (here-documents, backticks, `${`, arithmetic,
 * `$'`), only values without any special character may go.
 */

export type QuoteContext = 'plain' | 'single' | 'double' | 'unsure';

/** Of which no shell makes anything else, at any place of a word. */
const HARMLESS = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+:,./=-]*$/;

export function isHarmless(value: string): boolean {
  return HARMLESS.test(value);
}

/** Undefined: it cannot be quoted there. */
export function quotedFor(context: QuoteContext, value: string): string | undefined {
  if (isHarmless(value)) return value;
  switch (context) {
    case 'plain':
      return quoted(value);
    case 'double':
      return `"${quoted(value)}"`;
    case 'single':
      return value.replace(/['\\]/g, (character) => `'\\${character}'`);
    case 'unsure':
      return undefined;
  }
}

function quoted(value: string): string {
  if (value === '') return "''";
  return value
    .split(/(['\\])/)
    .map((part) => (part === '' ? '' : part === "'" || part === '\\' ? `\\${part}` : `'${part}'`))
    .join('');
}

/** Reads shell text and knows what is open behind it. */
export interface ShellScan {
  read(text: string): void;
  /** A quoted value stands here: it opens and closes nothing. */
  skip(): void;
  readonly context: QuoteContext;
}

/** Stands for a character that means nothing to what comes next. */
const NEUTRAL = 'x';

type Level = 'plain' | 'single' | 'double';

export function scanShell(): ShellScan {
  const levels: Level[] = ['plain'];
  let unsure = false;
  let escaped = false;
  let comment = false;
  let previous = '\n';
  let redirects = 0;
  let word = '';
  /** Before this character, inside single quotes. */
  let backslashes = 0;

  const readPlain = (character: string): void => {
    const run = redirects;
    redirects = character === '<' ? redirects + 1 : 0;
    // A here-document; `<<<` is a word like any other.
    if (run === 2 && character !== '<') unsure = true;
    word = /[a-z]/.test(character) ? word + character : '';
    // A pattern of `case` ends with a bracket that closes nothing.
    if (word === 'case' && levels.length > 1) unsure = true;
    if (character === '\\') escaped = true;
    else if (character === "'" || character === '"') {
      if (previous === '$') unsure = true;
      levels.push(character === "'" ? 'single' : 'double');
    } else if (character === '`' || (character === '{' && previous === '$') || (character === '(' && previous === '(')) unsure = true;
    else if (character === '(') levels.push('plain');
    else if (character === ')' && levels.length > 1) levels.pop();
    else if (character === '#' && /[\s;&|()]/.test(previous)) comment = true;
  };
  const readDouble = (character: string): void => {
    if (character === '\\') escaped = true;
    else if (character === '"') levels.pop();
    else if (character === '`' || (character === '{' && previous === '$')) unsure = true;
    else if (character === '(' && previous === '$') {
      levels.push('plain');
      word = '';
    }
  };

  return {
    read(text) {
      for (const character of text) {
        if (unsure) return;
        const level = levels.at(-1) ?? 'plain';
        // Shells differ in what comes after their own number.
        if (previous === '$$' && level !== 'single' && /['"({]/.test(character)) unsure = true;
        if (escaped) {
          escaped = false;
          previous = NEUTRAL;
          continue;
        }
        if (comment) {
          // Whether it is a comment at all depends on the shell: in an interactive zsh it is none.
          if (character === '\n') comment = false;
          else if (/['"`\\$(){}<]/.test(character)) unsure = true;
        } else if (level === 'single') {
          // To fish a backslash keeps the quote open; to the others it is a character.
          if (character === "'" && backslashes % 2 === 1) unsure = true;
          else if (character === "'") levels.pop();
          backslashes = character === '\\' ? backslashes + 1 : 0;
        } else if (level === 'double') readDouble(character);
        else readPlain(character);
        previous = character === '$' && previous === '$' ? '$$' : character;
      }
    },
    skip() {
      previous = NEUTRAL;
      redirects = 0;
      word = '';
    },
    get context() {
      // Behind a backslash, or where a here-document may begin, nothing is sure.
      return unsure || escaped || redirects === 2 ? 'unsure' : (levels.at(-1) ?? 'plain');
    },
  };
}
