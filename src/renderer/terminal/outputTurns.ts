/**
 * Gives terminals what they are told a little at a time, so that keys, echoes and frames find their way between.
 *
 * By itself xterm.js parses for 12 ms and more at a stretch, in each terminal, and between two stretches waits up to 4 ms for its own
 * timer. The terminal in sight gets its next turn as soon as the page has looked after keys and frames. Those that nobody looks at
 * take turns when there is nothing better to do. What is parsed slowly is sent slowly, all the way back to the host: while somebody types,
 * the services have time for that, too.
 */
import type { Terminal } from '@xterm/xterm';
import type { PageTime } from './pageTime.ts';

/** A terminal in sight is written to at once while it has no more than so much to parse: an echo, a prompt, a screen of a program. */
const AT_ONCE_BYTES = 32 * 1024;
/** Its turn in a flood ends after so many ms: half of a frame. */
const SEEN_MS = 8;
const SEEN_PIECE_BYTES = 32 * 1024;
/** The turn of one that nobody looks at: parsed in a millisecond or two. */
const HIDDEN_BYTES = 16 * 1024;

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

export interface WritableTerminal extends Pick<Terminal, 'write'> {
  /** Has the next write parsed before it returns, where that can be had. */
  parseNextAtOnce?(): void;
}

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
      busy?.take();
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
    #taking = false;

    constructor(terminal: WritableTerminal) {
      this.#terminal = terminal;
    }

    write(data: string | Uint8Array, parsed?: () => void): void {
      if (this.#visible && this.#waiting.length === 0 && this.#unparsedBytes + data.length <= AT_ONCE_BYTES) {
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

    take(): void {
      const endsMs = time.nowMs() + (this.#visible ? SEEN_MS : 0);
      this.#taking = true;
      // Of a hidden one as much as a turn takes, in however many pieces it was told: each turn is a wait, and a program may wait for an answer.
      let hiddenBytes = HIDDEN_BYTES;
      do hiddenBytes -= this.#givePiece(this.#visible ? SEEN_PIECE_BYTES : hiddenBytes);
      while (this.#waiting.length > 0 && (this.#visible ? this.#unparsedBytes === 0 && time.nowMs() < endsMs : hiddenBytes > 0));
      this.#taking = false;
      if (this.#unparsedBytes > 0) return;
      this.#ask();
      release(this);
    }

    /** @returns how much it was */
    #givePiece(byteCount: number): number {
      const first = this.#waiting.shift();
      if (first === undefined) return 0;
      const { data, parsed } = first;
      this.#terminal.parseNextAtOnce?.();
      if (data.length <= byteCount || typeof data === 'string') {
        this.#give(data, parsed);
        return data.length;
      }
      this.#waiting.unshift({ data: data.subarray(byteCount), parsed });
      this.#give(data.subarray(0, byteCount), undefined);
      return byteCount;
    }

    #give(data: string | Uint8Array, parsed: (() => void) | undefined): void {
      this.#unparsedBytes += data.length;
      this.#terminal.write(data, () => {
        this.#unparsedBytes -= data.length;
        parsed?.();
        if (this.#unparsedBytes > 0 || this.#taking) return;
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
          if (this.#visible) this.take();
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
