/**
 * The sending half of a data channel: what waits, what is on the way, and how large its messages are.
 */
import { FrameBuffers } from './frameBuffers.ts';
import { ENVELOPE_BYTES, type SessionCipher } from './kms.ts';
import { PayloadType } from './message.ts';
import { encodeSize } from './messagePayloads.ts';
import { PayloadSize } from './payloadSize.ts';
import { SendQueue } from './sendQueue.ts';
import { SendWindow } from './sendWindow.ts';

export interface SenderOptions {
  /** The message that carries this payload. */
  toFrame(sequenceNumber: number, payloadType: number, payload: readonly Uint8Array[], allocate: (frameBytes: number) => Buffer | undefined): Uint8Array;
  /** Must be done with the frame when it returns: its memory is used again. */
  transmit(frame: Uint8Array): void;
  /** Whether earlier frames still wait inside this process. */
  congested(): boolean;
  onOverdue(): void;
  /** The most bytes of data that one message may come to carry. */
  readonly maxPayloadBytes: number;
}

/** Some bytes of the session, and what to call when the window has taken them. */
export interface OutgoingBytes {
  readonly bytes: Uint8Array;
  readonly onTaken?: () => void;
}

/** What a size that is only tried says when nobody has a terminal. */
const ANY_SIZE = encodeSize({ columns: 80, rows: 24 });

