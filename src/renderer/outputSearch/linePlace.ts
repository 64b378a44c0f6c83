/** Where a line of a terminal is by now: output that comes meanwhile moves lines up, and the oldest leave. */

export interface LinePlace {
  /** Undefined: it has left the scrollback. */
  rowNow(row: number): number | undefined;
  /** The other way round: what a row of now was then. Undefined: the mark is gone, and nothing is known any more. */
  rowThen(row: number): number | undefined;
  dispose(): void;
}

/** Of a terminal, with a window or without. */
export interface MarkableTerminal {
  registerMarker(offset?: number): { readonly line: number; readonly isDisposed: boolean; dispose(): void } | undefined;
}

/** One mark for all lines of a terminal; it moves with them. */
export function placeLines(terminal: MarkableTerminal): LinePlace {
  const marker = terminal.registerMarker(0);
  if (marker === undefined) throw new Error('a terminal without a line under its cursor');
  const markedRow = marker.line;
  return {
    rowNow(row) {
      if (marker.isDisposed) return undefined;
      const now = row + marker.line - markedRow;
      return now < 0 ? undefined : now;
    },
    rowThen: (row) => (marker.isDisposed ? undefined : row - marker.line + markedRow),
    dispose: () => marker.dispose(),
  };
}
