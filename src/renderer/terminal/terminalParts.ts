/** What a terminal in the window is made of; every hook of this folder takes these. */
import type { FitAddon } from '@xterm/addon-fit';
import type { SearchAddon } from '@xterm/addon-search';
import type { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import type { Terminal } from '@xterm/xterm';
import type { Frames } from './frames.ts';

export interface TerminalParts {
  readonly terminal: Terminal;
  readonly fit: FitAddon;
  readonly search: SearchAddon;
  readonly graphemes: UnicodeGraphemesAddon;
  readonly frames: Frames;
  /** Holds the terminal's own elements. */
  readonly element: HTMLElement;
}
