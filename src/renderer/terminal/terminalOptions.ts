/** Options of xterm.js: what never changes, and what follows from the settings. */
import type { ITerminalOptions } from '@xterm/xterm';
import type { Settings } from '../../contract/settings.ts';
import { terminalTheme, type ShownTheme } from './theme.ts';

/** The same for every terminal, set once. */
export const fixedOptions: ITerminalOptions = {
  allowProposedApi: true,
  // Window reports and operations stay off; a title report would echo text a host chose.
  windowOptions: {},
};

/** May change while the terminal runs. */
export function chosenOptions({ fontFamily, fontSize, scrollback }: Settings['terminal'], theme: ShownTheme): ITerminalOptions {
  return {
    // A running animation makes Chromium hold back what arrives after a key until the next frame: the echo shows one frame (17 ms)
    // later, measured by bench/echo.ts. A program that asks for a blinking cursor still gets one.
    cursorBlink: false,
    fontFamily,
    fontSize,
    // DejaVu Sans Mono's underscore is clipped at 1.0 (stack.md 28).
    lineHeight: 1.15,
    scrollback,
    theme: terminalTheme(theme),
  };
}
