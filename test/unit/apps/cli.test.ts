import { expect, test } from 'vitest';
import { createEscapeWatcher } from '../../../src/apps/cli/escapeWatcher.ts';
import { printable, printableJson } from '../../../src/apps/cli/printable.ts';
import { shortened, table } from '../../../src/apps/cli/table.ts';
import { findTarget } from '../../../src/apps/cli/target.ts';
import { PosternError } from '../../../src/contract/error.ts';
import type { Instance } from '../../../src/contract/instance.ts';

function instance(instanceId: string, part: Partial<Instance> = {}): Instance {
  return { instanceId, scope: { profile: 'prod', region: 'ap-northeast-1' }, state: 'running', networkInterfaces: [], securityGroups: [], ssmKnown: true, tags: {}, ...part };
}

const estate = [
  instance('i-0aaa', { name: 'web-1', privateIpAddress: '10.0.1.20' }),
  instance('i-0bbb', { name: 'web-10', publicIpAddress: '203.0.113.9', privateIpAddress: '10.0.1.21' }),
  instance('i-0ccc', { name: 'db', privateIpAddress: '10.0.1.22', ipv6Address: '2001:db8::22' }),
  instance('i-0ddd', { name: 'db', privateIpAddress: '10.0.1.20', scope: { profile: 'stage', region: 'us-east-2' } }),
];

const find = (target: string): string => findTarget(estate, target).instanceId;

function failure(target: string): PosternError {
  try {
    findTarget(estate, target);
  } catch (thrown) {
    if (thrown instanceof PosternError) return thrown;
  }
  throw new Error(`${target} was found`);
}

test('a target is an id, a name, an address, or a unique part of a name', () => {
  expect(find('i-0ccc')).toBe('i-0ccc');
  expect(find('web-10')).toBe('i-0bbb');
  expect(find('203.0.113.9')).toBe('i-0bbb');
  expect(find('2001:DB8::22')).toBe('i-0ccc');
  expect(find('WEB-1')).toBe('i-0aaa');
});

test('an exact name wins over names that contain it', () => {
  expect(find('web-1')).toBe('i-0aaa');
});

test('several matches are listed, never guessed', () => {
  const error = failure('db');
  expect(error.code).toBe('instance.ambiguous');
  expect(error.message).toBe('"db" matches 2 instances:\n  i-0ccc  db  running  10.0.1.22  prod/ap-northeast-1\n  i-0ddd  db  running  10.0.1.20  stage/us-east-2');
  expect(failure('10.0.1.20').code).toBe('instance.ambiguous');
  expect(failure('web').code).toBe('instance.ambiguous');
});

test('a terminated instance is meant only when nothing else is', () => {
  const withOld = [instance('i-0old', { name: 'web-1', state: 'terminated' }), ...estate];
  expect(findTarget(withOld, 'web-1').instanceId).toBe('i-0aaa');
  expect(findTarget(withOld, 'i-0old').instanceId).toBe('i-0old');
});

test('no match is named, with its control characters shown', () => {
  expect(failure('x\u001b[2J').message).toBe('No instance is called "x\\u001b[2J", has that id or that address in the scopes listed.');
});

test('escape sequences and direction overrides from tags are printed as text', () => {
  expect(printable('a\u001b]0;pwned\u0007b\u202ec\u009b2Jd\n')).toBe('a\\u001b]0;pwned\\u0007b\\u202ec\\u009b2Jd\\u000a');
  expect(printable('日本語 🏯 é')).toBe('日本語 🏯 é');
});

test('a table pads its columns and ends no line in spaces', () => {
  expect(table([['NAME', 'STATE'], ['bastion', 'running'], ['a', '']])).toBe('NAME     STATE\nbastion  running\na');
});

test('wide and combining characters keep the columns straight', () => {
  expect(table([['NAME', 'STATE'], ['日本語', 'a'], ['e\u0301t\u00e9', 'b'], ['🏯', 'c']])).toBe('NAME    STATE\n日本語  a\ne\u0301t\u00e9     b\n🏯      c');
});

test('a long name is cut to its columns, never within a character', () => {
  expect(shortened('abcdef', 6)).toBe('abcdef');
  expect(shortened('abcdefg', 6)).toBe('abcde…');
  expect(shortened('日本語', 5)).toBe('日本…');
  expect(shortened('a👨‍👩‍👧b👨‍👩‍👧', 4)).toBe('a👨‍👩‍👧…');
});

test('JSON keeps its meaning and its lines, and has no character that acts on a terminal', () => {
  const value = { name: 'a\u009b2J\u202eb\u007f', lines: ['x\ny'] };
  const printed = printableJson(JSON.stringify(value, undefined, 2));
  expect(JSON.parse(printed)).toEqual(value);
  expect(printed).toBe('{\n  "name": "a\\u009b2J\\u202eb\\u007f",\n  "lines": [\n    "x\\ny"\n  ]\n}');
});

function typed(...parts: string[]): { forwarded: string; leave: boolean } {
  const watcher = createEscapeWatcher();
  let forwarded = '';
  let leave = false;
  for (const part of parts) {
    const read = watcher.read(Buffer.from(part));
    forwarded += Buffer.from(read.forward).toString();
    leave ||= read.leave;
  }
  return { forwarded, leave };
}

test('tilde and dot at the start of a line leave the session', () => {
  expect(typed('~.')).toEqual({ forwarded: '', leave: true });
  expect(typed('ls\r', '~', '.')).toEqual({ forwarded: 'ls\r', leave: true });
});

test('tildes elsewhere reach the host', () => {
  expect(typed('cd ~/a\r')).toEqual({ forwarded: 'cd ~/a\r', leave: false });
  expect(typed('~/x\r')).toEqual({ forwarded: '~/x\r', leave: false });
  expect(typed('~~.\r')).toEqual({ forwarded: '~.\r', leave: false });
  expect(typed('echo a~.\r')).toEqual({ forwarded: 'echo a~.\r', leave: false });
});
