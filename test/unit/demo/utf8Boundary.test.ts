import { expect, test } from 'vitest';
import { cutAtCharacter } from '../../../src/demo/utf8Boundary.ts';

function cut(hex: string): string {
  const { ready, held } = cutAtCharacter(Buffer.from(hex, 'hex'));
  return `${ready.toString('hex')}|${held.toString('hex')}`;
}

test('whole characters of every length go out', () => {
  const text = Buffer.from('a\u00e9\u65e5\u{1f600}z');
  expect(cutAtCharacter(text)).toEqual({ ready: text, held: Buffer.alloc(0) });
});

test('the first bytes of a character are held until the rest comes', () => {
  expect(cut('61c3')).toBe('61|c3');
  expect(cut('61e697')).toBe('61|e697');
  expect(cut('61f09f98')).toBe('61|f09f98');
});

test('invalid bytes pass unless they are among the last three', () => {
  expect(cut('ff616263')).toBe('ff616263|');
  expect(cut('61ff6263')).toBe('61|ff6263');
  expect(cut('616263ff')).toBe('616263|ff');
});

test('overlong forms and surrogates are invalid bytes', () => {
  expect(cut('c0af61626364')).toBe('c0af61626364|');
  expect(cut('eda08061626364')).toBe('eda08061626364|');
});

test('a genuine replacement character is reduced to its first byte, as the official agent does', () => {
  expect(cut('efbfbd61')).toBe('ef61|');
  expect(cut('61efbfbd')).toBe('61|efbfbd');
});
