import { expect, test } from 'vitest';
import { createQuietStart } from '../../../src/services/quietStart.ts';

const longMs = 600_000;

async function isOver(over: Promise<void>): Promise<boolean> {
  return Promise.race([over.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);
}

test('a start is quiet until a window has something on its screen', async () => {
  const quiet = createQuietStart('web', longMs);
  quiet.windowShows([]);
  expect(await isOver(quiet.over)).toBe(false);
  quiet.windowShows(['i-1']);
  expect(await isOver(quiet.over)).toBe(true);
});

test('no window is waited for forever, and by a command line never', async () => {
  await createQuietStart('electron', 0).over;
  expect(await isOver(createQuietStart('cli', longMs).over)).toBe(true);
});
