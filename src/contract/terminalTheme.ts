/** A terminal's colours under a name: sixteen of ANSI, background, foreground, and what may be left out. */
import * as z from 'zod';
import { say } from './say.ts';

const NOT_A_THEME = say`a theme has a name and all of its colours, each as # and six hexadecimal digits`;
/** Opaque; short forms and names of CSS are no colours here, so that contrast can always be computed. */
export const Colour = z.string({ error: NOT_A_THEME }).regex(/^#[0-9a-fA-F]{6}$/, NOT_A_THEME);

/** In the order of the ANSI numbers 0 to 15. */
export const ansiNames = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white', 'brightBlack', 'brightRed', 'brightGreen', 'brightYellow', 'brightBlue', 'brightMagenta', 'brightCyan', 'brightWhite'] as const;

export const THEME_NAME_LENGTH = 60;
export const ThemeName = z.string().min(1).max(THEME_NAME_LENGTH);

export const TerminalTheme = z.object({
  name: z.string({ error: NOT_A_THEME }).min(1).max(THEME_NAME_LENGTH),
  background: Colour,
  foreground: Colour,
  black: Colour,
  red: Colour,
  green: Colour,
  yellow: Colour,
  blue: Colour,
  magenta: Colour,
  cyan: Colour,
  white: Colour,
  brightBlack: Colour,
  brightRed: Colour,
  brightGreen: Colour,
  brightYellow: Colour,
  brightBlue: Colour,
  brightMagenta: Colour,
  brightCyan: Colour,
  brightWhite: Colour,
  /** Absent: the foreground. */
  cursor: Colour.optional(),
  /** What stands under a block cursor; absent: the background. */
  cursorAccent: Colour.optional(),
  selectionBackground: Colour.optional(),
  selectionForeground: Colour.optional(),
});
export type TerminalTheme = z.infer<typeof TerminalTheme>;

/** Which hosts get a theme of their own: those of an account, or with a tag. The first that fits counts. */
export const ThemeRule = z.union([
  z.strictObject({ accountId: z.string().regex(/^\d{12}$/, say`an account id has twelve digits`), theme: ThemeName }),
  z.strictObject({ tag: z.object({ key: z.string().min(1).max(128), value: z.string().max(256) }), theme: ThemeName }),
]);
export type ThemeRule = z.infer<typeof ThemeRule>;
