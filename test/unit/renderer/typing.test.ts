import { Terminal } from '@xterm/headless';
import { expect, test } from 'vitest';
import { listenToTyping } from '../../../src/renderer/terminal/typing.ts';

const written = (terminal: Terminal, text: string): Promise<void> => new Promise((resolve) => terminal.write(text, resolve));

test('what a person typed is told, and no answer of the terminal to a host, whatever it asks', async () => {
  const terminal = new Terminal({ allowProposedApi: true });
  const typed: string[] = [];
  const sent: string[] = [];
  terminal.onData((text) => sent.push(text));
  const stop = listenToTyping(terminal, (text) => typed.push(text));
  await written(terminal, '\u001b[c\u001b[>c\u001b[5n\u001b[6n\u001b[?6n\u001b[?25$p\u001bP$qm\u001b\\');
  expect(sent).toHaveLength(7);
  terminal.input('ls', true);
  // As a key with Shift: the same bytes as a position of the cursor.
  terminal.input('\u001b[1;2R', true);
  terminal.input('sent by Postern', false);
  terminal.input('\u001b[<0;3;4M', true);
  await written(terminal, '\u001b[6n');
  terminal.input('\r', true);
  expect(typed).toEqual(['ls', '\u001b[1;2R', '\r']);
  stop();
  terminal.input('later', true);
  expect(typed).toHaveLength(3);
  terminal.dispose();
});
