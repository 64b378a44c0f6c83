import { expect, test } from 'vitest';
import { clearIfStill } from '../../../src/renderer/panels/hostActions/clipboardSecret.ts';

function clipboardOf(text: string) {
  const held = { text };
  return { held, readText: async () => held.text, writeText: async (next: string) => void (held.text = next) };
}

test('a secret that is still on the clipboard is cleared', async () => {
  const clipboard = clipboardOf('secret');
  expect(await clearIfStill('secret', clipboard)).toBe(true);
  expect(clipboard.held.text).toBe('');
});

test('what was copied since stays on the clipboard', async () => {
  const clipboard = clipboardOf('something else');
  expect(await clearIfStill('secret', clipboard)).toBe(false);
  expect(clipboard.held.text).toBe('something else');
});
