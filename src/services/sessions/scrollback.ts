/** The last bytes a session gave, for a window that attaches later. */

/** Kept for each session: some 10,000 lines of 100 characters. */
export const SCROLLBACK_BYTES = 1024 * 1024;

const FIRST_CAPACITY_BYTES = 16 * 1024;

/** A ring that grows to its limit and then forgets the oldest bytes. */
export class Scrollback {
  readonly #limitBytes: number;
  #ring: Uint8Array;
  /** Where the oldest byte lies. */
  #start = 0;
  #sizeBytes = 0;

  constructor(limitBytes: number = SCROLLBACK_BYTES) {
    this.#limitBytes = limitBytes;
    this.#ring = new Uint8Array(Math.min(FIRST_CAPACITY_BYTES, limitBytes));
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  append(bytes: Uint8Array): void {
    const kept = bytes.byteLength > this.#limitBytes ? bytes.subarray(bytes.byteLength - this.#limitBytes) : bytes;
    this.#reserve(this.#sizeBytes + kept.byteLength);
    const capacity = this.#ring.byteLength;
    const end = (this.#start + this.#sizeBytes) % capacity;
    const head = Math.min(kept.byteLength, capacity - end);
    this.#ring.set(kept.subarray(0, head), end);
    this.#ring.set(kept.subarray(head), 0);
    const overwritten = Math.max(0, this.#sizeBytes + kept.byteLength - capacity);
    this.#start = (this.#start + overwritten) % capacity;
    this.#sizeBytes = Math.min(capacity, this.#sizeBytes + kept.byteLength);
  }

  /** A copy of what is kept, oldest first. */
  bytes(): Uint8Array {
    const copy = new Uint8Array(this.#sizeBytes);
    const head = Math.min(this.#sizeBytes, this.#ring.byteLength - this.#start);
    copy.set(this.#ring.subarray(this.#start, this.#start + head), 0);
    copy.set(this.#ring.subarray(0, this.#sizeBytes - head), head);
    return copy;
  }

  #reserve(neededBytes: number): void {
    if (neededBytes <= this.#ring.byteLength || this.#ring.byteLength === this.#limitBytes) return;
    let capacity = this.#ring.byteLength;
    while (capacity < neededBytes) capacity *= 2;
    const grown = new Uint8Array(Math.min(capacity, this.#limitBytes));
    grown.set(this.bytes(), 0);
    this.#ring = grown;
    this.#start = 0;
  }
}
