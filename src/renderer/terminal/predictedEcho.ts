/**
 * Shows a typed character before the host has echoed it, where the host echoes every key as it is: on a far host a person sees what they
 * type at once. mosh guesses the same way (Winstein and Balakrishnan, USENIX ATC 2012, section 3.2). On a near host it is half a millisecond
 * by Chromium's trace (src/README.md, 2026-11-23).
 *
 * A guess is put on the screen exactly as its echo would be, in the state that the echo will find; the echo that comes then is dropped, and
 * whatever else comes finds the screen as it was before the guess. So what a terminal shows in the end is what the host said, and nothing
 * of it depends on guessing. Guessed is only the next character of a line that is being typed at its end, and only while all that the host
 * says are echoes: of two different keys at least, since a mask is one character. So at a prompt that echoes nothing, or a mask, no
 * character is shown. A host that stops echoing in the middle of a line, without a word, is believed to echo for `patienceMs` more.
 */
import type { Terminal } from '@xterm/xterm';
import type { OutputTurn } from './outputTurns.ts';
import { parsingAtOnce } from './parsingAtOnce.ts';

export type PredictingTerminal = Pick<Terminal, 'buffer' | 'cols' | 'modes' | 'write' | 'resize'>;

export interface PredictedEcho extends Pick<OutputTurn, 'write'> {
  /** What is sent to the host. */
  typed(text: string): void;
  /** Takes guesses back that no echo has come for, and stops. */
  stop(): void;
}

/** One that is echoed as it is. */
const PRINTABLE = /^[ -~]$/;
/** The echoes of two of these tell that the host echoes; a mask is one character, and seldom one of these. */
const TELLING = /[A-Za-z0-9]/;
const TELLING_KEYS = 2;
const LINE_FEED = 10;
/** What has no echo of its own characters: an answer of the terminal, an arrow key. A paste in brackets has. */
const ANSWER_OR_KEY = /^\u001b(?!\[200~)/;
/** Kept for so many characters at most: enough for a second of typing. */
const MOST_AWAITED = 32;
/** An echo that takes several times longer than those before will not come: the host has stopped echoing, or the line is dead. */
const PATIENCE = 4;
const LEAST_PATIENCE_MS = 250;
const MOST_PATIENCE_MS = 3000;

/** @param output who writes to the terminal @param isWanted asked with each key */
export function predictEcho(terminal: PredictingTerminal, output: Pick<OutputTurn, 'write'>, isWanted: () => boolean): PredictedEcho {
  const atOnce = parsingAtOnce(terminal);
  /** Typed in one line and not echoed yet. */
  let awaited = '';
  let typedAtMs: readonly number[] = [];
  /** So many more were typed that nobody waits for: an echo that comes is theirs, and tells nothing of keys that were typed since. */
  let owed = 0;
  /** Whether all of what is awaited stands on the screen. */
  let isShown = false;
  /** Whether all that the host said lately were echoes, of which keys. */
  let echoes = false;
  let echoed = '';
  /** Whether a line ended, or something else was typed, behind what is awaited. */
  let isLineOver = false;
  let unparsed = 0;
  /** Grows with all that is said, and with the end of a line. */
  let turn = 0;
  /** The character before the cursor, once the host echoes. */
  let lastEcho = '';
  let awaitedSinceMs = 0;
  /** Of the latest echoes, the longest weighs most. */
  let roundTripMs: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const put = (data: string | Uint8Array, parsed?: () => void): void => {
    unparsed += 1;
    output.write(data, () => {
      unparsed -= 1;
      parsed?.();
    });
  };
  /** Before it returns, in a hidden tab too, unless it stands behind what is being parsed. */
  const draw = (text: string): void => {
    atOnce.parseNextAtOnce?.();
    if (unparsed > 0) put(text);
    else {
      unparsed += 1;
      atOnce.write(text, () => void (unparsed -= 1));
    }
  };
  const forget = (): void => {
    owed += awaited.length;
    awaited = '';
    typedAtMs = [];
  };
  const doubt = (): void => {
    echoes = false;
    echoed = '';
  };
  const undo = (): void => {
    // The last echo is written again over itself: what joins a character (an accent) would find none behind a sequence.
    if (isShown && awaited !== '') draw(`\u001b[${awaited.length}D\u001b[${awaited.length}X\u001b[D${lastEcho}`);
    forget();
    isShown = false;
    doubt();
  };
  const patienceMs = (): number => Math.min(MOST_PATIENCE_MS, Math.max(LEAST_PATIENCE_MS, PATIENCE * (roundTripMs ?? LEAST_PATIENCE_MS)));
  const lookAfter = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (awaited === '') return;
      if (performance.now() - awaitedSinceMs >= patienceMs()) undo();
      else lookAfter();
    }, Math.max(0, awaitedSinceMs + patienceMs() - performance.now()));
  };
  const expectEcho = (text: string): void => {
    const nowMs = performance.now();
    if (awaited === '') awaitedSinceMs = nowMs;
    awaited += text;
    typedAtMs = [...typedAtMs, nowMs];
    lookAfter();
  };
  /** The echo of the first of what is awaited has come. */
  const heard = (count: number): void => {
    if (count === 0) return;
    const nowMs = performance.now();
    roundTripMs = Math.max(nowMs - (typedAtMs[count - 1] ?? nowMs), (roundTripMs ?? 0) * 0.9);
    awaitedSinceMs = nowMs;
    lastEcho = awaited.charAt(count - 1);
    awaited = awaited.slice(count);
    typedAtMs = typedAtMs.slice(count);
    if (awaited === '') isShown = false;
  };

  const { resize } = terminal;
  // Lines are wrapped anew by it.
  terminal.resize = (columns, rows) => {
    undo();
    resize.call(terminal, columns, rows);
  };

  return {
    typed(text) {
      if (!PRINTABLE.test(text) || !isWanted()) {
        if (!isShown) forget();
        if (!ANSWER_OR_KEY.test(text)) owed += text.length;
        doubt();
        isLineOver = true;
        turn += 1;
        return;
      }
      if (owed > 0 || (isLineOver && awaited !== '')) {
        owed += 1;
        return;
      }
      isLineOver = false;
      if (awaited.length < MOST_AWAITED && !echoes) expectEcho(text);
      else if (awaited.length < MOST_AWAITED && unparsed === 0 && isFree(terminal, text.length)) {
        expectEcho(text);
        isShown = true;
        draw(text);
      } else {
        if (!isShown) forget();
        owed += 1;
        doubt();
        isLineOver = true;
      }
    },

    write(data, parsed) {
      turn += 1;
      const same = typeof data === 'string' ? 0 : echoedOf(awaited, data);
      const isEchoOnly = awaited !== '' && same === data.length;
      // A line has ended, or there is as much as was typed.
      if (!isEchoOnly) owed = data.length >= owed || (typeof data !== 'string' && data.includes(LINE_FEED)) ? 0 : owed - data.length;
      if (isShown) {
        heard(same);
        if (isEchoOnly) {
          parsed?.();
          return;
        }
        undo();
        put(typeof data === 'string' ? data : data.subarray(same), parsed);
        return;
      }
      echoes = false;
      if (!isEchoOnly || unparsed > 0) {
        forget();
        doubt();
        put(data, parsed);
        return;
      }
      const echo = awaited.slice(0, same);
      const before = cursorOf(terminal);
      const mine = turn;
      heard(same);
      put(data, () => {
        parsed?.();
        if (mine !== turn || unparsed > 0) return;
        if (!stands(terminal, echo, before)) {
          forget();
          doubt();
          return;
        }
        echoed = [...new Set(`${echoed}${echo}`)].filter((character) => TELLING.test(character)).slice(0, TELLING_KEYS).join('');
        if (echoed.length < TELLING_KEYS) return;
        echoes = true;
        // What was typed meanwhile.
        if (awaited === '') return;
        if (!isFree(terminal, awaited.length)) {
          forget();
          return;
        }
        isShown = true;
        draw(awaited);
      });
    },

    stop() {
      undo();
      clearTimeout(timer);
      terminal.resize = resize;
    },
  };
}

