/**
 * Which of the typed keys may be written down: those of lines whose echo was seen. Pure.
 *
 * A password prompt switches the terminal's echo off, and that is all that can be seen of it from here. So keys are held back line
 * by line, until Enter, an interrupt or the end of the session, and a line is given out only when all of its text came back from the
 * host, first thing and in one piece, before the next line break. A line that did not is dropped, and only its Enter is given
 * out; how long it was is not told. A line that begins behind what reads like a password prompt is dropped whatever the host echoes.
 *
 * It errs by leaving out: keys that a program takes without showing them (vi, less, top), lines typed ahead or while other output
 * comes, lines that a shell redraws as they are typed, and lines edited in the middle are not given out. What it cannot see: a host
 * that shows the secret itself (then it is in the output, too), or one that prints, as the very first thing after Enter and within
 * a second of the first key, exactly the text that was typed unseen.
 */
import { TerminalTokens } from '../../asciicast/terminalTokens.ts';

/** What an echo may take. A line that was typed longer than this without any echo is dropped at its Enter. */
const ECHO_DUE_MS = 1000;
/** A longer one is no line. */
const MAX_LINE_KEYS = 4096;
const MAX_PROMPT_CHARACTERS = 200;
const SECRET_PROMPT = /(?:pass(?:word|phrase|code)|\bpwd\b|\bpin\b|secret|token|\botp\b|(?:verification|security|one-time) code|credential|パスワード|パスフレーズ|暗証番号|認証コード|密码|口令|비밀번호|mot de passe|passwort|kennwort|contraseña|senha|пароль)[^\n]{0,80}[:：?？>]\s*$/iu;

type KeyKind =
  /** A printable character: the host echoes it. */
  | 'text'
  /** Backspace: blanks may come. */
  | 'erase'
  /** A key that may show anything: Tab, arrows, Ctrl+R. */
  | 'gap'
  /** What shows nothing: marks of a paste, and what the terminal tells by itself. */
  | 'silent'
  /** Enter, or an interrupt. */
  | 'end';

interface Key {
  readonly kind: KeyKind;
  readonly text: string;
}

interface Line {
  readonly keys: Key[];
  readonly startedAtMs: number;
  ended: boolean;
  dropped: boolean;
  /** The first key that was not echoed yet. */
  next: number;
  /** Anything may come before the next key's echo. */
  gap: boolean;
  /** Blanks may. */
  erased: boolean;
  /** Where the run of text began whose first character was found behind a gap. */
  runStart: number | undefined;
}

