/**
 * The agent's half of the reliable stream: sequence numbers, acknowledgements, order, resending and pauses, as the official agent does them.
 *
 * Slower and more forgiving than our client on purpose: session-manager-protocol.md section 4, column "agent".
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../services/base/clock.ts';
import { HeaderFlag, MessageType, PayloadType, encodeAgentMessage } from '../services/ssm/message.ts';
import { decodeAcknowledgement, encodeAcknowledgement } from '../services/ssm/messagePayloads.ts';
import type { AgentMessage } from '../services/ssm/message.ts';
import { afterSample, initialRoundTrip } from './agentRoundTrip.ts';

export interface AgentStreamOptions {
  /** Settles when the connection has taken the frame, or is gone. */
  readonly send: (frame: Buffer) => Promise<void>;
  /** Takes input in order, each once. False: not ready, so it is not acknowledged and will come again. */
  readonly deliver: (message: AgentMessage) => Promise<boolean>;
  readonly clock: Clock;
  /** Absent: as the official agent. */
  readonly resending?: AgentResending;
}

/** How unacknowledged messages are sent again. */
export interface AgentResending {
  /** The official agent: 100. */
  readonly pollMs: number;
  /** Every message that is overdue, and not only the oldest: without it 2 % of loss leave ten messages a second. */
  readonly allOverdue: boolean;
}

export interface AgentStream {
  /** Send stream data; settles when the connection has taken it. While paused it is kept. */
  sendOutput(payloadType: number, payload: Uint8Array): Promise<void>;
  /** A message that is no stream data. Not numbered, never acknowledged. */
  sendControl(messageType: string, payload: Uint8Array): Promise<void>;
  /** Settles when the message is dealt with. Messages must be given one at a time. */
  receive(message: AgentMessage): Promise<void>;
  /** Settles at once, or when a pause ends. */
  whenRunning(): Promise<void>;
  isPaused(): boolean;
  /** As a process that was stopped: nothing is read, sent or sent again until it goes on. */
  suspend(): void;
  goOn(): void;
  unacknowledgedCount(): number;
  close(): void;
}

/** Only the oldest message is looked at. */
export const OFFICIAL_RESENDING: AgentResending = { pollMs: 100, allOverdue: false };
/** Of sent messages: more are sent, but not kept for resending. Of early ones: more are dropped unacknowledged. */
const MAX_STORED_MESSAGES = 100_000;

interface SentMessage {
  readonly frame: Buffer;
  sentAtMs: number;
}

export function createAgentStream(options: AgentStreamOptions): AgentStream {
  const { clock, resending = OFFICIAL_RESENDING } = options;
  /** In the order of sending, so the first is the oldest. */
  const unacknowledged = new Map<number, SentMessage>();
  const early = new Map<number, AgentMessage>();
  let roundTrip = initialRoundTrip;
  let nextSequenceNumber = 0;
  let expectedSequenceNumber = 0;
  let paused: { readonly ended: PromiseWithResolvers<void>; readonly kept: Buffer[] } | undefined;
  let suspended: PromiseWithResolvers<void> | undefined;

  const send = (frame: Buffer): Promise<void> => (suspended === undefined ? options.send(frame) : suspended.promise.then(() => options.send(frame)));

  const resendTimer = setInterval(() => {
    if (paused !== undefined || suspended !== undefined) return;
    const now = clock.now();
    for (const sent of unacknowledged.values()) {
      // In the order of their first sending, so what follows is younger, unless it was sent again.
      if (now - sent.sentAtMs > roundTrip.rtoMs) {
        sent.sentAtMs = now;
        void send(sent.frame);
      }
      if (!resending.allOverdue) return;
    }
  }, resending.pollMs);

  const sendControl = (messageType: string, payload: Uint8Array): Promise<void> =>
    send(toFrame(clock, { messageType, sequenceNumber: 0, flags: HeaderFlag.synAndFin, payloadType: PayloadType.none, payload }));
  const acknowledge = (message: AgentMessage): Promise<void> => sendControl(MessageType.acknowledge, encodeAcknowledgement(message));

  const resume = async (): Promise<void> => {
    const pause = paused;
    if (pause === undefined) return;
    paused = undefined;
    pause.ended.resolve();
    for (const frame of pause.kept) await send(frame);
  };

  const receiveAcknowledgement = (message: AgentMessage): void => {
    const sequenceNumber = decodeAcknowledgement(message.payload)?.AcknowledgedMessageSequenceNumber;
    const sent = sequenceNumber === undefined ? undefined : unacknowledged.get(sequenceNumber);
    if (sequenceNumber === undefined || sent === undefined) return;
    // Resent messages are sampled too: the official agent has no Karn rule.
    roundTrip = afterSample(roundTrip, clock.now() - sent.sentAtMs);
    unacknowledged.delete(sequenceNumber);
  };

  const receiveInput = async (message: AgentMessage): Promise<void> => {
    if (message.sequenceNumber < expectedSequenceNumber) return acknowledge(message);
    if (message.sequenceNumber > expectedSequenceNumber) {
      if (early.size >= MAX_STORED_MESSAGES) return;
      early.set(message.sequenceNumber, { ...message, payload: Buffer.from(message.payload) });
      return acknowledge(message);
    }
    if (!(await options.deliver(message))) return;
    expectedSequenceNumber += 1;
    await acknowledge(message);
    for (let next = early.get(expectedSequenceNumber); next !== undefined; next = early.get(expectedSequenceNumber)) {
      if (!(await options.deliver(next))) return;
      early.delete(expectedSequenceNumber);
      expectedSequenceNumber += 1;
    }
  };

  return {
    sendControl,
    async sendOutput(payloadType, payload) {
      const sequenceNumber = nextSequenceNumber;
      nextSequenceNumber += 1;
      const flags = sequenceNumber === 0 ? HeaderFlag.syn : 0;
      const frame = toFrame(clock, { messageType: MessageType.outputStreamData, sequenceNumber, flags, payloadType, payload });
      // Before sending: the acknowledgement may be quicker than the end of `send`.
      if (unacknowledged.size < MAX_STORED_MESSAGES) unacknowledged.set(sequenceNumber, { frame, sentAtMs: clock.now() });
      if (paused === undefined) await send(frame);
      else paused.kept.push(frame);
    },
    async receive(message) {
      if (suspended !== undefined) await suspended.promise;
      switch (message.messageType) {
        case MessageType.pausePublication:
          paused ??= { ended: Promise.withResolvers<void>(), kept: [] };
          return;
        case MessageType.startPublication:
          return resume();
        case MessageType.acknowledge:
          receiveAcknowledgement(message);
          return resume();
        case MessageType.inputStreamData:
          await resume();
          return receiveInput(message);
        default:
      }
    },
    whenRunning: async () => paused?.ended.promise,
    isPaused: () => paused !== undefined,
    suspend() {
      suspended ??= Promise.withResolvers();
    },
    goOn() {
      suspended?.resolve();
      suspended = undefined;
    },
    unacknowledgedCount: () => unacknowledged.size,
    close() {
      clearInterval(resendTimer);
      paused?.ended.resolve();
      suspended?.resolve();
    },
  };
}

/** A frame with a fresh id and the time of now. */
export function toFrame(clock: Clock, message: Pick<AgentMessage, 'messageType' | 'sequenceNumber' | 'flags' | 'payloadType' | 'payload'>): Buffer {
  return encodeAgentMessage({ ...message, schemaVersion: 1, createdDate: clock.now(), messageId: randomUUID() });
}
