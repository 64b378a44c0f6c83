/**
 * One Session Manager session as a reliable, ordered channel of payloads over WebSockets that come and go.
 *
 * Both sequence counters, the unacknowledged messages and the ClientId outlive a connection: after a drop the session is resumed on its
 * original URL with a new token, and nothing is lost or doubled. What runs in the session (a shell, a port) is the caller's.
 *
 * Reference: session-manager-protocol.md sections 2, 3, 4 and 7.
 */
import { randomUUID } from 'node:crypto';
import { PosternError } from '../../contract/error.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Secret } from '../base/secret.ts';
import { endedThere, toOpenError, withoutAnswer } from './channelErrors.ts';
import { openConnection, type Connection, type ConnectionClosed } from './connection.ts';
import { answerHandshake } from './handshake.ts';
import {
  decodeAcknowledgement,
  decodeAgentMessage,
  decodeChannelClosed,
  decodeHandshakeComplete,
  decodeHandshakeRequest,
  encodeAcknowledgement,
  encodeAgentMessage,
  encodeJson,
  HeaderFlag,
  MessageType,
  PayloadType,
  type AgentMessage,
  type SessionTypeParameters,
} from './message.ts';
import { ReceiveOrder } from './receiveOrder.ts';
import { Resumption, type ResumedSession } from './resumption.ts';
import { SendWindow } from './sendWindow.ts';

/** The most bytes of data in one message to the agent: what every agent and the service are known to take. */
export const PAYLOAD_BYTES = 1_024;
/** Connections that were opened and closed without a word, before the token counts as refused. */
const MAX_SILENT_CONNECTIONS = 3;
/** A connection that lasted this long was no failed attempt, even if nothing was said on it. */
const LASTING_CONNECTION_MS = 10_000;
/** Close code of RFC 6455 section 7.4.1 for a client that is not welcome. */
const POLICY_VIOLATION = 1008;

export interface DataChannelOptions {
  readonly sessionId: string;
  /** Dialled byte for byte, also to resume. */
  readonly streamUrl: string;
  readonly tokenValue: Secret;
  /** Headers for the upgrade, from credentials that are valid now. */
  signUpgrade(url: string): Promise<Record<string, string>>;
  /** A new token, or undefined when the session has ended. */
  resume(signal: AbortSignal): Promise<ResumedSession | undefined>;
  onResuming?(reason: string): void;
  onResumed?(): void;
  /** The first connection stands; the agent has not answered yet. */
  onConnected?(): void;
  /** A payload of the session, in order: output, stderr, flag, exit code. A view, good during the call. False stops reading until `readOn`. */
  onPayload(payloadType: number, payload: Uint8Array): boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the agent said when it was ready. */
export interface OpenedChannel {
  /** Absent without a handshake: then it is a shell. */
  readonly agentVersion?: string;
  readonly session?: SessionTypeParameters;
  /** For the person; '' for nothing. */
  readonly customerMessage: string;
}

export type ChannelEnd =
  | { readonly kind: 'closed-here' }
  /** The service said so. `output` is its reason; '' for a normal end, a limit or a termination by API. */
  | { readonly kind: 'closed-there'; readonly output: string }
  | { readonly kind: 'failed'; readonly error: PosternError };

interface QueuedPayload {
  readonly payloadType: number;
  readonly payload: Uint8Array;
  readonly onTaken: (() => void) | undefined;
}

export class DataChannel {
  /** Settles with the agent's first output or the end of its handshake. Rejects with a PosternError when the channel ends first. */
  readonly opened: Promise<OpenedChannel>;
  /** Never rejects. */
  readonly ended: Promise<ChannelEnd>;
  readonly #options: DataChannelOptions;
  readonly #clientId = randomUUID();
  readonly #abort = new AbortController();
  readonly #order = new ReceiveOrder();
  readonly #window: SendWindow;
  readonly #resumption: Resumption;
  readonly #opening = Promise.withResolvers<OpenedChannel>();
  readonly #ending = Promise.withResolvers<ChannelEnd>();
  #queue: QueuedPayload[] = [];
  #connection: Connection | undefined;
  #everHeard = false;
  #isOpened = false;
  #isResuming = false;
  #hasEnded = false;
  #handshake: Omit<OpenedChannel, 'customerMessage'> | undefined;

