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
  /** Every opening is answered as one with a wrong token. */
  refuseToken?: boolean | undefined;
}

const FIRST_DIGEST_BYTE = 80;

/** Passes the frames of one direction on to `deliver`, in order, with the faults that are switched on. */
export function createFaultyPath(direction: Direction, faults: MessageFaults, deliver: (frame: Buffer) => Promise<void>): (frame: Buffer) => Promise<void> {
  let overtaken: Buffer | undefined;
  let turn = Promise.resolve();

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
    // Started now, so that a delay is a delay and not a limit of the rate.
    const delay = faults.delayMs === undefined ? undefined : wait(faults.delayMs);
    turn = turn.then(async () => {
      await delay;
      await pass(frame);
    });
    return turn;
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
