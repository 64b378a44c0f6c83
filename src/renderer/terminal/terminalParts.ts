/** What a terminal in the window is made of; every hook of this folder takes these. */
import type { FitAddon } from '@xterm/addon-fit';
import type { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import type { Terminal } from '@xterm/xterm';
import type { Frames } from './frames.ts';
import type { OutputTurn } from './outputTurns.ts';

export interface TerminalParts {
  readonly terminal: Terminal;
  readonly fit: FitAddon;
  readonly graphemes: UnicodeGraphemesAddon;
  readonly frames: Frames;
  /** What the session says goes to the terminal by it. */
  readonly turn: OutputTurn;
  /** Holds the terminal's own elements. */
  readonly element: HTMLElement;
}
