import { expect, test } from 'vitest';
import { parseForwardSpec } from '../../../src/apps/cli/forwardSpec.ts';

const tcp = (address: string, port: number) => ({ kind: 'tcp', address, port });

test.each([
  ['8080:80', { local: tcp('127.0.0.1', 8080), remotePort: 80 }],
  ['0:80', { local: tcp('127.0.0.1', 0), remotePort: 80 }],
  ['5432:db.internal:5432', { local: tcp('127.0.0.1', 5432), remoteHost: 'db.internal', remotePort: 5432 }],
  ['5432:localhost:5432', { local: tcp('127.0.0.1', 5432), remoteHost: 'localhost', remotePort: 5432 }],
  ['5432:10.0.3.7:5432', { local: tcp('127.0.0.1', 5432), remoteHost: '10.0.3.7', remotePort: 5432 }],
  ['5432:[fd00::7]:5432', { local: tcp('127.0.0.1', 5432), remoteHost: 'fd00::7', remotePort: 5432 }],
  ['localhost:8080:80', { local: tcp('localhost', 8080), remotePort: 80 }],
  ['0.0.0.0:8080:80', { local: tcp('0.0.0.0', 8080), remotePort: 80 }],
  ['*:8080:80', { local: tcp('0.0.0.0', 8080), remotePort: 80 }],
  ['[::1]:8080:80', { local: tcp('::1', 8080), remotePort: 80 }],
  ['[fe80::1%eth0]:8080:80', { local: tcp('fe80::1%eth0', 8080), remotePort: 80 }],
  ['[::]:8080:[fd00::7]:80', { local: tcp('::', 8080), remoteHost: 'fd00::7', remotePort: 80 }],
  ['192.0.2.1:8080:web:80', { local: tcp('192.0.2.1', 8080), remoteHost: 'web', remotePort: 80 }],
  ['/run/user/0/db.sock:5432', { local: { kind: 'unix', path: '/run/user/0/db.sock' }, remotePort: 5432 }],
  ['./db.sock:db.internal:5432', { local: { kind: 'unix', path: './db.sock' }, remoteHost: 'db.internal', remotePort: 5432 }],
])('%s is read', (text, expected) => {
  expect(parseForwardSpec(text)).toEqual(expected);
});

test.each([
  ['', 'a port to listen on and a port to reach are needed'],
  ['8080', 'a port to listen on and a port to reach are needed'],
  ['/tmp/socket', 'after a socket path stands [HOST:]PORT'],
  ['8080:', '"" is no port'],
  [':80', '"" is no port (0 takes a free one)'],
  [':8080:80', 'the address to listen on is empty; * means every address'],
  ['8080:0', '"0" is no port'],
  ['8080:65536', '"65536" is no port'],
  ['65536:80', '"65536" is no port (0 takes a free one)'],
  ['-1:80', '"-1" is no port (0 takes a free one)'],
  ['8080:http', '"http" is no port'],
  ['8080:9090:80', '"9090" is no host name or address'],
  ['8080::80', '"" is no host name or address'],
  ['8080:a b c:80', '"a b c" is no host name or address'],
  ['::1:8080:80', 'it has too many parts; an IPv6 address stands in brackets'],
  ['[::1:8080:80', 'its brackets hold no IPv6 address'],
  ['[]:8080:80', 'its brackets hold no IPv6 address'],
  ['[::1]8080:80', 'its brackets hold no IPv6 address'],
  ['127.0.0.1:1:host:2:3', 'it has too many parts; an IPv6 address stands in brackets'],
])('"%s" is refused, and it is said why', (text, why) => {
  expect(() => parseForwardSpec(text)).toThrow(expect.objectContaining({ code: 'input.invalid', message: `"${text}" is no forward: ${why}.`, remedy: expect.stringContaining('[BIND:]PORT:[HOST:]PORT') }));
});
