/**
 * Holds back the terminal's frames under a flood, and all of them while its tab is hidden; parsing goes on.
 *
 * Drawing 60 times a second halves the rate at which output is parsed (stack.md section 3). xterm.js has no public switch, so
 * this steps in front of its render service, where the fit add-on also looks; when a later version has no such
 * thing, every frame is drawn as before.
 */
import type { Terminal } from '@xterm/xterm';

/** Bytes since the last drawn frame that make a flood: far more than any full-screen program draws at once. */
const FLOOD_BYTES = 64 * 1024;
/** Ten frames a second still look alive. */
const FLOOD_FRAME_MS = 100;

interface RenderService {
  refreshRows(start: number, end: number, isRedrawOnly?: boolean): void;
}

export interface Frames {
  /** Output that will be parsed. */
  received(byteCount: number): void;
  setVisible(visible: boolean): void;
  dispose(): void;
}

export function holdFrames(terminal: Terminal): Frames {
  const service = renderServiceOf(terminal);
  if (service === undefined) return { received: () => undefined, setVisible: () => undefined, dispose: () => undefined };
  const draw = service.refreshRows.bind(service);
  let visible = true;
  let bytesSinceFrame = 0;
  let lastFrameMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let missed = false;

  const drawAll = (): void => {
    clearTimeout(timer);
    timer = undefined;
    missed = false;
    bytesSinceFrame = 0;
    lastFrameMs = performance.now();
    draw(0, terminal.rows - 1);
  };

  service.refreshRows = (start, end, isRedrawOnly) => {
    if (!visible) {
      missed = true;
      return;
    }
    const now = performance.now();
    const heldMs = FLOOD_FRAME_MS - (now - lastFrameMs);
    if (bytesSinceFrame > FLOOD_BYTES && heldMs > 0) {
      timer ??= setTimeout(drawAll, heldMs);
      return;
    }
    if (timer !== undefined) {
      drawAll();
      return;
    }
    if (now - lastFrameMs > FLOOD_FRAME_MS) {
      bytesSinceFrame = 0;
      lastFrameMs = now;
    }
    draw(start, end, isRedrawOnly);
  };

  return {
    received: (byteCount) => {
      bytesSinceFrame += byteCount;
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
  return typeof value === 'object' && value !== null && 'refreshRows' in value && typeof value.refreshRows === 'function';
}
