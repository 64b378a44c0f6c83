/**
 * How many bytes of data one message to the agent carries: 1,024 at first, doubled up to 16 KiB while acknowledgements come back well. Pure.
 *
 * Which sizes the service relays is written nowhere, so each is tried before data is trusted to it, with a message that may be lost:
 * a terminal size, padded with spaces, which a forward ignores. Until it is acknowledged data stays at the size that works.
 */

/** What every agent and the service are known to take. */
export const SAFE_PAYLOAD_BYTES = 1_024;
/** The agent takes 20 MB/s of these; larger ones gain little and delay what comes behind them. */
export const MAX_PAYLOAD_BYTES = 16 * 1_024;
/** Full messages that are acknowledged at the first sending before the next size is tried: that many only come from a bulk transfer. */
const PROVEN_AFTER_MESSAGES = 32;
/** A message of data that was sent this often in vain may be too large. */
const MISSING_AFTER_TRANSMISSIONS = 5;

export class PayloadSize {
  #bytes = SAFE_PAYLOAD_BYTES;
  #maxBytes: number;
  #proven = 0;
  #isTrying = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** A message of data was acknowledged. */
  acknowledged(payloadBytes: number, transmissions: number): void {
    if (payloadBytes < this.#bytes) return;
    this.#proven = transmissions === 1 ? this.#proven + 1 : 0;
  }

  /** The size to try now, if any: asked once, `tried` must follow. */
  nextToTry(): number | undefined {
    if (this.#isTrying || this.#bytes >= this.#maxBytes || this.#proven < PROVEN_AFTER_MESSAGES) return undefined;
    this.#isTrying = true;
    return Math.min(this.#maxBytes, this.#bytes * 2);
  }

  tried(payloadBytes: number, worked: boolean): void {
    this.#isTrying = false;
    this.#proven = 0;
    if (worked) this.#bytes = payloadBytes;
    else this.#maxBytes = this.#bytes;
  }

  /** The service closed the connection because a message was too large. */
  refused(): void {
    // While a size is being tried it is the one that was refused.
    if (!this.#isTrying) this.#bytes = SAFE_PAYLOAD_BYTES;
    this.#maxBytes = this.#bytes;
    this.#proven = 0;
  }

  /** A message of data was sent again and again. */
  missing(payloadBytes: number, transmissions: number): void {
    if (transmissions < MISSING_AFTER_TRANSMISSIONS || payloadBytes <= SAFE_PAYLOAD_BYTES || payloadBytes !== this.#bytes) return;
    this.#bytes = Math.max(SAFE_PAYLOAD_BYTES, this.#bytes / 2);
    this.#maxBytes = this.#bytes;
    this.#proven = 0;
  }
}
