import { expect, test } from 'vitest';
import { MessageType, PayloadType, type AgentMessage } from '../../../src/services/ssm/message.ts';
import { MAX_AHEAD_BYTES, MAX_AHEAD_MESSAGES, ReceiveOrder } from '../../../src/services/ssm/receiveOrder.ts';

function output(sequenceNumber: number, payload: Uint8Array = Buffer.from(String(sequenceNumber))): AgentMessage {
  return { messageType: MessageType.outputStreamData, schemaVersion: 1, createdDate: 1, sequenceNumber, flags: 0, messageId: '', payloadType: PayloadType.output, payload };
}

/** What is delivered with this message; undefined when it is not to be acknowledged. */
function accept(order: ReceiveOrder, message: AgentMessage): string[] | undefined {
  const delivered: string[] = [];
  return order.accept(message, ({ payload }) => delivered.push(Buffer.from(payload).toString())) ? delivered : undefined;
}

test('messages are delivered in order, whatever order they come in', () => {
  const order = new ReceiveOrder();
  expect(accept(order, output(2))).toEqual([]);
  expect(accept(order, output(0))).toEqual(['0']);
  expect(accept(order, output(3))).toEqual([]);
  expect(accept(order, output(1))).toEqual(['1', '2', '3']);
  expect(order.waiting).toBe(0);
});

test('a duplicate delivers nothing but is to be acknowledged, delivered before or still waiting', () => {
  const order = new ReceiveOrder();
  accept(order, output(0));
  accept(order, output(2));
  expect(accept(order, output(0))).toEqual([]);
  expect(accept(order, output(2))).toEqual([]);
  expect(accept(order, output(1))).toEqual(['1', '2']);
});

test('messages that wait are bounded in number, and what is beyond is not acknowledged', () => {
  const order = new ReceiveOrder();
  for (let sequenceNumber = 1; sequenceNumber <= MAX_AHEAD_MESSAGES; sequenceNumber += 1) expect(accept(order, output(sequenceNumber))).toEqual([]);
  expect(accept(order, output(MAX_AHEAD_MESSAGES + 1))).toBeUndefined();
  expect(accept(order, output(0))).toHaveLength(MAX_AHEAD_MESSAGES + 1);
  expect(accept(order, output(MAX_AHEAD_MESSAGES + 1))).toEqual([String(MAX_AHEAD_MESSAGES + 1)]);
});

test('messages that wait are bounded in bytes, and hold no more than their own', () => {
  const order = new ReceiveOrder();
  const chunk = Buffer.alloc(1024 * 1024);
  for (let sequenceNumber = 1; sequenceNumber <= MAX_AHEAD_BYTES / chunk.length; sequenceNumber += 1) expect(accept(order, output(sequenceNumber, chunk))).toEqual([]);
  expect(accept(order, output(100, chunk.subarray(0, 1)))).toBeUndefined();
  const small = new ReceiveOrder();
  accept(small, output(1, chunk.subarray(7, 10)));
  const held: ArrayBufferLike[] = [];
  small.accept(output(0), ({ payload }) => {
    if (held.push(payload.buffer) === 2) expect(payload.buffer.byteLength).toBe(3);
  });
  expect(held).toHaveLength(2);
  // What has waited is given back at once, not when it is collected.
  expect(held[1]?.byteLength).toBe(0);
});
