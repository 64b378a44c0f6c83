/** Makes an xterm.js terminal in an element, with the add-ons that every terminal has. */
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { Terminal, type ITerminalOptions } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { boundCounts } from './boundedCounts.ts';
import { boundMarks } from './boundedMarks.ts';
import { holdFrames } from './frames.ts';
import { answerSafely } from './safeAnswers.ts';
import { fixedOptions } from './terminalOptions.ts';
import type { TerminalParts } from './terminalParts.ts';

export interface CreatedTerminal {
  readonly parts: TerminalParts;
  readonly dispose: () => void;
}

export function createTerminal(element: HTMLElement, options: ITerminalOptions): CreatedTerminal {
  const terminal = new Terminal({ ...fixedOptions, ...options });
  const fit = new FitAddon();
  const search = new SearchAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(search);
  const graphemes = new UnicodeGraphemesAddon();
  terminal.loadAddon(graphemes);
  boundMarks(graphemes);
  answerSafely(terminal);
  boundCounts(terminal);
  terminal.open(element);
  const frames = holdFrames(terminal);
  const stopFitting = fitWithElement(element, fit);
  return {
    parts: { terminal, fit, search, graphemes, frames, element },
    dispose: () => {
      stopFitting();
      frames.dispose();
      terminal.dispose();
    },
  };
}

/** At most once a frame, and never while it is hidden. */
function fitWithElement(element: HTMLElement, fit: FitAddon): () => void {
  let frame = 0;
  const observer = new ResizeObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      if (element.offsetParent !== null) fit.fit();
    });
  });
  observer.observe(element);
  return () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
  };
}
