/**
 * Marks what is found: every match that is in view, in the text, and where the others are, in the scroll bar. Matches out of view have
 * no mark of their own in the text, as thousands of them would slow down each line of output.
 */
import type { IDecoration, IDecorationOptions, Terminal } from '@xterm/xterm';
import { cellsOf } from '../outputSearch/lineReader.ts';
import { placeOf, type Finder, type FoundAt } from './finder.ts';

export interface FindColours {
  readonly match: string;
  readonly matchInScrollBar: string;
  readonly active: string;
  readonly activeBorder: string;
  readonly activeInScrollBar: string;
}

export interface FindHighlights {
  /** @param current the match that is gone to */
  show(finder: Finder, current: FoundAt | undefined, colours: FindColours): void;
  dispose(): void;
}

/** As many places are told apart in a scroll bar. */
const SCROLL_BAR_PLACES = 300;
/** How often they change while more is looked for. */
const SCROLL_BAR_EVERY_MS = 500;
/** Marks on one screen; a screen full of matches needs no more to be seen. */
const IN_VIEW_MAX = 1000;
/** A line may begin above the screen and wrap into it. */
const WRAPPED_ROWS = 200;

export function createFindHighlights(terminal: Terminal): FindHighlights {
  let inView: readonly IDecoration[] = [];
  let inScrollBar: readonly IDecoration[] = [];
  let shown: { readonly finder: Finder; readonly current: FoundAt | undefined; readonly colours: FindColours } | undefined;
  let drawn = '';
  /** What the scroll bar shows. */
  let drawnVersion: number | undefined;
  let drawnAtMs = 0;

  const mark = (row: number, options: Omit<IDecorationOptions, 'marker'>): IDecoration | undefined => {
    const { baseY, cursorY } = terminal.buffer.active;
    return terminal.registerDecoration({ ...options, marker: terminal.registerMarker(row - baseY - cursorY) });
  };

  const drawInView = (): void => {
    if (shown === undefined) return;
    const { finder, current, colours } = shown;
    const { matches, version } = finder.found();
    const buffer = terminal.buffer.active;
    const { viewportY } = buffer;
    const now = `${viewportY} ${buffer.length} ${finder.rowNow(0) ?? ''} ${terminal.rows} ${terminal.cols} ${current?.row ?? ''}:${current?.from ?? ''} ${colours.match} ${version}`;
    if (drawn === now) return;
    drawn = now;
    remove(inView);
    const marks: IDecoration[] = [];
    const moved = viewportY - (finder.rowNow(viewportY) ?? viewportY);
    const below = viewportY + terminal.rows + moved;
    for (let at = placeOf(matches, { row: below, from: -1, to: 0 }); at < matches.length && marks.length < IN_VIEW_MAX; at += 1) {
      const match = matches[at];
      const row = match === undefined ? undefined : finder.rowNow(match.row);
      if (match === undefined || row === undefined || row < viewportY - WRAPPED_ROWS) break;
      const active = current !== undefined && match.row === current.row && match.from === current.from;
      for (const { row: partRow, column, length } of partsOf(terminal, row, match)) {
        if (partRow < viewportY || partRow >= viewportY + terminal.rows) continue;
        const one = mark(partRow, { x: column, width: length, backgroundColor: active ? colours.active : colours.match, ...(active ? { overviewRulerOptions: { color: colours.activeInScrollBar, position: 'center' } } : {}) });
        one?.onRender((element) => {
          element.classList.add('found');
          if (active) {
            element.classList.add('found-active');
            element.style.outline = `1px solid ${colours.activeBorder}`;
          }
        });
        if (one !== undefined) marks.push(one);
      }
    }
    inView = marks;
  };

  const drawInScrollBar = (): void => {
    if (shown === undefined) return;
    const { finder, colours } = shown;
    // Both at once: until xterm.js has taken those away, others are not found among them.
    remove([...inView, ...inScrollBar]);
    inView = [];
    drawn = '';
    const marks: IDecoration[] = [];
    const rowsOfPlace = Math.max(1, terminal.buffer.active.length / SCROLL_BAR_PLACES);
    const { matches } = finder.found();
    let at = 0;
    while (at < matches.length) {
      const match = matches[at];
      const row = match === undefined ? undefined : finder.rowNow(match.row);
      if (match === undefined || row === undefined) break;
      const one = mark(row, { width: 1, overviewRulerOptions: { color: colours.matchInScrollBar, position: 'center' } });
      if (one !== undefined) marks.push(one);
      // On to the first match of the next place above.
      const next = match.row - row + Math.floor(row / rowsOfPlace) * rowsOfPlace;
      at = Math.max(at + 1, placeOf(matches, { row: Math.ceil(next), from: -1, to: 0 }));
    }
    inScrollBar = marks;
  };

  const listening = terminal.onRender(drawInView);
  return {
    show(finder, current, colours) {
      const before = shown;
      shown = { finder, current, colours };
      const { version, phase } = finder.found();
      const isNew = before?.finder !== finder || before.colours !== colours || drawnVersion !== version;
      if (isNew && (phase !== 'searching' || performance.now() - drawnAtMs > SCROLL_BAR_EVERY_MS)) {
        drawnVersion = version;
        drawInScrollBar();
        drawnAtMs = performance.now();
      }
      drawInView();
    },
    dispose() {
      listening.dispose();
      shown = undefined;
      remove([...inView, ...inScrollBar]);
    },
  };
}

/** The cells of a match, a piece for each row that it stands on. @param row where its line is now */
export function partsOf(terminal: Pick<Terminal, 'buffer' | 'cols'>, row: number, { from, to }: FoundAt): readonly { readonly row: number; readonly column: number; readonly length: number }[] {
  const cells = cellsOf(terminal.buffer.active, { row, from, to, columns: terminal.cols });
  const parts: { row: number; column: number; length: number }[] = [];
  for (let { row: at, column, length } = cells; length > 0 && at < terminal.buffer.active.length; at += 1) {
    const width = Math.min(length, terminal.cols - column);
    parts.push({ row: at, column, length: width });
    length -= width;
    column = 0;
  }
  return parts;
}

/** xterm.js looks each up by its line, among all that there are: one whose marker is gone is not found, and stays for good (SortedList.ts of 6.0.0). */
function remove(marks: readonly IDecoration[]): void {
  for (const one of marks) one.dispose();
  for (const one of marks) one.marker.dispose();
}
