/**
 * Reads asciicast files of versions 1 to 3, piece by piece and without trust: what is no event is left out and counted, times never
 * go back, sizes and amounts have limits. Pure.
 *
 * @see https://docs.asciinema.org/manual/asciicast/v1/
 * @see https://docs.asciinema.org/manual/asciicast/v2/
 * @see https://docs.asciinema.org/manual/asciicast/v3/
 */

export interface CastEvent {
  /** Seconds since the beginning. */
  readonly at: number;
  readonly code: 'o' | 'i' | 'r' | 'm';
  /** Of `r` always two numbers that a terminal can have. */
  readonly data: string;
}

export interface Cast {
  readonly version: 1 | 2 | 3;
  readonly columns: number;
  readonly rows: number;
  readonly title: string | undefined;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number | undefined;
  /** Seconds. What the recorder asked players to shorten pauses to. */
  readonly idleLimit: number | undefined;
  readonly events: readonly CastEvent[];
  /** Seconds. */
  readonly duration: number;
  /** Lines that were no events. */
  readonly badLines: number;
  /** The last line has no end: whoever wrote it was stopped in the middle. */
  readonly cutShort: boolean;
}

/** Why a file is not played. `too-big`: more than a window should hold. */
export type CastFault = 'empty' | 'no-asciicast' | 'unknown-version' | 'too-big';

export class BadCast extends Error {
  override readonly name = 'BadCast';
  readonly fault: CastFault;

  constructor(fault: CastFault) {
    super(`the file is no asciicast that can be played: ${fault}`);
    this.fault = fault;
  }
}

export const MAX_CAST_CHARACTERS = 400 * 1024 * 1024;
const MAX_LINE_CHARACTERS = 16 * 1024 * 1024;
/** Version 1 is one JSON document. */
const MAX_DOCUMENT_CHARACTERS = 64 * 1024 * 1024;
const MAX_EVENTS = 4_000_000;
const MAX_AT_SECONDS = 366 * 24 * 3600;
const MAX_COLUMNS = 500;
const MAX_ROWS = 300;

export class CastReader {
  #events: CastEvent[] = [];
  #header: Record<string, unknown> | undefined;
  #version: 2 | 3 | undefined;
  /** A piece of a line, or all of a document that may be version 1. */
  #rest: string[] = [];
  #restCharacters = 0;
  #skipping = false;
  #document = false;
  #characters = 0;
  #at = 0;
  #badLines = 0;

