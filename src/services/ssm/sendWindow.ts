/**
 * Messages sent and not yet acknowledged: kept, timed, and sent again as the very same bytes until each is acknowledged.
 *
 * Nothing is ever evicted, unlike in the official client: a full window makes the writer wait instead.
 */
import { initialRoundTrip, sampleRoundTrip } from './roundTrip.ts';

/** 512 KiB at 1,024 bytes a message: 3 MB/s at a round trip of 160 ms, and little to send again after a lost connection. */
export const MAX_IN_FLIGHT_MESSAGES = 512;
/** Acknowledgements of later messages that prove a message lost. As TCP's duplicate acknowledgements (RFC 5681 section 3.2). */
const OVERTAKEN_LIMIT = 3;
/** The wait doubles with each resend of one message, up to this. */
const MAX_RESEND_WAIT_MS = 4_000;
/** An agent that is starting up drops what it is sent, unacknowledged; asking often meets its first moment. The official client's pace. */
const STARTING_WAIT_MS = 100;

export interface SendWindowOptions {
  /** Hand a frame to the connection. Not called while the window is held. */
  transmit(frame: Uint8Array): void;
  /** Whether earlier frames still wait inside this process: then an overdue acknowledgement says nothing about loss. */
  congested(): boolean;
  /** Messages were overdue and have been sent again. */
  onOverdue(): void;
  /** Milliseconds from a monotonic clock. */
  now(): number;
}

interface InFlight {
  readonly frame: Uint8Array;
  /** Counts transmissions of the whole window, to tell which came first. */
  firstTransmission: number;
  lastTransmission: number;
  transmissions: number;
  sentAtMs: number;
  dueAtMs: number;
  overtaken: number;
}

export class SendWindow {
  readonly #options: SendWindowOptions;
  /** In order of sequence number. */
  readonly #inFlight = new Map<number, InFlight>();
  #nextSequenceNumber = 0;
  #transmissions = 0;
  #roundTrip = initialRoundTrip;
  #timer: NodeJS.Timeout | undefined;
  #connected = false;
  #held = false;
  #maxWaitMs = STARTING_WAIT_MS;

  constructor(options: SendWindowOptions) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#inFlight.size >= MAX_IN_FLIGHT_MESSAGES;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** @param toFrame the message that carries this sequence number */
  send(toFrame: (sequenceNumber: number) => Uint8Array): void {
    const sequenceNumber = this.#nextSequenceNumber;
    this.#nextSequenceNumber += 1;
    const message: InFlight = { frame: toFrame(sequenceNumber), firstTransmission: 0, lastTransmission: 0, transmissions: 0, sentAtMs: 0, dueAtMs: 0, overtaken: 0 };
    // Recorded before it is sent: an acknowledgement may come back within the call.
    this.#inFlight.set(sequenceNumber, message);
    if (this.#connected) this.#transmit(message);
    this.#schedule();
  }

  acknowledge(sequenceNumber: number): void {
    const acknowledged = this.#inFlight.get(sequenceNumber);
    if (acknowledged === undefined) return;
    this.#inFlight.delete(sequenceNumber);
    if (acknowledged.transmissions === 1) this.#roundTrip = sampleRoundTrip(this.#roundTrip, this.#options.now() - acknowledged.sentAtMs);
    this.#resendOvertaken(sequenceNumber, acknowledged.firstTransmission);
    if (this.#inFlight.size === 0) this.#stopTimer();
  }

  /** There is a connection: everything unacknowledged goes out again, in order. */
  connect(): void {
    this.#connected = true;
    for (const message of this.#inFlight.values()) this.#transmit(message);
    this.#schedule();
  }

  /** There is none: what is sent waits for the next. */
  disconnect(): void {
    this.#connected = false;
    this.#stopTimer();
  }

  /** We are not reading acknowledgements, so a missing one says nothing. */
  holdTimers(): void {
    this.#held = true;
    this.#stopTimer();
  }

  releaseTimers(): void {
    if (!this.#held) return;
    this.#held = false;
    const now = this.#options.now();
    for (const message of this.#inFlight.values()) message.dueAtMs = now + this.#waitMs(message);
    this.#schedule();
  }

  /** The agent is ready: what it has not taken yet goes out again now, and later resends take their time. */
  relax(): void {
    this.#maxWaitMs = MAX_RESEND_WAIT_MS;
    if (!this.#connected) return;
    for (const message of this.#inFlight.values()) this.#transmit(message);
  }

  #resendOvertaken(sequenceNumber: number, firstTransmission: number): void {
    for (const [earlier, message] of this.#inFlight) {
      if (earlier > sequenceNumber) break;
      // Only an answer to something sent after this message's last sending says that this one is missing.
      if (message.lastTransmission >= firstTransmission) continue;
      message.overtaken += 1;
      if (message.overtaken >= OVERTAKEN_LIMIT && this.#connected) this.#transmit(message);
    }
  }

  #transmit(message: InFlight): void {
    this.#transmissions += 1;
    if (message.transmissions === 0) message.firstTransmission = this.#transmissions;
    message.lastTransmission = this.#transmissions;
    message.transmissions += 1;
    message.overtaken = 0;
    message.sentAtMs = this.#options.now();
    message.dueAtMs = message.sentAtMs + this.#waitMs(message);
    this.#options.transmit(message.frame);
  }

  #waitMs(message: InFlight): number {
    return Math.min(this.#maxWaitMs, this.#roundTrip.rtoMs * 2 ** Math.max(0, message.transmissions - 1));
  }

  /** One timer serves all messages: it fires when the first of them is due. */
  #schedule(): void {
    if (this.#timer !== undefined || !this.#connected || this.#held || this.#inFlight.size === 0) return;
    let dueAtMs = Infinity;
    for (const message of this.#inFlight.values()) dueAtMs = Math.min(dueAtMs, message.dueAtMs);
    this.#timer = setTimeout(() => this.#resendOverdue(), Math.max(1, dueAtMs - this.#options.now()));
  }

  #resendOverdue(): void {
    this.#timer = undefined;
    const now = this.#options.now();
    const congested = this.#options.congested();
    let overdue = false;
    for (const message of this.#inFlight.values()) {
      if (message.dueAtMs > now) continue;
      overdue = true;
      if (congested) message.dueAtMs = now + this.#waitMs(message);
      else this.#transmit(message);
    }
    if (overdue) this.#options.onOverdue();
    this.#schedule();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
