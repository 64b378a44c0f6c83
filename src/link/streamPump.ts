/**
 * Carries one service stream to the window: frames of up to MAX_FRAME_BYTES, never more than HIGH_WATER_BYTES unacknowledged.
 *
 * The first chunk of a tick goes at once if it is small, as a key's echo is; the others share a frame, sent when the tick ends. While an acknowledgement is sure to
 * come, small chunks wait for it or for a full frame: each frame costs both ends as much as parsing a kilobyte.
 */
import { ACK_EVERY_BYTES, encodeFrame, HIGH_WATER_BYTES, LOW_WATER_BYTES, MAX_FRAME_BYTES } from './frame.ts';
import type { Link } from './link.ts';

/** A key's echo, with what a line editor adds to it. */
const ECHO_BYTES = 64;

/** What the pump needs of a stream; Node's Duplex has it. */
export interface ServiceStream {
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  write(bytes: Uint8Array): unknown;
  pause(): unknown;
  resume(): unknown;
  destroy(): unknown;
}

export class StreamPump {
  readonly #link: Link;
  readonly #stream: ServiceStream;
  readonly #streamId: number;
  readonly #handleEnd: (why: 'ended' | 'taken') => void;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** Bytes sent and not yet acknowledged. */
  #aheadBytes = 0;
  #flushAtTickEnd = false;
  #paused = false;
  #ended = false;
  #why: 'ended' | 'taken' = 'ended';
  #detached = false;

  /** @param handleEnd called once, when the stream has ended, or was given to another reader, and its last byte was sent */
  constructor(link: Link, stream: ServiceStream, streamId: number, handleEnd: (why: 'ended' | 'taken') => void) {
    this.#link = link;
    this.#stream = stream;
    this.#streamId = streamId;
    this.#handleEnd = handleEnd;
    stream.on('data', (bytes) => this.#handleOutput(bytes));
    const handleLastByte = (): void => this.#end('ended');
    stream.on('end', handleLastByte);
    // Closed without an end: the services let go of it, for the next reader.
    stream.on('close', () => this.#end('taken'));
    // Why a session failed is told by its state; here an error only ends the bytes.
    stream.on('error', handleLastByte);
    // A stream paused by hand does not restart when a listener is added.
    stream.resume();
  }

  write(bytes: Uint8Array): void {
    if (!this.#ended) this.#stream.write(bytes);
  }

  acknowledge(byteCount: number): void {
    this.#aheadBytes -= Math.min(byteCount, this.#aheadBytes);
    this.#flush();
    if (this.#paused && this.#aheadBytes + this.#waitingBytes < LOW_WATER_BYTES) {
      this.#paused = false;
      this.#stream.resume();
    }
  }

  /** Lets go of the stream at once; nothing more is sent. */
  detach(): void {
    if (this.#detached) return;
    this.#detached = true;
    this.#ended = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#stream.destroy();
  }

  #handleOutput(bytes: Uint8Array): void {
    if (this.#detached) return;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.byteLength;
    if (this.#waitingBytes >= MAX_FRAME_BYTES) this.#flush();
    else if (!this.#flushAtTickEnd) {
      this.#flushAtTickEnd = true;
      if (bytes.byteLength <= ECHO_BYTES) this.#flush();
      void Promise.resolve().then(() => {
        this.#flushAtTickEnd = false;
        this.#flush();
      });
    }
    if (!this.#paused && this.#aheadBytes + this.#waitingBytes >= HIGH_WATER_BYTES) {
      this.#paused = true;
      this.#stream.pause();
    }
  }

  #end(why: 'ended' | 'taken'): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#why = why;
    this.#flush();
  }

  #flush(): void {
    while (this.#waitingBytes > 0 && this.#aheadBytes < HIGH_WATER_BYTES) {
      const fullBytes = Math.min(MAX_FRAME_BYTES, HIGH_WATER_BYTES - this.#aheadBytes);
      if (this.#aheadBytes >= ACK_EVERY_BYTES && this.#waitingBytes < fullBytes && !this.#ended) return;
      const bytes = this.#take(fullBytes);
      this.#aheadBytes += bytes.byteLength;
      this.#link.send(encodeFrame({ kind: 'output', streamId: this.#streamId, bytes }));
    }
    if (this.#ended && this.#waitingBytes === 0 && !this.#detached) {
      this.detach();
      this.#handleEnd(this.#why);
    }
  }

  /** The first of the waiting bytes, at most so many, in one piece. */
  #take(limitBytes: number): Uint8Array {
    const taken = new Uint8Array(Math.min(limitBytes, this.#waitingBytes));
    let filled = 0;
    let used = 0;
    for (; filled < taken.byteLength; used++) {
      const chunk = this.#waiting[used] ?? new Uint8Array();
      const part = chunk.subarray(0, taken.byteLength - filled);
      taken.set(part, filled);
      filled += part.byteLength;
      if (part.byteLength < chunk.byteLength) {
        this.#waiting[used] = chunk.subarray(part.byteLength);
        break;
      }
    }
    this.#waiting.splice(0, used);
    this.#waitingBytes -= taken.byteLength;
    return taken;
  }
}
