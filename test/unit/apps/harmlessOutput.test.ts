import { expect, test } from 'vitest';
import { HarmlessOutput } from '../../../src/apps/cli/harmlessOutput.ts';

const filtered = (text: string): string => new HarmlessOutput().filter(text);

test('what draws is kept, in whatever pieces it comes', () => {
  const drawing = '\u001b[1;31mred\u001b[0m\r\n\u001b[2J\u001b[10;5Hx\u001b[?1049h\u001b[?25l\u001b[4;20r\u001b7\u001b8\u001b(0lqk\u001b(B\u001b[38:2::1:2:3m\u001b[2 q\b\t\u0007';
  expect(filtered(drawing)).toBe(drawing);
  const output = new HarmlessOutput();
  expect([...drawing].map((character) => output.filter(character)).join('')).toBe(drawing);
});

test('what asks the terminal, names it, reaches the clipboard, links or switches the mouse is left out', () => {
  const asking = ['\u001b[c', '\u001b[>c', '\u001b[=c', '\u001b[6n', '\u001b[?6n', '\u001b[21t', '\u001b[18t', '\u001b]0;title\u0007', '\u001b]52;c;eA==\u0007', '\u001b]8;;https://evil.example\u001b\\', '\u001b]11;?\u001b\\', '\u001bP$qm\u001b\\', '\u001b[?1000h', '\u001b[?1003;25h', '\u001b[?2004h', '\u001b[?1004h', '\u001b[>q', '\u001b[?u', '\u001b[x', '\u001bZ', '\u001bc', '\u0005', '\u009bc', '\u001b[?25$p', '\u001b[!p', '\u001b_Ga=q\u001b\\'];
  for (const sequence of asking) expect([sequence, filtered(`a${sequence}b`)]).toEqual([sequence, 'ab']);
});
