/**
 * Gives terminals what they are told a little at a time, so that keys, echoes and frames find their way between.
 *
 * xterm.js parses for 12 ms and more at a stretch, in each terminal, and then waits 4 ms for its own timer. The terminal in sight
 * gets its next piece as soon as the one before has been parsed. Those that nobody looks at take turns when the page has nothing
 * better to do. What is parsed slowly is sent slowly, all the way back to the host: while somebody types, the services have time for that, too.
 */
import type { Terminal } from '@xterm/xterm';
import type { PageTime } from './pageTime.ts';

/** Of a terminal in sight: parsed in some 6 ms. Less than so much goes to it at once. */
const SEEN_BYTES = 128 * 1024;
/** Of one that nobody looks at: parsed in a millisecond or two. */
const HIDDEN_BYTES = 16 * 1024;
/** xterm.js looks at the clock between two. */
const PIECE_BYTES = 32 * 1024;

export interface OutputTurn {
  /** In the order of the calls. @param parsed called when all of it has been parsed */
  write(data: string | Uint8Array, parsed?: () => void): void;
  setVisible(visible: boolean): void;
  dispose(): void;
}

interface Waiting {
  readonly data: string | Uint8Array;
  readonly parsed: (() => void) | undefined;
}

export type WritableTerminal = Pick<Terminal, 'write'>;

/** For all terminals of a page. */
export function createOutputTurns(time: PageTime): { join(terminal: WritableTerminal): OutputTurn } {
  /** Hidden ones that have something waiting; the first is next. */
  const ring: Turn[] = [];
  /** The hidden one whose piece is being parsed, or a turn is under way to. */
  let busy: Turn | 'asked' | undefined;

  const goOn = (): void => {
    if (busy !== undefined || ring.length === 0) return;
    busy = 'asked';
    time.whenIdle(() => {
      busy = ring.shift();
      busy?.take(HIDDEN_BYTES);
    });
  };
  const release = (turn: Turn): void => {
    if (busy === turn) busy = undefined;
    goOn();
  };

  class Turn implements OutputTurn {
    readonly #terminal: WritableTerminal;
    #waiting: Waiting[] = [];
    #visible = true;
    /** Given to the terminal and not yet parsed. */
    #unparsedBytes = 0;
    #asked = false;

    constructor(terminal: WritableTerminal) {
      this.#terminal = terminal;
    }

    write(data: string | Uint8Array, parsed?: () => void): void {
      if (this.#visible && this.#waiting.length === 0 && this.#unparsedBytes + data.length <= SEEN_BYTES) {
        this.#give(data, parsed);
        return;
      }
      this.#waiting.push({ data, parsed });
      this.#ask();
    }

    setVisible(visible: boolean): void {
      if (visible === this.#visible) return;
      this.#visible = visible;
      if (visible) this.#leave();
      this.#ask();
    }

    dispose(): void {
      this.#waiting = [];
      this.#leave();
      release(this);
    }

    /** Gives the first of what waits to the terminal, at most so many bytes. */
    take(limitBytes: number): void {
      for (let left = limitBytes; left > 0; ) {
        const first = this.#waiting.shift();
        if (first === undefined) break;
        const { data, parsed } = first;
        const byteCount = Math.min(left, PIECE_BYTES);
        left -= Math.min(byteCount, data.length);
        if (data.length <= byteCount || typeof data === 'string') this.#give(data, parsed);
        else {
          this.#waiting.unshift({ data: data.subarray(byteCount), parsed });
          this.#give(data.subarray(0, byteCount), undefined);
        }
      }
      if (this.#unparsedBytes === 0) release(this);
    }

    #give(data: string | Uint8Array, parsed: (() => void) | undefined): void {
      this.#unparsedBytes += data.length;
      this.#terminal.write(data, () => {
        this.#unparsedBytes -= data.length;
        parsed?.();
        if (this.#unparsedBytes > 0) return;
        this.#ask();
        release(this);
      });
    }

    /** For the next turn, once the terminal has nothing to parse. */
    #ask(): void {
      if (this.#waiting.length === 0 || this.#unparsedBytes > 0) return;
      if (!this.#visible) {
        if (!ring.includes(this)) ring.push(this);
        goOn();
      } else if (!this.#asked) {
        this.#asked = true;
        time.soon(() => {
          this.#asked = false;
          if (this.#visible) this.take(SEEN_BYTES);
          else this.#ask();
        });
      }
    }

    #leave(): void {
      const at = ring.indexOf(this);
      if (at !== -1) ring.splice(at, 1);
    }
  }

  return { join: (terminal) => new Turn(terminal) };
}
