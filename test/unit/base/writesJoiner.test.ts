import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { writesJoiner } from '../../../src/services/base/writesJoiner.ts';

function recorder(): { readonly stream: Writable; readonly pieces: string[] } {
  const pieces: string[] = [];
  const stream = new Writable({
    writev: (chunks, callback) => {
      pieces.push(chunks.map(({ chunk }: { chunk: unknown }) => String(chunk)).join(''));
      callback();
    },
  });
  return { stream, pieces };
}

test('what is written while one event is dealt with goes out in one piece, and at its end', async () => {
  const { stream, pieces } = recorder();
  const joinWrites = writesJoiner(stream);
  for (const text of ['a', 'b', 'c']) {
    joinWrites();
    stream.write(text);
  }
  expect(pieces).toEqual([]);
  await new Promise((resolve) => process.nextTick(resolve));
  expect(pieces).toEqual(['abc']);
});

test('a write of a later event does not wait for the next one', async () => {
  const { stream, pieces } = recorder();
  const joinWrites = writesJoiner(stream);
  for (const text of ['a', 'b']) {
    joinWrites();
    stream.write(text);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(pieces).toEqual(['a', 'b']);
});
