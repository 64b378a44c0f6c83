import { SerializeAddon } from '@xterm/addon-serialize';
import { Terminal } from '@xterm/headless';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { predictEcho } from '../../../../src/renderer/terminal/predictedEcho.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** xterm.js's own parser and buffer, and a host that says what the test says. */
function connect({ wanted = () => true, columns = 20 }: { wanted?: () => boolean; columns?: number } = {}) {
  const terminal = new Terminal({ allowProposedApi: true, cols: columns, rows: 5, scrollback: 100, logLevel: 'off' });
  const written: string[] = [];
  const predicted = predictEcho(
    terminal,
    {
      write: (data, parsed) => {
        written.push(typeof data === 'string' ? data : new TextDecoder().decode(data));
        terminal.write(data, parsed);
      },
    },
    wanted,
  );
  const line = (): string => terminal.buffer.active.getLine(terminal.buffer.active.baseY + terminal.buffer.active.cursorY)?.translateToString(true) ?? '';
  let parsedCount = 0;
  return {
    terminal,
    predicted,
    written,
    line,
    parsed: () => parsedCount,
    type: (text: string) => [...text].forEach((character) => predicted.typed(character)),
    say: async (text: string) => {
      predicted.write(new TextEncoder().encode(text), () => (parsedCount += 1));
      await vi.advanceTimersByTimeAsync(1);
    },
  };
}

test('once a host has echoed a key, the next are shown before their echo, which is dropped and acknowledged', async () => {
  const { type, say, line, written, parsed } = connect();
  await say('$ ');
  type('l');
  expect(line()).toBe('$ ');
  await say('l');
  type('s ');
  expect(line()).toBe('$ ls ');
  expect(written).toEqual(['$ ', 'l', 's', ' ']);
  await say('s');
  await say(' ');
  expect(parsed()).toBe(4);
  expect(written).toHaveLength(4);
  type('-la');
  await say('-l');
  expect(line()).toBe('$ ls -la');
  await say('a\r\nfile\r\n$ ');
  expect(written.slice(4)).toEqual(['-', 'l', 'a', '\r\nfile\r\n$ ']);
});

test('what was typed before the first echo came is shown with it', async () => {
  const { type, say, line } = connect();
  await say('$ ');
  type('uptime');
  expect(line()).toBe('$ ');
  await say('u');
  expect(line()).toBe('$ uptime');
});

test('nothing is shown at a prompt without an echo, nor behind a mask, nor after the line ended', async () => {
  const { type, say, line, written } = connect();
  await say('$ ');
  type('a');
  await say('a');
  type('b\r');
  expect(line()).toBe('$ ab');
  // Typed ahead, before the host has said anything of the next line.
  type('hunter2');
  expect(line()).toBe('$ ab');
  await say('b\r\nPassword: ');
  type('hun*er2');
  await say('*');
  type('secret');
  expect(line()).toBe('Password: *');
  await say('*');
  type('x\r');
  await say('\r\n');
  expect(written.join('')).toBe('$ ab\r\nPassword: **\r\n');
});

test('a mask is no echo, even of its own character', async () => {
  const { type, say, line } = connect();
  await say('Password: ');
  type('*');
  await say('*');
  type('secret');
  expect(line()).toBe('Password: *');
});

test('a guess that the host does not confirm is taken back, with what was said in its place', async () => {
  const { type, say, line } = connect();
  await say('$ ');
  type('a');
  await say('a');
  type('bc');
  expect(line()).toBe('$ abc');
  await say('b\u001b[31mX\u001b[0m');
  expect(line()).toBe('$ abX');
  // It has to show anew that it echoes.
  type('d');
  expect(line()).toBe('$ abX');
});

test('a host that goes silent has its guesses taken back after several of its round trips, and what comes late is shown', async () => {
  const { type, say, line } = connect();
  await say('$ ');
  type('a');
  await vi.advanceTimersByTimeAsync(200);
  await say('a');
  type('bc');
  await vi.advanceTimersByTimeAsync(900);
  expect(line()).toBe('$ abc');
  await vi.advanceTimersByTimeAsync(1000);
  expect(line()).toBe('$ a');
  await say('bc');
  expect(line()).toBe('$ abc');
});

test('only at the end of a line of the normal screen, where all cells are empty and plain', async () => {
  const { type, say, line, written } = connect({ columns: 8 });
  const begin = async (screen: string): Promise<void> => {
    await say(`\u001bc${screen}`);
    type('a');
    await say('a');
    written.length = 0;
    type('b');
  };
  await begin('$ ');
  expect(written).toEqual(['b']);
  await begin('$ cd\u001b[2D');
  expect(written).toEqual([]);
  await begin('\u001b[44m$ ');
  expect(written).toEqual([]);
  await begin('\u001b[44m\u001b[K\u001b[0m$ ');
  expect(written).toEqual([]);
  await begin('\u001b[4h$ ');
  expect(written).toEqual([]);
  await begin('\u001b[?1049h$ ');
  expect(written).toEqual([]);
  // The last cell of a line stays the host's: behind it the cursor waits in no cell.
  await begin('$ 345');
  expect(written).toEqual(['b']);
  type('c');
  expect(line()).toBe('$ 345ab');
});

