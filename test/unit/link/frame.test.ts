import { expect, test } from 'vitest';
import { ACK_EVERY_BYTES, decodeFrame, encodeFrame, HIGH_WATER_BYTES, LOW_WATER_BYTES, MAX_FRAME_BYTES } from '../../../src/link/frame.ts';

test('a frame is one octet, the stream id in network order, and the bytes', () => {
  expect([...encodeFrame({ kind: 'output', streamId: 0x01020304, bytes: new Uint8Array([0xff, 0]) })]).toEqual([1, 1, 2, 3, 4, 0xff, 0]);
  expect([...encodeFrame({ kind: 'input', streamId: 7, bytes: new Uint8Array() })]).toEqual([2, 0, 0, 0, 7]);
  expect([...encodeFrame({ kind: 'ack', streamId: 0xffffffff, byteCount: 32768 })]).toEqual([3, 255, 255, 255, 255, 0, 0, 128, 0]);
});

test('every frame comes back as it went, also out of the middle of a larger buffer', () => {
  for (const frame of [
    { kind: 'output', streamId: 4294967295, bytes: new Uint8Array([1, 2, 3]) },
    { kind: 'input', streamId: 0, bytes: new Uint8Array() },
    { kind: 'ack', streamId: 9, byteCount: 4294967295 },
  ] as const) {
    const message = encodeFrame(frame);
    const larger = new Uint8Array(message.byteLength + 20).fill(0xaa);
    larger.set(message, 10);
    expect(decodeFrame(larger.subarray(10, 10 + message.byteLength))).toEqual(frame);
  }
});

test('what is no frame is undefined: too short, of an unknown kind, an acknowledgement of another length', () => {
  for (const bytes of [[], [1], [1, 0, 0, 0], [0, 0, 0, 0, 1], [4, 0, 0, 0, 1, 9], [255, 0, 0, 0, 1], [3, 0, 0, 0, 1], [3, 0, 0, 0, 1, 0, 0, 1], [3, 0, 0, 0, 1, 0, 0, 0, 1, 0]]) {
    expect(decodeFrame(new Uint8Array(bytes))).toBeUndefined();
  }
});

test('the acknowledgement step stays below the low mark, or a full pipe would never reopen', () => {
  expect(ACK_EVERY_BYTES).toBeLessThan(LOW_WATER_BYTES);
  expect(LOW_WATER_BYTES).toBeLessThan(HIGH_WATER_BYTES);
  expect(MAX_FRAME_BYTES).toBeLessThanOrEqual(LOW_WATER_BYTES);
});