  /** @throws BadCast */
  read(text: string): void {
    this.#characters += text.length;
    if (this.#characters > MAX_CAST_CHARACTERS) throw new BadCast('too-big');
    let start = 0;
    while (!this.#document) {
      const end = text.indexOf('\n', start);
      if (end === -1) break;
      const line = this.#joined(text.slice(start, end));
      start = end + 1;
      if (line === undefined) this.#badLines += 1;
      else this.#line(line);
    }
    this.#hold(text.slice(start));
  }

  /** @throws BadCast */
  end(): Cast {
    if (this.#document || this.#header === undefined) return this.#endDocument();
    const last = this.#rest.join('');
    const cutShort = last.trim() !== '' && !this.#event(last);
    return this.#cast(this.#version ?? 2, this.#header, cutShort);
  }

  #hold(text: string): void {
    if (text === '' || this.#skipping) return;
    this.#rest.push(text);
    this.#restCharacters += text.length;
    if (this.#document || this.#header === undefined) {
      if (this.#restCharacters > MAX_DOCUMENT_CHARACTERS) throw new BadCast('no-asciicast');
    } else if (this.#restCharacters > MAX_LINE_CHARACTERS) {
      this.#skipping = true;
      this.#rest = [];
    }
  }

  /** The whole line; undefined when it was too long to be kept. */
  #joined(end: string): string | undefined {
    const skipped = this.#skipping;
    const line = this.#rest.length === 0 ? end : [...this.#rest, end].join('');
    this.#rest = [];
    this.#restCharacters = 0;
    this.#skipping = false;
    return skipped || line.length > MAX_LINE_CHARACTERS ? undefined : line;
  }

  #line(line: string): void {
    if (this.#header !== undefined) {
      if (line.trim() !== '' && !line.startsWith('#') && !this.#event(line)) this.#badLines += 1;
      return;
    }
    const header = toRecord(parsed(line));
    if (header === undefined || header['version'] === 1) {
      // Version 1, on one line or on many.
      this.#document = true;
      this.#rest = [line, '\n'];
      this.#restCharacters = line.length + 1;
      return;
    }
    this.#begin(header);
  }

  #begin(header: Record<string, unknown>): void {
    const { version } = header;
    if (version !== 2 && version !== 3) throw new BadCast(typeof version === 'number' ? 'unknown-version' : 'no-asciicast');
    this.#version = version;
    this.#header = header;
  }

  #endDocument(): Cast {
    const text = this.#rest.join('');
    if (text.trim() === '') throw new BadCast('empty');
    const document = toRecord(parsed(text));
    if (document === undefined) throw new BadCast('no-asciicast');
    if (document['version'] !== 1) {
      // A header and no event.
      this.#begin(document);
      return this.#cast(document['version'] === 3 ? 3 : 2, document, false);
    }
    const { stdout } = document;
    if (!Array.isArray(stdout)) throw new BadCast('no-asciicast');
    for (const frame of stdout) if (!Array.isArray(frame) || frame.length !== 2 || !this.#add(frame[0], true, 'o', frame[1])) this.#badLines += 1;
    return this.#cast(1, document, false);
  }

  /** @returns whether it was one, of a kind that is known or not */
  #event(line: string): boolean {
    const event = parsed(line);
    if (!Array.isArray(event) || event.length < 3 || typeof event[1] !== 'string') return false;
    return this.#add(event[0], this.#version === 3, event[1], event[2]);
  }

  #add(time: unknown, isInterval: boolean, code: string, data: unknown): boolean {
    if (typeof time !== 'number' || !Number.isFinite(time) || typeof data !== 'string') return false;
    if (this.#events.length >= MAX_EVENTS) throw new BadCast('too-big');
    this.#at = Math.min(MAX_AT_SECONDS, Math.max(this.#at, isInterval ? this.#at + time : time));
    if (code === 'o' || code === 'i' || code === 'm') this.#events.push({ at: this.#at, code, data });
    else if (code === 'r') {
      const [, columns, rows] = /^(\d{1,5})x(\d{1,5})$/.exec(data) ?? [];
      if (columns === undefined || rows === undefined) return false;
      this.#events.push({ at: this.#at, code, data: `${clamp(Number(columns), MAX_COLUMNS)}x${clamp(Number(rows), MAX_ROWS)}` });
    }
    // Others may come with later versions, and are to be ignored.
    return true;
  }

  #cast(version: 1 | 2 | 3, header: Record<string, unknown>, cutShort: boolean): Cast {
    const size = version === 3 ? toRecord(header['term']) : header;
    const columns = size?.[version === 3 ? 'cols' : 'width'];
    const rows = size?.[version === 3 ? 'rows' : 'height'];
    const { title, timestamp, idle_time_limit: idleLimit } = header;
    return {
      version,
      columns: typeof columns === 'number' ? clamp(columns, MAX_COLUMNS) : 80,
      rows: typeof rows === 'number' ? clamp(rows, MAX_ROWS) : 24,
      title: typeof title === 'string' && title !== '' ? title.slice(0, 400) : undefined,
      startedAtMs: typeof timestamp === 'number' && timestamp > 0 && timestamp < 1e11 ? timestamp * 1000 : undefined,
      idleLimit: typeof idleLimit === 'number' && idleLimit > 0 && idleLimit < MAX_AT_SECONDS ? idleLimit : undefined,
      events: this.#events,
      duration: this.#at,
      badLines: this.#badLines,
      cutShort,
    };
  }
}

function clamp(value: number, most: number): number {
  return Number.isFinite(value) ? Math.min(most, Math.max(1, Math.floor(value))) : most;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whatever it is, it is no line of an asciicast.
    return undefined;
  }
}

function toRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
