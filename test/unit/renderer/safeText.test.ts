import { expect, test } from 'vitest';
import { safeLines, safeText, strippedText } from '../../../src/renderer/ui/safeText.ts';

test('control, bidi and zero-width characters are written out', () => {
  expect(safeText('a\u202eb\u200bc\x1b[31m\x07\n\u009b')).toBe('a\\u{202e}b\\u{200b}c\\u{1b}[31m\\u{7}\\u{a}\\u{9b}');
  expect(safeText('\u{e0041}\u2066x\ufeff')).toBe('\\u{e0041}\\u{2066}x\\u{feff}');
});

test('text of any script, and emoji with their joiners, stay as they are', () => {
  const text = 'Zürich 東京 שלום مرحبا 👩‍👩‍👧 👍🏽 <b>&amp;';
  expect(safeText(text)).toBe(text);
});

test('a preview of several lines keeps its line breaks and tabs', () => {
  expect(safeLines('a\r\nb\rc\td\x1b')).toBe('a\nb\nc\td\\u{1b}');
});

test('a title loses what cannot be seen and is cut by whole characters', () => {
  expect(strippedText('a\u202e\x1bb', 10)).toBe('ab');
  expect(strippedText('👍👍👍👍', 3)).toBe('👍👍…');
});
