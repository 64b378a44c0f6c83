/** Themes out of a file of another terminal: iTerm2's .itermcolors, or JSON of Windows Terminal (one scheme, several, or whole settings). */
import { TerminalTheme, THEME_NAME_LENGTH } from '../../../contract/terminalTheme.ts';
import { safeText } from '../../ui/safeText.ts';
import { readItermColours } from './itermColours.ts';
import { readWindowsTerminalSchemes } from './windowsTerminalSchemes.ts';

export type ImportProblem =
  /** Not a file of either kind, or without a theme in it. */
  | { readonly kind: 'no-theme' }
  /** `keys` as xterm.js calls them. */
  | { readonly kind: 'bad-colours'; readonly theme: string; readonly keys: readonly string[] };

export interface ImportedThemes {
  readonly themes: readonly TerminalTheme[];
  readonly problems: readonly ImportProblem[];
}

/** Larger than any settings.json that a person keeps. */
export const THEME_FILE_BYTES = 4 * 1024 * 1024;

/**
 * What is no theme is named; the others of the file are kept.
 *
 * @param fileName gives its name to a theme that has none
 */
export function importThemes(text: string, fileName: string): ImportedThemes {
  const content = text.replace(/^\ufeff/, '');
  const read = /^\s*(?:<\?xml|<!DOCTYPE|<plist)/i.test(content) ? readItermColours(content) : readWindowsTerminalSchemes(content);
  if (read.length === 0) return { themes: [], problems: [{ kind: 'no-theme' }] };
  const themes: TerminalTheme[] = [];
  const problems: ImportProblem[] = [];
  for (const { name, colours } of read) {
    const shownName = toName(name ?? fileName.replace(/^.*[\\/]/, '').replace(/\.[a-z]+$/i, ''));
    const parsed = TerminalTheme.safeParse({ ...withLongForms(colours), name: shownName });
    if (parsed.success) themes.push(parsed.data);
    else problems.push({ kind: 'bad-colours', theme: shownName, keys: [...new Set(parsed.error.issues.map(({ path }) => String(path[0])))] });
  }
  return { themes, problems };
}

/** Control characters in a name would be trouble wherever it is shown. */
function toName(name: string): string {
  const shown = safeText(name.trim()).slice(0, THEME_NAME_LENGTH);
  return shown === '' ? '?' : shown;
}

/** `#abc` as `#aabbcc`, in small letters. */
function withLongForms(colours: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(colours).map(([key, value]) => [key, typeof value === 'string' ? value.trim().toLowerCase().replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3') : value]));
}
