import { expect, test } from 'vitest';
import { Scrollback } from '../../../src/services/sessions/scrollback.ts';

const text = (scrollback: Scrollback): string => new TextDecoder().decode(scrollback.bytes());
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

test('scrollback keeps the last bytes, oldest first', () => {
  const scrollback = new Scrollback(8);
  for (const part of ['abc', 'def', 'ghi', 'j']) scrollback.append(bytes(part));
  expect(text(scrollback)).toBe('cdefghij');
});

test('one piece larger than the limit leaves its tail', () => {
  const scrollback = new Scrollback(4);
  scrollback.append(bytes('ab'));
  scrollback.append(bytes('0123456789'));
  expect(text(scrollback)).toBe('6789');
});

test('any cutting of the same bytes gives the same scrollback', () => {
  const all = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
  const limit = 40_000;
  for (const size of [1, 7, 1000, 16_384, 39_999, 40_000, 40_001]) {
    const scrollback = new Scrollback(limit);
    for (let at = 0; at < all.length; at += size) scrollback.append(all.subarray(at, at + size));
    expect(Buffer.compare(scrollback.bytes(), all.subarray(all.length - limit)), `pieces of ${size}`).toBe(0);
    expect(scrollback.sizeBytes).toBe(limit);
  }
});
