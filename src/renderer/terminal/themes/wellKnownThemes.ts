/**
 * Well-known themes, with the colours their authors publish for terminals.
 *
 * Each says where its colours are from and under which licence they are given; all were compared with those places, colour by
 * colour, on 2026-11-22. Where a source names no colour for a cursor or a selection, none is made up here.
 */
import { ansiNames, type TerminalTheme } from '../../../contract/terminalTheme.ts';

export interface WellKnownTheme {
  readonly theme: TerminalTheme;
  readonly source: string;
  readonly licence: string;
}

type Rest = Pick<TerminalTheme, 'background' | 'foreground'> & Partial<Pick<TerminalTheme, 'cursor' | 'cursorAccent' | 'selectionBackground' | 'selectionForeground'>>;

/** @param ansi the colours 0 to 15, in two lines of eight */
function wellKnown(name: string, source: string, licence: string, rest: Rest, ansi: readonly [normal: string, bright: string]): WellKnownTheme {
  const colours = ansi.flatMap((line) => line.split(' '));
  const colour = (at: (typeof ansiNames)[number]): string => `#${colours[ansiNames.indexOf(at)] ?? ''}`;
  return {
    source,
    licence,
    theme: {
      name,
      ...rest,
      black: colour('black'), red: colour('red'), green: colour('green'), yellow: colour('yellow'), blue: colour('blue'), magenta: colour('magenta'), cyan: colour('cyan'), white: colour('white'),
      brightBlack: colour('brightBlack'), brightRed: colour('brightRed'), brightGreen: colour('brightGreen'), brightYellow: colour('brightYellow'),
      brightBlue: colour('brightBlue'), brightMagenta: colour('brightMagenta'), brightCyan: colour('brightCyan'), brightWhite: colour('brightWhite'),
    },
  };
}

const solarized: readonly [string, string] = ['073642 dc322f 859900 b58900 268bd2 d33682 2aa198 eee8d5', '002b36 cb4b16 586e75 657b83 839496 6c71c4 93a1a1 fdf6e3'];

