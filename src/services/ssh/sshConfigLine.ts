/**
 * Splits a line of an ssh_config file into keyword and arguments, with OpenSSH's quoting, escapes, comments and `=`.
 */
import { say } from '../../contract/say.ts';
import { asciiLower } from './sshPattern.ts';

/** What is wrong with one line, in a sentence; the reader adds file and line. */
export class SshConfigFault extends Error {
  override readonly name = 'SshConfigFault';
}

/** Where a value, an unsupported keyword or an error stands. */
export interface SshConfigPlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface KeywordLine {
  /** In lower case. */
  readonly keyword: string;
  /** Everything after the keyword and its separator, without the white space around it. Never empty. */
  readonly rest: string;
}

/**
 * A line's keyword and the rest of it.
 *
 * @returns undefined for an empty line, a comment, or a keyword whose quote is never closed (OpenSSH passes over it too)
 * @throws SshConfigFault when nothing follows the keyword
 */
export function toKeywordLine(text: string): KeywordLine | undefined {
  const [beforeNul = ''] = text.split('\0', 1);
  const trimmed = beforeNul.replace(/[ \t\r\n\f]+$/, '');
  let taken = takeWord(trimmed);
  if (taken?.word === '' && taken.rest !== undefined) taken = takeWord(taken.rest);
  if (taken === undefined || taken.word === '' || taken.word.startsWith('#')) return undefined;
  const keyword = asciiLower(taken.word);
  const rest = taken.rest?.replace(/^[ \t\r\n]+/, '');
  if (rest === undefined || rest === '') throw new SshConfigFault(say`no argument after the keyword "${keyword}"`);
  return { keyword, rest };
}

/**
 * The first word of a text, ended by white space or one `=`; double quotes hold a word together. Match lines are split this way.
 *
 * @returns undefined when a quote is never closed; `rest` is undefined at the end of the text
 */
export function takeWord(text: string): { readonly word: string; readonly rest: string | undefined } | undefined {
  const at = text.search(/[ \t\r\n"=]/);
  if (at === -1) return { word: text, rest: undefined };
  const leading = /^[ \t\r\n]+/;
  if (text[at] === '"') {
    const close = text.indexOf('"', at + 1);
    if (close === -1) return undefined;
    return { word: text.slice(0, at) + text.slice(at + 1, close), rest: text.slice(close + 1).replace(leading, '') };
  }
  const after = text.slice(at + 1).replace(leading, '');
  const secondSeparator = text[at] !== '=' && after.startsWith('=');
  return { word: text.slice(0, at), rest: secondSeparator ? after.slice(1).replace(leading, '') : after };
}

/**
 * The arguments of a keyword: words between spaces and tabs; single and double quotes; a backslash before a quote, a backslash
 * or (outside quotes) a space; a word that begins with `#` ends the line.
 *
 * @throws SshConfigFault when a quote is never closed
 */
export function toArguments(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    const start = text[at];
    if (start === ' ' || start === '\t') {
      at += 1;
      continue;
    }
    if (start === '#') break;
    let word = '';
    let quote = '';
    for (; at < text.length; at += 1) {
      const character = text[at] ?? '';
      const next = text[at + 1] ?? '';
      if (character === '\\' && (next === "'" || next === '"' || next === '\\' || (quote === '' && next === ' '))) {
        word += next;
        at += 1;
      } else if (quote === '' && (character === ' ' || character === '\t')) {
        break;
      } else if (quote === '' && (character === '"' || character === "'")) {
        quote = character;
      } else if (quote !== '' && character === quote) {
        quote = '';
      } else {
        word += character;
      }
    }
    if (quote !== '') throw new SshConfigFault(say`a quote is never closed`);
    words.push(word);
  }
  return words;
}
