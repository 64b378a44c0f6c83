/** `postern ssh --record` on a terminal, and `postern replay`. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CastReader } from '../../src/asciicast/readAsciicast.ts';
import type { CliHome } from './cliProcess.ts';
import { createCliHome } from './cliProcess.ts';

let home: CliHome;
beforeAll(() => {
  home = createCliHome();
});
afterAll(() => home.remove());

test('a shell is recorded into the named file, which is replayed faster', async () => {
  const file = join(home.environment['HOME'] ?? '', 'shell.cast');
  const terminal = home.onTerminal(['ssh', '--demo', '--via', 'session-manager', '--record', file, 'web-1']);
  await terminal.until(/recording to .*shell\.cast/);
  await terminal.until(/\$ $/);
  terminal.type('echo recor""ded; exit\r');
  expect(await terminal.exited).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const reader = new CastReader();
  reader.read(readFileSync(file, 'utf8'));
  const { events, title } = reader.end();
  expect(title).toBe('web-1');
  expect(events.map(({ data }) => data).join('')).toContain('recorded\r\n');

  expect((await home.run(['replay', '--speed', '1000', file])).stdout).toContain('recorded\r\n');
  expect(await home.run(['ssh', '--demo', '--record', file, 'web-1', '--', 'true'])).toMatchObject({ status: 255, stderr: expect.stringContaining('--record is for shells') as string });
});

test('what is no recording is named, and one that asks the terminal is drawn only', async () => {
  const folder = home.environment['HOME'] ?? '';
  writeFileSync(join(folder, 'no.cast'), 'hello\n');
  expect(await home.run(['replay', join(folder, 'no.cast')])).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('is no asciicast recording.') as string });
  expect(await home.run(['replay', join(folder, 'absent.cast')])).toMatchObject({ status: 1, stderr: expect.stringContaining('could not be read.') as string });
  writeFileSync(join(folder, 'asks.cast'), `{"version":2,"width":80,"height":24}\n${JSON.stringify([0, 'o', 'a\u001b[c\u001b]0;title\u0007\u001b]52;c;eA==\u0007\u001b[1mb'])}\n`);
  expect((await home.run(['replay', join(folder, 'asks.cast')])).stdout).toBe('a\u001b[1mb');
});
