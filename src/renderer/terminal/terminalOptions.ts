/** Options of xterm.js: what never changes, and what follows from the settings. */
import type { ITerminalOptions } from '@xterm/xterm';
import type { Settings } from '../../contract/settings.ts';
import type { TerminalTheme } from '../../contract/terminalTheme.ts';
import { withFallback } from './fonts.ts';
import { toXtermTheme } from './themes/toXtermTheme.ts';

/** The same for every terminal, set once. */
export const fixedOptions: ITerminalOptions = {
  allowProposedApi: true,
  // Window reports and operations stay off; a title report would echo text a host chose.
  windowOptions: {},
};

/** May change while the terminal runs. */
export function chosenOptions(settings: Settings['terminal'], theme: TerminalTheme): ITerminalOptions {
  return {
    // A running animation makes Chromium hold back what arrives after a key until the next frame: the echo shows one frame (17 ms)
    // later, measured by bench/echo.ts. So it is off unless the person, or a program, asks for it.
    cursorBlink: settings.cursorBlink,
    cursorStyle: settings.cursorStyle,
    fontFamily: withFallback(settings.fontFamily),
    fontSize: settings.fontSize,
    lineHeight: settings.lineHeight,
    letterSpacing: settings.letterSpacing,
    minimumContrastRatio: settings.minimumContrast,
    screenReaderMode: settings.screenReader,
    scrollback: settings.scrollback,
    theme: toXtermTheme(theme),
    wordSeparator: settings.wordSeparators,
  };
}
