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
import { say } from '../../contract/say.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Secret } from '../base/secret.ts';
import { endedThere, messagesRefused, toOpenError, withoutAnswer } from './channelErrors.ts';
import { ChannelOpening, type OpenedChannel } from './channelOpening.ts';
import { openConnection, type ChannelConnection, type ConnectionClosed, type ConnectionOptions } from './connection.ts';
import type { DataKey, DataKeyRequest } from './kms.ts';
import { decodeAgentMessage, encodeNewMessage, HeaderFlag, MessageType, PayloadType, type AgentMessage } from './message.ts';
import { decodeAcknowledgement, decodeChannelClosed, encodeAcknowledgement } from './messagePayloads.ts';
import { ReceiveOrder } from './receiveOrder.ts';
import { MAX_PAYLOAD_BYTES } from './payloadSize.ts';
import { Resumption, type ResumedSession } from './resumption.ts';
import { Sender, type OutgoingBytes } from './sender.ts';

/** Connections that were opened and closed without a word, before the token counts as refused. */
const MAX_SILENT_CONNECTIONS = 3;
/** A connection that lasted this long was no failed attempt, even if nothing was said on it. */
const LASTING_CONNECTION_MS = 10_000;
/** Close code of RFC 6455 section 7.4.1 for a client that is not welcome. */
const POLICY_VIOLATION = 1008;
/** Close code of RFC 6455 section 7.4.1 for a message that is too large. */
const MESSAGE_TOO_BIG = 1009;
/** A service that refuses messages of a size it took before will go on doing so. */
const MAX_REFUSALS_IN_A_ROW = 3;
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
  /** As `opened`, but at once: before the payloads that follow. */
  onOpened?(opened: OpenedChannel): void;
  /** The first connection stands; the agent has not answered yet. */
  onConnected?(): void;
  /** A payload of the session, in order: output, stderr, flag, exit code. A view, good during the call. False stops reading until `readOn`. */
  onPayload(payloadType: number, payload: Uint8Array): boolean;
  /** A data key from KMS, when the account asks for encryption; absent: such a session is refused. */
  generateDataKey?(request: DataKeyRequest, signal: AbortSignal): Promise<DataKey>;
  /** As given to StartSession: the key is bound to it. */
  readonly target?: string;
  /** The most bytes of data that one message may come to carry; absent: 16 KiB. */
  readonly maxPayloadBytes?: number;
  /** For tests: how a connection is opened. */
  connect?(options: ConnectionOptions, signal: AbortSignal): Promise<ChannelConnection>;
  readonly clock: Clock;
  readonly log: Log;
}

export type ChannelEnd =
  | { readonly kind: 'closed-here' }
  /** The service said so. `output` is its reason; '' for a normal end, a limit or a termination by API. */
  | { readonly kind: 'closed-there'; readonly output: string }
  | { readonly kind: 'failed'; readonly error: PosternError };

export class DataChannel {
  /** Settles with the agent's first output or the end of its handshake. Rejects with a PosternError when the channel ends first. */
  readonly opened: Promise<OpenedChannel>;
  /** Never rejects. */
  readonly ended: Promise<ChannelEnd>;
  readonly #options: DataChannelOptions;
  readonly #clientId = randomUUID();
  readonly #abort = new AbortController();
  readonly #order = new ReceiveOrder();
  readonly #sender: Sender;
  readonly #resumption: Resumption;
  readonly #opening: ChannelOpening;
  readonly #ending = Promise.withResolvers<ChannelEnd>();
  #connection: ChannelConnection | undefined;
  #everHeard = false;
  #heardSinceRefusal = true;
  #refusals = 0;
  #isResuming = false;
  #hasEnded = false;

