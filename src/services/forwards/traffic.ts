/** What went through a forward: its connections, bytes and rates, told while there is something to tell. */
import type { Forward } from '../../contract/forward.ts';
import type { Clock } from '../base/clock.ts';
import type { Counters } from './joinStreams.ts';

/** How often connections and moving bytes are told: a person reads no faster, and a busy port would drown the window. */
const TELL_EVERY_MS = 1000;

export type Figures = Pick<Forward, 'openConnections' | 'totalConnections' | 'sentBytes' | 'receivedBytes' | 'sentBytesPerSecond' | 'receivedBytesPerSecond'>;

export class Traffic {
  readonly #clock: Clock;
  readonly #tell: () => void;
  #openConnections = 0;
  #totalConnections = 0;
  #sentBytes = 0;
  #receivedBytes = 0;
  #measured = { sentBytes: 0, receivedBytes: 0, atMs: 0 };
  #rate = { sent: 0, received: 0 };
  #ticker: NodeJS.Timeout | undefined;

  readonly counters: Counters = {
    onSent: (bytes) => void (this.#sentBytes += bytes),
    onReceived: (bytes) => void (this.#receivedBytes += bytes),
  };

  constructor(clock: Clock, tell: () => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  figures(): Figures {
    return {
      openConnections: this.#openConnections,
      totalConnections: this.#totalConnections,
      sentBytes: this.#sentBytes,
      receivedBytes: this.#receivedBytes,
      sentBytesPerSecond: this.#rate.sent,
      receivedBytesPerSecond: this.#rate.received,
    };
  }

  opened(): void {
    this.#openConnections += 1;
    this.#totalConnections += 1;
    if (this.#ticker !== undefined) return;
    this.#measured = { sentBytes: this.#sentBytes, receivedBytes: this.#receivedBytes, atMs: this.#clock.now() };
    this.#ticker = setInterval(() => this.#tick(), TELL_EVERY_MS);
    this.#tell();
  }

  closed(): void {
    this.#openConnections -= 1;
  }

  /** Tells nothing more until the next connection. */
  stop(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    this.#rate = { sent: 0, received: 0 };
  }

  /** Goes on until there is no connection, and nothing moved since the last time. */
  #tick(): void {
    const atMs = this.#clock.now();
    const seconds = Math.max(0.001, (atMs - this.#measured.atMs) / 1000);
    this.#rate = { sent: (this.#sentBytes - this.#measured.sentBytes) / seconds, received: (this.#receivedBytes - this.#measured.receivedBytes) / seconds };
    this.#measured = { sentBytes: this.#sentBytes, receivedBytes: this.#receivedBytes, atMs };
    if (this.#openConnections === 0 && this.#rate.sent === 0 && this.#rate.received === 0) this.stop();
    this.#tell();
  }
}