interface CursorPlace {
  readonly column: number;
  /** From the first line that is kept. */
  readonly line: number;
}

function cursorOf({ buffer: { active } }: PredictingTerminal): CursorPlace {
  return { column: active.cursorX, line: active.baseY + active.cursorY };
}

/** How many of the awaited characters the host has said. */
function echoedOf(awaited: string, bytes: Uint8Array): number {
  let count = 0;
  while (count < awaited.length && bytes[count] === awaited.charCodeAt(count)) count += 1;
  return count;
}

/** Whether the text is what was written at the place, and the cursor right behind it: it was no part of a sequence, or of another screen. */
function stands(terminal: PredictingTerminal, text: string, { column, line }: CursorPlace): boolean {
  const now = cursorOf(terminal);
  return now.line === line && now.column === column + text.length && terminal.buffer.active.getLine(line)?.translateToString(false, column, now.column) === text;
}

/**
 * Whether so many characters can be written behind the cursor and taken back without a trace: all cells are as they are in a new line, and
 * none is the last. The cell before the cursor, an echo, tells the colour that erasing would leave.
 */
function isFree(terminal: PredictingTerminal, count: number): boolean {
  const { active } = terminal.buffer;
  const { column, line } = cursorOf(terminal);
  const cells = active.getLine(line);
  if (cells === undefined || active.type !== 'normal' || terminal.modes.insertMode || column === 0 || column + count >= terminal.cols) return false;
  const reused = active.getNullCell();
  if (cells.getCell(column - 1, reused)?.isBgDefault() !== true) return false;
  for (let place = column; place < column + count; place += 1) {
    const cell = cells.getCell(place, reused);
    if (cell === undefined || cell.getCode() !== 0 || !cell.isAttributeDefault()) return false;
  }
  return true;
}
