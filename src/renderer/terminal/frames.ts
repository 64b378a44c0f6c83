/**
 * Holds back the terminal's frames under a flood, and all of them while its tab is hidden; parsing goes on.
 *
 * Drawing 60 times a second halves the rate at which output is parsed (stack.md section 3). xterm.js has no public switch, so
 * this steps in front of its render service, where the fit add-on also looks; when a later version has no such
 * thing, every frame is drawn as before.
 *
 * The selection comes the same way: with every animation frame in which the screen scrolled, hidden or not, xterm.js tells it
 * again, and its DOM renderer then builds all rows anew although nothing is selected (half of a flood's CPU time in the page).
 */
import type { Terminal } from '@xterm/xterm';
import { holdMoves } from './heldMoves.ts';

/** Bytes since the last drawn frame that make a flood: far more than any full-screen program draws at once. */
const FLOOD_BYTES = 64 * 1024;
/** In the midst of a flood so much is part of it: else each frame would be followed by one more until there are as many bytes again. */
const MORE_FLOOD_BYTES = 8 * 1024;
const FLOOD_LASTS_MS = 500;
/** Ten frames a second still look alive. */
const FLOOD_FRAME_MS = 100;
/** Where a frame takes long (many scripts, a large window, a slow machine) there are fewer, so that drawing gets a tenth of the time. */
const PAUSE_PER_FRAME = 9;
const SLOWEST_FRAME_MS = 300;
/** A flood that pauses for so long is over: what it left, often a prompt that somebody waits for, is drawn. */
const QUIET_MS = 16;
/** A flood that stutters is no reason for more frames than this lets through. */
const QUIET_FRAME_MS = 33;

type Position = readonly [column: number, row: number];

interface RenderService {
  refreshRows(start: number, end: number, isRedrawOnly?: boolean): void;
  handleSelectionChanged(start: Position | undefined, end: Position | undefined, isColumnSelection: boolean): void;
}

export interface Frames {
  /** Output that will be parsed. */
  received(byteCount: number): void;
  setVisible(visible: boolean): void;
  dispose(): void;
}

/** @param timeFrame tells how long the next frame of the page took, in ms */
export function holdFrames(terminal: Terminal, timeFrame: (told: (frameMs: number) => void) => void = () => undefined): Frames {
  const service = renderServiceOf(terminal);
  if (service === undefined) return { received: () => undefined, setVisible: () => undefined, dispose: () => undefined };
  const draw = service.refreshRows.bind(service);
  let visible = true;
  let bytesSinceFrame = 0;
  let lastFrameMs = 0;
  let lastReceivedMs = 0;
  let lastFloodMs = Number.NEGATIVE_INFINITY;
  let frameMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let missed = false;
  const drawSelection = service.handleSelectionChanged.bind(service);
  let selected = false;
  let heldSelection: (() => void) | undefined;

  const drawAll = (): void => {
    clearTimeout(timer);
    timer = undefined;
    missed = false;
    lastFrameMs = performance.now();
    if (isFlood(lastFrameMs)) lastFloodMs = lastFrameMs;
    bytesSinceFrame = 0;
    heldSelection?.();
    heldSelection = undefined;
    moves.makeUp();
    timeFrame(keepFrameMs);
    draw(0, terminal.rows - 1);
  };
  const keepFrameMs = (ms: number): void => {
    frameMs = ms;
  };
  const betweenMs = (): number => Math.min(SLOWEST_FRAME_MS, Math.max(FLOOD_FRAME_MS, (1 + PAUSE_PER_FRAME) * frameMs));
  const isFlood = (now: number): boolean => bytesSinceFrame > (now - lastFloodMs < FLOOD_LASTS_MS ? MORE_FLOOD_BYTES : FLOOD_BYTES);
  /** How long a frame that is asked for now has to wait, in ms, if more is said meanwhile. */
  const heldMs = (now: number): number => (isFlood(now) ? betweenMs() - (now - lastFrameMs) : 0);
  const moves = holdMoves(terminal, () => !visible || timer !== undefined || heldMs(performance.now()) > 0);
  const drawLater = (): void => {
    const now = performance.now();
    const waitMs = Math.min(heldMs(now), Math.max(QUIET_MS - (now - lastReceivedMs), QUIET_FRAME_MS - (now - lastFrameMs)));
    if (waitMs > 0) timer = setTimeout(drawLater, waitMs);
    else drawAll();
  };

  service.refreshRows = (start, end, isRedrawOnly) => {
    if (!visible) {
      missed = true;
      return;
    }
    const now = performance.now();
    if (heldMs(now) > 0) {
      timer ??= setTimeout(drawLater, Math.min(heldMs(now), QUIET_MS));
      return;
    }
    if (timer !== undefined) {
      drawAll();
      return;
    }
    if (now - lastFrameMs > FLOOD_FRAME_MS) {
      if (isFlood(now)) {
        lastFloodMs = now;
        timeFrame(keepFrameMs);
      }
      bytesSinceFrame = 0;
      lastFrameMs = now;
    }
    moves.makeUp();
    draw(start, end, isRedrawOnly);
  };
  service.handleSelectionChanged = (start, end, isColumnSelection) => {
    const selects = start !== undefined && end !== undefined;
    if (!selects && !selected) return;
    selected = selects;
    const wait = heldMs(performance.now());
    if (visible && wait <= 0 && timer === undefined) {
      drawSelection(start, end, isColumnSelection);
      return;
    }
    heldSelection = () => drawSelection(start, end, isColumnSelection);
    if (visible) timer ??= setTimeout(drawLater, Math.min(wait, QUIET_MS));
    else missed = true;
  };

  return {
    received: (byteCount) => {
      bytesSinceFrame += byteCount;
      lastReceivedMs = performance.now();
    },
    setVisible: (shown) => {
      visible = shown;
      if (shown && missed) drawAll();
    },
    dispose: () => clearTimeout(timer),
  };
}

function renderServiceOf(terminal: Terminal): RenderService | undefined {
  const core: unknown = Reflect.get(terminal, '_core');
  if (typeof core !== 'object' || core === null) return undefined;
  const service: unknown = Reflect.get(core, '_renderService');
  return isRenderService(service) ? service : undefined;
}

function isRenderService(value: unknown): value is RenderService {
  return typeof value === 'object' && value !== null && 'refreshRows' in value && typeof value.refreshRows === 'function' && 'handleSelectionChanged' in value && typeof value.handleSelectionChanged === 'function';
}
