/** One connection of a multiplexed forward, as a Node stream. */
import { Duplex } from 'node:stream';

/** What keeping one piece of data costs beside its bytes: an agent that sends single bytes must not fill memory with their frames. */
const PIECE_COST_BYTES = 128;
const BUFFER_BYTES = 64 * 1024;
/**
 * After the end of the local data, how long the far end may be silent before the connection is ended. The local end may have been a close,
 * which looks the same, and a server must not keep a connection that nobody has any more.
 */
export const HALF_CLOSED_SILENCE_MS = 10_000;

export interface SmuxStreamOptions {
  /** Send as PSH. `onTaken` when there is room for more. */
  send(data: Uint8Array, onTaken: () => void): void;
  /** The reader has taken what was held. */
  onDrained(): void;
  /** The local data has ended, and the far end has said nothing for a while. */
  onSilent(): void;
  /** The stream was destroyed, by the local side or because both sides have ended. */
  onClosed(): void;
}

export class SmuxStream extends Duplex {
  readonly #options: SmuxStreamOptions;
  #isEndedThere = false;
  #heldPieces = 0;
  /** The reader wants more: asked while what it is about to take still counts as there. */
  #isDrained = true;
  #receivedAnything = false;
  #silenceTimer: NodeJS.Timeout | undefined;

  constructor(options: SmuxStreamOptions) {
    super({ readableHighWaterMark: BUFFER_BYTES, writableHighWaterMark: BUFFER_BYTES });
    this.#options = options;
  }

  /** What this stream makes us hold because its reader is slow. */
  get heldBytes(): number {
    return this.#isDrained ? 0 : this.readableLength + this.#heldPieces * PIECE_COST_BYTES;
  }

  get receivedAnything(): boolean {
    return this.#receivedAnything;
  }

  receive(data: Uint8Array): void {
    this.#receivedAnything = true;
    this.#silenceTimer?.refresh();
    if (this.destroyed || this.#isEndedThere) return;
    if (this.readableLength === 0) this.#heldPieces = 0;
    this.#heldPieces += 1;
    this.#isDrained = false;
    // A copy: the data is a view of a network chunk of up to 64 KiB.
    this.push(Buffer.from(data));
  }

  /** The far end has closed the connection, both ways: smux knows no half. */
  endThere(): void {
    if (this.#isEndedThere) return;
    this.#isEndedThere = true;
    clearTimeout(this.#silenceTimer);
    this.push(null);
  }

  override _read(): void {
    this.#heldPieces = 0;
    this.#isDrained = true;
    this.#options.onDrained();
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, callback: () => void): void {
    this.#send(chunk, callback);
  }

  override _writev(chunks: { chunk: Uint8Array }[], callback: () => void): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), callback);
  }

  // A FIN would end the connection both ways: the far end may finish first.
  override _final(callback: () => void): void {
    if (!this.#isEndedThere) this.#silenceTimer = setTimeout(() => this.#handleSilence(), HALF_CLOSED_SILENCE_MS);
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    clearTimeout(this.#silenceTimer);
    this.#options.onClosed();
    callback(error);
  }

  #handleSilence(): void {
    // With data still unread here the far end cannot be called silent.
    if (this.readableLength > 0) this.#silenceTimer?.refresh();
    else this.#options.onSilent();
  }

  #send(data: Uint8Array, callback: () => void): void {
    // As with a TCP connection that the other side has closed: what is still written goes nowhere.
    if (this.#isEndedThere || data.length === 0) return callback();
    this.#options.send(data, callback);
  }
}