test('an echo that was swallowed by a sequence is none', async () => {
  const { type, say, line } = connect();
  await say('$ \u001b[3');
  type('m');
  await say('m');
  type('secret');
  expect(line()).toBe('$ ');
});

test('guesses are taken back before the terminal gets another size, and at the end', async () => {
  const { terminal, predicted, type, say, line } = connect();
  await say('$ 0123456789');
  type('a');
  await say('a');
  type('bcdef');
  terminal.resize(16, 5);
  expect(line()).toBe('$ 0123456789a');
  await say('b');
  type('c');
  predicted.stop();
  await vi.advanceTimersByTimeAsync(1);
  expect(line()).toBe('$ 0123456789ab');
  terminal.resize(20, 5);
  expect(terminal.cols).toBe(20);
});

test('who does not want it sees echoes alone', async () => {
  let wanted = false;
  const { type, say, written } = connect({ wanted: () => wanted });
  await say('$ ');
  type('a');
  await say('a');
  type('b');
  expect(written).toEqual(['$ ', 'a']);
  wanted = true;
  await say('b');
  type('c');
  await say('c');
  type('d');
  expect(written).toEqual(['$ ', 'a', 'b', 'c', 'd']);
});

/** What hosts do with a key: most of it is no plain echo. */
const answers: readonly ((key: string) => string)[] = [
  (key) => key,
  (key) => key,
  (key) => key,
  () => '',
  () => '*',
  (key) => `\u001b[32m${key}\u001b[0m`,
  (key) => `${key}\u001b[K`,
  (key) => `\b${key}${key}`,
  (key) => `${key}hint\u001b[4D`,
  (key) => `\u001b[4${key.charCodeAt(0) % 8}m${key}`,
  (key) => `\r\u001b[K$ ${key}`,
  () => '\u001b[4h',
  () => '\u001b[4l\u001b[0m',
  () => '\u001b[?1049h',
  () => '\u001b[?1049l',
  () => '\u001b[2',
  () => '\u001b]0;a title',
  () => '\u0007',
  (key) => `${key}\u0301`,
  () => '東',
  () => '\r\n',
];

test('whatever a host does, however its bytes are cut and late, the screen is in the end what the host said', async () => {
  let shown = 0;
  for (let seed = 1; seed <= 400; seed += 1) {
    let state = seed;
    const random = (below: number): number => {
      state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0;
      return ((state ^ (state >>> 13)) >>> 0) % below;
    };
    const { terminal, predicted, written } = connect({ columns: 12 + random(20) });
    const alone = new Terminal({ allowProposedApi: true, cols: terminal.cols, rows: 5, scrollback: 100, logLevel: 'off' });
    let under: number[] = [];
    let said = '';
    let manner = answers[0];
    const encode = (text: string): void => void under.push(...new TextEncoder().encode(text));
    const deliver = async (count: number): Promise<void> => {
      const bytes = Uint8Array.from(under.slice(0, count));
      under = under.slice(count);
      if (bytes.length === 0) return;
      said += new TextDecoder().decode(bytes);
      alone.write(bytes);
      predicted.write(bytes, () => undefined);
      if (random(3) > 0) await vi.advanceTimersByTimeAsync(random(4));
    };
    encode('$ ');
    for (let key = 0; key < 80; key += 1) {
      if (random(8) === 0) manner = answers[random(answers.length)];
      const letter = random(12) === 0 ? '\r' : random(20) === 0 ? '\u007f' : String.fromCharCode(97 + random(26));
      predicted.typed(letter);
      encode(letter === '\r' ? '\r\n$ ' : letter === '\u007f' ? '\b \b' : (manner?.(letter) ?? ''));
      if (random(30) === 0) encode('job done\r\n');
      if (random(25) === 0) {
        const columns = 12 + random(20);
        // What was said before it was said in the old width.
        await deliver(under.length);
        await vi.advanceTimersByTimeAsync(5);
        terminal.resize(columns, 5);
        alone.resize(columns, 5);
      }
      if (random(3) > 0) await deliver(1 + random(4));
      if (random(40) === 0) await vi.advanceTimersByTimeAsync(5000);
    }
    shown += written.filter((text) => /^[a-z]$/.test(text)).length;
    await deliver(under.length);
    await vi.advanceTimersByTimeAsync(10);
    predicted.stop();
    await vi.advanceTimersByTimeAsync(10);
    expect(screenOf(terminal), `seed ${seed}: ${JSON.stringify(said)}`).toEqual(screenOf(alone));
  }
  // That it was guessed at all.
  expect(shown).toBeGreaterThan(2000);
});

function screenOf(terminal: Terminal) {
  const serialize = new SerializeAddon();
  terminal.loadAddon(serialize);
  const { cursorX, cursorY, baseY, length, type } = terminal.buffer.active;
  return { text: serialize.serialize(), cursorX, cursorY, baseY, length, type };
}
