/**
 * Colour schemes of Windows Terminal: JSON with comments and trailing commas, as one scheme, a list, or under `schemes` of a
 * fragment or of a whole settings.json. Postern writes its themes in the same form.
 *
 * @see https://learn.microsoft.com/windows/terminal/customize-settings/color-schemes
 */
import { parse, type ParseError } from 'jsonc-parser';
import { ansiNames, type TerminalTheme } from '../../../contract/terminalTheme.ts';
import type { ReadTheme } from './readTheme.ts';

/** Ours to theirs; what is not here has the same name. The last two are no part of their form, which ignores them. */
const theirNames: Readonly<Record<string, string>> = { magenta: 'purple', brightMagenta: 'brightPurple', cursor: 'cursorColor', cursorAccent: 'cursorTextColor', selectionForeground: 'selectionTextColor' };
const ourNames = ['background', 'foreground', ...ansiNames, 'cursor', 'cursorAccent', 'selectionBackground', 'selectionForeground'] as const;

/** @returns none when it is no JSON, or holds no scheme */
export function readWindowsTerminalSchemes(text: string): readonly ReadTheme[] {
  const errors: ParseError[] = [];
  const content: unknown = parse(text, errors, { allowTrailingComma: true });
  if (errors.length > 0) return [];
  const listed = isObject(content) && Array.isArray(content['schemes']) ? content['schemes'] : content;
  const schemes: readonly unknown[] = Array.isArray(listed) ? listed : [listed];
  return schemes.flatMap((scheme) => (isObject(scheme) && looksLikeScheme(scheme) ? [readScheme(scheme)] : []));
}

export function writeWindowsTerminalScheme(theme: TerminalTheme): string {
  const scheme = Object.fromEntries([['name', theme.name], ...ourNames.flatMap((name) => (theme[name] === undefined ? [] : [[theirNames[name] ?? name, theme[name]]]))]);
  return `${JSON.stringify(scheme, undefined, 2)}\n`;
}

/** Enough to say which colour is missing; other objects of a list are something else. */
function looksLikeScheme(value: Readonly<Record<string, unknown>>): boolean {
  return ourNames.filter((name) => (theirNames[name] ?? name) in value).length >= 4;
}

function readScheme(scheme: Readonly<Record<string, unknown>>): ReadTheme {
  const colours = Object.fromEntries(ourNames.flatMap((name) => {
    const value = scheme[theirNames[name] ?? name];
    return value === undefined || value === null ? [] : [[name, value]];
  }));
  return { name: typeof scheme['name'] === 'string' ? scheme['name'] : undefined, colours };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
