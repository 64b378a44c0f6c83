import { expect, test } from 'vitest';
import { TerminalText } from '../../../src/asciicast/terminalText.ts';

/** Fed in one piece, and again character by character: what comes out must not depend on how it came. */
function lines(output: string): string[] {
  const read = (pieces: readonly string[]): string[] => {
    const told: string[] = [];
    const text = new TerminalText({ onLine: (line) => told.push(line.text), onFullScreen: () => told.push('(full screen)') });
    for (const piece of pieces) text.write(piece, 0);
    text.end();
    return told;
  };
  const whole = read([output]);
  expect(read(output.split(''))).toEqual(whole);
  return whole;
}

test('colours, titles and other sequences are left out, whatever they are cut into', () => {
  expect(lines('\u001b[1;31mHello\u001b[0m \u001b]0;a title\u0007world\r\n\u001b]8;;https://a.example\u001b\\link\u001b]8;;\u001b\\\r\n\u001bPq secret \u001b\\after\n\u001b(Bplain')).toEqual(['Hello world', 'link', 'after', 'plain']);
});

test('a line is told as it last looked: progress, backspaces and erased ends', () => {
  expect(lines('10%\r20%\r100% done\r\n')).toEqual(['100% done']);
  expect(lines('rm -r\b\b\u001b[Kls\r\n')).toEqual(['rm ls']);
  expect(lines('abc\b \b\b \bX\n')).toEqual(['aX']);
  expect(lines('hello world\r\u001b[6Cthere\u001b[K\n')).toEqual(['hello there']);
  expect(lines('long line\r\u001b[2Kshort\n')).toEqual(['short']);
  expect(lines('a\tb\n')).toEqual(['a       b']);
});

test('a wide character takes two cells when it is taken back', () => {
  expect(lines('$ 日本語\b\b\u001b[K\b\b\u001b[K本\r\n')).toEqual(['$ 日本']);
});

test('what a full-screen program draws is left out, and that it ran is told', () => {
  expect(lines('$ vi\r\n\u001b[?1049h\u001b[2J\u001b[1;1Hsecret screen\u001b[?1049l$ ls\r\n')).toEqual(['$ vi', '(full screen)', '$ ls']);
});

test('a line has the moments of its first character and of its last change', () => {
  const told: unknown[] = [];
  const text = new TerminalText({ onLine: (line) => told.push(line) });
  text.write('one', 1);
  text.write(' two', 2);
  text.write('\r\n', 3);
  expect(told).toEqual([{ text: 'one two', startedAt: 1, changedAt: 2 }]);
});

test('a line without an end is told in parts', () => {
  const told: string[] = [];
  const text = new TerminalText({ onLine: (line) => told.push(line.text) });
  for (let count = 0; count < 10; count += 1) text.write('x'.repeat(40_000), 0);
  text.end();
  expect(told.join('')).toBe('x'.repeat(400_000));
  expect(told.length).toBe(5);
});
