import { expect, test } from 'vitest';
import { MAX_PAYLOAD_BYTES, PayloadSize, SAFE_PAYLOAD_BYTES } from '../../../src/services/ssm/payloadSize.ts';

function acknowledgeMany(size: PayloadSize, count: number, transmissions = 1): void {
  for (let message = 0; message < count; message += 1) size.acknowledged(size.bytes, transmissions);
}

test('the size doubles, each time after 32 full messages and one that tried it', () => {
  const size = new PayloadSize(MAX_PAYLOAD_BYTES);
  const sizes = [size.bytes];
  while (size.bytes < MAX_PAYLOAD_BYTES) {
    acknowledgeMany(size, 31);
    expect(size.nextToTry()).toBeUndefined();
    acknowledgeMany(size, 1);
    const next = size.nextToTry() ?? 0;
    expect(size.nextToTry()).toBeUndefined();
    expect(size.bytes).toBe(next / 2);
    size.tried(next, true);
    sizes.push(size.bytes);
  }
  expect(sizes).toEqual([1024, 2048, 4096, 8192, 16_384]);
  acknowledgeMany(size, 100);
  expect(size.nextToTry()).toBeUndefined();
});

test('small messages and resent ones prove nothing', () => {
  const size = new PayloadSize(MAX_PAYLOAD_BYTES);
  for (let message = 0; message < 100; message += 1) size.acknowledged(100, 1);
  acknowledgeMany(size, 31);
  acknowledgeMany(size, 1, 2);
  acknowledgeMany(size, 31);
  expect(size.nextToTry()).toBeUndefined();
});

test('a size that did not arrive is never tried again', () => {
  const size = new PayloadSize(MAX_PAYLOAD_BYTES);
  acknowledgeMany(size, 32);
  size.tried(size.nextToTry() ?? 0, false);
  acknowledgeMany(size, 1000);
  expect([size.bytes, size.nextToTry()]).toEqual([1024, undefined]);
});

test('a refused frame is the one that was being tried, or else everything above 1,024 bytes', () => {
  const size = new PayloadSize(MAX_PAYLOAD_BYTES);
  acknowledgeMany(size, 32);
  size.tried(size.nextToTry() ?? 0, true);
  acknowledgeMany(size, 32);
  size.nextToTry();
  size.refused();
  expect(size.bytes).toBe(2048);
  size.tried(4096, false);
  size.refused();
  expect(size.bytes).toBe(SAFE_PAYLOAD_BYTES);
  acknowledgeMany(size, 100);
  expect(size.nextToTry()).toBeUndefined();
});

test('data that is sent again and again makes the next messages half as large', () => {
  const size = new PayloadSize(MAX_PAYLOAD_BYTES);
  for (let step = 0; step < 2; step += 1) {
    acknowledgeMany(size, 32);
    size.tried(size.nextToTry() ?? 0, true);
  }
  size.missing(4096, 4);
  expect(size.bytes).toBe(4096);
  size.missing(4096, 5);
  size.missing(4096, 6);
  expect(size.bytes).toBe(2048);
  size.missing(2048, 5);
  size.missing(1024, 50);
  expect(size.bytes).toBe(1024);
});

test('a session with a limit of its own never goes beyond it', () => {
  const size = new PayloadSize(SAFE_PAYLOAD_BYTES);
  acknowledgeMany(size, 1000);
  expect(size.nextToTry()).toBeUndefined();
});
