import { afterEach, expect, test, vi } from 'vitest';
import { attachTerminal, type AttachTerminal } from '../../../src/renderer/terminal/attach.ts';
import type { StreamEnd, TerminalStream } from '../../../src/link/client.ts';

afterEach(() => vi.useRealTimers());

/** The three methods of a terminal that attaching uses; `parse` is when its parser gets to the bytes. */
function fakeTerminal() {
  const events: string[] = [];
  const waiting: (() => void)[] = [];
  const typing = new Set<(text: string) => void>();
  const terminal: AttachTerminal = {
    write: (data, parsed) => {
      events.push(`write ${typeof data === 'string' ? data : new TextDecoder().decode(data)}`);
      if (parsed !== undefined) waiting.push(parsed);
    },
    onData: (listener) => {
      typing.add(listener);
      return { dispose: () => void typing.delete(listener) };
    },
    onBinary: () => ({ dispose: () => undefined }),
  };
  return { terminal, events, parse: () => waiting.splice(0).forEach((parsed) => parsed()), type: (text: string) => typing.forEach((listener) => listener(text)) };
}

function fakeStream() {
  const written: string[] = [];
  let closed = false;
  let parsedCount = 0;
  let receive: (bytes: Uint8Array, parsed: () => void) => void = () => undefined;
  let end: (why: StreamEnd) => void = () => undefined;
  const stream: TerminalStream = {
    write: (bytes) => void written.push(new TextDecoder().decode(bytes)),
    onData: (listener) => {
      receive = listener;
    },
    onEnd: (listener) => {
      end = listener;
    },
    close: () => {
      closed = true;
    },
  };
  return {
    stream,
    written,
    parsed: () => parsedCount,
    closed: () => closed,
    send: (text: string) =>
      receive(new TextEncoder().encode(text), () => {
        parsedCount += 1;
      }),
    end: () => end('ended'),
  };
}

test('output is acknowledged when it has been parsed, not when it arrives', () => {
  const screen = fakeTerminal();
  const line = fakeStream();
  attachTerminal(screen.terminal, line.stream, { replay: false, onEnd: () => undefined });
  line.send('hello');
  expect({ events: screen.events, parsed: line.parsed() }).toEqual({ events: ['write hello'], parsed: 0 });
  screen.parse();
  expect(line.parsed()).toBe(1);
});

test('keys and answers of the terminal go to the shell as UTF-8', () => {
  const screen = fakeTerminal();
  const line = fakeStream();
  attachTerminal(screen.terminal, line.stream, { replay: false, onEnd: () => undefined });
  screen.type('漢');
  screen.type('\x1b[?1;2c');
  expect(line.written).toEqual(['漢', '\x1b[?1;2c']);
});

test('a replay starts on a clean screen, and its questions are not answered a second time', () => {
  vi.useFakeTimers();
  const screen = fakeTerminal();
  const line = fakeStream();
  attachTerminal(screen.terminal, line.stream, { replay: true, onEnd: () => undefined });
  line.send('old \x1b[c');
  screen.type('\x1b[?1;2c');
  screen.type('\x1b]11;rgb:0000/0000/0000\x1b\\');
  screen.type('\x1b[24;80R');
  screen.type('ls\r');
  screen.type('\x1b[A');
  screen.parse();
  line.send('more');
  screen.parse();
  expect(screen.events).toEqual(['write \x1bc', 'write old \x1b[c', 'write more']);
  expect(line.written).toEqual(['ls\r', '\x1b[A']);
  vi.runAllTimers();
  screen.type('\x1b[?1;2c');
  expect(line.written.at(-1)).toBe('\x1b[?1;2c');
});

test('what was typed before the stream came goes first', () => {
  const screen = fakeTerminal();
  const line = fakeStream();
  attachTerminal(screen.terminal, line.stream, { replay: false, typedBefore: ['ł', 's\r'], onEnd: () => undefined });
  screen.type('x');
  expect(line.written).toEqual(['ł', 's\r', 'x']);
});

test('what a terminal answered by itself before the stream of a replay came is not typed into the shell, and what a person typed is', () => {
  const screen = fakeTerminal();
  const line = fakeStream();
  attachTerminal(screen.terminal, line.stream, { replay: true, typedBefore: ['ls', '\x1b[?1;2c', '\x1b]11;rgb:0000/0000/0000\x1b\\', '\x1b[A', '\r'], onEnd: () => undefined });
  expect(line.written).toEqual(['ls', '\x1b[A', '\r']);
});

test('detaching closes the stream, sends nothing more, and still acknowledges what is under way', () => {
  const screen = fakeTerminal();
  const line = fakeStream();
  let ends = 0;
  const detach = attachTerminal(screen.terminal, line.stream, { replay: false, onEnd: () => (ends += 1) });
  detach();
  screen.type('x');
  line.send('late');
  line.end();
  expect({ written: line.written, closed: line.closed(), parsed: line.parsed(), events: screen.events, ends }).toEqual({ written: [], closed: true, parsed: 1, events: [], ends: 0 });
});
