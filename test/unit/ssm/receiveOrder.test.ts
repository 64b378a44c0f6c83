import { expect, test } from 'vitest';
import { MessageType, PayloadType, type AgentMessage } from '../../../src/services/ssm/message.ts';
import { MAX_AHEAD_BYTES, MAX_AHEAD_MESSAGES, ReceiveOrder } from '../../../src/services/ssm/receiveOrder.ts';

function output(sequenceNumber: number, payload: Uint8Array = Buffer.from(String(sequenceNumber))): AgentMessage {
  return { messageType: MessageType.outputStreamData, schemaVersion: 1, createdDate: 1, sequenceNumber, flags: 0, messageId: '', payloadType: PayloadType.output, payload };
}

const texts = (payloads: ReturnType<ReceiveOrder['accept']>): string[] | undefined => payloads?.map(({ payload }) => Buffer.from(payload).toString());

test('messages are delivered in order, whatever order they come in', () => {
  const order = new ReceiveOrder();
  expect(texts(order.accept(output(2)))).toEqual([]);
  expect(texts(order.accept(output(0)))).toEqual(['0']);
  expect(texts(order.accept(output(3)))).toEqual([]);
  expect(texts(order.accept(output(1)))).toEqual(['1', '2', '3']);
  expect(order.waiting).toBe(0);
});

test('a duplicate delivers nothing but is to be acknowledged, delivered before or still waiting', () => {
  const order = new ReceiveOrder();
  order.accept(output(0));
  order.accept(output(2));
  expect(order.accept(output(0))).toEqual([]);
  expect(order.accept(output(2))).toEqual([]);
  expect(texts(order.accept(output(1)))).toEqual(['1', '2']);
});

test('messages that wait are bounded in number, and what is beyond is not acknowledged', () => {
  const order = new ReceiveOrder();
  for (let sequenceNumber = 1; sequenceNumber <= MAX_AHEAD_MESSAGES; sequenceNumber += 1) expect(order.accept(output(sequenceNumber))).toEqual([]);
  expect(order.accept(output(MAX_AHEAD_MESSAGES + 1))).toBeUndefined();
  expect(order.accept(output(0))).toHaveLength(MAX_AHEAD_MESSAGES + 1);
  expect(texts(order.accept(output(MAX_AHEAD_MESSAGES + 1)))).toEqual([String(MAX_AHEAD_MESSAGES + 1)]);
});

test('messages that wait are bounded in bytes, and hold no more than their own', () => {
  const order = new ReceiveOrder();
  const chunk = Buffer.alloc(1024 * 1024);
  for (let sequenceNumber = 1; sequenceNumber <= MAX_AHEAD_BYTES / chunk.length; sequenceNumber += 1) expect(order.accept(output(sequenceNumber, chunk))).toEqual([]);
  expect(order.accept(output(100, chunk.subarray(0, 1)))).toBeUndefined();
  const small = new ReceiveOrder();
  small.accept(output(1, chunk.subarray(7, 10)));
  expect(small.accept(output(0))?.[1]?.payload.buffer.byteLength).toBe(3);
});
