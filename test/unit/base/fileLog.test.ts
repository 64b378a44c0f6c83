import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { openFileLog, toLogLine } from '../../../src/services/base/fileLog.ts';
import { Secret } from '../../../src/services/base/secret.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const clock = { now: () => Date.UTC(2026, 10, 22, 7, 30, 0) };
const time = '2026-11-22T07:30:00.000Z';

test('a secret does not show in JSON, in a template, in a log line or in an object dump', () => {
  const secret = Secret.fromText('hunter2');
  const shown = [
    JSON.stringify({ secret, deeper: [{ secret }] }),
    `${secret}`,
    String(secret),
    toLogLine(time, 'info', `with ${secret}`, { secret, deeper: [{ secret }] }),
    inspect({ secret, deeper: [{ secret }] }, { depth: 10, showHidden: true }),
    inspect(secret, { showHidden: true }),
    JSON.stringify(Object.entries(secret)),
    JSON.stringify(structuredClone({ ...secret })),
  ].join('\n');
  expect(shown).not.toContain('hunter2');
  expect(shown).not.toContain([...new TextEncoder().encode('hunter2')].join(','));
  expect(shown).toContain('[secret]');
  expect(secret.revealText()).toBe('hunter2');
});

test('lines are in the file in order, readable by its owner only', async () => {
  const dataDir = temporaryFolder();
  const log = openFileLog({ dataDir, clock });
  log.info('first', { port: 22, when: new Date(0) });
  log.warn('second');
  log.debug('third', { large: 10n, absent: undefined });
  await log.flush();
  expect(log.path).toBe(join(dataDir, 'logs', 'postern.log'));
  expect(readFileSync(log.path, 'utf8')).toBe(`${time} info first {"port":22,"when":"1970-01-01T00:00:00.000Z"}\n${time} warn second\n${time} debug third {"large":"10"}\n`);
  expect(statSync(log.path).mode & 0o777).toBe(0o600);
  expect(statSync(join(dataDir, 'logs')).mode & 0o777).toBe(0o700);
});

test('private keys, values under secret names and bytes are cut out, wherever they stand', () => {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const body = pem.split('\n')[1] ?? '';
  const lines = [
    toLogLine(time, 'info', `read ${pem} from a file`),
    toLogLine(time, 'info', 'read', { text: pem }),
    toLogLine(time, 'warn', 'failed', { cause: new Error('outer', { cause: new Error(`inner ${pem}`) }) }),
    toLogLine(time, 'info', 'cut short', { text: pem.slice(0, -30) }),
    toLogLine(time, 'info', 'body only', { text: `b3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n${body}` }),
    toLogLine(time, 'info', 'putty', { text: `Private-Lines: 1\r\n${body}\r\n` }),
    toLogLine(time, 'info', 'named', { passphrase: body, tokenValue: body, secretAccessKey: body, deep: [{ privateKey: body }] }),
  ];
  for (const line of lines) expect(line).not.toContain(body.slice(4, 20));
  expect(lines[0]).toBe(`${time} info read [private key]\\u000a from a file\n`);
  expect(toLogLine(time, 'info', 'bytes', { buffer: Buffer.from('hunter2'), array: new Uint8Array(3) })).toBe(`${time} info bytes {"buffer":"[7 bytes]","array":"[3 bytes]"}\n`);
});

test('a message cannot fake a line or move the cursor of its reader', () => {
  expect(toLogLine(time, 'info', 'a\n2026 warn b\u001b[2J\u202e', { name: '\u009b31m' })).toBe(`${time} info a\\u000a2026 warn b\\u001b[2J\\u202e {"name":"\\u009b31m"}\n`);
});

test('facts that cannot be written as JSON are still one line', () => {
  const circular: Record<string, unknown> = { name: 'a' };
  circular['self'] = circular;
  expect(toLogLine(time, 'info', 'circular', { circular })).toBe(`${time} info circular {"circular":{"name":"a","self":"[circular or deep]"}}\n`);
  expect(toLogLine(time, 'info', 'twice', { a: clock, b: clock })).toBe(`${time} info twice {"a":{},"b":{}}\n`);
  expect(
    toLogLine(time, 'info', 'throws', {
      get port(): number {
        throw new Error('no port');
      },
    }),
  ).toBe(`${time} info throws {"unprintable":"no port"}\n`);
  expect(toLogLine(time, 'info', 'x'.repeat(20_000))).toHaveLength(16 * 1024 + '... (cut)\n'.length);
});

test('a full log becomes postern.log.1 once, and no more than two files stay', async () => {
  const dataDir = temporaryFolder();
  const log = openFileLog({ dataDir, clock, fileLimitBytes: 100 });
  for (const word of ['one', 'two', 'three', 'four', 'five', 'six', 'seven']) {
    log.info(word);
    await log.flush();
  }
  expect(readdirSync(join(dataDir, 'logs')).toSorted()).toEqual(['postern.log', 'postern.log.1']);
  expect(readFileSync(`${log.path}.1`, 'utf8')).toBe(`${time} info five\n${time} info six\n`);
  expect(readFileSync(log.path, 'utf8')).toBe(`${time} info seven\n`);
});

test('a log that cannot be written disturbs nobody', async () => {
  const dataDir = temporaryFolder();
  writeFileSync(join(dataDir, 'logs'), 'in the way');
  const log = openFileLog({ dataDir, clock });
  log.info('lost');
  await log.flush();
  log.warn('lost too');
  await expect(log.flush()).resolves.toBeUndefined();
  expect(readFileSync(join(dataDir, 'logs'), 'utf8')).toBe('in the way');
});