const SILENT = /^\u001b(?:\[20[01]~|\[[?>=]?[\d;$]*[cRntuyIO]$|\[<|[\]PX^_])/;
const KEYS = /\u001b\[20[01]~|\u001b\[[0-?]*[ -/]*[@-~]|\u001bO.|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b.|[^]/gu;

export class EchoGuard {
  /** The oldest first; the last may not have ended. */
  #lines: Line[] = [];
  readonly #tokens = new TerminalTokens();
  /** What the host's current line shows. */
  #prompt = '';
  #given: string[] = [];

  /** The person typed this. @returns what may be written down now */
  typed(text: string, nowMs: number): string[] {
    for (const [part] of text.matchAll(KEYS)) this.#key({ kind: kindOf(part), text: part }, nowMs);
    return this.#take();
  }

  /** The host printed this. @returns what may be written down now */
  printed(text: string): string[] {
    this.#tokens.read(text, { print: (shown) => this.#shown(shown), control: (character) => character === '\n' && this.#lineBreak(), csi: () => undefined });
    return this.#take();
  }

  /** The session is over. @returns what may be written down yet */
  end(): string[] {
    for (const line of this.#lines) this.#give(line);
    this.#lines = [];
    return this.#take();
  }

  #take(): string[] {
    const given = this.#given;
    this.#given = [];
    return given;
  }

  #key(key: Key, nowMs: number): void {
    let line = this.#lines.at(-1);
    if (line === undefined || line.ended) {
      // Typed ahead: its echo could not be told from that of the line before.
      const ahead = line !== undefined;
      line = { keys: [], startedAtMs: nowMs, ended: false, dropped: ahead || SECRET_PROMPT.test(this.#prompt), next: 0, gap: false, erased: false, runStart: undefined };
      this.#lines.push(line);
    }
    if (line.keys.length >= MAX_LINE_KEYS) drop(line);
    if (!line.dropped || key.kind === 'end') line.keys.push(key);
    if (key.kind !== 'end') return;
    line.ended = true;
    const unseen = line.keys.slice(0, line.next).every(({ kind }) => kind !== 'text') && line.keys.some(({ kind }) => kind === 'text');
    if (unseen && nowMs - line.startedAtMs > ECHO_DUE_MS) drop(line);
    this.#settle();
  }

  #shown(text: string): void {
    this.#prompt = (this.#prompt + text).slice(-MAX_PROMPT_CHARACTERS);
    if (this.#lines.length === 0) return;
    for (const character of text) {
      const line = this.#lines[0];
      if (line === undefined) return;
      if (!line.dropped) echo(line, character);
      this.#settle();
    }
  }

  #lineBreak(): void {
    this.#prompt = '';
    const line = this.#lines[0];
    if (line === undefined || line.dropped) return;
    skipSilent(line);
    // What a completion lists.
    if (line.gap && !line.ended) return;
    if (line.next < line.keys.length) drop(line);
    else if (!line.ended) {
      // All was echoed and the program went on without Enter: what is typed from now on is another line.
      this.#give(line);
      this.#lines.shift();
      return;
    }
    this.#settle();
  }

  /** Gives out what is decided, in order. */
  #settle(): void {
    for (let line = this.#lines[0]; line !== undefined && line.ended; line = this.#lines[0]) {
      if (!line.dropped) {
        skipSilent(line);
        if (line.keys[line.next]?.kind !== 'end') return;
      }
      this.#give(line);
      this.#lines.shift();
    }
  }

  #give(line: Line): void {
    skipSilent(line);
    const echoed = line.dropped ? false : line.keys.slice(line.next).every(({ kind }) => kind === 'end');
    for (const { kind, text } of line.keys) if (echoed || kind === 'end') this.#given.push(text);
  }
}

/** One printable character came: the echo of the next key, or something that speaks against it. */
function echo(line: Line, character: string): void {
  skipSilent(line);
  const expected = line.keys[line.next];
  if (expected?.text === character) {
    if (line.gap) line.runStart = line.next;
    line.gap = false;
    line.erased = false;
    line.next += 1;
    return;
  }
  if (line.gap || (line.erased && character === ' ')) return;
  if (line.runStart !== undefined) {
    // What looked like the run of text behind a gap was something else.
    line.next = line.runStart;
    line.runStart = undefined;
    line.gap = true;
    echo(line, character);
    return;
  }
  drop(line);
}

/** Forgets what was typed, but for an Enter. */
function drop(line: Line): void {
  line.dropped = true;
  line.next = 0;
  line.gap = false;
  const last = line.keys.at(-1);
  line.keys.splice(0, line.keys.length, ...(last?.kind === 'end' ? [last] : []));
}

/** Goes past keys that have no echo of their own. */
function skipSilent(line: Line): void {
  for (;;) {
    const kind = line.keys[line.next]?.kind;
    if (kind === 'gap') {
      line.gap = true;
      line.runStart = undefined;
    } else if (kind === 'erase') line.erased = true;
    else if (kind !== 'silent') return;
    line.next += 1;
  }
}

function kindOf(key: string): KeyKind {
  if (key === '\r' || key === '\n' || key === '\u0003' || key === '\u0004' || key === '\u001a') return 'end';
  if (key === '\u007f' || key === '\b') return 'erase';
  if (SILENT.test(key)) return 'silent';
  return /^[\u0000-\u001f\u0080-\u009f]/.test(key) ? 'gap' : 'text';
}
