/** Makes an xterm.js terminal in an element, with the add-ons that every terminal has. */
import { FitAddon } from '@xterm/addon-fit';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { Terminal, type ITerminalOptions } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { boundCounts } from './boundedCounts.ts';
import { boundMarks } from './boundedMarks.ts';
import { drawEchoes } from './drawEchoes.ts';
import { holdFrames } from './frames.ts';
import { createOutputTurns } from './outputTurns.ts';
import { createPageTime } from './pageTime.ts';
import { parsingAtOnce } from './parsingAtOnce.ts';
import { answerSafely } from './safeAnswers.ts';
import { fixedOptions } from './terminalOptions.ts';
import type { TerminalParts } from './terminalParts.ts';

export interface CreatedTerminal {
  readonly parts: TerminalParts;
  readonly dispose: () => void;
}

/** Of all terminals of the page. */
const pageTime = createPageTime(window);
const outputTurns = createOutputTurns(pageTime);

export function createTerminal(element: HTMLElement, options: ITerminalOptions): CreatedTerminal {
  const terminal = new Terminal({ ...fixedOptions, ...options });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  const graphemes = new UnicodeGraphemesAddon();
  terminal.loadAddon(graphemes);
  boundMarks(graphemes);
  answerSafely(terminal);
  boundCounts(terminal);
  terminal.open(element);
  const frames = holdFrames(terminal, pageTime.timeFrame);
  drawEchoes(terminal);
  const turn = outputTurns.join(parsingAtOnce(terminal));
  const stopFitting = fitWithElement(element, fit);
  return {
    parts: { terminal, fit, graphemes, frames, turn, element },
    dispose: () => {
      stopFitting();
      frames.dispose();
      turn.dispose();
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
