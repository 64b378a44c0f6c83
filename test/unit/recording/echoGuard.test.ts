import { expect, test } from 'vitest';
import { EchoGuard } from '../../../src/services/recording/echoGuard.ts';

type Step = readonly [kind: 'key' | 'shows', text: string] | readonly [kind: 'waits', milliseconds: number];

/** All that was given out, in order. */
function given(...steps: readonly Step[]): string {
  const guard = new EchoGuard();
  let now = 0;
  let all = '';
  for (const step of steps) {
    if (step[0] === 'waits') now += step[1];
    else all += (step[0] === 'key' ? guard.typed(step[1], now) : guard.printed(step[1])).join('');
  }
  return all + guard.end().join('');
}

/** As a person types: each key, and its echo. */
const echoed = (text: string): Step[] => [...text].flatMap((key): Step[] => [['key', key], ['waits', 80], ['shows', key]]);
/** The same without an echo. */
const unseen = (text: string): Step[] => [...text].flatMap((key): Step[] => [['key', key], ['waits', 80]]);

test('a line is given out when all of it was echoed, and not before its Enter', () => {
  const guard = new EchoGuard();
  expect(guard.typed('l', 0)).toEqual([]);
  expect(guard.printed('l')).toEqual([]);
  expect(guard.typed('s', 0)).toEqual([]);
  expect(guard.printed('s')).toEqual([]);
  expect(guard.typed('\r', 0).join('')).toBe('ls\r');
});

test('Enter may be on its way before the echo is back', () => {
  expect(given(['key', 'ls -la\r'], ['waits', 300], ['shows', 'ls -la\r\nfile\r\n$ '])).toBe('ls -la\r');
});

test('what is typed while the host does not echo is dropped, and so is how long it was', () => {
  expect(given(['shows', '? '], ...unseen('hunter2'), ['key', '\r'], ['shows', '\r\nok\r\n$ '])).toBe('\r');
  expect(given(['shows', '? '], ['key', 'hunter2\r'], ['shows', '\r\nok\r\n$ '])).toBe('\r');
  expect(given(['shows', '? '], ['key', 'hunter2'])).toBe('');
  expect(given(['shows', '? '], ['key', 'hunter2'], ['key', '\u0003'], ['shows', '^C\r\n$ '])).toBe('\u0003');
});

test('what the host prints after it does not pass for its echo', () => {
  expect(given(['key', 'so'], ['key', '\r'], ['shows', '\r\nso it goes\r\n'])).toBe('\r');
  expect(given(...unseen('Sorry'), ['waits', 900], ['key', '\r'], ['shows', 'Sorry, try again'])).toBe('\r');
  expect(given(['key', 'abc\r'], ['shows', 'a background job abc'])).toBe('\r');
  expect(given(['key', 'abc\r'], ['shows', '***'])).toBe('\r');
});

test('behind what reads like a password prompt nothing is given out, even what is echoed', () => {
  for (const prompt of ['Password: ', '[sudo] password for alice: ', "alice@web-1's password: ", 'Enter passphrase for key \'/home/a/.ssh/id\': ', 'Verification code: ', 'Enter PIN: ', 'パスワード：', 'Mot de passe : ', 'API token? ']) {
    expect(given(['shows', prompt], ...echoed('hunter2'), ['key', '\r'], ['shows', '\r\n'])).toBe('\r');
  }
  expect(given(['shows', 'Password changed.\r\n~/passwords $ '], ...echoed('ls'), ['key', '\r'])).toBe('ls\r');
});

test('a line is given out after a dropped one', () => {
  expect(given(['shows', 'Password: '], ...unseen('hunter2'), ['key', '\r'], ['shows', '\r\n$ '], ...echoed('id'), ['key', '\r'], ['shows', '\r\nuid=0\r\n'])).toBe('\rid\r');
});

test('a program that takes a key without Enter and then asks for a password gets no secret written', () => {
  expect(given(['shows', '(p)assword or (q)uit? '], ['key', 'p'], ['shows', 'p\r\nUnlock: '], ...unseen('hunter2'), ['key', '\r'], ['shows', '\r\n'])).toBe('p\r');
});

test('corrections, completions and marks of a paste belong to the line', () => {
  expect(given(['key', 'l'], ['shows', 'l'], ['key', 'x'], ['shows', 'x'], ['key', '\u007f'], ['shows', '\b \b'], ['key', 's'], ['shows', 's'], ['key', '\r'])).toBe('lx\u007fs\r');
  expect(given(['key', 'cd /ho'], ['shows', 'cd /ho'], ['key', '\t'], ['shows', 'me/'], ['key', 'me'], ['shows', 'me'], ['key', '\r'])).toBe('cd /ho\tme\r');
  expect(given(['key', 'ls a'], ['shows', 'ls a'], ['key', '\t'], ['shows', '\r\na1  a2\r\n$ ls a'], ['key', '1'], ['shows', '1'], ['key', '\r'])).toBe('ls a\t1\r');
  expect(given(['key', '\u001b[200~uptime\u001b[201~'], ['shows', '\u001b[7muptime\u001b[27m'], ['key', '\r'])).toBe('\u001b[200~uptime\u001b[201~\r');
  expect(given(['key', '\u001b[A'], ['shows', 'make test'], ['key', '\r'])).toBe('\u001b[A\r');
});

test('a Tab or what the terminal tells by itself opens no way for a secret', () => {
  expect(given(['key', '\u001b[I'], ['key', 'ok\r'], ['shows', '\r\nit is ok\r\n'])).toBe('\r');
  expect(given(['key', '\tok\r'], ['shows', '\r\nit is ok\r\n'])).toBe('\r');
  expect(given(['key', '\u001b[1;1R'], ['key', 'abc'], ['shows', '\r\nabc\r\n'], ['key', '\r'])).toBe('\r');
});

test('keys of full-screen programs, which are not echoed, are left out', () => {
  expect(given(['key', 'jjjdd'], ['shows', '\u001b[5;1Hanother line\u001b[6;1Hmore'], ['key', ':q\r'], ['shows', ':q\u001b[?1049l'])).toBe('\r');
});

test('a line that is typed ahead of the one before is left out', () => {
  expect(given(['key', 'sudo id\rhunter2\r'], ['shows', 'sudo id\r\n'], ['shows', '[sudo] password for alice: \r\nuid=0 hunter2\r\n'])).toBe('sudo id\r\r');
});

test('characters beyond ASCII are echoed as they are', () => {
  expect(given(...echoed('echo 日本語 🎉'), ['key', '\r'])).toBe('echo 日本語 🎉\r');
});

test('a line without an end is not held for ever', () => {
  const guard = new EchoGuard();
  for (let count = 0; count < 1000; count += 1) expect(guard.typed('x'.repeat(1000), 0)).toEqual([]);
  expect(guard.typed('\r', 0).join('')).toBe('\r');
});