  constructor(options: DataChannelOptions) {
    this.#options = options;
    this.opened = this.#opening.promise;
    this.ended = this.#ending.promise;
    // Who waits for `ended` alone learns of a failure there.
    this.opened.catch(() => undefined);
    this.#resumption = new Resumption((signal) => options.resume(signal));
    this.#window = new SendWindow({
      transmit: (frame) => this.#connection?.send(frame),
      congested: () => this.#connection?.isCongested === true,
      onOverdue: () => this.#connection?.probe(),
      now: () => performance.now(),
    });
    void this.#run();
  }

  /**
   * Queue a payload of at most `PAYLOAD_BYTES`. It is sent when the window has room, and again until it is acknowledged.
   *
   * @param onTaken called when the window has taken it, maybe within this call: the moment to queue more
   */
  send(payloadType: number, payload: Uint8Array, onTaken?: () => void): void {
    if (this.#hasEnded) {
      onTaken?.();
      return;
    }
    // Of sizes that wait, only the newest matters: a window dragged while offline must not fill the queue.
    if (payloadType === PayloadType.size && this.#queue.at(-1)?.payloadType === PayloadType.size) this.#queue.pop();
    this.#queue.push({ payloadType, payload, onTaken });
    this.#fillWindow();
  }

  /** Whether all that was sent has been acknowledged. */
  get isIdle(): boolean {
    return this.#queue.length === 0 && this.#window.inFlight === 0;
  }

  /** Deliver again after `onOutput` said false. */
  readOn(): void {
    this.#window.releaseTimers();
    this.#connection?.resume();
  }

  /** End it on this side. The session itself is ended with TerminateSession, which is the caller's. */
  close(): void {
    this.#end({ kind: 'closed-here' });
  }

  async #run(): Promise<void> {
    let tokenValue = this.#options.tokenValue;
    let silentConnections = 0;
    try {
      while (!this.#hasEnded) {
        const startedMs = performance.now();
        const closed = await this.#serve(tokenValue);
        if (this.#hasEnded) return;
        if (!this.#everHeard) {
          silentConnections += 1;
          if (silentConnections >= MAX_SILENT_CONNECTIONS || closed.code === POLICY_VIOLATION) throw withoutAnswer(closed.code);
        }
        if (performance.now() - startedMs > LASTING_CONNECTION_MS) this.#resumption.reset();
        this.#reportResuming(closed);
        tokenValue = await this.#resumption.nextToken(this.#abort.signal);
      }
    } catch (thrown) {
      this.#end({ kind: 'failed', error: toOpenError(thrown) });
    }
  }

  /** One connection, from dialling to its close. Throws when it is the first and cannot be opened. */
  async #serve(tokenValue: Secret): Promise<ConnectionClosed> {
    let connection: Connection;
    try {
      connection = await openConnection(
        {
          url: this.#options.streamUrl,
          tokenValue,
          clientId: this.#clientId,
          signUpgrade: (url) => this.#options.signUpgrade(url),
          onMessage: (frame) => this.#handleFrame(frame),
          onHeard: () => this.#reportResumed(),
        },
        this.#abort.signal,
      );
    } catch (thrown) {
      if (!this.#isResuming) throw thrown;
      // While resuming this is no answer: ResumeSession says whether the session still lives.
      return { code: 1006, reason: thrown instanceof Error ? thrown.message : String(thrown) };
    }
    if (this.#hasEnded) {
      connection.close();
      return connection.closed;
    }
    this.#connection = connection;
    this.#window.releaseTimers();
    this.#window.connect();
    if (!this.#isResuming) this.#options.onConnected?.();
    const closed = await connection.closed;
    this.#connection = undefined;
    this.#window.disconnect();
    return closed;
  }

  #reportResuming({ code, reason }: ConnectionClosed): void {
    this.#options.log.info('Session Manager connection lost', { sessionId: this.#options.sessionId, code, reason });
    if (this.#isResuming) return;
    this.#isResuming = true;
    this.#options.onResuming?.(`The connection to Session Manager was lost (${reason === '' ? '' : `${reason}, `}code ${code}).`);
  }

  #reportResumed(): void {
    if (!this.#isResuming || this.#hasEnded) return;
    this.#isResuming = false;
    this.#options.log.info('Session Manager connection resumed', { sessionId: this.#options.sessionId });
    this.#options.onResumed?.();
  }

  #handleFrame(frame: Uint8Array): void {
    if (this.#hasEnded) return;
    const message = decodeAgentMessage(frame);
    if ('malformed' in message) {
      this.#options.log.debug('Session Manager frame dropped', { sessionId: this.#options.sessionId, why: message.malformed });
      return;
    }
    this.#everHeard = true;
    this.#resumption.reset();
    switch (message.messageType) {
      case MessageType.outputStreamData:
        this.#receive(message);
        break;
      case MessageType.acknowledge: {
        const acknowledgement = decodeAcknowledgement(message.payload);
        if (acknowledgement === undefined) break;
        this.#window.acknowledge(acknowledgement.AcknowledgedMessageSequenceNumber);
        this.#fillWindow();
        break;
      }
      case MessageType.channelClosed:
        this.#end({ kind: 'closed-there', output: decodeChannelClosed(message.payload).Output });
        break;
      default:
        // start_publication, pause_publication, agent_session_state and whatever is newer ask nothing of a client.
        break;
    }
  }

  #receive(message: AgentMessage): void {
    const payloads = this.#order.accept(message);
    if (payloads === undefined) return;
    for (const { payloadType, payload } of payloads) this.#deliver(payloadType, payload);
    // An agent that sends without reading gets no acknowledgement now, resends, and gets it then.
    if (this.#connection === undefined || this.#connection.isCongested) return;
    this.#connection.send(this.#toFrame(MessageType.acknowledge, 0, HeaderFlag.synAndFin, PayloadType.none, encodeAcknowledgement(message)));
  }

  #deliver(payloadType: number, payload: Uint8Array): void {
    if (this.#hasEnded) return;
    if (payloadType === PayloadType.handshakeRequest) {
      this.#answerHandshake(payload);
      return;
    }
    if (payloadType === PayloadType.handshakeComplete) {
      this.#open({ ...this.#handshake, customerMessage: decodeHandshakeComplete(payload)?.CustomerMessage ?? '' });
      return;
    }
    if (this.#handshake === undefined) this.#open({ customerMessage: '' });
    if (payload.length > 0 && !this.#options.onPayload(payloadType, payload)) {
      this.#window.holdTimers();
      this.#connection?.pause();
    }
  }

  #answerHandshake(payload: Uint8Array): void {
    const request = decodeHandshakeRequest(payload);
    if (request === undefined || this.#isOpened) {
      this.#options.log.warn('Session Manager handshake request ignored', { sessionId: this.#options.sessionId, readable: request !== undefined });
      return;
    }
    const { response, refusal, ...handshake } = answerHandshake(request);
    this.#handshake = handshake;
    this.send(PayloadType.handshakeResponse, encodeJson(response));
    if (refusal !== undefined) this.#end({ kind: 'failed', error: refusal });
  }

  #open(opened: OpenedChannel): void {
    if (this.#isOpened) return;
    this.#isOpened = true;
    this.#window.relax();
    this.#opening.resolve(opened);
  }

  #fillWindow(): void {
    while (!this.#hasEnded && !this.#window.isFull) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#window.send((sequenceNumber) => this.#toFrame(MessageType.inputStreamData, sequenceNumber, 0, next.payloadType, next.payload));
      next.onTaken?.();
    }
  }

  #toFrame(messageType: string, sequenceNumber: number, flags: number, payloadType: number, payload: Uint8Array): Uint8Array {
    return encodeAgentMessage({ messageType, schemaVersion: 1, createdDate: this.#options.clock.now(), sequenceNumber, flags, messageId: randomUUID(), payloadType, payload });
  }

  #end(end: ChannelEnd): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#connection?.close();
    this.#connection = undefined;
    this.#window.disconnect();
    this.#abort.abort();
    for (const { onTaken } of this.#queue.splice(0)) onTaken?.();
    this.#ending.resolve(end);
    this.#opening.reject(toOpeningError(end));
  }
}

function toOpeningError(end: ChannelEnd): PosternError {
  switch (end.kind) {
    case 'failed':
      return end.error;
    case 'closed-there':
      return endedThere(end.output);
    case 'closed-here':
      return new PosternError({ code: 'cancelled', message: 'The session was closed before it began.' });
  }
}