  constructor(options: DataChannelOptions) {
    this.#options = options;
    this.ended = this.#ending.promise;
    this.#resumption = new Resumption((signal) => options.resume(signal));
    this.#sender = new Sender({
      toFrame: (sequenceNumber, payloadType, payload, allocate) => this.#toFrame(MessageType.inputStreamData, sequenceNumber, 0, payloadType, payload, allocate),
      transmit: (frame) => this.#connection?.send(frame),
      congested: () => this.#connection?.isCongested === true,
      onOverdue: () => this.#connection?.probe(),
      maxPayloadBytes: options.maxPayloadBytes ?? MAX_PAYLOAD_BYTES,
    });
    this.#opening = new ChannelOpening({
      sessionId: options.sessionId,
      target: options.target ?? '',
      ...(options.generateDataKey === undefined ? {} : { generateDataKey: (request, signal) => options.generateDataKey?.(request, signal) }),
      send: (payloadType, payload) => this.#sender.send(payloadType, payload),
      encryptWith: (cipher) => this.#sender.encryptWith(cipher),
      onOpened: (opened) => {
        this.#sender.relax();
        options.onOpened?.(opened);
      },
      fail: (error) => this.#end({ kind: 'failed', error }),
      log: options.log,
    });
    this.opened = this.#opening.opened;
    void this.#run();
  }

  /**
   * Queue a payload; bytes of the session (type `output`) may be any number. It is sent when the window has room, and again until it is
   * acknowledged.
   *
   * @param onTaken called when the window has taken all of it, maybe within this call: the moment to queue more
   */
  send(payloadType: number, payload: Uint8Array, onTaken?: () => void): void {
    this.#sender.send(payloadType, payload, onTaken);
  }

  /** Queue bytes of the session, several writes at once: they go together. */
  sendBytes(outgoing: readonly OutgoingBytes[]): void {
    this.#sender.sendBytes(outgoing);
  }

  /** Send this now, in front of what waits, which is forgotten. */
  sendLast(payloadType: number, payload: Uint8Array): void {
    this.#sender.sendLast(payloadType, payload);
  }

  /** Whether all that was sent has been acknowledged. */
  get isIdle(): boolean {
    return this.#sender.isIdle;
  }

  /** Whether any bytes of the session were acknowledged: what is at the far end has taken them. */
  get hasDelivered(): boolean {
    return this.#sender.hasDelivered;
  }

  /** Whether there is no connection now. */
  get isResuming(): boolean {
    return this.#isResuming;
  }

  /** Asks for a sign of life, e.g. after a sleep. @returns false when there is no connection now, or it was cut because nobody was heard in time */
  async check(withinMs: number): Promise<boolean> {
    return this.#connection !== undefined && this.#connection.check(withinMs);
  }

  /** Settles when all that was sent has been acknowledged, or the channel has ended. */
  whenIdle(): Promise<void> {
    return this.#sender.whenIdle();
  }

  /** Deliver again after `onPayload` said false. */
  readOn(): void {
    this.#sender.release();
    this.#connection?.resume();
  }

  /** End it on this side, maybe because of an error. The session itself is ended with TerminateSession, which is the caller's. */
  close(error?: PosternError): void {
    this.#end(error === undefined ? { kind: 'closed-here' } : { kind: 'failed', error });
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
        if (closed.code === MESSAGE_TOO_BIG) this.#handleRefusal();
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
    let connection: ChannelConnection;
    try {
      connection = await (this.#options.connect ?? openConnection)(
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
    this.#sender.connect();
    if (!this.#isResuming) this.#options.onConnected?.();
    const closed = await connection.closed;
    this.#connection = undefined;
    this.#sender.disconnect();
    return closed;
  }

  #handleRefusal(): void {
    this.#refusals = this.#heardSinceRefusal ? 1 : this.#refusals + 1;
    this.#heardSinceRefusal = false;
    if (this.#refusals >= MAX_REFUSALS_IN_A_ROW) throw messagesRefused();
    this.#sender.refused();
  }

  #reportResuming({ code, reason }: ConnectionClosed): void {
    this.#options.log.info('Session Manager connection lost', { sessionId: this.#options.sessionId, code, reason });
    if (this.#isResuming) return;
    this.#isResuming = true;
    this.#options.onResuming?.(say`The connection to Session Manager was lost (${reason === '' ? '' : `${reason}, `}code ${code}).`);
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
        this.#heardSinceRefusal = true;
        this.#sender.acknowledge(acknowledgement.AcknowledgedMessageSequenceNumber);
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
    if (!this.#order.accept(message, ({ payloadType, payload }) => this.#deliver(payloadType, payload))) return;
    // An agent that sends without reading gets no acknowledgement now, resends, and gets it then.
    if (this.#connection === undefined || this.#connection.isCongested) return;
    this.#connection.send(this.#toFrame(MessageType.acknowledge, 0, HeaderFlag.synAndFin, PayloadType.none, [encodeAcknowledgement(message)]));
  }

  #deliver(payloadType: number, payload: Uint8Array): void {
    if (this.#hasEnded) return;
    if (this.#opening.receive(payloadType, payload)) return;
    const content = this.#opening.toContent(payloadType, payload);
    if (content !== undefined && content.length > 0 && !this.#options.onPayload(payloadType, content)) {
      this.#sender.hold();
      this.#connection?.pause();
    }
  }

  #toFrame(messageType: string, sequenceNumber: number, flags: number, payloadType: number, payload: readonly Uint8Array[], allocate?: (frameBytes: number) => Buffer | undefined): Uint8Array {
    return encodeNewMessage({ messageType, schemaVersion: 1, createdDate: this.#options.clock.now(), sequenceNumber, flags, payloadType }, payload, allocate);
  }

  #end(end: ChannelEnd): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#connection?.close();
    this.#connection = undefined;
    this.#sender.end();
    this.#abort.abort();
    this.#ending.resolve(end);
    this.#opening.end(toOpeningError(end));
  }
}

function toOpeningError(end: ChannelEnd): PosternError {
  switch (end.kind) {
    case 'failed':
      return end.error;
    case 'closed-there':
      return endedThere(end.output);
    case 'closed-here':
      return new PosternError({ code: 'cancelled', message: say`The session was closed before it began.` });
  }
}
