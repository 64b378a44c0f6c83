import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashHostName, judge, knownHostsName, lookUp, parseKnownHosts, readKnownHosts } from '../../../src/services/ssh/knownHosts.ts';
import { wireBytes } from '../../../src/services/ssh/sshWire.ts';

const nowMs = Date.UTC(2026, 10, 22);
const first = ed25519();
const second = ed25519();
const rsa = Buffer.concat([wireBytes('ssh-rsa'), wireBytes(Buffer.from([1, 0, 1])), wireBytes(Buffer.concat([Buffer.from([0]), randomBytes(256)]))]);

function ed25519(): Buffer {
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  return Buffer.concat([wireBytes('ssh-ed25519'), wireBytes(Buffer.from(x, 'base64url'))]);
}

function line(hosts: string, blob: Buffer, keyType = 'ssh-ed25519'): string {
  return `${hosts} ${keyType} ${blob.toString('base64')}`;
}

function parse(...lines: string[]) {
  return parseKnownHosts(lines.join('\n'), 'kh');
}

function outcome(lines: string[], blob: Uint8Array, host = 'web', port = 22): string {
  return judge(parse(...lines).lines, { host, port, nowMs }, blob).outcome;
}

test('a line has hosts, a type, a key and a comment; empty lines and comments say nothing', () => {
  const { lines, problems } = parse('', '# a comment', `  ${line('web,10.0.0.7', first)} the comment here \r`, `@revoked\t${line('*', second)}`);
  expect(problems).toEqual([]);
  expect(lines).toEqual([
    { file: 'kh', line: 3, kind: 'key', hosts: 'web,10.0.0.7', keyType: 'ssh-ed25519', blob: first, comment: 'the comment here' },
    { file: 'kh', line: 4, kind: 'revoked', hosts: '*', keyType: 'ssh-ed25519', blob: second, comment: '' },
  ]);
});

test('malformed lines are named with their number and passed over', () => {
  const base64 = first.toString('base64');
  const { lines, problems } = parse(
    'web ssh-ed25519',
    `@trusted ${line('web', first)}`,
    `@revoked @cert-authority ${line('web', first)}`,
    `web ssh-rsa ${base64}`,
    `web ssh-ed25519 ${base64.slice(0, 20)}`,
    `web ssh-ed25519 ${base64.slice(0, -4)}!!!!`,
    `web ssh-frob ${wireBytes('ssh-frob').toString('base64')}`,
    line('|1|short|AAAA', first),
    line('web', Buffer.concat([first, Buffer.from([0])])),
    line('good', first),
  );
  expect(lines.map((one) => one.line)).toEqual([10]);
  expect(problems.map(({ line: number, message }) => `${number}: ${message}`)).toEqual([
    '1: a host, a key type or a key is missing',
    '2: @trusted is no marker that is known',
    '3: a line has one marker at most',
    '4: the key is not of the type ssh-rsa that the line says',
    '5: the key cannot be read: the data end in the middle of a field',
    '6: the key is not base64',
    '7: the key cannot be read: "ssh-frob" is no type of key that is known here',
    '8: the hashed name is malformed',
    '9: the key cannot be read: more data follow than belong there',
  ]);
});

test('hosts are found by name, list, wildcard, port and hash; a negated pattern takes the line away', () => {
  const { lines } = parse(
    line('web,db', first),
    line('*.example.com,!secret.example.com', first),
    line('[web]:2222', first),
    line(hashHostName('hidden'), first),
    line(hashHostName('[hidden]:2222'), first),
    line('192.168.0.?', first),
  );
  const found = (host: string, port = 22): number[] => lookUp(lines, host, port).keys.map((key) => key.line);
  expect(found('web')).toEqual([1]);
  expect(found('WEB')).toEqual([1]);
  expect(found('web', 2222)).toEqual([3]);
  expect(found('a.example.com')).toEqual([2]);
  expect(found('secret.example.com')).toEqual([]);
  expect(found('hidden')).toEqual([4]);
  expect(found('hidden', 2222)).toEqual([5]);
  expect(found('192.168.0.7')).toEqual([6]);
  expect(found('192.168.0.77')).toEqual([]);
});

test('a hashed name shows nothing of the name, and two of the same name differ', () => {
  expect(hashHostName('web')).toMatch(/^\|1\|[A-Za-z0-9+/]{27}=\|[A-Za-z0-9+/]{27}=$/);
  expect(hashHostName('web')).not.toBe(hashHostName('web'));
  expect(hashHostName('web', Buffer.alloc(20, 7))).toBe(hashHostName('web', Buffer.alloc(20, 7)));
  expect(knownHostsName('web', 22)).toBe('web');
  expect(knownHostsName('::1', 2222)).toBe('[::1]:2222');
});

test('a key is known, unknown or changed, and a key of another type is a change too', () => {
  const lines = [line('web', first), line('web', rsa, 'ssh-rsa')];
  expect(outcome(lines, first)).toBe('known');
  expect(outcome(lines, rsa)).toBe('known');
  expect(outcome(lines, second)).toBe('changed');
  expect(outcome([line('web', rsa, 'ssh-rsa')], first)).toBe('changed');
  expect(outcome(lines, second, 'db')).toBe('unknown');
});

test('a change names the line of the same type, where there is one', () => {
  const verdict = judge(parse(line('web', rsa, 'ssh-rsa'), line('web', first)).lines, { host: 'web', port: 22, nowMs }, second);
  expect(verdict).toMatchObject({ outcome: 'changed', line: { line: 2 } });
});

test('a revoked key is refused even where it is known', () => {
  expect(outcome([line('web', first), `@revoked ${line('*', first)}`], first)).toBe('revoked');
  expect(outcome([line('web', first), `@revoked ${line('db', first)}`], first)).toBe('known');
});

test('a key known without the port is known at another port, and another key there is no alarm', () => {
  expect(outcome([line('web', first)], first, 'web', 2222)).toBe('known');
  expect(outcome([line('web', first)], second, 'web', 2222)).toBe('unknown');
  expect(outcome([line('web', first), line('[web]:2222', second)], first, 'web', 2222)).toBe('changed');
  expect(outcome([`@revoked ${line('web', first)}`, line('[web]:2222', first)], first, 'web', 2222)).toBe('revoked');
});

test('the key of an authority is no host key', () => {
  expect(outcome([`@cert-authority ${line('*', first)}`], first)).toBe('unknown');
});

test('data that are no key at all are unknown or changed, and never an exception', () => {
  for (const blob of [Buffer.alloc(0), Buffer.from([0, 0, 0]), Buffer.from([255, 255, 255, 255]), wireBytes('ssh-ed25519-cert-v01@openssh.com'), randomBytes(64)]) {
    expect(outcome([line('web', first)], blob)).toBe('changed');
    expect(outcome([], blob)).toBe('unknown');
  }
});

test('a certificate that ends early is judged as unproven, wherever it is cut', () => {
  const verdict = judge([], { host: 'web', port: 22, nowMs }, Buffer.concat([wireBytes('ssh-ed25519-cert-v01@openssh.com'), wireBytes(randomBytes(32))]));
  expect(verdict).toEqual({ outcome: 'unknown', certificateFault: 'It cannot be read: the data end in the middle of a field.' });
});

test('a file that does not exist is empty, one that cannot be read is a problem', async () => {
  expect(await readKnownHosts(['/no/such/file'])).toEqual({ lines: [], problems: [] });
  const { problems } = await readKnownHosts([import.meta.dirname]);
  expect(problems).toMatchObject([{ file: import.meta.dirname, line: 0, message: expect.stringContaining('EISDIR') as string }]);
});
