import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { judgeHostKey, readConsoleHostKeys, readPublicKeys } from '../../../src/services/ssh/toldHostKeys.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-told-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Key {
  readonly keyType: string;
  readonly blob: Buffer;
  readonly line: string;
  /** As `ssh-keygen -l` prints it. */
  readonly sha256: string;
  readonly md5: string;
}

function makeKey(name: string, type: string, bits?: string): Key {
  const path = join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', type, ...(bits === undefined ? [] : ['-b', bits]), '-N', '', '-C', 'root@ip-10-0-0-5', '-f', path]);
  const line = readFileSync(`${path}.pub`, 'utf8').trim();
  const [keyType = '', base64 = ''] = line.split(' ');
  const list = (digest: string): string => execFileSync('ssh-keygen', ['-l', '-E', digest, '-f', path]).toString().trim();
  return { keyType, blob: Buffer.from(base64, 'base64'), line, sha256: list('sha256'), md5: list('md5') };
}

const ed25519 = makeKey('ed25519', 'ed25519');
const rsa = makeKey('rsa', 'rsa', '3072');
const ecdsa = makeKey('ecdsa', 'ecdsa', '384');
const other = makeKey('other', 'ed25519');

const BEGIN = '-----BEGIN SSH HOST KEY FINGERPRINTS-----';
const END = '-----END SSH HOST KEY FINGERPRINTS-----';
const block = (prefix: string, ...lines: readonly string[]): string => [BEGIN, ...lines, END].map((line) => prefix + line).join('\r\n');
const verdict = (consoleOutput: string, { keyType, blob }: Key) => judgeHostKey(readConsoleHostKeys(consoleOutput), keyType, blob);

test.each([
  ['Amazon Linux', 'ec2: '],
  ['cloud-init by syslog', '<14>Nov 22 07:00:00 ec2: '],
  ['with the host name', '<14>Nov  2 07:00:00 ip-10-0-0-5 ec2: '],
  ['with the time of the kernel', '[   23.518003] ec2: '],
  ['of cloud-init itself', '[   23.518003] cloud-init[1530]: '],
  ['bare, as NixOS', ''],
])('the block of fingerprints is read: %s', (_image, prefix) => {
  const output = `[    0.0] Linux version 6.1\r\n${block(prefix, rsa.sha256, ecdsa.sha256, ed25519.sha256)}\r\nlogin: `;
  for (const key of [rsa, ecdsa, ed25519]) expect(verdict(output, key)).toBe('proven');
  expect(verdict(output, other)).toBe('contradicted');
});

test('MD5 fingerprints are read with and without their name', () => {
  const old = ed25519.md5.replace('MD5:', '');
  expect(old).toMatch(/^256 [0-9a-f]{2}:/);
  for (const line of [ed25519.md5, old, old.replace(' root@', '  root@')]) {
    expect(verdict(block('ec2: ', line), ed25519)).toBe('proven');
    expect(verdict(block('ec2: ', line), other)).toBe('contradicted');
  }
});

test('the block of whole keys is read, and lines of others in between are passed over', () => {
  const keys = ['-----BEGIN SSH HOST KEY KEYS-----', `${ecdsa.line}`, '[  OK  ] Finished cloud-final.service.', ed25519.line, '-----END SSH HOST KEY KEYS-----'].join('\r\n');
  expect(readConsoleHostKeys(keys)).toEqual([[ecdsa, ed25519].map(({ keyType, sha256 }) => ({ keyType, fingerprint: sha256.split(' ')[1] }))]);
  expect(readConsoleHostKeys(keys.replace(ed25519.line, `ssh-ed25519 ${rsa.blob.toString('base64')}`))).toHaveLength(1);
  expect(verdict(keys.replace(ed25519.line, `ssh-ed25519 ${rsa.blob.toString('base64')}`), ed25519)).toBe('contradicted');
});

test('authorized keys in the console are no host keys', () => {
  const table = `ci-info: ++++Authorized keys from /home/ec2-user/.ssh/authorized_keys for user ec2-user++++\nci-info: | ssh-ed25519 | ${other.sha256.split(' ')[1]} | - | laptop |\nec2: ${other.sha256}\n${other.line}`;
  expect(readConsoleHostKeys(table)).toEqual([]);
  expect(verdict(`${table}\n${block('ec2: ', ed25519.sha256)}`, other)).toBe('contradicted');
});

test('a block that the 64 KiB cut off at either end does not count', () => {
  const whole = block('ec2: ', ed25519.sha256);
  expect(verdict(whole.slice(whole.indexOf('\n')), ed25519)).toBe('silent');
  expect(verdict(whole.slice(0, whole.lastIndexOf('\n')), ed25519)).toBe('silent');
  expect(verdict(`${BEGIN}\n${other.sha256}\n${whole}`, other)).toBe('contradicted');
});

test('a block added later does not win: it takes the proof away, in whichever order', () => {
  const [mine, theirs] = [block('ec2: ', ed25519.sha256), block('ec2: ', other.sha256)];
  for (const output of [`${mine}\n${theirs}`, `${theirs}\n${mine}`]) {
    expect(verdict(output, other)).toBe('disputed');
    expect(verdict(output, ed25519)).toBe('disputed');
    expect(verdict(output, rsa)).toBe('contradicted');
  }
  expect(verdict(`${mine}\n${mine}`, ed25519)).toBe('proven');
});

test('what a program logs of somebody elses words is no block: the line must be the one that cloud-init writes', () => {
  const injected = (prefix: string): string => block(prefix, other.sha256);
  for (const prefix of ['Nov 22 07:00:00 web-1 sshd[812]: Invalid user ', 'web-1 login: ', '[   23.5] audit: ec2: ', 'sshd[812]: ec2: ']) {
    expect(readConsoleHostKeys(injected(prefix))).toEqual([]);
  }
});

test('escape sequences do not hide a line, and an open one does not swallow the next', () => {
  expect(verdict(`\u001b]0;title\r\n${block('\u001b[0mec2: ', ed25519.sha256)}`, ed25519)).toBe('proven');
});

test('a key of a type that nobody told is contradicted, and nothing told is silence', () => {
  expect(verdict(block('ec2: ', ed25519.sha256), ecdsa)).toBe('contradicted');
  expect(verdict('', ed25519)).toBe('silent');
  expect(verdict(block('ec2: ', '1024 SHA256:abc root@x (DSA)'), ed25519)).toBe('silent');
});

test('public key files are read as they are, with what a shell says around them passed over', () => {
  const files = `cat: /etc/ssh/ssh_host_dsa_key.pub: Permission denied\r\n${rsa.line}\r\n${ed25519.line}\n`;
  expect(readPublicKeys(files).map(({ keyType }) => keyType)).toEqual(['ssh-rsa', 'ssh-ed25519']);
  expect(judgeHostKey([readPublicKeys(files)], 'ssh-rsa', rsa.blob)).toBe('proven');
  expect(readPublicKeys('No such file or directory')).toEqual([]);
});
