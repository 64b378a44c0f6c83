/** Row 14 of threats.md: a server that floods, cheats with windows and numbers, or sends what no server sends. ssh2's own server, bent; and raw TCP. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { Duplex } from 'node:stream';
import { join } from 'node:path';
import type { Connection } from 'ssh2';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { PosternError } from '../../src/contract/error.ts';
import type { Shell } from '../../src/services/base/shell.ts';
import { Secret } from '../../src/services/base/secret.ts';
import type { SshConnection } from '../../src/services/ssh/connection.ts';
import { openSshConnection } from '../../src/services/ssh/connection.ts';
import { randomNumbers } from '../fixtures/terminal/fuzz.ts';
import { heldBytes } from './heldBytes.ts';
import { startRogueServer } from './rogueServer.ts';
import type { KeyFile } from './sshd.ts';
import { generateKeyFile } from './sshd.ts';

const LONG = process.env['POSTERN_LONG'] === '1';
const MEBIBYTE = 1024 * 1024;
/** Of the whole process, the rogue server's own part included; threats.md allows 100. */
const MAX_GROWTH_BYTES = 64 * MEBIBYTE;
/** Of a test in its long form. */
const LONG_OPTIONS = LONG ? { timeout: 20 * 60_000 } : {};
const signal = new AbortController().signal;

let folder: string;
let key: KeyFile;
const cleanups: (() => unknown)[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-floods-'));
  key = generateKeyFile(join(folder, 'key'), ['ed25519']);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** SSH_MSG_ numbers of RFC 4254 and OpenSSH's PROTOCOL. */
const GLOBAL_REQUEST = 80;
const CHANNEL_OPEN = 90;
const OPEN_CONFIRMATION = 91;
const WINDOW_ADJUST = 93;
const CHANNEL_DATA = 94;
const CHANNEL_REQUEST = 98;
const PING = 192;

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const text = (value: string | Buffer): Buffer => Buffer.concat([u32(Buffer.byteLength(value)), Buffer.from(value)]);
const message = (type: number, ...parts: readonly Buffer[]): Buffer => Buffer.concat([Buffer.from([type]), ...parts]);

/** What of ssh2's server is bent to send any payload, encrypted as it should be; the names are those of the version package.json pins. */
interface ServerInternals {
  readonly _sock: Socket;
  readonly _protocol: {
    readonly _cipher: { encrypt(packet: Buffer): void };
    readonly _packetRW: { readonly write: { readonly allocStart: number; alloc(bytes: number): Buffer; finalize(packet: Buffer): Buffer } };
  };
}

class Rogue {
  readonly connection: Connection;
  readonly socket: Socket;
  readonly #inner: ServerInternals;
  constructor(connection: Connection) {
    this.connection = connection;
    this.#inner = connection as unknown as ServerInternals;
    this.socket = this.#inner._sock;
  }
  get gone(): boolean {
    return this.socket.destroyed || !this.socket.writable;
  }
  send(payload: Buffer): void {
    if (this.gone) return;
    const { _packetRW: { write }, _cipher } = this.#inner._protocol;
    const packet = write.alloc(payload.length);
    packet.set(payload, write.allocStart);
    _cipher.encrypt(write.finalize(packet));
  }
  /** As fast as the client reads, until it hangs up or `count` were sent. @returns how many */
  async flood(count: number, payload: (index: number) => Buffer): Promise<number> {
    let sent = 0;
    while (sent < count && !this.gone) {
      while (sent < count && !this.gone && this.socket.writableLength < MEBIBYTE) this.send(payload(sent++));
      if (this.socket.writableNeedDrain) await Promise.race([once(this.socket, 'drain'), once(this.socket, 'close')]).catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return sent;
  }
}

async function rogueServer(): Promise<{ readonly port: number; readonly rogue: Promise<Rogue> }> {
  const { promise: rogue, resolve } = Promise.withResolvers<Rogue>();
  const { port, stop } = await startRogueServer((connection) => {
    connection.on('authentication', (context) => context.accept());
    connection.on('ready', () => resolve(new Rogue(connection)));
    connection.on('session', (accept) => {
      const session = accept();
      session.on('pty', (acceptPty) => acceptPty?.());
      session.on('shell', (acceptShell) => acceptShell());
    });
  }, [key]);
  cleanups.push(stop);
  return { port, rogue };
}

/** A way there that takes nothing more once it is told so, as when every buffer between is full. */
class StallingWay extends Duplex {
  stalled = false;
  readonly #socket: Socket;
  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('data', (chunk) => this.push(chunk) || socket.pause());
    socket.on('end', () => this.push(null));
    socket.on('error', () => this.destroy());
  }
  override _read(): void {
    this.#socket.resume();
  }
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (!this.stalled) this.#socket.write(chunk, done);
  }
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}

