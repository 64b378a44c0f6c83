import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, expect, test, vi } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import { temporaryFolder } from '../base/temporaryFolder.ts';
import { dial, echo, eventually, exchange, LoopbackSession, lossOf, openForwards, request, startServer } from './loopbackForwards.ts';

afterEach(() => void vi.useRealTimers());

const lineCut = new PosternError({ code: 'ssm.session-ended', message: 'The session was ended by an administrator.', remedy: 'Restart the forward.' });

test('a forward is returned at once, opening, and then listens on a free loopback port', async () => {
  const server = await startServer(echo);
  const { forwards, until } = openForwards({ now: () => Date.UTC(2026, 0, 2) });
  const opened = forwards.open(request({ remotePort: server.port, remoteHost: 'db-1' }));
  expect(opened).toEqual({
    forwardId: opened.forwardId, instanceId: 'i-1', instanceName: 'web-1', local: { kind: 'tcp', address: '127.0.0.1', port: 0 }, remoteHost: 'db-1', remotePort: server.port, sessions: 1,
    state: 'opening', openedAt: '2026-01-02T00:00:00.000Z', openConnections: 0, totalConnections: 0, sentBytes: 0, receivedBytes: 0, sentBytesPerSecond: 0, receivedBytesPerSecond: 0,
  });
  const listening = await until((forward) => forward.state === 'listening');
  expect(listening.local).toEqual({ kind: 'tcp', address: '127.0.0.1', port: expect.any(Number) });
  expect(listening.local).not.toMatchObject({ port: 0 });
  expect(forwards.list()).toEqual([listening]);
});

test('bytes arrive exactly, both ways', async () => {
  const server = await startServer(echo);
  const { listening } = openForwards();
  const { port } = await listening({ remotePort: server.port });
  const sent = randomBytes(5_000_003);
  const received = await exchange(port, sent);
  expect(received.equals(sent)).toBe(true);
});

test('a local side that has ended still gets its answer', async () => {
  const server = await startServer((socket) => void buffer(socket).then((asked) => socket.end(`${asked.byteLength} bytes`)));
  const { listening } = openForwards();
  const { port } = await listening({ remotePort: server.port });
  expect((await exchange(port, randomBytes(100_000))).toString()).toBe('100000 bytes');
});

test('a far end that has ended is still sent what the local side says', async () => {
  const heard = Promise.withResolvers<Buffer>();
  const server = await startServer((socket) => {
    socket.end('first and last');
    heard.resolve(buffer(socket));
  });
  const { listening } = openForwards();
  const { port } = await listening({ remotePort: server.port });
  const socket = await dial(port);
  expect((await buffer(socket)).toString()).toBe('first and last');
  socket.end('an afterthought');
  expect((await heard.promise).toString()).toBe('an afterthought');
});

test('a hundred connections at once each get their own bytes', async () => {
  const server = await startServer(echo);
  const { listening, until } = openForwards();
  const { port } = await listening({ remotePort: server.port });
  const sent = Array.from({ length: 100 }, (_, index) => Buffer.alloc(20_000, `connection ${index};`));
  const received = await Promise.all(sent.map((bytes) => exchange(port, bytes)));
  expect(received.every((bytes, index) => bytes.equals(sent[index] ?? Buffer.alloc(0)))).toBe(true);
  expect(await until((forward) => forward.openConnections === 0 && forward.totalConnections === 100)).toMatchObject({ sentBytes: 2_000_000, receivedBytes: 2_000_000 });
});

test('each connection goes through the session with the fewest open ones', async () => {
  const server = await startServer(echo);
  const { listening, sessions } = openForwards();
  const { port } = await listening({ remotePort: server.port, sessions: 3 });
  const held: Socket[] = [];
  const talk = async (): Promise<void> => {
    const socket = await dial(port);
    held.push(socket);
    socket.write('x');
    await once(socket, 'data');
  };
  for (let index = 0; index < 9; index += 1) await talk();
  expect(sessions.map((session) => session.connections)).toEqual([3, 3, 3]);
  const [, second] = sessions;
  // Connections were dealt out in turn: the second session has every third of them.
  for (const socket of [held[1], held[4]]) socket?.destroy();
  await eventually(() => second?.sockets.size === 1);
  await talk();
  await talk();
  expect(sessions.map((session) => session.connections)).toEqual([3, 5, 3]);
});

