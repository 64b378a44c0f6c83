/** Where a line of a terminal is by now: output that comes meanwhile moves lines up, and the oldest leave. */
import type { Terminal } from '@xterm/xterm';

export interface LinePlace {
  /** Undefined: it has left the scrollback. */
  rowNow(row: number): number | undefined;
  dispose(): void;
}

/** One mark for all lines of a terminal; it moves with them. */
export function placeLines(terminal: Pick<Terminal, 'registerMarker' | 'buffer'>): LinePlace {
  const marker = terminal.registerMarker(0);
  const markedRow = marker.line;
  return {
    rowNow(row) {
      if (marker.isDisposed) return undefined;
      const now = row + marker.line - markedRow;
      return now < 0 ? undefined : now;
    },
    dispose: () => marker.dispose(),
  };
}