async function open(port: number, overWay: (socket: Socket) => Duplex = (socket) => socket): Promise<SshConnection> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  cleanups.push(() => socket.destroy());
  const transport = overWay(socket);
  const connection = await openSshConnection({
    transport,
    host: 'web-1',
    osUser: 'ec2-user',
    hostKey: { known: async () => [], verify: async () => undefined },
    authentication: { keys: [{ keyName: 'user', publicKey: key.publicKey, privateKey: async () => Secret.fromText(key.privateKey) }] },
    keepAliveIntervalMs: 60_000,
    signal,
  });
  cleanups.push(() => connection.close());
  return connection;
}

function ended(connection: SshConnection): Promise<PosternError | undefined> {
  return new Promise((resolve) => void connection.onEnd(resolve));
}

async function shellOf(connection: SshConnection): Promise<Shell> {
  const shell = await connection.openShell({ size: { columns: 80, rows: 24 } }, signal);
  shell.exited.catch(() => undefined);
  shell.stream.on('error', () => undefined);
  return shell;
}

test('row 14: a flood of pings, questions and channels that are answered and read leaves the connection alive and the memory flat', LONG_OPTIONS, async () => {
  const { port, rogue } = await rogueServer();
  const connection = await open(port);
  const server = await rogue;
  const before = heldBytes();
  const floods: readonly ((index: number) => Buffer)[] = [
    () => message(PING, text('x'.repeat(1000))),
    () => message(GLOBAL_REQUEST, text('keepalive@openssh.com'), Buffer.from([1])),
    (index) => message(CHANNEL_OPEN, text(['x11', 'forwarded-tcpip', 'auth-agent@openssh.com', 'session'][index % 4] ?? ''), u32(0x7fffffff - index), u32(0xffffffff), u32(0), text('127.0.0.1'), u32(1), text('127.0.0.1'), u32(2)),
    (index) => message(WINDOW_ADJUST, u32(1000 + index * 99_991), u32(0xffffffff)),
    (index) => message(CHANNEL_DATA, u32(0x7fffffff - index), text('y'.repeat(2000))),
    (index) => message(CHANNEL_REQUEST, u32(0x7fffffff - index), text('exit-status'), Buffer.from([1]), u32(0)),
    // EOF, CLOSE, SUCCESS and FAILURE of channels that are not.
    (index) => message(96 + (index % 5 === 2 ? 0 : index % 5), u32(0x7fffffff + index)),
  ];
  const count = LONG ? 1_000_000 : 10_000;
  const end = ended(connection).then((reason) => reason?.message);
  for (const [index, flood] of floods.entries()) {
    const sent = await server.flood(count, flood);
    expect({ index, sent, end: sent === count ? undefined : await end }).toEqual({ index, sent: count, end: undefined });
    // Answered once it has been read; else the end of the connection comes first.
    expect(await Promise.race([end, shellOf(connection).then((shell) => void shell.stream.destroy())]), `flood ${index}`).toBeUndefined();
  }
  const shell = await shellOf(connection);
  expect(shell.stream.writable).toBe(true);
  expect(heldBytes() - before).toBeLessThan(MAX_GROWTH_BYTES);
});