test('a connection the far end refuses is reset here, told, and the forward listens on', async () => {
  const server = await startServer(echo);
  const { listening, until } = openForwards({ now: () => Date.UTC(2026, 0, 2) });
  await new Promise((resolve) => server.server.close(resolve));
  const { port } = await listening({ remotePort: server.port });
  expect(await lossOf(await dial(port))).toBe('ECONNRESET');
  expect(await until((forward) => forward.lastDrop !== undefined)).toMatchObject({
    state: 'listening', totalConnections: 1,
    lastDrop: { time: '2026-01-02T00:00:00.000Z', reason: `Port ${server.port} of web-1 refused the connection.` },
  });
});

test('a far end that is lost amid the bytes resets the local connection: its client must not take that for the end', async () => {
  const server = await startServer((socket) => void socket.write('half of the ans'));
  const { listening, sessions, until } = openForwards();
  const { port } = await listening({ remotePort: server.port });
  const socket = await dial(port);
  await once(socket, 'data');
  const loss = lossOf(socket);
  for (const far of sessions[0]?.sockets ?? []) far.destroy(new PosternError({ code: 'ssm.protocol', message: 'The agent reset it.' }));
  expect(await loss).toBe('ECONNRESET');
  expect((await until((forward) => forward.lastDrop !== undefined)).lastDrop?.reason).toBe('The agent reset it.');
});

test('a client that resets its own connection closes the far end and is no drop', async () => {
  const gone = Promise.withResolvers<void>();
  const server = await startServer((socket) => {
    socket.once('close', () => gone.resolve());
    socket.write('hello');
    socket.resume();
    socket.once('end', () => socket.end());
  });
  const { listening, until } = openForwards();
  const { port } = await listening({ remotePort: server.port });
  const socket = await dial(port);
  await once(socket, 'data');
  socket.resetAndDestroy();
  await gone.promise;
  const after = await until((forward) => forward.openConnections === 0 && forward.totalConnections === 1);
  expect(after.lastDrop).toBeUndefined();
});

