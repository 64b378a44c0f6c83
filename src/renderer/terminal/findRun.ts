/** Looks for one thing in a terminal until something else is asked for: goes to matches, marks them, and looks through what comes meanwhile. */
import type { Terminal } from '@xterm/xterm';
import type { SearchPattern } from '../outputSearch/matcher.ts';
import type { LineWorker } from '../outputSearch/workerMatches.ts';
import { createFinder, placeOf, type Finder, type Found, type FoundAt } from './finder.ts';
import { createFindHighlights, partsOf, type FindColours } from './findHighlights.ts';

export interface FindResults {
  readonly phase: Found['phase'];
  readonly count: number;
  readonly more: boolean;
  /** Of the match that is gone to, from the top, from 0; undefined while it is not known how many are above. */
  readonly index: number | undefined;
}

export interface FindRun {
  step(direction: 'up' | 'down'): void;
  setColours(colours: FindColours): void;
  /** @returns where it was, for what is looked for next */
  dispose(): FoundAt | undefined;
}

export interface FindRunOptions {
  readonly pattern: SearchPattern;
  readonly colours: FindColours;
  /** The first match gone to is the nearest one above this, as rows are now; without it the last one of all. */
  readonly from: FoundAt | undefined;
  readonly createWorker: () => LineWorker;
  readonly onResults: (results: FindResults) => void;
}

/** How often what was found so far is shown while more is looked for. */
const SHOW_EVERY_MS = 100;
/** How much output is looked through at a time. */
const OUTPUT_EVERY_MS = 300;

export function startFind(terminal: Terminal, options: FindRunOptions): FindRun {
  const highlights = createFindHighlights(terminal);
  let { colours, from } = options;
  /** As the finder tells rows. */
  let current: FoundAt | undefined;
  let wentOnce = false;
  let shownAtMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const show = (): void => {
    shownAtMs = performance.now();
    const { matches, phase, more } = finder.found();
    const at = current === undefined ? undefined : indexOf(matches, current);
    highlights.show(finder, current, colours);
    options.onResults({ phase, more, count: matches.length, index: at === undefined || phase !== 'done' || more ? undefined : matches.length - 1 - at });
  };

  const goTo = (match: FoundAt): void => {
    current = match;
    const row = finder.rowNow(match.row);
    if (row !== undefined) select(terminal, row, match);
    show();
  };

  const handleFound = (): void => {
    const { matches, phase } = finder.found();
    const first = matches[from === undefined ? 0 : placeOf(matches, from)] ?? (phase === 'searching' ? undefined : matches[0]);
    if (!wentOnce && first !== undefined) {
      wentOnce = true;
      goTo(first);
      return;
    }
    if (!wentOnce && phase !== 'searching') terminal.clearSelection();
    if (phase !== 'searching' || performance.now() - shownAtMs > SHOW_EVERY_MS) show();
  };

  const begin = (): Finder => createFinder(terminal, options.pattern, options.createWorker, handleFound);
  let finder = begin();

  const whereNow = (): FoundAt | undefined => {
    const row = current === undefined ? undefined : finder.rowNow(current.row);
    return current === undefined || row === undefined ? undefined : { ...current, row };
  };

  const lookAgain = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (finder.refresh()) return;
      const now = whereNow();
      finder.dispose();
      finder = begin();
      current = now;
    }, OUTPUT_EVERY_MS);
  };
  const listening = [terminal.onWriteParsed(lookAgain), terminal.onResize(lookAgain), terminal.buffer.onBufferChange(lookAgain)];

  return {
    step(direction) {
      const { matches, phase } = finder.found();
      const next = current === undefined ? (direction === 'up' ? 0 : matches.length - 1) : nextOf(matches, current, direction);
      // Above the highest one so far there may be more.
      if (next >= matches.length && phase === 'searching') return;
      const match = matches[(next + matches.length) % matches.length];
      if (match !== undefined) goTo(match);
    },
    setColours(chosen) {
      if (chosen === colours) return;
      colours = chosen;
      show();
    },
    dispose() {
      clearTimeout(timer);
      for (const one of listening) one.dispose();
      highlights.dispose();
      const now = wentOnce ? whereNow() : from;
      finder.dispose();
      return now;
    },
  };
}

function indexOf(matches: readonly FoundAt[], match: FoundAt): number | undefined {
  const at = placeOf(matches, match);
  return matches[at]?.row === match.row && matches[at].from === match.from ? at : undefined;
}

/** Also where the match itself is not there any more. */
function nextOf(matches: readonly FoundAt[], match: FoundAt, direction: 'up' | 'down'): number {
  const at = placeOf(matches, match);
  if (direction === 'down') return at - 1;
  return indexOf(matches, match) === undefined ? at : at + 1;
}

function select(terminal: Terminal, row: number, match: FoundAt): void {
  const [first, ...others] = partsOf(terminal, row, match);
  if (first === undefined) return;
  terminal.select(first.column, first.row, others.reduce((sum, { length }) => sum + length, first.length));
  const { viewportY } = terminal.buffer.active;
  if (first.row < viewportY || first.row >= viewportY + terminal.rows) terminal.scrollToLine(Math.max(0, first.row - Math.floor(terminal.rows / 2)));
}
