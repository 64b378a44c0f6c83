/**
 * The beginning of a session: with a handshake, with one that agrees on encryption, or, for a shell, with the first output.
 *
 *   waiting --HandshakeRequest--> answered [--EncChallengeRequest--> answered] --HandshakeComplete--> open
 *   waiting --anything else of the session--> open
 *
 * Reference: session-manager-protocol.md section 3.
 */
import { toPosternError, type PosternError } from '../../contract/error.ts';
import type { Log } from '../base/log.ts';
import { answerHandshake, HANDSHAKE_TIMEOUT_MS, wantedEncryption, type DataKeyAnswer } from './handshake.ts';
import { encryptionContext, type DataKey, type DataKeyRequest, type SessionCipher } from './kms.ts';
import { PayloadType } from './message.ts';
import {
  decodeEncryptionChallenge,
  decodeHandshakeComplete,
  decodeHandshakeRequest,
  encodeJson,
  type HandshakeRequest,
  type KmsEncryptionParameters,
  type SessionTypeParameters,
} from './messagePayloads.ts';

/** A customer message is a sentence or two. */
const MAX_CUSTOMER_MESSAGE_LENGTH = 4_096;
/** Payloads that the agent encrypts when the session is encrypted. */
const encryptedTypes: readonly number[] = [PayloadType.output, PayloadType.stdErr, PayloadType.exitCode];

/** What the agent said when it was ready. */
export interface OpenedChannel {
  /** Absent without a handshake: then it is a shell. */
  readonly agentVersion?: string;
  readonly session?: SessionTypeParameters;
  /** For the person; '' for nothing. */
  readonly customerMessage: string;
}

export interface ChannelOpeningOptions {
  readonly sessionId: string;
  /** As given to StartSession: the data key is bound to it. */
  readonly target: string;
  /** Absent: a session that is to be encrypted is refused. */
  generateDataKey?(request: DataKeyRequest, signal: AbortSignal): Promise<DataKey> | undefined;
  send(payloadType: number, payload: Uint8Array): void;
  /** From now on bytes of the session are sent encrypted. */
  encryptWith(cipher: SessionCipher): void;
  /** Within the call that opened it: before the payloads that follow. */
  onOpened(opened: OpenedChannel): void;
  /** The session cannot go on. */
  fail(error: PosternError): void;
  readonly log: Log;
}

export class ChannelOpening {
  /** Rejects when the channel ends first. */
  readonly opened: Promise<OpenedChannel>;
  readonly #options: ChannelOpeningOptions;
  readonly #abort = new AbortController();
  readonly #opening = Promise.withResolvers<OpenedChannel>();
  #isOpened = false;
  #hasShakenHands = false;
  #cipher: SessionCipher | undefined;
  #handshake: Omit<OpenedChannel, 'customerMessage'> | undefined;

  constructor(options: ChannelOpeningOptions) {
    this.#options = options;
    this.opened = this.#opening.promise;
    // Who waits for the channel's end alone learns of a failure there.
    this.opened.catch(() => undefined);
  }

  /** Whether the payload was a part of the handshake; what is not opens a session that has none. */
  receive(payloadType: number, payload: Uint8Array): boolean {
    switch (payloadType) {
      case PayloadType.handshakeRequest:
        this.#handleRequest(payload);
        return true;
      case PayloadType.encChallengeRequest:
        this.#handleChallenge(payload);
        return true;
      case PayloadType.handshakeComplete:
        this.#handleComplete(payload);
        return true;
      default:
        if (!this.#hasShakenHands) this.#open({ customerMessage: '' });
        return false;
    }
  }

  /** The payload as the agent meant it. Undefined when it cannot be read, which fails the session. */
  toContent(payloadType: number, payload: Uint8Array): Uint8Array | undefined {
    if (this.#cipher === undefined || !encryptedTypes.includes(payloadType)) return payload;
    try {
      return this.#cipher.decrypt(payload);
    } catch (thrown) {
      this.#options.fail(toPosternError(thrown));
      return undefined;
    }
  }

  end(error: PosternError): void {
    this.#abort.abort();
    this.#cipher?.wipe();
    this.#opening.reject(error);
  }

  #handleRequest(payload: Uint8Array): void {
    const request = decodeHandshakeRequest(payload);
    if (request === undefined || this.#isOpened || this.#hasShakenHands) {
      this.#options.log.warn('Session Manager handshake request ignored', { sessionId: this.#options.sessionId, readable: request !== undefined });
      return;
    }
    this.#hasShakenHands = true;
    const encryption = wantedEncryption(request);
    if (encryption === undefined || this.#options.generateDataKey === undefined) this.#answer(request);
    else void this.#askForDataKey(encryption).then((answer) => this.#answer(request, answer));
  }

  async #askForDataKey(parameters: KmsEncryptionParameters): Promise<DataKeyAnswer | undefined> {
    const { sessionId, target } = this.#options;
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(HANDSHAKE_TIMEOUT_MS)]);
    try {
      const dataKey = await this.#options.generateDataKey?.({ keyId: parameters.KMSKeyId, encryptionContext: encryptionContext(sessionId, target, parameters) }, signal);
      return dataKey === undefined ? undefined : { dataKey };
    } catch (thrown) {
      return { error: toPosternError(thrown) };
    }
  }

  #answer(request: HandshakeRequest, dataKeyAnswer?: DataKeyAnswer): void {
    const { response, refusal, cipher, ...handshake } = answerHandshake(request, dataKeyAnswer);
    if (this.#abort.signal.aborted) return cipher?.wipe();
    this.#handshake = handshake;
    this.#options.send(PayloadType.handshakeResponse, encodeJson(response));
    // Port sessions are never encrypted by this layer, whatever was agreed.
    if (cipher !== undefined && handshake.session?.SessionType !== 'Port') {
      this.#cipher = cipher;
      this.#options.encryptWith(cipher);
    }
    if (refusal !== undefined) this.#options.fail(refusal);
  }

  #handleChallenge(payload: Uint8Array): void {
    const challenge = decodeEncryptionChallenge(payload);
    if (challenge === undefined || this.#cipher === undefined || this.#isOpened) {
      this.#options.log.warn('Session Manager encryption challenge ignored', { sessionId: this.#options.sessionId });
      return;
    }
    try {
      this.#options.send(PayloadType.encChallengeResponse, encodeJson({ Challenge: this.#cipher.answerChallenge(challenge) }));
    } catch (thrown) {
      this.#options.fail(toPosternError(thrown));
    }
  }

  #handleComplete(payload: Uint8Array): void {
    // No agent completes a handshake that was not answered yet.
    if (this.#hasShakenHands && this.#handshake === undefined) return;
    const customerMessage = decodeHandshakeComplete(payload)?.CustomerMessage ?? '';
    this.#open({ ...this.#handshake, customerMessage: customerMessage.slice(0, MAX_CUSTOMER_MESSAGE_LENGTH) });
  }

  #open(opened: OpenedChannel): void {
    if (this.#isOpened) return;
    this.#isOpened = true;
    this.#options.onOpened(opened);
    this.#opening.resolve(opened);
  }
}