test('a session that ends fails the forward with its cause, and nothing listens any more', async () => {
  const server = await startServer(echo);
  const { listening, sessions, until } = openForwards({ now: () => 0 });
  const { port } = await listening({ remotePort: server.port, sessions: 2 });
  const loss = lossOf(await dial(port));
  sessions[1]?.end(lineCut);
  expect(await until((forward) => forward.state === 'failed')).toMatchObject({
    error: { code: 'ssm.session-ended', message: lineCut.message, remedy: 'Restart the forward.' },
    lastDrop: { time: '1970-01-01T00:00:00.000Z', reason: lineCut.message },
  });
  expect(await loss).toBe('ECONNRESET');
  await expect(dial(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(sessions.map((session) => session.closed)).toEqual([true, true]);
});

test('a restart takes the same port again, with new sessions and no error left', async () => {
  const server = await startServer(echo);
  const { forwards, listening, sessions, until } = openForwards();
  const { forward, port } = await listening({ remotePort: server.port });
  sessions[0]?.end(lineCut);
  await until((candidate) => candidate.state === 'failed');
  forwards.restart(forward.forwardId);
  const again = await until((candidate) => candidate.state === 'listening');
  expect(again).toMatchObject({ forwardId: forward.forwardId, local: { port }, lastDrop: { reason: lineCut.message } });
  expect(again.error).toBeUndefined();
  expect((await exchange(port, Buffer.from('again'))).toString()).toBe('again');
  expect(sessions).toHaveLength(2);
});

test('restarts in a row end as one forward that listens', async () => {
  const server = await startServer(echo);
  const { forwards, listening, sessions, until } = openForwards();
  const { forward, port } = await listening({ remotePort: server.port });
  for (let index = 0; index < 5; index += 1) forwards.restart(forward.forwardId);
  await until((candidate) => candidate.state === 'listening');
  expect((await exchange(port, Buffer.from('once'))).toString()).toBe('once');
  expect(sessions.filter((session) => !session.closed)).toHaveLength(1);
  expect(forwards.list()).toHaveLength(1);
});

test('a closed forward resets its connections, is forgotten, and says nothing more', async () => {
  const server = await startServer(echo);
  const { forwards, listening, removed, told, sessions } = openForwards();
  const { forward, port } = await listening({ remotePort: server.port });
  const loss = lossOf(await dial(port));
  await eventually(() => sessions[0]?.sockets.size === 1);
  const before = told.length;
  await forwards.close(forward.forwardId);
  expect(await loss).toBe('ECONNRESET');
  expect(removed).toEqual([forward.forwardId]);
  expect(forwards.list()).toEqual([]);
  expect(told).toHaveLength(before);
  await expect(dial(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(() => forwards.restart(forward.forwardId)).toThrow(expect.objectContaining({ code: 'session.not-found' }));
});

test('a port in use is told before a session is opened', async () => {
  const server = await startServer(echo);
  const { forwards, sessions, until } = openForwards();
  forwards.open(request({ remotePort: server.port, local: { kind: 'tcp', address: '127.0.0.1', port: server.port } }));
  expect((await until((forward) => forward.state === 'failed')).error).toEqual({
    code: 'app.port-in-use', message: `127.0.0.1 port ${server.port} is in use.`, remedy: 'Choose another port, or 0 for a free one, and an address of this machine.', retryable: false,
  });
  expect(sessions).toEqual([]);
});

test('an address that is not of this machine is told', async () => {
  const { forwards, until } = openForwards();
  forwards.open(request({ remotePort: 80, local: { kind: 'tcp', address: '192.0.2.1', port: 0 } }));
  expect((await until((forward) => forward.state === 'failed')).error).toMatchObject({ code: 'app.port-in-use', message: 'Cannot listen on 192.0.2.1 port 0 (EADDRNOTAVAIL).' });
});

test('a unix socket belongs to its owner alone, carries bytes, and is gone with the forward', async () => {
  const server = await startServer(echo);
  const path = join(temporaryFolder(), 'forward.sock');
  const umask = process.umask();
  const { forwards, listening } = openForwards();
  const { forward } = await listening({ remotePort: server.port, local: { kind: 'unix', path } });
  expect(forward.local).toEqual({ kind: 'unix', path });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(process.umask()).toBe(umask);
  const socket = connect({ path, allowHalfOpen: true });
  socket.end('through a file');
  expect((await buffer(socket)).toString()).toBe('through a file');
  const held = connect(path);
  const closed = once(held, 'close');
  await once(held, 'connect');
  await forwards.close(forward.forwardId);
  await closed;
  expect(existsSync(path)).toBe(false);
});

test('bytes and rates are told once a second while they move, and zero rates at the end', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  let now = 0;
  const server = await startServer((socket) => void socket.on('data', (chunk) => socket.write(Buffer.alloc(chunk.byteLength * 3))).on('end', () => socket.end()));
  const { listening, told } = openForwards({ now: () => now });
  const { port } = await listening({ remotePort: server.port });
  const second = (): void => {
    now += 1000;
    vi.advanceTimersByTime(1000);
  };
  const socket = await dial(port);
  let received = 0;
  socket.on('data', (chunk: Buffer) => (received += chunk.byteLength));
  socket.write(Buffer.alloc(5000));
  await eventually(() => received === 15_000);
  second();
  expect(told.at(-1)).toMatchObject({ openConnections: 1, totalConnections: 1, sentBytes: 5000, receivedBytes: 15_000, sentBytesPerSecond: 5000, receivedBytesPerSecond: 15_000 });
  socket.write(Buffer.alloc(1000));
  await eventually(() => received === 18_000);
  now += 1000;
  second();
  expect(told.at(-1)).toMatchObject({ sentBytes: 6000, sentBytesPerSecond: 500, receivedBytesPerSecond: 1500 });
  const closed = once(socket, 'close');
  socket.end();
  await closed;
  second();
  second();
  expect(told.at(-1)).toMatchObject({ openConnections: 0, totalConnections: 1, sentBytes: 6000, receivedBytes: 18_000, sentBytesPerSecond: 0, receivedBytesPerSecond: 0 });
  expect(vi.getTimerCount()).toBe(0);
});

test('a forward is resuming from the first session that dropped to the last that is back, and says why', async () => {
  const server = await startServer(echo);
  const { listening, sessions, told } = openForwards({ now: () => 5000 });
  await listening({ remotePort: server.port, sessions: 2 });
  sessions[0]?.events.onResuming('No network.');
  expect(told.at(-1)).toMatchObject({ state: 'resuming', lastDrop: { time: '1970-01-01T00:00:05.000Z', reason: 'No network.' } });
  sessions[1]?.events.onResuming('No network there either.');
  sessions[0]?.events.onResumed();
  expect(told.at(-1)).toMatchObject({ state: 'resuming' });
  sessions[1]?.events.onResumed();
  expect(told.at(-1)).toMatchObject({ state: 'listening', lastDrop: { reason: 'No network there either.' } });
});

test('a connection that comes before the session is there waits for it', async () => {
  const server = await startServer(echo);
  const gate = Promise.withResolvers<void>();
  const { forwards, until } = openForwards({
    openSession: async ({ remotePort }, events) => {
      await gate.promise;
      return new LoopbackSession(remotePort, events);
    },
  });
  forwards.open(request({ remotePort: server.port }));
  const { local } = await until((forward) => forward.local.kind === 'tcp' && forward.local.port !== 0);
  const answer = exchange(local.kind === 'tcp' ? local.port : 0, Buffer.from('early'));
  gate.resolve();
  expect((await answer).toString()).toBe('early');
});

test('a session that cannot be opened fails the forward, closes the other sessions, and resets who waited', async () => {
  const server = await startServer(echo);
  const opened: LoopbackSession[] = [];
  const gate = Promise.withResolvers<void>();
  const { forwards, until } = openForwards({
    openSession: async ({ remotePort }, events) => {
      if (opened.length === 1) {
        await gate.promise;
        throw new PosternError({ code: 'ssm.target-not-connected', message: 'No agent.' });
      }
      const session = new LoopbackSession(remotePort, events);
      opened.push(session);
      return session;
    },
  });
  forwards.open(request({ remotePort: server.port, sessions: 2 }));
  const { local } = await until((forward) => forward.local.kind === 'tcp' && forward.local.port !== 0);
  const loss = lossOf(await dial(local.kind === 'tcp' ? local.port : 0));
  gate.resolve();
  expect((await until((forward) => forward.state === 'failed')).error).toMatchObject({ code: 'ssm.target-not-connected', message: 'No agent.' });
  expect(await loss).toBe('ECONNRESET');
  expect(opened.map((session) => session.closed)).toEqual([true]);
});

test('a forward closed while it opens aborts that, and closes a session that came all the same', async () => {
  const late = Promise.withResolvers<LoopbackSession>();
  const asked = Promise.withResolvers<AbortSignal>();
  const { forwards, told } = openForwards({
    openSession: (_request, _events, signal) => {
      asked.resolve(signal);
      return late.promise;
    },
  });
  const { forwardId } = forwards.open(request({ remotePort: 1 }));
  const signal = await asked.promise;
  const closed = forwards.close(forwardId);
  expect(signal.aborted).toBe(true);
  const session = new LoopbackSession(1, { onResuming() {}, onResumed() {}, onMessage() {}, onLimits() {} });
  late.resolve(session);
  await closed;
  expect(session.closed).toBe(true);
  expect(told.map((forward) => forward.state)).not.toContain('failed');
});

test('an instance nobody knows is refused before anything is opened', () => {
  const { forwards } = openForwards();
  expect(() => forwards.open(request({ instanceId: 'i-2', remotePort: 80 }))).toThrow(expect.objectContaining({ code: 'instance.not-found' }));
  expect(forwards.list()).toEqual([]);
});

test('a forward tells what the far side has to say, and when the first of its sessions ends', async () => {
  const server = await startServer(echo);
  const { sessions, told, listening } = openForwards();
  const { forward } = await listening({ remotePort: server.port, sessions: 2 });
  expect(forward).not.toHaveProperty('endsAt');
  sessions[0]?.events.onLimits({ endsAt: '2026-01-02T01:00:01.000Z' });
  sessions[1]?.events.onLimits({ endsAt: '2026-01-02T01:00:00.000Z' });
  sessions[1]?.events.onMessage('This database is being watched.');
  expect(told.at(-1)).toEqual({ ...forward, endsAt: '2026-01-02T01:00:00.000Z', message: 'This database is being watched.' });
  const before = told.length;
  sessions[0]?.events.onMessage('This database is being watched.');
  expect(told.length).toBe(before);
});
