/**
 * Bytes on their way from many writers to one reader, with a limit: writers wait while it is full. The agent's end of its local socket to smux.
 */
export class ByteQueue {
  readonly #limitBytes: number;
  #chunks: Buffer[] = [];
  /** Chunks before this one are taken. */
  #first = 0;
  #bytes = 0;
  #closed = false;
  #filled = Promise.withResolvers<void>();
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Settles when there is room for more. */
  write(chunks: Iterable<Buffer>): Promise<void> | undefined {
    if (this.#closed) return undefined;
    for (const chunk of chunks) {
      this.#chunks.push(chunk);
      this.#bytes += chunk.length;
    }
    this.#filled.resolve();
    if (this.#bytes < this.#limitBytes) return undefined;
    this.#drained ??= Promise.withResolvers();
    return this.#drained.promise;
  }

  /** Between 1 and `maxBytes` bytes, or undefined once it is closed. */
  async read(maxBytes: number): Promise<Buffer | undefined> {
    while (this.#bytes === 0) {
      if (this.#closed) return undefined;
      this.#filled = Promise.withResolvers();
      await this.#filled.promise;
    }
    return this.#closed ? undefined : this.#take(Math.min(maxBytes, this.#bytes));
  }

  close(): void {
    this.#closed = true;
    this.#chunks = [];
    this.#filled.resolve();
    this.#drained?.resolve();
  }

  #take(bytes: number): Buffer {
    const first = this.#chunks[this.#first];
    const taken = first !== undefined && first.length > bytes ? first.subarray(0, bytes) : Buffer.allocUnsafe(bytes);
    if (first !== undefined && first.length > bytes) this.#chunks[this.#first] = first.subarray(bytes);
    else this.#copyInto(taken);
    if (this.#first * 2 > this.#chunks.length) {
      this.#chunks = this.#chunks.slice(this.#first);
      this.#first = 0;
    }
    this.#bytes -= bytes;
    if (this.#bytes < this.#limitBytes && this.#drained !== undefined) {
      this.#drained.resolve();
      this.#drained = undefined;
    }
    return taken;
  }

  #copyInto(taken: Buffer): void {
    for (let filled = 0; filled < taken.length; ) {
      const chunk = this.#chunks[this.#first] ?? Buffer.alloc(0);
      const copied = chunk.copy(taken, filled, 0, taken.length - filled);
      filled += copied;
      if (copied < chunk.length) this.#chunks[this.#first] = chunk.subarray(copied);
      else this.#first += 1;
    }
  }
}
