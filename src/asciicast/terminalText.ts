/**
 * What a terminal printed, as lines of plain text: overwriting within a line is followed, so that what was edited and progress
 * that was redrawn come out as they last looked. Full-screen programs are left out. Pure.
 *
 * It is no terminal: what moves between lines prints them again, and characters of two cells count as two.
 */
import { TerminalTokens, type TokenHandler } from './terminalTokens.ts';

export interface TextLine {
  readonly text: string;
  /** Of its first character, in whatever unit was given. */
  readonly startedAt: number;
  /** Of its last change. */
  readonly changedAt: number;
}

export interface TerminalTextOptions {
  readonly onLine: (line: TextLine) => void;
  /** Told once each time that a program takes the whole screen. */
  readonly onFullScreen?: (at: number) => void;
}

/** A longer one is told in parts. */
const MAX_LINE_CHARACTERS = 64 * 1024;
const TAB_STOP = 8;
const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\ud83c-\ud83e][\udc00-\udfff]|[\ud840-\ud87f][\udc00-\udfff]/;

export class TerminalText {
  readonly #options: TerminalTextOptions;
  readonly #tokens = new TerminalTokens();
  readonly #handler: TokenHandler;
  /** The line so far, while nothing but text came. */
  #line = '';
  /** The same by cells, once the cursor was moved in it; the second cell of a wide character is empty. */
  #cells: string[] | undefined;
  #column = 0;
  #returned = false;
  #fullScreen = false;
  #now = 0;
  #startedAt: number | undefined;
  #changedAt = 0;

  constructor(options: TerminalTextOptions) {
    this.#options = options;
    this.#handler = { print: (text) => this.#print(text), control: (character) => this.#control(character), csi: (parameters, final) => this.#csi(parameters, final) };
  }

  write(text: string, at: number): void {
    this.#now = at;
    this.#tokens.read(text, this.#handler);
  }

  /** Tells the line that has no end yet, where there is one. */
  end(): void {
    if (this.#text() !== '') this.#tell();
  }

  #text(): string {
    return (this.#cells === undefined ? this.#line : this.#cells.join('')).trimEnd();
  }

  #tell(): void {
    const text = this.#text();
    this.#options.onLine({ text, startedAt: this.#startedAt ?? this.#now, changedAt: this.#startedAt === undefined ? this.#now : this.#changedAt });
    this.#line = '';
    this.#cells = undefined;
    this.#column = 0;
    this.#returned = false;
    this.#startedAt = undefined;
  }

  #print(text: string): void {
    if (this.#fullScreen) return;
    if (this.#returned) this.#moveTo(0);
    this.#startedAt ??= this.#now;
    this.#changedAt = this.#now;
    if (this.#cells === undefined) {
      this.#line += text;
      if (this.#line.length > MAX_LINE_CHARACTERS) this.#tell();
      return;
    }
    for (const character of text) {
      const wide = WIDE.test(character);
      this.#pad(this.#column);
      this.#cells[this.#column] = character;
      if (wide) this.#cells[this.#column + 1] = '';
      this.#column += wide ? 2 : 1;
    }
    if (this.#cells.length > MAX_LINE_CHARACTERS) this.#tell();
  }

  #control(character: string): void {
    if (this.#fullScreen) return;
    switch (character) {
      case '\n':
      case '\u000b':
      case '\u000c':
        this.#startedAt ??= this.#now;
        return this.#tell();
      case '\r':
        // Mostly a line feed follows.
        this.#returned = true;
        return;
      case '\b':
        this.#moveTo(this.#place() - 1);
        return;
      case '\t': {
        const column = this.#place();
        this.#print(' '.repeat(TAB_STOP - (column % TAB_STOP)));
        return;
      }
      default:
        return;
    }
  }

  #csi(parameters: string, final: string): void {
    // Colours are by far the most.
    if (final === 'm') return;
    if ((final === 'h' || final === 'l') && /^\?(?:.*;)?(?:47|1047|1049)(?:;|$)/.test(parameters)) return this.#setFullScreen(final === 'h');
    if (this.#fullScreen || !/^[\d;]*$/.test(parameters)) return;
    const [first = 0] = parameters.split(';').map(Number);
    const count = Math.min(Math.max(first, 1), 2000);
    switch (final) {
      case 'K':
        return this.#erase(first);
      case 'C':
        return this.#moveTo(this.#place() + count);
      case 'D':
        return this.#moveTo(this.#place() - count);
      case 'G':
      case '`':
        return this.#moveTo(count - 1);
      case 'P':
        this.#moveTo(this.#place());
        this.#cells?.splice(this.#column, count);
        return;
      case '@':
        this.#moveTo(this.#place());
        this.#cells?.splice(this.#column, 0, ...Array<string>(count).fill(' '));
        return;
      case 'X':
        this.#moveTo(this.#place());
        this.#cells?.fill(' ', this.#column, this.#column + count);
        return;
      case 'A':
      case 'B':
      case 'E':
      case 'F':
      case 'H':
      case 'f':
      case 'd':
        if (this.#text() !== '') this.#tell();
        return;
      default:
        return;
    }
  }

  #setFullScreen(on: boolean): void {
    if (on === this.#fullScreen) return;
    if (on && this.#text() !== '') this.#tell();
    this.#fullScreen = on;
    if (on) this.#options.onFullScreen?.(this.#now);
  }

  /** 0: from the cursor on, 1: up to it, 2: all. */
  #erase(which: number): void {
    this.#moveTo(this.#place());
    if (this.#cells === undefined) return;
    if (which === 0) this.#cells.length = Math.min(this.#cells.length, this.#column);
    else if (which === 1) this.#cells.fill(' ', 0, this.#column + 1);
    else this.#cells = [];
  }

  /** The cell the next character goes to. */
  #place(): number {
    if (this.#returned) return 0;
    return this.#cells === undefined ? toCells(this.#line).length : this.#column;
  }

  #moveTo(column: number): void {
    this.#cells ??= toCells(this.#line);
    this.#returned = false;
    this.#column = Math.max(0, column);
  }

  #pad(column: number): void {
    const cells = this.#cells;
    while (cells !== undefined && cells.length < column) cells.push(' ');
  }
}

function toCells(line: string): string[] {
  const cells: string[] = [];
  for (const character of line) {
    cells.push(character);
    if (WIDE.test(character)) cells.push('');
  }
  return cells;
}
