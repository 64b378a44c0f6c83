/**
 * Draws the first that is said after a key at once, instead of in the next animation frame.
 *
 * Chromium takes a millisecond or two from asking for a frame to giving it, and lays the page out once before the frame's callbacks and once
 * after them. With the rows built by then, a frame is laid out once and painted: a key's cell stands there about a millisecond earlier
 * (bench/keyToPaint.ts). xterm.js has no public way to draw now, so this has its debouncer do now what it has asked a frame for; when a later
 * version has no such thing, echoes are drawn in the next frame as before.
 */
import type { Terminal } from '@xterm/xterm';

/** What an echo changes: its line, and those that it wraps into. To build more takes longer than is won. */
const MAX_ROWS = 3;

/** `RenderDebouncer` of xterm.js 6.0.0. */
interface Debouncer {
  /** What is to be drawn; undefined: nothing. */
  readonly _rowStart: number | undefined;
  readonly _rowEnd: number | undefined;
  /** Of the frame that was asked for. */
  readonly _animationFrame: number | undefined;
  _innerRefresh(): void;
}

export type EchoingTerminal = Pick<Terminal, 'onData' | 'onWriteParsed'>;

/** As long as the terminal lives. */
export function drawEchoes(terminal: EchoingTerminal): void {
  const debouncer = debouncerOf(terminal);
  if (debouncer === undefined) return;
  let awaited = false;
  terminal.onData(() => {
    awaited = true;
  });
  terminal.onWriteParsed(() => {
    if (!awaited) return;
    awaited = false;
    const { _rowStart: start, _rowEnd: end, _animationFrame: frame } = debouncer;
    if (start === undefined || end === undefined || frame === undefined || end - start >= MAX_ROWS) return;
    cancelAnimationFrame(frame);
    debouncer._innerRefresh();
  });
}

function debouncerOf(terminal: EchoingTerminal): Debouncer | undefined {
  const debouncer = ['_core', '_renderService', '_renderDebouncer'].reduce<unknown>((owner, name) => (typeof owner === 'object' && owner !== null ? Reflect.get(owner, name) : undefined), terminal);
  return isDebouncer(debouncer) ? debouncer : undefined;
}

function isDebouncer(value: unknown): value is Debouncer {
  return typeof value === 'object' && value !== null && '_innerRefresh' in value && typeof value._innerRefresh === 'function';
}
