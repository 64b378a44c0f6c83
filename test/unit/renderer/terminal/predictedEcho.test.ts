import { SerializeAddon } from '@xterm/addon-serialize';
import { Terminal } from '@xterm/headless';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { predictEcho } from '../../../../src/renderer/terminal/predictedEcho.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** xterm.js's own parser and buffer, and a host that says what the test says. */
function connect({ wanted = () => true, columns = 20, wait = (give) => give() }: { wanted?: () => boolean; columns?: number; wait?: (give: () => void) => unknown } = {}) {
  const terminal = new Terminal({ allowProposedApi: true, cols: columns, rows: 5, scrollback: 100, logLevel: 'off' });
  const written: string[] = [];
  const write = terminal.write.bind(terminal);
  terminal.write = (data, parsed) => {
    written.push(typeof data === 'string' ? data : new TextDecoder().decode(data));
    write(data, parsed);
  };
  const predicted = predictEcho(terminal, { write: (data, done) => void wait(() => terminal.write(data, done)) }, wanted);
  const line = (): string => terminal.buffer.active.getLine(terminal.buffer.active.baseY + terminal.buffer.active.cursorY)?.translateToString(true) ?? '';
  let parsedCount = 0;
  return {
    terminal,
    predicted,
    written,
    line,
    parsed: () => parsedCount,
    type: (text: string) => [...text].forEach((character) => predicted.typed(character)),
    say: async (text: string, afterMs = 30) => {
      await vi.advanceTimersByTimeAsync(afterMs);
      predicted.write(new TextEncoder().encode(text), () => (parsedCount += 1));
      await vi.advanceTimersByTimeAsync(1);
    },
  };
}

/** Two keys were echoed: the next is guessed. */
async function echoing(prompt = '$ ', options: Parameters<typeof connect>[0] = {}) {
  const connected = connect(options);
  await connected.say(prompt);
  for (const key of 'ab') {
    connected.type(key);
    await connected.say(key);
  }
  connected.written.length = 0;
  return connected;
}

test('once a host has echoed two keys, the next are shown before their echo, which is dropped and acknowledged', async () => {
  const { type, say, line, written, parsed } = await echoing();
  expect(line()).toBe('$ ab');
  type('c ');
  expect(line()).toBe('$ abc ');
  await say('c');
  await say(' ');
  expect(parsed()).toBe(5);
  expect(written).toEqual(['c', ' ']);
  type('-la');
  await say('-l');
  expect(line()).toBe('$ abc -la');
  await say('a\r\nfile\r\n$ ');
  expect(written).toEqual(['c', ' ', '-', 'l', 'a', '\r\nfile\r\n$ ']);
});

test('what was typed before the first echoes came is shown with them', async () => {
  const { type, say, line } = connect();
  await say('$ ');
  type('uptime');
  expect(line()).toBe('$ ');
  await say('u');
  expect(line()).toBe('$ u');
  await say('p');
  expect(line()).toBe('$ uptime');
});

test('nothing is shown at a prompt without an echo, nor behind a mask, nor after the line ended', async () => {
  const { type, say, line, written } = await echoing();
  type('c\r');
  expect(line()).toBe('$ abc');
  // Typed ahead, before the host has said anything of the next line.
  type('hunter2');
  expect(line()).toBe('$ abc');
  await say('c\r\nPassword: ');
  type('hun*er2');
  await say('*');
  type('secret');
  expect(line()).toBe('Password: *');
  await say('*');
  type('x\r');
  await say('\r\n');
  expect(written.join('')).toBe('c\r\nPassword: **\r\n');
});

test.each(['*', 'x'])('a mask of %s is no echo, even of its own character', async (mask) => {
  const { type, say, line } = connect();
  await say('Password: ');
  type(mask);
  await say(mask);
  type(`${mask}ecret`);
  await say(mask);
  type('more');
  expect(line()).toBe(`Password: ${mask}${mask}`);
});

test('an echo that comes late is not taken for that of a key that was typed since', async () => {
  const secret = 'pupsecret';
  const connected = async () => {
    const { say, type, ...rest } = connect();
    await say('$ ');
    return { say, type, ...rest };
  };
  // Enter behind keys whose echo is still on its way, and then the password.
  const first = await connected();
  first.type(`pu\r${secret}`);
  await first.say('p');
  await first.say('u');
  expect(first.line()).toBe('$ pu');
  await first.say('\r\nPassword: ');
  expect(first.line()).toBe('Password: ');
  // After the patience with a slow host.
  const second = await connected();
  second.type('pu');
  await vi.advanceTimersByTimeAsync(1500);
  second.type(`\r${secret}`);
  await second.say('p');
  await second.say('u');
  expect(second.line()).toBe('$ pu');
  // Of a paste.
  const pasted = await connected();
  pasted.predicted.typed('\u001b[200~pu\u001b[201~');
  pasted.type(`\r${secret}`);
  await pasted.say('p');
  await pasted.say('u');
  expect(pasted.line()).toBe('$ pu');
  // Behind something else that was said.
  const third = await connected();
  third.type('pu');
  await third.say('job\r\n$ ');
  third.type(`\r${secret}`);
  await third.say('p');
  await third.say('u');
  expect(third.line()).toBe('$ pu');
});

