/**
 * Messages sent and not yet acknowledged: kept, timed, and sent again as the very same bytes until each is acknowledged.
 *
 * Nothing is ever evicted, unlike in the official client: a full window makes the writer wait instead.
 */
import { FlowWindow } from './flowWindow.ts';
import { initialRoundTrip, sampleRoundTrip } from './roundTrip.ts';

/** What the smallest message counts for: its header and what keeping it costs. */
const MIN_MESSAGE_COST_BYTES = 1_024;
/** Acknowledgements of later messages that prove a message lost. As TCP's duplicate acknowledgements (RFC 5681 section 3.2). */
const OVERTAKEN_LIMIT = 3;
/** The wait doubles with each resend of one message, up to this. */
const MAX_RESEND_WAIT_MS = 4_000;
const MAX_BACKOFF = 16;
/** An agent that is starting up drops what it is sent, unacknowledged; asking often meets its first moment. The official client's pace. */
const STARTING_WAIT_MS = 100;
/** While nothing at all is acknowledged the far end has stopped reading: these, of the oldest, are enough to find out when it goes on. */
const MAX_RESENDS_IN_SILENCE = 16;
/** Sendings of a message that may be replaced before its replacement goes out instead. */
const TRIES_BEFORE_REPLACEMENT = 3;

export interface SendWindowOptions {
  /** Hand a frame to the connection. Not called while the window is held. */
  transmit(frame: Uint8Array): void;
  /** Whether earlier frames still wait inside this process: then an overdue acknowledgement says nothing about loss. */
  congested(): boolean;
  /** Messages were overdue and have been sent again. */
  onOverdue(): void;
  /** A message was sent again because its time was up. */
  onResent?(payloadBytes: number, transmissions: number): void;
  /** Milliseconds from a monotonic clock. */
  now(): number;
}

export interface Acknowledged {
  /** Will not be sent again. */
  readonly frame: Uint8Array;
  readonly payloadBytes: number;
  readonly transmissions: number;
  readonly wasReplaced: boolean;
  readonly isReplaceable: boolean;
}

interface InFlight {
  frame: Uint8Array;
  /** Goes out in its place, with the same sequence number, when the frame does not arrive. Both must do the same to the agent. */
  readonly replacement: Uint8Array | undefined;
  readonly payloadBytes: number;
  wasReplaced: boolean;
  /** Whether its acknowledgement will tell the round trip. */
  isMeasure: boolean;
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
  readonly #flow = new FlowWindow();
  #costBytes = 0;
  #nextSequenceNumber = 0;
  #transmissions = 0;
  #roundTrip = initialRoundTrip;
  #timer: NodeJS.Timeout | undefined;
  #connected = false;
  #held = false;
  #heardSinceResend = true;
  /** What the timeout is multiplied with until there is a measure again: a timeout that is too short would resend everything, and never get one. */
  #backoff = 1;
  #maxWaitMs = STARTING_WAIT_MS;

  constructor(options: SendWindowOptions) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#costBytes >= this.#flow.bytes;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /**
   * @param toFrame the message that carries this sequence number
   * @param toReplacement a smaller message that does the same, should that one not arrive
   */
  send(payloadBytes: number, toFrame: (sequenceNumber: number) => Uint8Array, toReplacement?: (sequenceNumber: number) => Uint8Array): void {
    const sequenceNumber = this.#nextSequenceNumber;
    this.#nextSequenceNumber += 1;
    const message: InFlight = {
      frame: toFrame(sequenceNumber),
      replacement: toReplacement?.(sequenceNumber),
      payloadBytes,
      wasReplaced: false,
      isMeasure: true,
      firstTransmission: 0,
      lastTransmission: 0,
      transmissions: 0,
      sentAtMs: 0,
      dueAtMs: 0,
      overtaken: 0,
    };
    this.#costBytes += costOf(payloadBytes);
    // Recorded before it is sent: an acknowledgement may come back within the call.
    this.#inFlight.set(sequenceNumber, message);
    if (this.#connected) this.#transmit(message);
    this.#schedule();
  }

  acknowledge(sequenceNumber: number): Acknowledged | undefined {
    const acknowledged = this.#inFlight.get(sequenceNumber);
    if (acknowledged === undefined) return undefined;
    // As Linux judges it for TCP: a window that is half used may be what limits the next round trip.
    const wasLimiting = this.#costBytes * 2 >= this.#flow.bytes;
    this.#inFlight.delete(sequenceNumber);
    this.#costBytes -= costOf(acknowledged.payloadBytes);
    this.#heardSinceResend = true;
    if (acknowledged.isMeasure && acknowledged.transmissions === 1) {
      const nowMs = this.#options.now();
      const sampleMs = nowMs - acknowledged.sentAtMs;
      this.#roundTrip = sampleRoundTrip(this.#roundTrip, sampleMs);
      this.#backoff = 1;
      this.#flow.sample(sampleMs, acknowledged.payloadBytes, wasLimiting, nowMs);
    }
    this.#resendOvertaken(sequenceNumber, acknowledged.firstTransmission);
    if (this.#inFlight.size === 0) this.#stopTimer();
    const { frame, payloadBytes, transmissions, wasReplaced, replacement } = acknowledged;
    return { frame, payloadBytes, transmissions, wasReplaced, isReplaceable: replacement !== undefined };
  }

  /** There is a connection: everything unacknowledged goes out again, in order. */
  connect(): void {
    this.#connected = true;
    this.#flow.reset();
    for (const message of this.#inFlight.values()) this.#transmit(message);
    this.#schedule();
  }

  /** There is none: what is sent waits for the next. */
  disconnect(): void {
    this.#connected = false;
    this.#stopTimer();
  }

  /** What has a replacement goes out as that from now on. */
  replace(): void {
    for (const message of this.#inFlight.values()) replaceFrame(message);
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
    for (const message of this.#inFlight.values()) {
      message.dueAtMs = now + this.#waitMs(message);
      // Its acknowledgement may have waited here: no measure of the way.
      message.isMeasure = false;
    }
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
    if (message.transmissions >= TRIES_BEFORE_REPLACEMENT) replaceFrame(message);
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
    return Math.min(this.#maxWaitMs, this.#roundTrip.rtoMs * Math.max(this.#backoff, 2 ** Math.max(0, message.transmissions - 1)));
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
    let overdue = 0;
    let mayResend = this.#heardSinceResend ? Infinity : MAX_RESENDS_IN_SILENCE;
    for (const message of this.#inFlight.values()) {
      if (message.dueAtMs > now) continue;
      overdue += 1;
      if (congested || mayResend <= 0) {
        message.dueAtMs = now + this.#waitMs(message);
        continue;
      }
      mayResend -= 1;
      this.#transmit(message);
      this.#options.onResent?.(message.payloadBytes, message.transmissions);
    }
    if (overdue > 0) {
      this.#heardSinceResend = false;
      if (!congested) this.#backoff = Math.min(MAX_BACKOFF, this.#backoff * 2);
      // Some are lost; when most are late, the way is longer or fuller than it was.
      if (overdue > this.#inFlight.size / 2) this.#flow.cut();
      this.#options.onOverdue();
    }
    this.#schedule();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

const costOf = (payloadBytes: number): number => Math.max(MIN_MESSAGE_COST_BYTES, payloadBytes);

function replaceFrame(message: InFlight): void {
  if (message.replacement === undefined) return;
  message.frame = message.replacement;
  message.wasReplaced = true;
}
