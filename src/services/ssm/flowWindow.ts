/**
 * How many bytes may be on the way to the agent: as many as the measured round trip needs, and not so many that they queue. Pure.
 *
 * A lost message is no sign of congestion here: the WebSocket's TCP sees to that. A round trip that grows is, as whatever waits in front of
 * the agent also delays the next keystroke. So the window doubles each round trip while the delay stays small, and shrinks when it grows.
 */

/** Where it begins, and where it begins again on a new connection. */
export const INITIAL_WINDOW_BYTES = 128 * 1024;
/** 13 MB/s at a round trip of 160 ms. Kept until it is acknowledged, and part of what a session may use: 32 MiB. */
export const MAX_WINDOW_BYTES = 2 * 1024 * 1024;
const MIN_WINDOW_BYTES = 16 * 1024;
/** Beyond half of the accepted delay the window grows by so much less. */
const CAREFUL_DIVISOR = 8;
/** Queueing that is accepted on top of twice the shortest round trip: the jitter of a busy machine. */
const ACCEPTED_DELAY_MS = 25;

export class FlowWindow {
  #bytes = INITIAL_WINDOW_BYTES;
  #shortestMs = Infinity;
  #lastCutMs = -Infinity;

  get bytes(): number {
    return this.#bytes;
  }

  /** A new connection takes another way. */
  reset(): void {
    this.#bytes = INITIAL_WINDOW_BYTES;
    this.#shortestMs = Infinity;
    this.#lastCutMs = -Infinity;
  }

  /** Most messages are late, and there is no measure of how late. */
  cut(): void {
    this.#bytes = Math.max(MIN_WINDOW_BYTES, Math.floor(this.#bytes / 2));
  }

  /**
   * A message that was sent once was acknowledged.
   *
   * @param wasLimiting whether more would have been sent, had the window been larger
   */
  sample(roundTripMs: number, acknowledgedBytes: number, wasLimiting: boolean, nowMs: number): void {
    this.#shortestMs = Math.min(this.#shortestMs, roundTripMs);
    const acceptedMs = 2 * this.#shortestMs + ACCEPTED_DELAY_MS;
    if (roundTripMs <= acceptedMs) {
      const growth = roundTripMs <= acceptedMs / 2 ? acknowledgedBytes : acknowledgedBytes / CAREFUL_DIVISOR;
      if (wasLimiting) this.#bytes = Math.min(MAX_WINDOW_BYTES, this.#bytes + growth);
      return;
    }
    if (nowMs - this.#lastCutMs < roundTripMs) return;
    this.#lastCutMs = nowMs;
    // So little cannot be what makes the wait: the way has become longer.
    if (this.#bytes === MIN_WINDOW_BYTES) this.#shortestMs = roundTripMs;
    this.#bytes = Math.max(MIN_WINDOW_BYTES, Math.floor(this.#bytes * Math.max(0.5, acceptedMs / roundTripMs)));
  }
}