export const wellKnownThemes: readonly WellKnownTheme[] = [
  wellKnown('Catppuccin Latte', 'https://github.com/catppuccin/palette (palette.json, ansiColors)', 'MIT', { background: '#eff1f5', foreground: '#4c4f69', cursor: '#dc8a78', cursorAccent: '#eff1f5', selectionBackground: '#acb0be' }, ['5c5f77 d20f39 40a02b df8e1d 1e66f5 ea76cb 179299 acb0be', '6c6f85 de293e 49af3d eea02d 456eff fe85d8 2d9fa8 bcc0cc']),
  wellKnown('Catppuccin Mocha', 'https://github.com/catppuccin/palette (palette.json, ansiColors)', 'MIT', { background: '#1e1e2e', foreground: '#cdd6f4', cursor: '#f5e0dc', cursorAccent: '#1e1e2e', selectionBackground: '#585b70' }, ['45475a f38ba8 a6e3a1 f9e2af 89b4fa f5c2e7 94e2d5 a6adc8', '585b70 f37799 89d88b ebd391 74a8fc f2aede 6bd7ca bac2de']),
  wellKnown('Dracula', 'https://draculatheme.com/spec (ANSI)', 'MIT', { background: '#282a36', foreground: '#f8f8f2', selectionBackground: '#44475a' }, ['21222c ff5555 50fa7b f1fa8c bd93f9 ff79c6 8be9fd f8f8f2', '6272a4 ff6e6e 69ff94 ffffa5 d6acff ff92df a4ffff ffffff']),
  wellKnown('GitHub Dark', 'https://github.com/primer/github-vscode-theme (src/theme.js) with the colours of https://github.com/primer/primitives', 'MIT', { background: '#0d1117', foreground: '#e6edf3', cursor: '#2f81f7' }, ['484f58 ff7b72 3fb950 d29922 58a6ff bc8cff 39c5cf b1bac4', '6e7681 ffa198 56d364 e3b341 79c0ff d2a8ff 56d4dd ffffff']),
  wellKnown('GitHub Light', 'https://github.com/primer/github-vscode-theme (src/theme.js) with the colours of https://github.com/primer/primitives', 'MIT', { background: '#ffffff', foreground: '#1f2328', cursor: '#0969da' }, ['24292f cf222e 116329 4d2d00 0969da 8250df 1b7c83 6e7781', '57606a a40e26 1a7f37 633c01 218bff a475f9 3192aa 8c959f']),
  wellKnown('Gruvbox Dark', 'https://github.com/morhetz/gruvbox-contrib (alacritty)', 'MIT', { background: '#282828', foreground: '#ebdbb2' }, ['282828 cc241d 98971a d79921 458588 b16286 689d6a a89984', '928374 fb4934 b8bb26 fabd2f 83a598 d3869b 8ec07c ebdbb2']),
  wellKnown('Gruvbox Light', 'https://github.com/morhetz/gruvbox-contrib (alacritty)', 'MIT', { background: '#fbf1c7', foreground: '#3c3836' }, ['fbf1c7 cc241d 98971a d79921 458588 b16286 689d6a 7c6f64', '928374 9d0006 79740e b57614 076678 8f3f71 427b58 3c3836']),
  wellKnown('Monokai', 'https://github.com/tinted-theming/schemes (base16/monokai.yaml, by Wimer Hazenberg)', 'MIT', { background: '#272822', foreground: '#f8f8f2', selectionBackground: '#49483e' }, ['272822 f92672 a6e22e f4bf75 66d9ef ae81ff a1efe4 f8f8f2', '75715e f92672 a6e22e f4bf75 66d9ef ae81ff a1efe4 f9f8f5']),
  wellKnown('Nord', 'https://github.com/nordtheme/xresources (src/nord)', 'MIT', { background: '#2e3440', foreground: '#d8dee9', cursor: '#d8dee9', selectionBackground: '#434c5e' }, ['3b4252 bf616a a3be8c ebcb8b 81a1c1 b48ead 88c0d0 e5e9f0', '4c566a bf616a a3be8c ebcb8b 81a1c1 b48ead 8fbcbb eceff4']),
  // The author's own bright black is the background: nothing can be read in it. Windows Terminal ships both with one of its own.
  wellKnown('One Half Dark', 'https://github.com/microsoft/terminal (defaults.json), after https://github.com/sonph/onehalf', 'MIT', { background: '#282c34', foreground: '#dcdfe4', cursor: '#ffffff' }, ['282c34 e06c75 98c379 e5c07b 61afef c678dd 56b6c2 dcdfe4', '5a6374 e06c75 98c379 e5c07b 61afef c678dd 56b6c2 dcdfe4']),
  wellKnown('One Half Light', 'https://github.com/microsoft/terminal (defaults.json), after https://github.com/sonph/onehalf', 'MIT', { background: '#fafafa', foreground: '#383a42', cursor: '#4f525d' }, ['383a42 e45649 50a14f c18401 0184bc a626a4 0997b3 fafafa', '4f525d df6c75 98c379 e4c07a 61afef c577dd 56b5c1 ffffff']),
  wellKnown('Rosé Pine', 'https://github.com/rose-pine/kitty', 'MIT', { background: '#191724', foreground: '#e0def4', cursor: '#524f67', cursorAccent: '#e0def4', selectionBackground: '#403d52' }, ['26233a eb6f92 31748f f6c177 9ccfd8 c4a7e7 ebbcba e0def4', '6e6a86 eb6f92 31748f f6c177 9ccfd8 c4a7e7 ebbcba e0def4']),
  wellKnown('Rosé Pine Dawn', 'https://github.com/rose-pine/kitty', 'MIT', { background: '#faf4ed', foreground: '#575279', cursor: '#cecacd', cursorAccent: '#575279', selectionBackground: '#dfdad9' }, ['f2e9e1 b4637a 286983 ea9d34 56949f 907aa9 d7827e 575279', '9893a5 b4637a 286983 ea9d34 56949f 907aa9 d7827e 575279']),
  wellKnown('Solarized Dark', 'https://github.com/altercation/solarized (xresources)', 'MIT', { background: '#002b36', foreground: '#839496', cursor: '#93a1a1', cursorAccent: '#002b36', selectionBackground: '#073642' }, solarized),
  wellKnown('Solarized Light', 'https://github.com/altercation/solarized (xresources)', 'MIT', { background: '#fdf6e3', foreground: '#657b83', cursor: '#586e75', cursorAccent: '#fdf6e3', selectionBackground: '#eee8d5' }, solarized),
  wellKnown('Tokyo Night', 'https://github.com/folke/tokyonight.nvim (extras: alacritty, kitty)', 'Apache-2.0', { background: '#1a1b26', foreground: '#c0caf5', cursor: '#c0caf5', cursorAccent: '#1a1b26', selectionBackground: '#283457' }, ['15161e f7768e 9ece6a e0af68 7aa2f7 bb9af7 7dcfff a9b1d6', '414868 ff899d 9fe044 faba4a 8db0ff c7a9ff a4daff c0caf5']),
];
