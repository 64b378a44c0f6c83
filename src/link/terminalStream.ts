/**
 * The window's end of one terminal stream: bytes out, and acknowledgements for what the terminal has parsed.
 */
import { ACK_EVERY_BYTES, encodeFrame, MAX_FRAME_BYTES } from './frame.ts';
import type { Link } from './link.ts';

/** Why no byte comes any more: the session or file ended, another window reads it now, or the link to the services is gone. */
export type StreamEnd = 'ended' | 'taken' | 'link-closed';

export interface TerminalStream {
  write(bytes: Uint8Array): void;
  /**
   * Set the one reader; bytes that came before it are given to it at once. It calls `parsed` when it is done with the bytes:
   * until then they count against the 512 KiB after which the instance is stopped from sending.
   */
  onData(listener: (bytes: Uint8Array, parsed: () => void) => void): void;
  /** No byte will come any more. Called after the last byte. */
  onEnd(listener: (why: StreamEnd) => void): void;
  /** Detaches this window; the session runs on. */
  close(): void;
}

export class WindowStream implements TerminalStream {
  readonly #link: Link;
  readonly #streamId: number;
  readonly #handleGone: () => void;
  #early: Uint8Array[] = [];
  #dataListener: ((bytes: Uint8Array, parsed: () => void) => void) | undefined;
  readonly #endListeners: ((why: StreamEnd) => void)[] = [];
  #unackedBytes = 0;
  #ended: StreamEnd | undefined;

  constructor(link: Link, streamId: number, handleGone: () => void) {
    this.#link = link;
    this.#streamId = streamId;
    this.#handleGone = handleGone;
  }

  write(bytes: Uint8Array): void {
    if (this.#ended !== undefined) return;
    for (let at = 0; at < bytes.byteLength; at += MAX_FRAME_BYTES) {
      this.#link.send(encodeFrame({ kind: 'input', streamId: this.#streamId, bytes: bytes.subarray(at, at + MAX_FRAME_BYTES) }));
    }
  }

  onData(listener: (bytes: Uint8Array, parsed: () => void) => void): void {
    this.#dataListener = listener;
    for (const bytes of this.#early.splice(0)) this.#deliver(listener, bytes);
    this.#tellEnd();
  }

  onEnd(listener: (why: StreamEnd) => void): void {
    this.#endListeners.push(listener);
    this.#tellEnd();
  }

  close(): void {
    if (this.#ended !== undefined) return;
    this.#early = [];
    this.#endListeners.length = 0;
    this.#ended = 'ended';
    this.#handleGone();
    this.#link.send(JSON.stringify({ close: this.#streamId }));
  }

  /** Output came from the other end. */
  receive(bytes: Uint8Array): void {
    if (this.#dataListener === undefined) this.#early.push(bytes);
    else this.#deliver(this.#dataListener, bytes);
  }

  /** The other end closed the stream, or is gone. */
  end(why: StreamEnd): void {
    this.#ended ??= why;
    this.#handleGone();
    this.#tellEnd();
  }

  #deliver(listener: (bytes: Uint8Array, parsed: () => void) => void, bytes: Uint8Array): void {
    let told = false;
    listener(bytes, () => {
      if (told) return;
      told = true;
      this.#unackedBytes += bytes.byteLength;
      if (this.#unackedBytes < ACK_EVERY_BYTES || this.#ended !== undefined) return;
      this.#link.send(encodeFrame({ kind: 'ack', streamId: this.#streamId, byteCount: this.#unackedBytes }));
      this.#unackedBytes = 0;
    });
  }

  /** Told once the reader has every byte. */
  #tellEnd(): void {
    if (this.#ended === undefined || this.#early.length > 0) return;
    for (const listener of this.#endListeners.splice(0)) listener(this.#ended);
  }
}
