import { expect, test } from 'vitest';
import { isLoopback, localEndText, OpenForward, targetText } from '../../../src/contract/forward.ts';

test.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.8.9.10', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'])('%s is loopback', (address) => {
  expect(isLoopback(address)).toBe(true);
});

test.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', 'localhost.example.com', '1127.0.0.1', '', '2001:db8::1', '::ffff:10.0.0.1'])('"%s" is not known to be loopback', (address) => {
  expect(isLoopback(address)).toBe(false);
});

test('both ends of a forward are written as an address and a port, IPv6 in brackets', () => {
  expect(localEndText({ kind: 'tcp', address: '127.0.0.1', port: 8080 })).toBe('127.0.0.1:8080');
  expect(localEndText({ kind: 'tcp', address: '::1', port: 8080 })).toBe('[::1]:8080');
  expect(localEndText({ kind: 'unix', path: '/tmp/db.sock' })).toBe('/tmp/db.sock');
  expect(targetText({ instanceId: 'i-1', instanceName: 'web-1', remotePort: 80 })).toBe('web-1:80');
  expect(targetText({ instanceId: 'i-1', remotePort: 80 })).toBe('i-1:80');
  expect(targetText({ instanceId: 'i-1', instanceName: 'web-1', remoteHost: 'fd00::5', remotePort: 5432 })).toBe('[fd00::5]:5432');
});

test('a forward listens on loopback over one session unless it is told otherwise', () => {
  expect(OpenForward.parse({ instanceId: 'i-1', local: { kind: 'tcp', port: 0 }, remotePort: 80 })).toEqual({ instanceId: 'i-1', local: { kind: 'tcp', address: '127.0.0.1', port: 0 }, remotePort: 80, sessions: 1 });
});

test.each([{ remotePort: 0 }, { remotePort: 65_536 }, { remotePort: 1.5 }, { sessions: 0 }, { sessions: 9 }, { remoteHost: 'a b' }, { remoteHost: '$(id)' }, { local: { kind: 'tcp', port: -1 } }, { local: { kind: 'unix', path: '' } }])(
  'a forward with %j is refused',
  (over) => {
    expect(OpenForward.safeParse({ instanceId: 'i-1', local: { kind: 'tcp', port: 0 }, remotePort: 80, ...over }).success).toBe(false);
  },
);
