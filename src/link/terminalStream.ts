/**
 * The window's end of one terminal stream: bytes out, and acknowledgements for what the terminal has parsed.
 */
import { ACK_EVERY_BYTES, encodeFrame, MAX_FRAME_BYTES } from './frame.ts';
import type { Link } from './link.ts';

export interface TerminalStream {
  write(bytes: Uint8Array): void;
  /**
   * Set the one reader; bytes that came before it are given to it at once. It calls `parsed` when it is done with the bytes:
   * until then they count against the 512 KiB after which the instance is stopped from sending.
   */
  onData(listener: (bytes: Uint8Array, parsed: () => void) => void): void;
  /** No byte will come any more: the session ended, another window took the stream, or the link closed. Called after the last byte. */
  onEnd(listener: () => void): void;
  /** Detaches this window; the session runs on. */
  close(): void;
}

export class WindowStream implements TerminalStream {
  readonly #link: Link;
  readonly #streamId: number;
  readonly #handleGone: () => void;
  #early: Uint8Array[] = [];
  #dataListener: ((bytes: Uint8Array, parsed: () => void) => void) | undefined;
  readonly #endListeners: (() => void)[] = [];
  #unackedBytes = 0;
  #ended = false;

  constructor(link: Link, streamId: number, handleGone: () => void) {
    this.#link = link;
    this.#streamId = streamId;
    this.#handleGone = handleGone;
  }

  write(bytes: Uint8Array): void {
    if (this.#ended) return;
    for (let at = 0; at < bytes.byteLength; at += MAX_FRAME_BYTES) {
      this.#link.send(encodeFrame({ kind: 'input', streamId: this.#streamId, bytes: bytes.subarray(at, at + MAX_FRAME_BYTES) }));
    }
  }

  onData(listener: (bytes: Uint8Array, parsed: () => void) => void): void {
    this.#dataListener = listener;
    for (const bytes of this.#early.splice(0)) this.#deliver(listener, bytes);
    if (this.#ended) this.#tellEnd();
  }

  onEnd(listener: () => void): void {
    this.#endListeners.push(listener);
    if (this.#ended && this.#early.length === 0) this.#tellEnd();
  }

  close(): void {
    if (this.#ended) return;
    this.#early = [];
    this.#endListeners.length = 0;
    this.#ended = true;
    this.#handleGone();
    this.#link.send(JSON.stringify({ close: this.#streamId }));
  }

  /** Output came from the other end. */
  receive(bytes: Uint8Array): void {
    if (this.#dataListener === undefined) this.#early.push(bytes);
    else this.#deliver(this.#dataListener, bytes);
  }

  /** The other end closed the stream, or is gone. */
  end(): void {
    this.#ended = true;
    this.#handleGone();
    if (this.#early.length === 0) this.#tellEnd();
  }

  #deliver(listener: (bytes: Uint8Array, parsed: () => void) => void, bytes: Uint8Array): void {
    let told = false;
    listener(bytes, () => {
      if (told) return;
      told = true;
      this.#unackedBytes += bytes.byteLength;
      if (this.#unackedBytes < ACK_EVERY_BYTES || this.#ended) return;
      this.#link.send(encodeFrame({ kind: 'ack', streamId: this.#streamId, byteCount: this.#unackedBytes }));
      this.#unackedBytes = 0;
    });
  }

  #tellEnd(): void {
    for (const listener of this.#endListeners.splice(0)) listener();
  }
}
