import { Terminal } from '@xterm/headless';
import { expect, test } from 'vitest';
import { parsingAtOnce } from '../../../src/renderer/terminal/parsingAtOnce.ts';

test('what is written in a turn has been parsed when the write returns, and what is written otherwise later', async () => {
  const terminal = new Terminal({ allowProposedApi: true });
  const writable = parsingAtOnce(terminal);
  const column = (): number => terminal.buffer.active.cursorX;
  for (const text of ['one', 'two']) {
    writable.parseNextAtOnce?.();
    writable.write(text);
  }
  expect(column()).toBe(6);
  const later = new Promise<void>((resolve) => writable.write('three', resolve));
  expect(column()).toBe(6);
  await later;
  expect(column()).toBe(11);
  terminal.dispose();
});

test('a terminal that is made otherwise is written to as ever', () => {
  const written: (string | Uint8Array)[] = [];
  const writable = parsingAtOnce({ write: (data) => void written.push(data) });
  writable.parseNextAtOnce?.();
  writable.write('text');
  expect(written).toEqual(['text']);
});
