/** The frames that the service itself makes or looks into. */
import { randomUUID } from 'node:crypto';
import { systemClock } from '../services/base/clock.ts';
import { HeaderFlag, MessageType, PayloadType } from '../services/ssm/message.ts';
import { encodeJson } from '../services/ssm/messagePayloads.ts';
import { toFrame } from './agentStream.ts';

/** Cheaper than decoding: every frame of an agent passes here. */
export function messageTypeOf(frame: Buffer): string {
  return frame.toString('latin1', 4, 36).trim();
}

export function controlFrame(messageType: string, payload: Uint8Array = new Uint8Array()): Buffer {
  return toFrame(systemClock, { messageType, sequenceNumber: 0, flags: HeaderFlag.synAndFin, payloadType: PayloadType.none, payload });
}

/** The service pads this type with NULs where everybody else uses spaces. */
export function channelClosedFrame(request: { readonly sessionId: string; readonly target: string }, output: string): Buffer {
  const frame = controlFrame(
    MessageType.channelClosed,
    encodeJson({
      MessageId: randomUUID(),
      CreatedDate: new Date(systemClock.now()).toISOString(),
      DestinationId: request.target,
      SessionId: request.sessionId,
      MessageType: MessageType.channelClosed,
      SchemaVersion: 1,
      Output: output,
    }),
  );
  return frame.fill(0, 4 + MessageType.channelClosed.length, 36);
}
