/**
 * Memory for the frames of a bulk transfer, used again and again: what is thrown away at 60 MB/s would make the process grow by as much as
 * its garbage collector tolerates.
 */
import { MESSAGE_PREFIX_BYTES } from './message.ts';
import { MAX_PAYLOAD_BYTES } from './payloadSize.ts';

const SLOT_BYTES = MESSAGE_PREFIX_BYTES + MAX_PAYLOAD_BYTES;
/** Smaller frames are cheaper made anew. */
const MIN_FRAME_BYTES = SLOT_BYTES / 4;
/** What is kept for later: half of the largest window. */
const MAX_KEPT = 128;

export class FrameBuffers {
  readonly #kept: Buffer[] = [];

  /** Memory of this size, with anything in it. Absent: not worth it for this size. */
  take(frameBytes: number): Buffer | undefined {
    if (frameBytes < MIN_FRAME_BYTES || frameBytes > SLOT_BYTES) return undefined;
    return (this.#kept.pop() ?? Buffer.allocUnsafeSlow(SLOT_BYTES)).subarray(0, frameBytes);
  }

  /** A frame that nobody will look at again. */
  give(frame: Uint8Array): void {
    const { buffer } = frame;
    if (this.#kept.length < MAX_KEPT && buffer instanceof ArrayBuffer && buffer.byteLength === SLOT_BYTES && frame.byteOffset === 0) this.#kept.push(Buffer.from(buffer));
  }
}
