/** A theme in the words of xterm.js, with what its author left out. */
import type { ITheme } from '@xterm/xterm';
import type { TerminalTheme } from '../../../contract/terminalTheme.ts';

/** Of the foreground over the background where an author names no colour for the selection: seen, and what is in it still read. */
const SELECTION_ALPHA = '44';

export function toXtermTheme({ name: _name, cursor, cursorAccent, selectionBackground, selectionForeground, ...colours }: TerminalTheme): ITheme {
  return {
    ...colours,
    cursor: cursor ?? colours.foreground,
    cursorAccent: cursorAccent ?? colours.background,
    selectionBackground: selectionBackground ?? `${colours.foreground}${SELECTION_ALPHA}`,
    ...(selectionForeground === undefined ? {} : { selectionForeground }),
    // Else a black line stands beside the scroll bar.
    overviewRulerBorder: colours.background,
  };
}
