import { expect, test } from 'vitest';
import { linkPair } from '../../../src/link/link.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a message arrives later, once, in order, and is the same object', async () => {
  const [left, right] = linkPair();
  const seen: (string | Uint8Array)[] = [];
  right.onMessage((message) => seen.push(message));
  const bytes = new Uint8Array([1, 2, 3]);
  left.send('first');
  left.send(bytes);
  expect(seen).toEqual([]);
  await settled();
  expect(seen).toEqual(['first', bytes]);
  expect(seen[1]).toBe(bytes);
});

test('messages wait for the first listener and keep their order with those still under way', async () => {
  const [left, right] = linkPair();
  left.send('a');
  left.send('b');
  await settled();
  left.send('c');
  const seen: (string | Uint8Array)[] = [];
  right.onMessage((message) => seen.push(message));
  left.send('d');
  await settled();
  expect(seen).toEqual(['a', 'b', 'c', 'd']);
});

test('a close is told once at both ends, after what was sent before it, and nothing is delivered after it', async () => {
  const [left, right] = linkPair();
  const seen: string[] = [];
  left.onClose(() => seen.push('left closed'));
  right.onClose(() => seen.push('right closed'));
  right.onMessage((message) => seen.push(String(message)));
  left.send('last words');
  left.close();
  left.close();
  left.send('too late');
  right.send('to nobody');
  await settled();
  right.close();
  await settled();
  expect(seen).toEqual(['left closed', 'last words', 'right closed']);
});
