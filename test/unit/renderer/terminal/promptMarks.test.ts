import { Terminal, type IMarker } from '@xterm/headless';
import { expect, test } from 'vitest';
import type { CommandEnded } from '../../../../src/renderer/terminal/commandEnded.ts';
import { createPromptMarks, type PromptMarks } from '../../../../src/renderer/terminal/promptMarks.ts';
import { readPromptSequence } from '../../../../src/renderer/terminal/promptSequences.ts';

const osc = (text: string): string => `\u001b]${text}\u0007`;
const command = (name: string, output: string, exitCode: number, identifier = 133): string =>
  `${osc(`${identifier};A`)}$ ${osc(`${identifier};B`)}${name}\r\n${osc(`${identifier};C`)}${output}${osc(`${identifier};D;${exitCode}`)}`;

interface Shown {
  readonly terminal: Terminal;
  readonly marks: PromptMarks;
  readonly ended: CommandEnded[];
  readonly said: () => string;
  write(text: string): Promise<void>;
}

/** xterm.js's own parser and buffer; what a page draws is left out. */
function show(clock: () => number = () => 0): Shown {
  const terminal = new Terminal({ allowProposedApi: true, cols: 20, rows: 5, scrollback: 100 });
  let said = '';
  terminal.onData((text) => (said += text));
  const registerMarker = terminal.registerMarker.bind(terminal);
  const marked = (offset?: number): IMarker => {
    const marker = registerMarker(offset);
    if (marker === undefined) throw new Error('no marker in the normal screen');
    return marker;
  };
  const marks = createPromptMarks(Object.assign(terminal, { registerDecoration: () => undefined, registerMarker: marked }), clock);
  const ended: CommandEnded[] = [];
  marks.onCommandEnded((one) => ended.push(one));
  return { terminal, marks, ended, said: () => said, write: (text) => new Promise((resolve) => terminal.write(text, resolve)) };
}

test('only a letter and a number are taken from what a shell says', () => {
  expect(readPromptSequence(133, 'A;cl=m;aid=7')).toEqual({ kind: 'prompt-start' });
  expect(readPromptSequence(133, 'D;130')).toEqual({ kind: 'command-end', exitCode: 130 });
  expect(readPromptSequence(133, 'D;$(reboot)')).toEqual({ kind: 'command-end' });
  expect(readPromptSequence(633, 'E;rm -rf /')).toBeUndefined();
  expect(readPromptSequence(1337, 'SetMark')).toEqual({ kind: 'mark' });
  expect(readPromptSequence(1337, 'File=name=x:AAAA')).toBeUndefined();
});

test('the output of the last command is given without its prompt, wrapped lines whole', async () => {
  const { marks, write } = show();
  expect(marks.lastOutput()).toBeUndefined();
  await write(command('ls', `one\r\n${'x'.repeat(30)}\r\nlast\r\n`, 0));
  expect(marks.lastOutput()).toBe(`one\n${'x'.repeat(30)}\nlast`);
  await write(command('printf hi', 'hi', 0, 633));
  expect(marks.lastOutput()).toBe('hi');
});

test('of a command that still runs, what it has said so far is given', async () => {
  const { marks, write } = show();
  await write(`${osc('133;A')}$ ${osc('133;B')}tail\r\n${osc('133;C')}first\r\nsec`);
  expect(marks.lastOutput()).toBe('first\nsec');
});

test('the end of a command tells its exit status and how long it took', async () => {
  let nowMs = 1000;
  const { ended, write } = show(() => nowMs);
  await write(`${osc('133;A')}$ ${osc('133;B')}sleep\r\n${osc('133;C')}`);
  nowMs = 42_000;
  await write(osc('133;D;2'));
  await write(osc('133;D;0'));
  await write(command('true', '', 0));
  expect(ended).toEqual([{ exitCode: 2, durationMs: 41_000 }, { exitCode: 0, durationMs: 0 }]);
});

test('going to the previous prompt walks up one by one, next walks down, and the ends are told', async () => {
  const { terminal, marks, write } = show();
  for (const name of ['one', 'two', 'three']) await write(command(name, 'a\r\nb\r\nc\r\nd\r\ne\r\nf\r\n', 0));
  await write(`${osc('133;A')}$ ${osc('133;B')}`);
  const top = (): string | undefined => terminal.buffer.active.getLine(terminal.buffer.active.viewportY)?.translateToString(true);
  expect([marks.goTo('previous'), top()]).toEqual([true, '$ three']);
  expect([marks.goTo('previous'), top()]).toEqual([true, '$ two']);
  expect([marks.goTo('next'), top()]).toEqual([true, '$ three']);
  expect([marks.goTo('previous'), marks.goTo('previous'), top()]).toEqual([true, true, '$ one']);
  expect(marks.goTo('previous')).toBe(false);
});

test('a prompt drawn again in its line is one prompt, and one that left the scrollback is forgotten', async () => {
  const { marks, write } = show();
  await write(`${osc('133;A')}$ ${osc('133;B')}\r${osc('133;A')}$ ${osc('133;B')}`);
  await write('\r\n'.repeat(10));
  expect([marks.goTo('previous'), marks.goTo('previous')]).toEqual([true, false]);
  await write('\r\n'.repeat(200));
  expect(marks.goTo('previous')).toBe(false);
});

test('a program of the alternate screen leaves no marks, and nothing of what is sent is shown or answered', async () => {
  const { terminal, marks, said, write } = show();
  await write(`\u001b[?1049h${osc('133;A')}${osc('133;C')}x${osc('133;D;1')}\u001b[?1049l`);
  await write(osc('133;A;$(evil)') + osc('633;E;evil') + osc('133;Z;evil'));
  expect(marks.goTo('previous')).toBe(false);
  expect(marks.lastOutput()).toBeUndefined();
  expect(terminal.buffer.active.getLine(0)?.translateToString(true)).toBe('');
  expect(said()).toBe('');
});
