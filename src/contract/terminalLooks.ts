/** Settings of how terminals look and how they are handled; part of `terminal` in settings.ts. */
import * as z from 'zod';
import { TerminalTheme, ThemeName, ThemeRule } from './terminalTheme.ts';

/** What a mouse does that differs between platforms; `platform`: as people of this platform expect. */
const MouseHabit = z.enum(['platform', 'on', 'off']).default('platform');

export const terminalLooks = {
  /** For light windows; a window of high contrast has its own theme. */
  lightTheme: ThemeName.default('Postern Light'),
  darkTheme: ThemeName.default('Postern Dark'),
  /** Themes that were imported, beside the ones that Postern brings. */
  themes: z.array(TerminalTheme).max(200).default([]),
  /** The first that fits; in light and dark windows alike. */
  themeRules: z.array(ThemeRule).max(200).default([]),
  /** Text is made brighter or darker until it has this contrast to what is behind it; 1 leaves all colours alone. WCAG AA is 4.5. */
  minimumContrast: z.number().min(1).max(21).default(1),
  /** Height of a line as a multiple of the font's. DejaVu Sans Mono's underscore is clipped at 1.0 (stack.md 28). */
  lineHeight: z.number().min(1).max(3).default(1.15),
  /** Pixels between characters. */
  letterSpacing: z.number().int().min(-2).max(10).default(0),
  ligatures: z.boolean().default(false),
  /** Cells of characters that East Asian fonts draw wide and others narrow (UAX #11, class A). */
  ambiguousWidth: z.enum(['narrow', 'wide']).default('narrow'),
  cursorStyle: z.enum(['block', 'underline', 'bar']).default('block'),
  /** A running animation shows an echo up to one frame later. */
  cursorBlink: z.boolean().default(false),
  /** Typed characters are shown before the host echoes them, where it echoes every key. */
  predictEcho: z.boolean().default(true),
  /** Each but `none` also marks a tab that is not in view. */
  bell: z.enum(['none', 'visual', 'sound', 'mark']).default('mark'),
  /** Where a double click ends a word. */
  wordSeparators: z.string().max(100).default(' ()[]{}\'"`,;│'),
  copyOnSelect: MouseHabit,
  rightClickPaste: MouseHabit,
  middleClickPaste: MouseHabit,
  /** Elements that screen readers can read; drawing then costs more. */
  screenReader: z.boolean().default(false),
  /** Pictures that programs print (Sixel and iTerm2's form). */
  images: z.boolean().default(false),
};