test('row 14: a server that asks without end and reads no answer is left before the answers cost memory', async () => {
  const { port, rogue } = await rogueServer();
  let way: StallingWay | undefined;
  const connection = await open(port, (socket) => (way = new StallingWay(socket)));
  const server = await rogue;
  const end = ended(connection);
  const before = heldBytes();
  if (way !== undefined) way.stalled = true;
  const count = 1_000_000;
  expect(await server.flood(count, () => message(GLOBAL_REQUEST, text('keepalive@openssh.com'), Buffer.from([1])))).toBeLessThan(count);
  expect(await end).toMatchObject({ code: 'ssh.connection-lost', message: 'The connection to web-1 was lost: the host asks and does not read the answers.' });
  expect(heldBytes() - before).toBeLessThan(MAX_GROWTH_BYTES);
});

test('row 14: a server that sends more than the window while nobody reads is left, and what was held is bounded', async () => {
  const { port, rogue } = await rogueServer();
  const connection = await open(port);
  const server = await rogue;
  const shell = await shellOf(connection);
  shell.stream.pause();
  const end = ended(connection);
  const before = heldBytes();
  const sent = await server.flood(20_000, () => message(CHANNEL_DATA, u32(0), text('z'.repeat(30_000))));
  expect(sent * 30_000).toBeLessThan(64 * MEBIBYTE);
  expect(await end).toMatchObject({ code: 'ssh.connection-lost', message: 'The connection to web-1 was lost: the host sent more than it was allowed to.' });
  expect(heldBytes() - before).toBeLessThan(MAX_GROWTH_BYTES);
});

test('row 14: a channel that takes packets of no bytes, a window or a channel number beyond what there can be, end the connection instead of hanging the process', async () => {
  for (const [cheat, reason] of [['no packets', 'the host takes no packets'], ['endless window', 'the host allowed more than there can be'], ['giant number', 'Invalid channel id: 4294967295']] as const) {
    const { port, rogue } = await rogueServer();
    const connection = await open(port);
    const server = await rogue;
    const end = ended(connection);
    if (cheat === 'no packets') {
      server.connection.removeAllListeners('session');
      server.connection.on('session', () => {
        server.send(message(OPEN_CONFIRMATION, u32(0), u32(0xffffffff), u32(MEBIBYTE), u32(0)));
      });
      await expect(connection.openShell({ size: { columns: 80, rows: 24 } }, signal)).rejects.toBeInstanceOf(PosternError);
    } else {
      await shellOf(connection);
      await server.flood(10, () => (cheat === 'giant number' ? message(CHANNEL_DATA, u32(0xffffffff), text('x')) : message(WINDOW_ADJUST, u32(0), u32(0xffffffff))));
    }
    expect(await end).toMatchObject({ code: 'ssh.connection-lost', message: `The connection to web-1 was lost: ${reason}.` });
  }
});

test('row 14: where the window stays shut, what is typed waits in bounds, the tab closes, and other connections go on', async () => {
  const { port, rogue } = await rogueServer();
  const connection = await open(port);
  const server = await rogue;
  server.connection.removeAllListeners('session');
  server.connection.on('session', () => {
    server.send(message(OPEN_CONFIRMATION, u32(0), u32(0), u32(0), u32(1)));
    for (const _ of [1, 2]) server.send(message(99, u32(0)));
  });
  const before = heldBytes();
  const shell = await shellOf(connection);
  let written = 0;
  while (written < 64 * MEBIBYTE && shell.stream.write(Buffer.alloc(4096))) written += 4096;
  expect(written).toBeLessThan(MEBIBYTE);
  expect(heldBytes() - before).toBeLessThan(MAX_GROWTH_BYTES);
  const end = ended(connection);
  connection.close();
  expect(await end).toBeUndefined();
});

