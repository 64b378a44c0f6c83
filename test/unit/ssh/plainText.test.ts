import { expect, test } from 'vitest';
import { toPlainText } from '../../../src/services/ssh/plainText.ts';

test.each([
  ['colours and cursor moves', 'a\u001b[31;1mred\u001b[0m\u001b[2J\u001b[Hb', 'aredb'],
  ['a window title', 'a\u001b]0;evil\u0007b\u001b]2;evil\u001b\\c', 'abc'],
  ['a clipboard write', '\u001b]52;c;ZXZpbA==\u0007x', 'x'],
  ['a device control string', 'a\u001bP$q"p\u001b\\b', 'ab'],
  ['8-bit forms', 'a\u009b31mb\u009d0;evil\u009cc', 'abc'],
  ['two-character escapes', 'a\u001bcb\u001b(0c', 'abc'],
  ['an escape that is cut off', 'a\u001b', 'a'],
  ['control characters, backspaces and NUL', 'a\u0000b\u0008c\u007fd\u0085e', 'abcde'],
  ['carriage returns', 'one\r\ntwo\rthree', 'one\ntwothree'],
  ['characters that cannot be seen', 'pass\u200bw\u00ado\u2060r\u{e0041}d\u3164\ufeff', 'password'],
  ['marks that turn the text round', 'a\u202egnp.exe\u2066b\u200f', 'agnp.exeb'],
])('%s are taken out of what a host says', (_what, text, plain) => {
  expect(toPlainText(text)).toBe(plain);
});

test('tabs, newlines and other languages stay', () => {
  expect(toPlainText('Willkommen\tauf\nサーバー 🚪')).toBe('Willkommen\tauf\nサーバー 🚪');
});

test('text is cut to its limit before anything else is done with it', () => {
  expect(toPlainText('x'.repeat(100_000))).toBe('x'.repeat(8192));
  expect(toPlainText('abcdef', 3)).toBe('abc');
});
