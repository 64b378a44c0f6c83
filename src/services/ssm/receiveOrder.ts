/**
 * Puts received messages in order: what may be delivered, what waits for a lost one, and what is to be acknowledged.
 *
 * Bounded, so that a hostile agent cannot fill memory: what does not fit is not acknowledged, and so comes again.
 */
import type { AgentMessage } from './message.ts';

/** As the official client. */
export const MAX_AHEAD_MESSAGES = 10_000;
/** More than four seconds of the agent's pace of 0.9 MB/s. */
export const MAX_AHEAD_BYTES = 4 * 1024 * 1024;

export interface ReceivedPayload {
  readonly payloadType: number;
  readonly payload: Uint8Array;
}

/** A payload that waited, in memory of its own. */
interface WaitingPayload extends ReceivedPayload {
  readonly payload: Uint8Array<ArrayBuffer>;
}

export class ReceiveOrder {
  readonly #ahead = new Map<number, WaitingPayload>();
  #aheadBytes = 0;
  #expected = 0;

  /** Whether `accept` was ever given the first message. */
  get hasBegun(): boolean {
    return this.#expected > 0;
  }

  /** Messages that wait for an earlier one. */
  get waiting(): number {
    return this.#ahead.size;
  }

  /**
   * @param deliver called with what is due now, in order. The payload is good during the call.
   * @returns whether to acknowledge the message: not one that was dropped for want of room. A duplicate delivers nothing and is
   *   acknowledged again, as its acknowledgement was lost
   */
  accept(message: AgentMessage, deliver: (payload: ReceivedPayload) => void): boolean {
    const { sequenceNumber, payloadType, payload } = message;
    if (sequenceNumber < this.#expected || this.#ahead.has(sequenceNumber)) return true;
    if (sequenceNumber > this.#expected) {
      if (this.#ahead.size >= MAX_AHEAD_MESSAGES || this.#aheadBytes + payload.length > MAX_AHEAD_BYTES) return false;
      // A copy: the payload is a view of a network chunk of up to 64 KiB.
      this.#ahead.set(sequenceNumber, { payloadType, payload: new Uint8Array(payload) });
      this.#aheadBytes += payload.length;
      return true;
    }
    this.#expected += 1;
    deliver({ payloadType, payload });
    for (let next = this.#ahead.get(this.#expected); next !== undefined; next = this.#ahead.get(this.#expected)) {
      this.#ahead.delete(this.#expected);
      this.#aheadBytes -= next.payload.length;
      this.#expected += 1;
      deliver(next);
      // Given back now: what has waited is old to the garbage collector, which would let 64 MiB of it come together.
      next.payload.buffer.transfer(0);
    }
    return true;
  }
}
