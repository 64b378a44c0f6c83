import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import type { SocksRequest } from '../../../src/services/forwards/socks.ts';
import { readSocksRequest } from '../../../src/services/forwards/socks.ts';

interface Handshake {
  readonly client: Socket;
  /** As the listener of a forward gives it. */
  readonly socket: Socket;
  readonly request: Promise<SocksRequest>;
}

async function handshake(): Promise<Handshake> {
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const taken = once(server, 'connection');
  const client = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, noDelay: true, allowHalfOpen: true });
  const [socket] = (await taken) as [Socket];
  client.on('error', () => undefined);
  socket.on('error', () => undefined);
  onTestFinished(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  const request = readSocksRequest(socket);
  request.catch(() => undefined);
  return { client, socket, request };
}

async function refusal(request: Promise<SocksRequest>): Promise<string> {
  const thrown: unknown = await request.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(thrown instanceof PosternError)) throw new Error(`expected a PosternError, got ${String(thrown)}`);
  return thrown.message;
}

async function bytesUntilEnd(client: Socket): Promise<number[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of client) chunks.push(chunk as Buffer);
  return [...Buffer.concat(chunks)];
}

const name = (text: string): number[] => [text.length, ...Buffer.from(text, 'latin1')];
const greeting = [5, 1, 0];
const port = [0x1f, 0x90];

test.each<[string, number[], string]>([
  ['an IPv4 address', [5, 1, 0, 1, 10, 0, 0, 7, ...port], '10.0.0.7'],
  ['a name', [5, 1, 0, 3, ...name('db.internal'), ...port], 'db.internal'],
  ['an IPv6 address', [5, 1, 0, 4, 0xfd, 0, ...Array<number>(13).fill(0), 7, ...port], 'fd00::7'],
])('version 5 asks for %s, byte by byte or at once, and what follows stays in the socket', async (_what, asked, host) => {
  for (const inPieces of [true, false]) {
    const { client, socket, request } = await handshake();
    const bytes = [...greeting, ...asked, ...Buffer.from('GET /')];
    if (inPieces) for (const byte of bytes) await new Promise((resolve) => client.write(Uint8Array.of(byte), resolve));
    else client.write(Uint8Array.from(bytes));
    const { host: read, port: readPort, grant } = await request;
    expect([read, readPort]).toEqual([host, 8080]);
    grant();
    let rest = '';
    socket.on('data', (chunk: Buffer) => {
      rest += chunk.toString();
    });
    socket.resume();
    await expect.poll(() => rest).toBe('GET /');
    socket.end();
    expect(await bytesUntilEnd(client)).toEqual([5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  }
});

test.each<[string, number[], string]>([
  ['an address', [4, 1, ...port, 10, 0, 0, 7, ...Buffer.from('user'), 0], '10.0.0.7'],
  ['a name (4a)', [4, 1, ...port, 0, 0, 0, 1, 0, ...Buffer.from('db.internal'), 0], 'db.internal'],
])('version 4 asks for %s', async (_what, asked, host) => {
  const { client, socket, request } = await handshake();
  client.write(Uint8Array.from(asked));
  const { host: read, port: readPort, grant } = await request;
  expect([read, readPort]).toEqual([host, 8080]);
  grant();
  socket.end();
  expect(await bytesUntilEnd(client)).toEqual([0, 90, 0, 0, 0, 0, 0, 0]);
});

test('a target that cannot be reached is told by the code that says why', async () => {
  for (const [code, told] of [['route.prohibited', 2], ['route.unreachable', 4], ['route.refused', 5], ['ssh.connection-lost', 1]] as const) {
    const { client, request } = await handshake();
    client.write(Uint8Array.from([...greeting, 5, 1, 0, 1, 10, 0, 0, 7, ...port]));
    (await request).refuse(new PosternError({ code, message: 'no' }));
    expect(await bytesUntilEnd(client)).toEqual([5, 0, 5, told, 0, 1, 0, 0, 0, 0, 0, 0]);
  }
});

test.each<[string, number[], string, number[]]>([
  ['who insists on a password', [5, 1, 2], 'the program wants to sign in', [5, 0xff]],
  ['who offers no method', [5, 0], 'the program wants to sign in', [5, 0xff]],
  ['who wants to listen', [...greeting, 5, 2, 0, 1, 10, 0, 0, 7, ...port], 'it asks for something else than a connection', [5, 0, 5, 7, 0, 1, 0, 0, 0, 0, 0, 0]],
  ['an unknown kind of address', [...greeting, 5, 1, 0, 9], 'addresses of the kind 9 are unknown', [5, 0, 5, 8, 0, 1, 0, 0, 0, 0, 0, 0]],
  ['an empty name', [...greeting, 5, 1, 0, 3, 0, ...port], 'it asks for a host whose name cannot be one', [5, 0, 5, 1, 0, 1, 0, 0, 0, 0, 0, 0]],
  ['a name with a line end', [...greeting, 5, 1, 0, 3, ...name('a\nb'), ...port], 'it asks for a host whose name cannot be one', [5, 0, 5, 1, 0, 1, 0, 0, 0, 0, 0, 0]],
  ['port 0', [...greeting, 5, 1, 0, 1, 10, 0, 0, 7, 0, 0], 'it asks for a host whose name cannot be one', [5, 0, 5, 1, 0, 1, 0, 0, 0, 0, 0, 0]],
  ['another version in the request', [...greeting, 4, 1, 0, 1], 'its request is of another version than its greeting', [5, 0]],
  ['a web page that speaks HTTP', [...Buffer.from('GET / HTTP/1.1\r\n')], 'it begins with 71, which is no version of SOCKS', []],
  ['version 4 that wants to listen', [4, 2, ...port, 10, 0, 0, 7, 0], 'it asks for something else than a connection', [0, 91, 0, 0, 0, 0, 0, 0]],
  ['a user id without an end', [4, 1, ...port, 10, 0, 0, 7, ...Array<number>(300).fill(65)], 'a text in it has no end', []],
])('%s is refused', async (_what, sent, why, answered) => {
  const { client, socket, request } = await handshake();
  client.write(Uint8Array.from(sent));
  expect(await refusal(request)).toBe(`A program's SOCKS request was refused: ${why}.`);
  socket.destroySoon();
  expect(await bytesUntilEnd(client).catch(() => answered)).toEqual(answered);
});

test('a handshake that ends anywhere before its end is over, and never hangs', async () => {
  for (const whole of [[...greeting, 5, 1, 0, 3, ...name('db.internal'), ...port], [4, 1, ...port, 0, 0, 0, 1, 0, ...Buffer.from('db'), 0]]) {
    for (let length = 0; length < whole.length; length += 1) {
      const { client, request } = await handshake();
      client.end(Uint8Array.from(whole.slice(0, length)));
      expect(await refusal(request)).toBe('The program left during the SOCKS handshake.');
    }
  }
});

test('noise never gets further than a refusal', async () => {
  // Reproducible: a linear congruential generator.
  let state = 1;
  const next = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff) >> 16;
  for (let round = 0; round < 200; round += 1) {
    const { client, request } = await handshake();
    client.end(Uint8Array.from([round % 2 === 0 ? 5 : 4, ...Array.from({ length: next() % 600 }, () => next() % 256)]));
    const outcome = await request.then(
      ({ host }) => host,
      (thrown: unknown) => thrown,
    );
    if (typeof outcome === 'string') expect(outcome).toMatch(/^[A-Za-z0-9._:-]+$/);
    else expect(outcome).toBeInstanceOf(PosternError);
  }
});
