/**
 * What can go wrong between a client and an agent, as switches for tests: they may be changed at any time.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { MessageType, decodeAgentMessage } from '../services/ssm/message.ts';

export type Direction = 'to-client' | 'to-agent';

/** The message a predicate is asked about. Asked once for each message that passes, resent ones included. */
export interface PassingMessage {
  readonly direction: Direction;
  readonly messageType: string;
  readonly sequenceNumber: number;
  readonly payloadType: number;
}

export interface MessageFaults {
  /** True: the message is lost. */
  drop?: ((message: PassingMessage) => boolean) | undefined;
  /** True: the message arrives twice. */
  duplicate?: ((message: PassingMessage) => boolean) | undefined;
  /** True: the message arrives after the next one of its direction. */
  reorder?: ((message: PassingMessage) => boolean) | undefined;
  /** True: the digest in its header is wrong. */
  wrongDigest?: ((message: PassingMessage) => boolean) | undefined;
  /** Each way. */
  delayMs?: number | undefined;
  /** The agent's acknowledgements do not reach the client. */
  withholdAcks?: boolean | undefined;
  /**
   * Cut the client's connection, without a close frame, once this many bytes of messages were sent to it: in the middle of a message when
   * the number falls there. Works once and then clears itself.
   */
  cutAtByte?: number | undefined;
  /** Every connection of a client is cut like that, each after so many bytes of its own. */
  cutEveryBytes?: number | undefined;
  /** As `cutAtByte`, for bytes of messages that came from the client; the message in which the number falls is lost. */
  cutFromClientAtByte?: number | undefined;
  /** Every client's connection is closed, with 1000 as by a tidy server, this long after it was opened. */
  closeEveryMs?: number | undefined;
  /** Every opening is answered as one with a wrong token. */
  refuseToken?: boolean | undefined;
}

const FIRST_DIGEST_BYTE = 80;

/** Passes the frames of one direction on to `deliver`, in order, with the faults that are switched on. */
export function createFaultyPath(direction: Direction, faults: MessageFaults, deliver: (frame: Buffer) => Promise<void>): (frame: Buffer) => Promise<void> {
  let overtaken: Buffer | undefined;
  let turn = Promise.resolve();
  let waiting = 0;

  const pass = async (frame: Buffer): Promise<void> => {
    const subject = subjectOf(direction, frame);
    if (faults.withholdAcks === true && direction === 'to-client' && subject.messageType === MessageType.acknowledge) return;
    if (faults.drop?.(subject) === true) return;
    const sent = faults.wrongDigest?.(subject) === true ? withWrongDigest(frame) : frame;
    if (overtaken === undefined && faults.reorder?.(subject) === true) {
      overtaken = sent;
      return;
    }
    const twice = faults.duplicate?.(subject) === true;
    const frames = [sent, ...(twice ? [sent] : []), ...(overtaken === undefined ? [] : [overtaken])];
    overtaken = undefined;
    for (const each of frames) await deliver(each);
  };

  return (frame) => {
    // The usual way, without looking into the message: a relay at full speed has no time for it.
    if (waiting === 0 && overtaken === undefined && !isFaulty(faults)) return deliver(frame);
    waiting += 1;
    // Started now, so that a delay is a delay and not a limit of the rate.
    const delay = faults.delayMs === undefined ? undefined : wait(faults.delayMs);
    turn = turn.then(async () => {
      await delay;
      await pass(frame);
      waiting -= 1;
    });
    return turn;
  };
}

/** Whether anything is switched on that touches single messages. */
function isFaulty(faults: MessageFaults): boolean {
  return (
    faults.drop !== undefined ||
    faults.duplicate !== undefined ||
    faults.reorder !== undefined ||
    faults.wrongDigest !== undefined ||
    faults.delayMs !== undefined ||
    faults.withholdAcks === true
  );
}

export interface RandomLoss {
  /** Of all messages, acknowledgements included: 0.02 is 2 %. */
  readonly dropFraction?: number;
  readonly duplicateFraction?: number;
  readonly reorderFraction?: number;
  /** The same seed gives the same decisions in the same order. */
  readonly seed: number;
}

/** Switches for a bad network: each message is lost, doubled or overtaken at random. */
export function randomLoss({ dropFraction = 0, duplicateFraction = 0, reorderFraction = 0, seed }: RandomLoss): Required<Pick<MessageFaults, 'drop' | 'duplicate' | 'reorder'>> {
  const random = randomNumbers(seed);
  return { drop: () => random() < dropFraction, duplicate: () => random() < duplicateFraction, reorder: () => random() < reorderFraction };
}

/** Between 0 and 1: mulberry32, for tests that must come out the same every time. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function subjectOf(direction: Direction, frame: Buffer): PassingMessage {
  const message = decodeAgentMessage(frame, { checkDigest: false });
  if ('malformed' in message) return { direction, messageType: '', sequenceNumber: 0, payloadType: 0 };
  return { direction, messageType: message.messageType, sequenceNumber: message.sequenceNumber, payloadType: message.payloadType };
}

function withWrongDigest(frame: Buffer): Buffer {
  const wrong = Buffer.from(frame);
  wrong[FIRST_DIGEST_BYTE] = (wrong[FIRST_DIGEST_BYTE] ?? 0) ^ 0xff;
  return wrong;
}
