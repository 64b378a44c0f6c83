/**
 * Plays an asciicast into a terminal: with speed, with pauses shortened, to any moment and back.
 *
 * Times here are playing times, in seconds: as recorded, but no pause longer than the idle limit. The terminal is never written
 * more than it has parsed. Every megabyte of output the screen is kept as it is, so that going back does not begin from zero.
 */
import type { SerializeAddon } from '@xterm/addon-serialize';
import type { Terminal } from '@xterm/xterm';
import type { Cast } from '../../asciicast/readAsciicast.ts';

export type PlayedTerminal = Pick<Terminal, 'write' | 'reset' | 'resize' | 'cols' | 'rows'>;

export interface PlayerState {
  readonly playing: boolean;
  /** On the way to another moment. */
  readonly seeking: boolean;
  readonly time: number;
  readonly duration: number;
}

export interface CastPlayerOptions {
  readonly terminal: PlayedTerminal;
  readonly screen: Pick<SerializeAddon, 'serialize'>;
  readonly cast: Cast;
  readonly idleLimit: number | undefined;
  readonly onChange: (state: PlayerState) => void;
  /** The recorded terminal has another size now. */
  readonly onResize: () => void;
  /** Calls back with the time in milliseconds, once; a page's animation frame. */
  readonly onFrame: (callback: (nowMs: number) => void) => () => void;
}

interface KeptScreen {
  /** Events before it are in it. */
  readonly index: number;
  readonly screen: string;
  readonly columns: number;
  readonly rows: number;
}

const KEEP_SCREEN_CHARACTERS = 1024 * 1024;
const MAX_KEPT_SCREENS = 200;
const KEPT_SCROLLBACK_LINES = 200;
const WRITE_CHARACTERS = 256 * 1024;

export class CastPlayer {
  readonly #options: CastPlayerOptions;
  #idleLimit: number | undefined;
  #times: Float64Array;
  /** The next event. */
  #index = 0;
  #time = 0;
  #speed = 1;
  #playing = false;
  /** What the terminal has not parsed yet. */
  #writing: Promise<void> | undefined;
  #seek = 0;
  #seeking = false;
  #stopFrame: (() => void) | undefined;
  #frameMs: number | undefined;
  #kept: KeptScreen[] = [];
  #sinceKept = 0;

  constructor(options: CastPlayerOptions) {
    this.#options = options;
    this.#idleLimit = options.idleLimit;
    this.#times = playingTimes(options.cast, options.idleLimit);
    options.terminal.resize(options.cast.columns, options.cast.rows);
  }

  get state(): PlayerState {
    return { playing: this.#playing, seeking: this.#seeking, time: this.#time, duration: this.duration };
  }

  get duration(): number {
    return this.#times.at(-1) ?? 0;
  }

  /** When an event is played. */
  timeOf(index: number): number {
    return this.#times[index] ?? this.duration;
  }

  /** Where the recorder, or the person, has set marks. */
  marks(): { readonly time: number; readonly label: string }[] {
    return this.#options.cast.events.flatMap(({ code, data }, index) => (code === 'm' ? [{ time: this.timeOf(index), label: data }] : []));
  }

  play(): void {
    if (this.#playing) return;
    this.#playing = true;
    this.#frameMs = undefined;
    if (this.#index >= this.#options.cast.events.length) void this.seek(0).then(() => this.#tick());
    else this.#tick();
    this.#tell();
  }

  pause(): void {
    this.#playing = false;
    this.#stopFrame?.();
    this.#stopFrame = undefined;
    this.#tell();
  }

  setSpeed(speed: number): void {
    this.#speed = speed;
  }

  /** The screen stays; the times around it change. */
  setIdleLimit(idleLimit: number | undefined): void {
    if (idleLimit === this.#idleLimit) return;
    this.#idleLimit = idleLimit;
    this.#times = playingTimes(this.#options.cast, idleLimit);
    this.#time = this.#index === 0 ? 0 : this.timeOf(this.#index - 1);
    this.#tell();
  }

  /** The next or the last change of the screen. */
  step(direction: 1 | -1): Promise<void> {
    this.pause();
    const { events } = this.#options.cast;
    let index = direction === 1 ? this.#index : this.#index - 2;
    while (index >= 0 && index < events.length && events[index]?.code !== 'o') index += direction;
    return this.#seekIndex(Math.min(events.length, Math.max(0, index + 1)), undefined);
  }

  seek(time: number): Promise<void> {
    const wanted = Math.min(this.duration, Math.max(0, time));
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle] ?? 0) <= wanted) low = middle + 1;
      else high = middle;
    }
    return this.#seekIndex(wanted === 0 ? 0 : low, wanted);
  }

