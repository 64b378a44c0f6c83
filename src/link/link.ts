/**
 * A two-way pipe for whole messages, and the in-memory one the unit tests use.
 *
 * Text messages are JSON, binary ones are the frames of frame.ts. A link says nothing about what they mean.
 */
export interface Link {
  send(message: string | Uint8Array): void;
  onMessage(listener: (message: string | Uint8Array) => void): void;
  /** Called once, also when the other end went away. */
  onClose(listener: () => void): void;
  close(): void;
}

/**
 * Two ends of one link in this process. What one end sends, the other receives later and in order, as the same object: nothing
 * is copied. Messages wait for the first listener, as in a MessagePort; what was sent before a close arrives before it.
 */
export function linkPair(): readonly [Link, Link] {
  const left = new PairEnd();
  const right = new PairEnd();
  left.other = right;
  right.other = left;
  return [left, right];
}

class PairEnd implements Link {
  other: PairEnd | undefined;
  readonly #waiting: (string | Uint8Array)[] = [];
  readonly #messageListeners: ((message: string | Uint8Array) => void)[] = [];
  readonly #closeListeners: (() => void)[] = [];
  #closed = false;

  send(message: string | Uint8Array): void {
    if (!this.#closed) void Promise.resolve().then(() => this.other?.receive(message));
  }

  onMessage(listener: (message: string | Uint8Array) => void): void {
    this.#messageListeners.push(listener);
    void Promise.resolve().then(() => this.#deliver());
  }

  onClose(listener: () => void): void {
    this.#closeListeners.push(listener);
  }

  close(): void {
    if (this.#closed) return;
    this.end();
    void Promise.resolve().then(() => this.other?.end());
  }

  receive(message: string | Uint8Array): void {
    this.#waiting.push(message);
    this.#deliver();
  }

  end(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const listener of this.#closeListeners) listener();
  }

  #deliver(): void {
    if (this.#messageListeners.length === 0) return;
    for (const message of this.#waiting.splice(0)) {
      for (const listener of this.#closed ? [] : this.#messageListeners) listener(message);
    }
  }
}