export class Sender {
  readonly #options: SenderOptions;
  readonly #queue = new SendQueue();
  readonly #buffers = new FrameBuffers();
  readonly #allocate = (frameBytes: number): Buffer | undefined => this.#buffers.take(frameBytes);
  readonly #size: PayloadSize;
  readonly #window: SendWindow;
  #cipher: SessionCipher | undefined;
  /** The last one sent: sent again, padded, to try a larger message. */
  #terminalSize: Uint8Array = ANY_SIZE;
  #hasEnded = false;
  #hasDelivered = false;
  #tail: NodeJS.Immediate | undefined;
  #idleWaiters: (() => void)[] = [];

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#size = new PayloadSize(options.maxPayloadBytes);
    this.#window = new SendWindow({
      transmit: (frame) => options.transmit(frame),
      congested: () => options.congested(),
      onOverdue: () => options.onOverdue(),
      onResent: (payloadBytes, transmissions) => this.#size.missing(payloadBytes, transmissions),
      now: () => performance.now(),
    });
  }

  /** Whether all that was sent has been acknowledged. */
  get isIdle(): boolean {
    return this.#queue.isEmpty && this.#window.inFlight === 0;
  }

  /** Whether any bytes of the session were acknowledged. */
  get hasDelivered(): boolean {
    return this.#hasDelivered;
  }

  /** From now on bytes of the session are encrypted. */
  encryptWith(cipher: SessionCipher): void {
    this.#cipher = cipher;
  }

  /**
   * Queue a payload. Bytes of the session may be any number, and are joined and cut as messages need them.
   *
   * @param onTaken called when the window has taken it, maybe within this call: the moment to queue more
   */
  send(payloadType: number, payload: Uint8Array, onTaken?: () => void): void {
    if (this.#hasEnded) {
      onTaken?.();
      return;
    }
    this.#queue.push(payloadType, payload, onTaken);
    this.#fillWindow();
  }

  /** Queue bytes of the session, several writes at once: they go together. */
  sendBytes(outgoing: readonly OutgoingBytes[]): void {
    for (const { bytes, onTaken } of outgoing) {
      if (this.#hasEnded) onTaken?.();
      else this.#queue.push(PayloadType.output, bytes, onTaken);
    }
    this.#fillWindow();
  }

  /** Send this now, and forget what waits. */
  sendLast(payloadType: number, payload: Uint8Array): void {
    if (this.#hasEnded) return;
    this.#queue.clear();
    this.#sendNow(payloadType, [payload]);
  }

  acknowledge(sequenceNumber: number): void {
    const acknowledged = this.#window.acknowledge(sequenceNumber);
    if (acknowledged === undefined) return;
    const { frame, payloadBytes, transmissions, isReplaceable, wasReplaced } = acknowledged;
    this.#buffers.give(frame);
    if (isReplaceable) this.#size.tried(payloadBytes, !wasReplaced);
    else if (payloadBytes > 0) {
      this.#hasDelivered = true;
      this.#size.acknowledged(payloadBytes, transmissions);
    }
    this.#tryLargerMessage();
    this.#fillWindow();
    if (this.#idleWaiters.length > 0 && this.isIdle) this.#wakeWaiters();
  }

  /** Settles when all that was sent has been acknowledged, or the channel has ended. */
  whenIdle(): Promise<void> {
    if (this.#hasEnded || this.isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  connect(): void {
    this.#window.releaseTimers();
    this.#window.connect();
    this.#fillWindow();
  }

  disconnect(): void {
    this.#window.disconnect();
  }

  /** The connection was closed because a message was too large. */
  refused(): void {
    this.#size.refused();
    this.#window.replace();
  }

  /** Acknowledgements are not read for a while. */
  hold(): void {
    this.#window.holdTimers();
  }

  release(): void {
    this.#window.releaseTimers();
  }

  /** The agent is ready. */
  relax(): void {
    this.#window.relax();
  }

  end(): void {
    this.#hasEnded = true;
    clearImmediate(this.#tail);
    this.#window.disconnect();
    this.#queue.clear();
    this.#wakeWaiters();
  }

  #fillWindow(): void {
    let hasSentFull = false;
    while (!this.#hasEnded && !this.#mustWait()) {
      const maxBytes = this.#size.bytes - (this.#cipher === undefined ? 0 : ENVELOPE_BYTES);
      if (hasSentFull && this.#queue.isTail(maxBytes)) {
        this.#fillWithTail();
        return;
      }
      const next = this.#queue.take(maxBytes);
      if (next === undefined) return;
      hasSentFull ||= next.payloadBytes === maxBytes;
      this.#sendNow(next.payloadType, next.parts);
      next.onTaken();
    }
  }

  /** Until the next acknowledgement. More than the connection takes would only be copied into its queue. */
  #mustWait(): boolean {
    return this.#window.isFull || (this.#window.inFlight > 0 && this.#options.congested());
  }

  /** The rest of a bulk write waits one turn of the event loop for the next one, to fill its message. A key never comes here. */
  #fillWithTail(): void {
    this.#tail ??= setImmediate(() => {
      this.#tail = undefined;
      this.#fillWindow();
    });
    this.#queue.letWritersGoOn();
  }

  #sendNow(payloadType: number, parts: readonly Uint8Array[]): void {
    if (payloadType === PayloadType.size) this.#terminalSize = parts[0] ?? ANY_SIZE;
    const isData = payloadType === PayloadType.output;
    const carried = isData && this.#cipher !== undefined ? [this.#cipher.encrypt(Buffer.concat(parts))] : parts;
    const payloadBytes = isData ? carried.reduce((total, { length }) => total + length, 0) : 0;
    this.#window.send(payloadBytes, (sequenceNumber) => this.#options.toFrame(sequenceNumber, payloadType, carried, this.#allocate));
  }

  #tryLargerMessage(): void {
    const payloadBytes = this.#hasEnded ? undefined : this.#size.nextToTry();
    if (payloadBytes === undefined) return;
    const padded = Buffer.alloc(payloadBytes, ' ');
    padded.set(this.#terminalSize);
    const toFrame = (payload: Uint8Array) => (sequenceNumber: number): Uint8Array => this.#options.toFrame(sequenceNumber, PayloadType.size, [payload], this.#allocate);
    this.#window.send(payloadBytes, toFrame(padded), toFrame(this.#terminalSize));
  }

  #wakeWaiters(): void {
    for (const wake of this.#idleWaiters.splice(0)) wake();
  }
}