  dispose(): void {
    this.#seek += 1;
    this.pause();
  }

  async #seekIndex(target: number, time: number | undefined): Promise<void> {
    const seek = ++this.#seek;
    this.#seeking = true;
    this.#tell();
    await this.#writing;
    if (seek !== this.#seek) return;
    if (target < this.#index) this.#goBack(target);
    while (this.#index < target && seek === this.#seek) await this.#write(target);
    if (seek !== this.#seek) return;
    this.#seeking = false;
    this.#time = time ?? (target === 0 ? 0 : this.timeOf(target - 1));
    this.#frameMs = undefined;
    this.#tell();
  }

  #goBack(target: number): void {
    const { terminal, cast } = this.#options;
    const kept = this.#kept.findLast(({ index }) => index <= target);
    terminal.reset();
    this.#resize(kept?.columns ?? cast.columns, kept?.rows ?? cast.rows);
    if (kept !== undefined) terminal.write(kept.screen);
    this.#index = kept?.index ?? 0;
    this.#sinceKept = 0;
  }

  /** Writes events up to `end`, as many as the terminal should take at once, and waits until it has parsed them. */
  async #write(end: number): Promise<void> {
    const { terminal, cast } = this.#options;
    let text = '';
    while (this.#index < end && text.length < WRITE_CHARACTERS) {
      const event = cast.events[this.#index];
      if (event?.code === 'r') {
        if (text !== '') break;
        const [columns = 80, rows = 24] = event.data.split('x').map(Number);
        this.#resize(columns, rows);
      } else if (event?.code === 'o') text += event.data;
      this.#index += 1;
    }
    if (text === '') return;
    this.#writing = new Promise<void>((parsed) => terminal.write(text, parsed));
    await this.#writing;
    this.#writing = undefined;
    this.#sinceKept += text.length;
    if (this.#sinceKept > KEEP_SCREEN_CHARACTERS && this.#kept.length < MAX_KEPT_SCREENS && (this.#kept.at(-1)?.index ?? 0) < this.#index) {
      this.#kept.push({ index: this.#index, screen: this.#options.screen.serialize({ scrollback: KEPT_SCROLLBACK_LINES }), columns: terminal.cols, rows: terminal.rows });
      this.#sinceKept = 0;
    }
  }

  #resize(columns: number, rows: number): void {
    const { terminal, onResize } = this.#options;
    if (terminal.cols === columns && terminal.rows === rows) return;
    terminal.resize(columns, rows);
    onResize();
  }

  #tick(): void {
    this.#stopFrame?.();
    this.#stopFrame = this.#options.onFrame((nowMs) => {
      this.#stopFrame = undefined;
      if (!this.#playing) return;
      // While the terminal has something to parse, or another moment is looked for, time stands still.
      if (this.#writing === undefined && !this.#seeking) this.#advance(nowMs);
      else this.#frameMs = undefined;
      if (this.#playing) this.#tick();
    });
  }

  #advance(nowMs: number): void {
    const elapsed = this.#frameMs === undefined ? 0 : (nowMs - this.#frameMs) / 1000;
    this.#frameMs = nowMs;
    this.#time = Math.min(this.duration, this.#time + elapsed * this.#speed);
    let end = this.#index;
    while (end < this.#times.length && (this.#times[end] ?? 0) <= this.#time) end += 1;
    if (end > this.#index) void this.#write(end);
    if (this.#index >= this.#options.cast.events.length && this.#time >= this.duration) this.pause();
    else this.#tell();
  }

  #tell(): void {
    this.#options.onChange(this.state);
  }
}

/** When each event is played, in seconds. */
export function playingTimes({ events }: Pick<Cast, 'events'>, idleLimit: number | undefined): Float64Array {
  const times = new Float64Array(events.length);
  let before = 0;
  let time = 0;
  events.forEach(({ at }, index) => {
    const pause = at - before;
    before = at;
    time += idleLimit === undefined ? pause : Math.min(pause, idleLimit);
    times[index] = time;
  });
  return times;
}
