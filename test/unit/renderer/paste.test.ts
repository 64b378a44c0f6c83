import { expect, test } from 'vitest';
import { checkPaste, toTerminalInput } from '../../../src/renderer/terminal/paste.ts';

test('a paste cannot end bracketed paste and go on as typing', () => {
  const { text, ask, removedControls, lineCount } = checkPaste('ok\x1b[201~\rtouch pwn\r');
  expect(text).toBe('ok[201~\rtouch pwn\r');
  expect({ ask, removedControls, lineCount }).toEqual({ ask: true, removedControls: 1, lineCount: 2 });
  expect(toTerminalInput(text, true)).toBe('\x1b[200~ok[201~\rtouch pwn\r\x1b[201~');
});

test('the 8-bit form of the same is stripped too', () => {
  const { text, ask } = checkPaste('ok\u009b201~\rtouch pwn\r');
  expect(text).toBe('ok201~\rtouch pwn\r');
  expect(ask).toBe(true);
});

test('no control character but tab and newline reaches the shell', () => {
  const all = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).join('');
  const { text } = checkPaste(`a${all}b`);
  const kept = [...text].filter((character) => character < ' ' || (character >= '\x7f' && character <= '\x9f'));
  expect(kept).toEqual(['\t', '\r', '\r']);
});

test('a sequence that the stripping itself would put together does not survive', () => {
  expect(checkPaste('\x1b\x1b[201~').text).toBe('[201~');
  expect(checkPaste('\x1b\u0000[201~').text).toBe('[201~');
});

test('newlines of every kind become what the Enter key sends', () => {
  expect(checkPaste('a\nb\r\nc\rd').text).toBe('a\rb\rc\rd');
});

test('one plain line is pasted without a question', () => {
  expect(checkPaste('ls -l\t/tmp 漢字 👩‍👩‍👧')).toEqual({ text: 'ls -l\t/tmp 漢字 👩‍👩‍👧', lineCount: 1, removedControls: 0, ask: false });
});

test('any newline asks, also one that only ends or begins the text', () => {
  expect(checkPaste('ls\n').ask).toBe(true);
  expect(checkPaste('\nls').ask).toBe(true);
  expect(checkPaste('ls\r').ask).toBe(true);
});

test('text that hides or reorders itself asks, and so does a very long one', () => {
  expect(checkPaste('safe\u202egnp').ask).toBe(true);
  expect(checkPaste('a\u200bb').ask).toBe(true);
  expect(checkPaste('x'.repeat(5000)).ask).toBe(false);
  expect(checkPaste('x'.repeat(5001)).ask).toBe(true);
});

test('how long a plain line may be is a setting, which no control character or line break passes', () => {
  expect(checkPaste('x'.repeat(11), 10).ask).toBe(true);
  expect(checkPaste('x'.repeat(10), 10).ask).toBe(false);
  for (const text of ['a\nb', 'a\u0007', 'a\u009b', '\n', '\u202e']) expect(checkPaste(text, 1_000_000).ask, JSON.stringify(text)).toBe(true);
});

test('without bracketed paste the text goes as it is', () => {
  expect(toTerminalInput('ls', false)).toBe('ls');
});
