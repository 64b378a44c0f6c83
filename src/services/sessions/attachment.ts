/**
 * Joins a session's shells, one after another, to whoever reads them now: one reader at a time, the newest takes over and gets
 * the scrollback first.
 *
 * Before the first reader the shell waits (nothing is lost, however much it wants to say). After it, output goes on without
 * a reader and only the scrollback remembers it, so that a closed window never stops a program.
 */
import { Duplex } from 'node:stream';
import { Scrollback } from './scrollback.ts';
import type { SessionTap } from './sessionTap.ts';

export class Attachments {
  /** Sees every byte once, whoever reads. */
  tap: SessionTap | undefined;
  readonly #scrollback: Scrollback;
  /** What follows once the shell that speaks now has said its last byte. */
  readonly #following: (() => void)[] = [];
  #source: Duplex | undefined;
  #current: Duplex | undefined;
  #ended = false;

  constructor(scrollback: Scrollback = new Scrollback()) {
    this.#scrollback = scrollback;
  }

  /** A shell is there: its bytes go to the reader, now or as soon as one comes, after those of the shell before it. */
  connect(source: Duplex): void {
    this.#afterwards(() => {
      this.#source = source;
      source.on('data', (chunk: Uint8Array) => this.#handleOutput(chunk));
      if (this.#current === undefined) source.pause();
      const handleEnd = (): void => this.#handleEnd(source);
      source.once('end', handleEnd);
      source.once('close', handleEnd);
      // A lost connection is told by Shell.exited; here it only ends the bytes.
      source.on('error', handleEnd);
    });
  }

  /** Put text of ours, or of the sign-in, on the screen: before what the next shell says. */
  say(text: string): void {
    this.#afterwards(() => void this.#show(Buffer.from(text)));
  }

  /** No shell follows: readers, also later ones, get what there was and then the end. */
  finish(): void {
    this.#afterwards(() => this.end());
  }

  /** No byte is wanted any more, whatever still speaks. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#following.length = 0;
    this.#current?.push(null);
    this.tap?.ended();
    this.tap = undefined;
  }

  attach(): Duplex {
    this.#current?.destroy();
    const attachment = new Duplex({
      read: () => void this.#source?.resume(),
      write: (chunk: Uint8Array, _encoding, callback) => this.#handleInput(chunk, callback),
      final: (callback) => {
        this.#source?.end();
        callback();
      },
      destroy: (error, callback) => {
        if (this.#current === attachment) {
          this.#current = undefined;
          this.#source?.resume();
        }
        callback(error);
      },
      // The shell may still talk after end of input, and be typed at after its last word.
      allowHalfOpen: true,
    });
    this.#current = attachment;
    if (this.#scrollback.sizeBytes > 0) attachment.push(this.#scrollback.bytes());
    if (this.#ended) attachment.push(null);
    else this.#source?.resume();
    return attachment;
  }

  #afterwards(step: () => void): void {
    if (this.#ended) return;
    if (this.#source === undefined && this.#following.length === 0) step();
    else this.#following.push(step);
  }

  #handleEnd(source: Duplex): void {
    if (this.#source !== source) return;
    this.#source = undefined;
    while (this.#source === undefined) {
      const next = this.#following.shift();
      if (next === undefined) return;
      next();
    }
  }

  #handleOutput(chunk: Uint8Array): void {
    if (!this.#ended && !this.#show(chunk)) this.#source?.pause();
  }

  /** @returns whether the reader takes more */
  #show(chunk: Uint8Array): boolean {
    this.#scrollback.append(chunk);
    this.tap?.output(chunk);
    return this.#current?.push(chunk) !== false;
  }

  /** Input while no shell is there waits for nobody: it is dropped, so that nothing is typed by surprise later. */
  #handleInput(chunk: Uint8Array, callback: (error?: Error) => void): void {
    if (this.#source === undefined || this.#ended || !this.#source.writable) callback();
    else {
      this.tap?.input(chunk);
      this.#source.write(chunk, () => callback());
    }
  }
}
