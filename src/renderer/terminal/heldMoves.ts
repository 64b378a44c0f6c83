/**
 * Lets what xterm.js moves about in the page wait for a frame that is held back: the field that takes keys, which follows the cursor,
 * and the scroll bar, which follows the lines.
 *
 * Both are moved with every piece that is parsed, the scroll bar with every line, and each move has the browser lay out and paint a frame of
 * its own: a third of a flood's CPU time in the page. There is no public switch; when a later version has no such methods, all moves as before.
 */
import type { Terminal } from '@xterm/xterm';

export interface HeldMoves {
  /** Before the frame is drawn. */
  makeUp(): void;
}

type Move = (...values: readonly unknown[]) => unknown;

export type MovingTerminal = Pick<Terminal, 'buffer' | 'element'>;

/** @param isHeld whether the next frame has to wait */
export function holdMoves(terminal: MovingTerminal, isHeld: () => boolean): HeldMoves {
  const missed: (() => void)[] = [];
  /** Has `name` wait while frames are held. */
  const hold = (owner: unknown, name: string): void => {
    const move = methodOf(owner, name);
    if (move === undefined) return;
    let waits = false;
    Reflect.set(owner as object, name, (...values: readonly unknown[]) => {
      // Asked for with every line: nothing more is looked at once it waits.
      if (waits) return;
      // Who has scrolled back looks at lines that stand still; where they are is told at once.
      waits = isHeld() && terminal.buffer.active.viewportY === terminal.buffer.active.baseY;
      if (!waits) move(...values);
      else {
        missed.push(() => {
          waits = false;
          move();
        });
      }
    });
  };
  const makeUp = (): void => {
    for (const move of missed.splice(0)) move();
  };

  const core: unknown = Reflect.get(terminal, '_core');
  const viewport = isObject(core) ? Reflect.get(core, '_viewport') : undefined;
  hold(core, '_syncTextArea');
  hold(viewport, '_sync');
  // They go from where the scroll bar stands, and no further than it reaches.
  for (const name of ['scrollLines', 'scrollToLine']) {
    const scroll = methodOf(viewport, name);
    if (scroll === undefined) continue;
    Reflect.set(viewport as object, name, (...values: readonly unknown[]) => {
      makeUp();
      scroll(...values);
    });
  }
  terminal.element?.addEventListener('wheel', makeUp, { capture: true, passive: true });
  return { makeUp };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function methodOf(owner: unknown, name: string): Move | undefined {
  const method: unknown = isObject(owner) ? Reflect.get(owner, name) : undefined;
  return typeof method === 'function' ? (...values) => Reflect.apply(method, owner, values) as unknown : undefined;
}
