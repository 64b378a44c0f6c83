/** Brings a found line into view and marks what was found. */
import type { IDecoration } from '@xterm/xterm';
import { openTerminal } from '../terminal/openTerminals.ts';
import { cellsOf } from './lineReader.ts';
import type { FoundMatch } from './useOutputSearch.ts';

let shown: readonly IDecoration[] = [];

/** @returns `behind`: it is under a full-screen program and cannot be shown now */
export function showMatch(sessionId: string, match: FoundMatch): 'shown' | 'gone' | 'behind' {
  hideMatch();
  const terminal = openTerminal(sessionId)?.terminal;
  if (terminal === undefined) return 'gone';
  const { active } = terminal.buffer;
  if (match.behind && active.type === 'alternate') return 'behind';
  const row = match.behind ? match.row : match.place.rowNow(match.row);
  if (row === undefined || row >= active.length) return 'gone';
  const cells = cellsOf(active, { row, from: match.from, to: match.to, columns: terminal.cols });
  terminal.scrollToLine(Math.max(0, cells.row - Math.floor(terminal.rows / 2)));
  const marks: IDecoration[] = [];
  // A match that wraps is marked on each of its rows.
  for (let { row: at, column, length } = cells; length > 0 && at < active.length; at += 1) {
    const marker = terminal.registerMarker(at - active.baseY - active.cursorY);
    const width = Math.min(length, terminal.cols - column);
    const mark = terminal.registerDecoration({ marker, x: column, width, layer: 'top' });
    mark?.onRender((element) => element.classList.add('output-match'));
    if (mark !== undefined) marks.push(mark);
    length -= width;
    column = 0;
  }
  shown = marks;
  return 'shown';
}

function hideMatch(): void {
  for (const mark of shown) {
    mark.marker.dispose();
    mark.dispose();
  }
  shown = [];
}
