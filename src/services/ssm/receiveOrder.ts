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

export class ReceiveOrder {
  readonly #ahead = new Map<number, ReceivedPayload>();
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
   * @returns what to deliver now, in order, or `undefined` for a message that was dropped and must not be acknowledged.
   *   A duplicate delivers nothing and is acknowledged again: its acknowledgement was lost.
   */
  accept(message: AgentMessage): readonly ReceivedPayload[] | undefined {
    const { sequenceNumber, payloadType, payload } = message;
    if (sequenceNumber < this.#expected || this.#ahead.has(sequenceNumber)) return [];
    if (sequenceNumber > this.#expected) {
      if (this.#ahead.size >= MAX_AHEAD_MESSAGES || this.#aheadBytes + payload.length > MAX_AHEAD_BYTES) return undefined;
      // A copy: the payload is a view of a network chunk of up to 64 KiB.
      this.#ahead.set(sequenceNumber, { payloadType, payload: Uint8Array.prototype.slice.call(payload) });
      this.#aheadBytes += payload.length;
      return [];
    }
    const inOrder: ReceivedPayload[] = [{ payloadType, payload }];
    this.#expected += 1;
    for (let next = this.#ahead.get(this.#expected); next !== undefined; next = this.#ahead.get(this.#expected)) {
      this.#ahead.delete(this.#expected);
      this.#aheadBytes -= next.payload.length;
      this.#expected += 1;
      inOrder.push(next);
    }
    return inOrder;
  }
}