test('what a terminal answers by itself is no typing that an echo could be of', async () => {
  const { predicted, type, say, line } = connect();
  await say('$ \u001b[c');
  predicted.typed('\u001b[?1;2c');
  for (const key of 'ab') {
    type(key);
    await say(key);
  }
  type('c');
  expect(line()).toBe('$ abc');
});

test('a guess that the host does not confirm is taken back, with what was said in its place', async () => {
  const { type, say, line } = await echoing();
  type('cd');
  expect(line()).toBe('$ abcd');
  await say('c\u001b[31mX\u001b[0m');
  expect(line()).toBe('$ abcX');
  // It has to show anew that it echoes.
  type('e');
  expect(line()).toBe('$ abcX');
});

test('a host that goes silent has its guesses taken back after four of its round trips, and what comes late is shown', async () => {
  const { type, say, line } = connect();
  await say('$ ');
  for (const key of 'ab') {
    type(key);
    await say(key, 300);
  }
  type('cd');
  await vi.advanceTimersByTimeAsync(1190);
  expect(line()).toBe('$ abcd');
  await vi.advanceTimersByTimeAsync(20);
  expect(line()).toBe('$ ab');
  await say('cd');
  expect(line()).toBe('$ abcd');
});

test('the patience follows the way there and back, however close keys are to each other', async () => {
  const { predicted, line } = await echoing('$ ', { columns: 100 });
  const echo = (key: string): void => {
    predicted.typed(key);
    setTimeout(() => predicted.write(new TextEncoder().encode(key)), 800);
  };
  for (let key = 0; key < 40; key += 1) {
    echo('c');
    await vi.advanceTimersByTimeAsync(100);
  }
  await vi.advanceTimersByTimeAsync(2000);
  echo('d');
  await vi.advanceTimersByTimeAsync(790);
  expect(line()).toBe(`$ ab${'c'.repeat(40)}d`);
});

test('what no echo comes for is kept for the patience only', async () => {
  const { type, say, line } = connect();
  await say('Password: ');
  type('s3cret');
  await vi.advanceTimersByTimeAsync(1001);
  await say('s', 0);
  await say('3', 0);
  expect(line()).toBe('Password: s3');
  expect(vi.getTimerCount()).toBe(0);
});

test('only at the end of a line of the normal screen, where all cells are empty and plain', async () => {
  const guessed = async (prompt: string): Promise<string[]> => {
    const { type, written } = await echoing(prompt, { columns: 8 });
    type('c');
    return written;
  };
  expect(await guessed('$ ')).toEqual(['c']);
  expect(await guessed('$ cde\u001b[3D')).toEqual([]);
  expect(await guessed('\u001b[44m$ ')).toEqual([]);
  expect(await guessed('\u001b[44m\u001b[K\u001b[0m$ ')).toEqual([]);
  expect(await guessed('\u001b[4h$ ')).toEqual([]);
  expect(await guessed('\u001b[?1049h$ ')).toEqual([]);
  // The last cell of a line stays the host's: behind it the cursor waits in no cell.
  expect(await guessed('$ 34')).toEqual(['c']);
  expect(await guessed('$ 345')).toEqual([]);
});

test('an echo that was swallowed by a sequence is none', async () => {
  const { type, say, line } = connect();
  await say('$ \u001b[3');
  type('m');
  await say('m');
  type('n');
  await say('n');
  type('secret');
  expect(line()).toBe('$ n');
});

test('guesses are taken back before the terminal gets another size, and at the end', async () => {
  const { terminal, predicted, type, say, line } = await echoing('$ 0123456789', { columns: 24 });
  const resize = Terminal.prototype.resize;
  type('cdefg');
  terminal.resize(16, 5);
  expect(line()).toBe('$ 0123456789ab');
  await say('c');
  type('d');
  predicted.stop();
  expect(line()).toBe('$ 0123456789abc');
  expect(terminal.resize).toBe(resize);
  expect(vi.getTimerCount()).toBe(0);
});

test('what waits for its turn is overtaken by nothing', async () => {
  const waiting: (() => void)[] = [];
  let held = false;
  const { terminal, type, say, line, predicted } = await echoing('$ ', { wait: (give) => (held ? waiting.push(give) : give()) });
  held = true;
  await say('\r\n% ');
  type('c');
  predicted.stop();
  expect(line()).toBe('$ ab');
  waiting.forEach((give) => give());
  await vi.advanceTimersByTimeAsync(1);
  expect(line()).toBe('% ');
  expect(terminal.buffer.active.cursorX).toBe(2);
});

test('who does not want it sees echoes alone', async () => {
  let wanted = false;
  const { type, say, written } = await echoing('$ ', { wanted: () => wanted });
  type('c');
  expect(written).toEqual([]);
  wanted = true;
  await say('c');
  for (const key of 'de') {
    type(key);
    await say(key);
  }
  type('f');
  expect(written).toEqual(['c', 'd', 'e', 'f']);
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
      if (random(3) > 0) await vi.advanceTimersByTimeAsync(random(40));
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
