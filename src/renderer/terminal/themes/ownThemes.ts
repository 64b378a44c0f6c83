/** The terminal's themes that go with the window's own. */
import type { TerminalTheme } from '../../../contract/terminalTheme.ts';

export const posternLight: TerminalTheme = {
  name: 'Postern Light',
  background: '#ffffff', foreground: '#1c2128', cursor: '#1f5fcc', cursorAccent: '#ffffff', selectionBackground: '#b6d2fb',
  black: '#24292f', red: '#b3202b', green: '#116329', yellow: '#7d4e00', blue: '#0b57c2', magenta: '#7a3ac0', cyan: '#126b79', white: '#6e7781',
  brightBlack: '#57606a', brightRed: '#cf222e', brightGreen: '#1a7f37', brightYellow: '#8f5f00', brightBlue: '#1f6feb', brightMagenta: '#8e52d6', brightCyan: '#2a7f92', brightWhite: '#8c959f',
};

export const posternDark: TerminalTheme = {
  name: 'Postern Dark',
  background: '#14171b', foreground: '#dfe3e8', cursor: '#7cb0ff', cursorAccent: '#14171b', selectionBackground: '#2f4a73',
  black: '#3a414b', red: '#f47067', green: '#6bc46d', yellow: '#daaa3f', blue: '#6cb6ff', magenta: '#c99bf5', cyan: '#56c7d6', white: '#c3cad3',
  brightBlack: '#7a8491', brightRed: '#ff938a', brightGreen: '#8ddb8c', brightYellow: '#f0c659', brightBlue: '#96d0ff', brightMagenta: '#dcbdfb', brightCyan: '#7fdce8', brightWhite: '#ffffff',
};

export const posternHighContrast: TerminalTheme = {
  name: 'Postern High Contrast',
  background: '#000000', foreground: '#ffffff', cursor: '#ffd60a', cursorAccent: '#000000', selectionBackground: '#ffd60a', selectionForeground: '#000000',
  black: '#767676', red: '#ff8080', green: '#5cff5c', yellow: '#ffff66', blue: '#80b3ff', magenta: '#ff99ff', cyan: '#66ffff', white: '#ffffff',
  brightBlack: '#a6a6a6', brightRed: '#ffb3b3', brightGreen: '#99ff99', brightYellow: '#ffffb3', brightBlue: '#b3d1ff', brightMagenta: '#ffccff', brightCyan: '#b3ffff', brightWhite: '#ffffff',
};

export const ownThemes: readonly TerminalTheme[] = [posternLight, posternDark, posternHighContrast];
