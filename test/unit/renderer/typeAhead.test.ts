import { Terminal } from '@xterm/headless';
import { expect, onTestFinished, test } from 'vitest';
import { MOST_TYPED_AHEAD_CHARACTERS, startTypeAhead, takeTyped, type TypeAhead } from '../../../src/renderer/terminal/typeAhead.ts';
import { divertTyping, listenToTyping } from '../../../src/renderer/terminal/typing.ts';

const written = (terminal: Terminal, text: string): Promise<void> => new Promise((resolve) => terminal.write(text, resolve));

/** @returns what has reached the session, and those who listen to what a person types */
function openTerminal(sessionId: string): { readonly terminal: Terminal; readonly sent: string[]; readonly heard: string[] } {
  const terminal = new Terminal({ allowProposedApi: true });
  const sent: string[] = [];
  const heard: string[] = [];
  terminal.onData((text) => sent.push(text));
  const stopListening = listenToTyping(terminal, (text) => heard.push(text));
  const stopDiverting = divertTyping(terminal, (text) => takeTyped(sessionId, text));
  onTestFinished(() => {
    stopDiverting();
    stopListening();
    terminal.dispose();
  });
  return { terminal, sent, heard };
}

function asked(isKept = true): TypeAhead {
  const ahead = startTypeAhead(isKept);
  onTestFinished(() => void ahead.end());
  return ahead;
}

test('what is typed between asking for a tab and its shell is kept for that one, in its order, and reaches no other', () => {
  const before = openTerminal('before');
  const fresh = openTerminal('fresh');
  before.terminal.input('vi', true);
  const ahead = asked();
  before.terminal.input('l', true);
  ahead.comesAs('fresh');
  before.terminal.input('s', true);
  ahead.add(' ');
  ahead.leave();
  fresh.terminal.input('-a', true);
  before.terminal.input('m', true);
  expect({ before: before.sent, heard: before.heard, fresh: fresh.sent, kept: ahead.end() }).toEqual({ before: ['vi', 'm'], heard: ['vi', 'm'], fresh: [], kept: 'ls -a' });
  fresh.terminal.input('later', true);
  before.terminal.input('!', true);
  expect({ before: before.sent, fresh: fresh.sent }).toEqual({ before: ['vi', 'm', '!'], fresh: ['later'] });
});

test('while a tab is waited for, a terminal answers its host as always, and what the mouse does and Postern sends stays its own', async () => {
  const { terminal, sent } = openTerminal('before');
  const ahead = asked();
  await written(terminal, '\u001b[5n');
  terminal.input('\u001b[<0;3;4M', true);
  terminal.input('snippet', false);
  expect({ sent, kept: ahead.end() }).toEqual({ sent: ['\u001b[0n', '\u001b[<0;3;4M', 'snippet'], kept: '' });
});

test('what may not be kept goes nowhere: for a production host, with more than anybody types, with what is no text between', () => {
  const spoils: Readonly<Record<string, (ahead: TypeAhead, type: (text: string) => void) => void>> = {
    long: (_ahead, type) => type('x'.repeat(MOST_TYPED_AHEAD_CHARACTERS)),
    'no text': (ahead) => ahead.spoil(),
  };
  for (const spoil of [...Object.values(spoils), undefined]) {
    const { terminal, sent } = openTerminal('before');
    const ahead = asked(spoil !== undefined);
    const type = (text: string): void => terminal.input(text, true);
    type('rm');
    spoil?.(ahead, type);
    type(' x\r');
    expect({ sent, kept: ahead.end() }).toEqual({ sent: [], kept: '' });
  }
});

test('with two tabs asked for at once what is typed goes to neither, nor to the one before; one that has the keys already keeps its text', () => {
  const { terminal, sent } = openTerminal('before');
  const first = asked();
  terminal.input('one', true);
  first.comesAs('first');
  first.leave();
  const second = asked();
  terminal.input('two', true);
  const third = asked();
  terminal.input('three', true);
  expect({ sent, kept: [first.end(), second.end(), third.end()] }).toEqual({ sent: [], kept: ['one', '', ''] });
});

test('a paste meanwhile spoils what was typed and goes nowhere; into the new tab alone it waits as always', () => {
  class Paste extends Event {}
  const stub = (name: 'ClipboardEvent' | 'event', value: unknown): void => void Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  stub('ClipboardEvent', Paste);
  onTestFinished(() => {
    Reflect.deleteProperty(globalThis, 'ClipboardEvent');
    Reflect.deleteProperty(globalThis, 'event');
  });
  const paste = (terminal: Terminal): void => {
    stub('event', new Paste('paste'));
    terminal.input('pasted', true);
    stub('event', undefined);
  };
  const before = openTerminal('before');
  const fresh = openTerminal('fresh');
  const ahead = asked();
  ahead.comesAs('fresh');
  paste(fresh.terminal);
  before.terminal.input('typed', true);
  paste(before.terminal);
  expect({ before: before.sent, fresh: fresh.sent, kept: ahead.end() }).toEqual({ before: [], fresh: ['pasted'], kept: '' });
});