test('row 14: mutated packets of a session end in an error with a sentence or are borne; nothing throws, hangs or stays', LONG_OPTIONS, async () => {
  const next = randomNumbers(LONG ? Date.now() : 20_261_122);
  const pick = (below: number): number => Math.floor(next() * below);
  const until = Date.now() + (LONG ? 10 * 60_000 : 0);
  const before = heldBytes();
  let rounds = 0;
  const outcomes = new Set<string>();
  while (rounds < 15 || Date.now() < until) {
    rounds += 1;
    const { port, rogue } = await rogueServer();
    const connection = await open(port);
    const server = await rogue;
    let error: PosternError | undefined;
    const end = ended(connection).then((reason) => {
      error = reason;
    });
    await shellOf(connection);
    const channel = u32(0);
    const sane: readonly Buffer[] = [
      message(CHANNEL_DATA, channel, text('hello')),
      message(95, channel, u32(1), text('error')),
      message(WINDOW_ADJUST, channel, u32(1000)),
      message(CHANNEL_REQUEST, channel, text('exit-status'), Buffer.from([0]), u32(0)),
      message(CHANNEL_REQUEST, channel, text('exit-signal'), Buffer.from([0]), text('TERM'), Buffer.from([0]), text('x'), text('')),
      message(GLOBAL_REQUEST, text('hostkeys-00@openssh.com'), Buffer.from([1]), text('not a key')),
      message(CHANNEL_OPEN, text('forwarded-tcpip'), u32(9), u32(1000), u32(1000), text('127.0.0.1'), u32(1), text('127.0.0.1'), u32(2)),
      message(OPEN_CONFIRMATION, channel, u32(1), u32(1), u32(1)),
      message(92, channel, u32(1), text('no'), text('')),
      message(2, text('ignore')),
      message(4, Buffer.from([1]), text('debug'), text('')),
      message(3, u32(7)),
      message(20, Buffer.alloc(16), text('curve25519-sha256'), text('ssh-ed25519')),
      message(31, text('x'), text('y'), text('z')),
      message(52),
      message(51, text('publickey'), Buffer.from([0])),
      message(53, text('banner'), text('')),
      message(7, u32(1), text('server-sig-algs'), text('x')),
      message(81),
      message(82),
      message(99, channel),
      message(100, channel),
    ];
    for (let sent = 0; sent < 200 && !server.gone; sent += 1) {
      const bent = Buffer.from(sane[pick(sane.length)] ?? message(2));
      for (let flips = pick(4); flips > 0; flips -= 1) bent[pick(bent.length)] = [0, 1, 0x7f, 0x80, 0xff][pick(5)] ?? 0;
      server.send(next() < 0.2 ? bent.subarray(0, 1 + pick(bent.length)) : bent);
      if (sent % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    connection.close();
    await end;
    outcomes.add(error === undefined ? 'borne' : error.code);
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  }
  for (const outcome of outcomes) expect(['borne', 'ssh.connection-lost', 'ssh.protocol', 'ssh.host-key-changed', 'ssh.auth-exhausted']).toContain(outcome);
  expect(heldBytes() - before).toBeLessThan(MAX_GROWTH_BYTES);
});

test('row 14: a mutated handshake ends in an error with a sentence', LONG_OPTIONS, async () => {
  const recorded = await recordHandshake();
  const next = randomNumbers(LONG ? Date.now() : 14);
  const codes = new Set<string>();
  for (let round = 0; round < (LONG ? 5000 : 60); round += 1) {
    const bent = Buffer.from(recorded);
    for (let flips = 1 + Math.floor(next() * 6); flips > 0; flips -= 1) bent[Math.floor(next() * bent.length)] = Math.floor(next() * 256);
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(bent.subarray(0, next() < 0.3 ? Math.floor(next() * bent.length) : bent.length));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const error: unknown = await open((server.address() as AddressInfo).port).catch((thrown: unknown) => thrown);
    server.close();
    expect(error).toBeInstanceOf(PosternError);
    if (error instanceof PosternError) codes.add(error.code);
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  }
  expect([...codes].filter((code) => !['ssh.protocol', 'ssh.connection-lost', 'ssh.weak-algorithms'].includes(code))).toEqual([]);
});

/** What a server says before it can know the client: its version and its offer. */
async function recordHandshake(): Promise<Buffer> {
  const { port } = await rogueServer();
  const socket = connect(port, '127.0.0.1');
  cleanups.push(() => socket.destroy());
  let heard = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    heard = Buffer.concat([heard, chunk]);
    const line = heard.indexOf('\n');
    if (line !== -1 && heard.length >= line + 5 && heard.length >= line + 5 + heard.readUInt32BE(line + 1)) break;
    if (line !== -1 && heard.length === line + 1) socket.write('SSH-2.0-recorder\r\n');
  }
  return heard;
}
