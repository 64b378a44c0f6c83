/**
 * Marks in the scroll bar: of matches while somebody finds, and of prompts too where a GPU draws.
 *
 * xterm.js lays its marks' canvas over every frame. Without a GPU that took a key to its painted cell from 9 to 35 ms (bench/keyToPaint.ts),
 * so there it is made only while it is looked at.
 */
import { useEffect } from 'react';
import { hasRealGpu } from './gpu.ts';
import type { TerminalParts } from './terminalParts.ts';

/** Pixels; as wide as the scroll bar is without marks. */
const SCROLL_BAR_WIDTH = 14;

export function useScrollBarMarks(parts: TerminalParts | undefined, finding: boolean): void {
  const shown = finding || hasRealGpu();
  useEffect(() => {
    if (parts === undefined || !shown) return;
    // Not even `{}` may be set otherwise: xterm.js makes the canvas with the first value, whatever it is.
    showMarks(parts);
    return () => removeMarks(parts);
  }, [parts, shown]);
}

function showMarks({ terminal }: TerminalParts): void {
  terminal.options.overviewRuler = { width: SCROLL_BAR_WIDTH };
}

/** xterm.js keeps the canvas for good; it is taken away from inside, and made again with the next value. */
function removeMarks({ terminal }: TerminalParts): void {
  const core: unknown = Reflect.get(terminal, '_core');
  if (typeof core !== 'object' || core === null) return;
  const renderer: unknown = Reflect.get(core, '_overviewRulerRenderer');
  if (typeof renderer !== 'object' || renderer === null || !('dispose' in renderer) || typeof renderer.dispose !== 'function') return;
  renderer.dispose();
  Reflect.set(core, '_overviewRulerRenderer', undefined);
}
