import { expect, test } from 'vitest';
import { escapeOf, invisibleCharacters } from '../../fixtures/invisibleCharacters.ts';
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

test('row 26: every invisible or reordering character of the list is written out, alone and between letters', () => {
  for (const character of invisibleCharacters) {
    expect(safeText(`pro${character}d`)).toBe(`pro${escapeOf(character)}d`);
    expect(safeText(character)).toBe(escapeOf(character));
    expect(strippedText(`pro${character}d`, 10)).toBe('prod');
  }
});

test('what Unicode calls a format, control or default-ignorable character is in no name that is shown', () => {
  const shown: string[] = [];
  for (let code = 0; code <= 0x10ffff; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const character = String.fromCodePoint(code);
    if (/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u.test(character) && safeText(`a${character}b`).includes(character)) shown.push(code.toString(16));
  }
  // Signs that are seen: of Arabic numbers and verses, a Syriac abbreviation, Kaithi numbers, and of Egyptian blocks.
  expect(shown.filter((code) => !/^(60[0-5]|6dd|70f|89[01]|8e2|110bd|110cd|134[34].)$/.test(code))).toEqual([]);
});

test('joiners and selectors stay where they have a use', () => {
  for (const text of ['👩‍👩‍👧', '🏳️‍🌈', '❤️', '1️⃣', '👩🏽‍🚀', '葛\u{e0100}飾', '\u795e\ufe00']) expect(safeText(text)).toBe(text);
});

test('marks that are stacked without end do not cover the lines around', () => {
  expect(safeText(`Z${'\u0301'.repeat(200)}y`)).toBe(`Z${'\u0301'.repeat(6)}…y`);
  // Vietnamese, Thai, pointed Hebrew and stacked Tibetan stay.
  for (const word of ['tiếng Việt'.normalize('NFD'), 'ที่นี่', 'בְּרֵאשִׁ֖ית', 'བརྒྱུད']) expect(safeText(word)).toBe(word);
});
