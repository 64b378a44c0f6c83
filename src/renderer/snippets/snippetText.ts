/** The parameters of a snippet, and its text with values in their places. Pure. */
import type { Snippet } from '../../contract/snippet.ts';
import { isHarmless, quotedFor, scanShell } from './shellQuote.ts';

export interface SnippetParameter {
  readonly name: string;
  /** What it begins with; '' where the text names no default. */
  readonly initial: string;
  readonly choices: readonly string[];
  /** Whether the text asks for quotes everywhere it stands. */
  readonly quoted: boolean;
}

type Piece = string | { readonly name: string; readonly initial: string | undefined; readonly quoted: boolean };

/** `\{{` is two braces; braces around anything else (`{{.Names}}`) stay as they are. */
const PLACE = /\\\{\{|\{\{([A-Za-z_][A-Za-z0-9_-]{0,39})(?::([^{}|\n]*))?(\|sh)?\}\}/g;

function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACE)) {
    if (match.index > end) pieces.push(text.slice(end, match.index));
    const [whole, name, initial, quoted] = match;
    pieces.push(name === undefined ? '{{' : { name, initial, quoted: quoted !== undefined });
    end = match.index + whole.length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

/** In the order of the text, each once. */
export function parametersOf({ text, choices }: Pick<Snippet, 'text' | 'choices'>): readonly SnippetParameter[] {
  const found = new Map<string, SnippetParameter>();
  for (const piece of piecesOf(text)) {
    if (typeof piece === 'string') continue;
    const before = found.get(piece.name);
    const offered = choices?.[piece.name] ?? [];
    found.set(piece.name, {
      name: piece.name,
      initial: (before?.initial ?? '') === '' ? (piece.initial ?? offered[0] ?? '') : (before?.initial ?? ''),
      choices: offered,
      quoted: piece.quoted && before?.quoted !== false,
    });
  }
  return [...found.values()];
}

export interface Expansion {
  /** Exactly what would be sent, without the Enter behind it. */
  readonly text: string;
  /** Why it cannot be sent, by parameter. */
  readonly problems: ReadonlyMap<string, ValueProblem>;
  /** Parameters whose value goes unquoted although a shell makes more of it than text. */
  readonly bare: ReadonlySet<string>;
}

/** `control`: a line break or control character, which would act by itself. `unquotable`: what stands before it is too involved to quote behind. */
export type ValueProblem = 'control' | 'unquotable';

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * One pass: what a value holds is never read as a parameter.
 *
 * @param values by parameter; absent: ''
 * @param alsoQuoted parameters that the person wants quoted although the text does not say so
 */
export function expandSnippet({ text, enter }: Pick<Snippet, 'text' | 'enter'>, values: Readonly<Record<string, string>>, alsoQuoted: ReadonlySet<string>): Expansion {
  const scan = scanShell();
  const problems = new Map<string, ValueProblem>();
  const bare = new Set<string>();
  let expanded = '';
  // The Enter behind it is sent once.
  for (const piece of piecesOf(enter ? text.replace(/[\r\n]+$/, '') : text)) {
    if (typeof piece === 'string') {
      expanded += piece;
      scan.read(piece);
      continue;
    }
    const value = Object.hasOwn(values, piece.name) ? (values[piece.name] ?? '') : '';
    if (CONTROL.test(value)) problems.set(piece.name, 'control');
    if (piece.quoted || alsoQuoted.has(piece.name)) {
      const safe = quotedFor(scan.context, value);
      if (safe === undefined) problems.set(piece.name, 'unquotable');
      expanded += safe ?? value;
      scan.skip();
      continue;
    }
    if (value !== '' && !isHarmless(value)) bare.add(piece.name);
    expanded += value;
    // It may open a quote itself.
    scan.read(value);
  }
  return { text: expanded, problems, bare };
}
