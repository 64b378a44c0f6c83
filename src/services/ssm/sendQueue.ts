/**
 * What waits for room in the send window, in order: bytes of the session, which are joined and cut as messages need them, and payloads of
 * other types, which go as they are.
 */
import { PayloadType } from './message.ts';

export interface NextPayload {
  readonly payloadType: number;
  readonly parts: readonly Uint8Array[];
  readonly payloadBytes: number;
  /** Call when the window has it: the writers may go on. */
  onTaken(): void;
}

interface Waiting {
  readonly payloadType: number;
  bytes: Uint8Array;
  onTaken: (() => void) | undefined;
}

export class SendQueue {
  #waiting: Waiting[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** @param onTaken called when the last byte has been taken, or will never be */
  push(payloadType: number, bytes: Uint8Array, onTaken?: () => void): void {
    // Of sizes that wait, only the newest matters: a window dragged while offline must not fill the queue.
    if (payloadType === PayloadType.size && this.#waiting.at(-1)?.payloadType === PayloadType.size) this.#waiting.pop();
    this.#waiting.push({ payloadType, bytes, onTaken });
  }

  /** Whether only bytes of the session wait, and fewer than a message may carry. */
  isTail(maxBytes: number): boolean {
    let bytes = 0;
    for (const waiting of this.#waiting) {
      bytes += waiting.bytes.length;
      if (bytes >= maxBytes || waiting.payloadType !== PayloadType.output) return false;
    }
    return bytes > 0;
  }

  /** The writers of what waits may go on already. */
  letWritersGoOn(): void {
    for (const waiting of [...this.#waiting]) {
      const { onTaken } = waiting;
      waiting.onTaken = undefined;
      onTaken?.();
    }
  }

  /** The payload of the next message: of bytes of the session at most `maxBytes`, from as many writes as fit. */
  take(maxBytes: number): NextPayload | undefined {
    const first = this.#waiting[0];
    if (first === undefined) return undefined;
    const { payloadType } = first;
    const parts: Uint8Array[] = [];
    const emptied: Waiting[] = [];
    let room = payloadType === PayloadType.output ? maxBytes : Infinity;
    for (let next: Waiting | undefined = first; next !== undefined && next.payloadType === payloadType && room > 0; next = this.#waiting[0]) {
      const part = next.bytes.length <= room ? next.bytes : next.bytes.subarray(0, room);
      parts.push(part);
      room -= part.length;
      if (part.length < next.bytes.length) {
        next.bytes = next.bytes.subarray(part.length);
        break;
      }
      this.#waiting.shift();
      emptied.push(next);
      if (payloadType !== PayloadType.output) break;
    }
    return {
      payloadType,
      parts,
      payloadBytes: parts.reduce((total, { length }) => total + length, 0),
      onTaken: () => {
        for (const { onTaken } of emptied) onTaken?.();
      },
    };
  }

  /** Forget what waits. */
  clear(): void {
    for (const { onTaken } of this.#waiting.splice(0)) onTaken?.();
  }
}
