import { createHash, randomBytes } from 'node:crypto';
import { Duplex, PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { StreamEnd, TerminalStream } from '../../../src/link/client.ts';
import { connectContract } from '../../../src/link/client.ts';
import { ACK_EVERY_BYTES, decodeFrame, HIGH_WATER_BYTES, MAX_FRAME_BYTES } from '../../../src/link/frame.ts';
import type { Link } from '../../../src/link/link.ts';
import { linkPair } from '../../../src/link/link.ts';
import { serveLink } from '../../../src/link/server.ts';
import { createPretendServices } from './pretendServices.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A window and its services, whose terminals are the streams given, in order. */
function createWindow(streams: readonly Duplex[]) {
  const [window, host] = linkPair();
  const frames: ReturnType<typeof decodeFrame>[] = [];
  const watched: Link = {
    ...bound(window),
    onMessage: (listener) =>
      window.onMessage((message) => {
        if (typeof message !== 'string') frames.push(decodeFrame(message));
        listener(message);
      }),
  };
  let next = 0;
  const pretend = createPretendServices({ 'sessions.terminal': () => streams[next++] });
  serveLink(host, pretend.services);
  return { client: connectContract(watched), window, host, frames, ...pretend };
}

function bound(link: Link): Link {
  return { send: (m) => link.send(m), onMessage: (l) => link.onMessage(l), onClose: (l) => link.onClose(l), close: () => link.close() };
}

/** A shell that says so many bytes as fast as it may, and how many it has said. */
function createFlood(totalBytes: number, chunkBytes: number) {
  const chunk = randomBytes(chunkBytes);
  const hash = createHash('sha256');
  const flood = { saidBytes: 0, digest: () => hash.digest('hex'), stream: new Duplex() };
  flood.stream = new Duplex({
    write: (_chunk, _encoding, callback) => callback(),
    read() {
      const piece = chunk.subarray(0, Math.min(chunkBytes, totalBytes - flood.saidBytes));
      flood.saidBytes += piece.byteLength;
      hash.update(piece);
      // As sockets do it: never in the tick that asked.
      setImmediate(() => this.push(piece.byteLength === 0 ? null : piece));
    },
  });
  return flood;
}

/** Reads everything; holds bytes back while `stopped`. */
function readAll(stream: TerminalStream) {
  const hash = createHash('sha256');
  const held: (() => void)[] = [];
  const reader = {
    stopped: false,
    parsedBytes: 0,
    heldBytes: 0,
    mostHeldBytes: 0,
    digest: () => hash.digest('hex'),
    goOn() {
      reader.stopped = false;
      for (const parse of held.splice(0)) parse();
    },
    ended: new Promise<StreamEnd>((resolve) => stream.onEnd(resolve)),
  };
  stream.onData((bytes, parsed) => {
    hash.update(bytes);
    reader.heldBytes += bytes.byteLength;
    reader.mostHeldBytes = Math.max(reader.mostHeldBytes, reader.heldBytes);
    const parse = (): void => {
      reader.heldBytes -= bytes.byteLength;
      reader.parsedBytes += bytes.byteLength;
      parsed();
    };
    if (reader.stopped) held.push(parse);
    else parse();
  });
  return reader;
}

test('a keystroke typed in the window comes back as its echo, over an in-memory link', async () => {
  const { client } = createWindow([new PassThrough()]);
  const stream = await client.sessions.terminal({ sessionId: 's' });
  const echo = new Promise<string>((resolve) => stream.onData((bytes) => resolve(new TextDecoder().decode(bytes))));
  stream.write(text('ł'));
  expect(await echo).toBe('ł');
});

test('bytes and end that come before the window listens are kept for it, in order', async () => {
  const shell = new PassThrough();
  shell.end('all there is');
  const { client } = createWindow([shell]);
  const stream = await client.sessions.terminal({ sessionId: 's' });
  await settled();
  await settled();
  const seen: string[] = [];
  stream.onEnd((why) => seen.push(why));
  stream.onData((bytes) => seen.push(new TextDecoder().decode(bytes)));
  expect(seen).toEqual(['all there is', 'ended']);
});

test('chunks of one tick share a frame, and a key’s echo waits for none', async () => {
  const shell = new PassThrough();
  const { client, frames } = createWindow([shell]);
  const stream = await client.sessions.terminal({ sessionId: 's' });
  stream.onData((_bytes, parsed) => parsed());
  await settled();
  shell.write('a');
  await settled();
  expect(frames).toEqual([{ kind: 'output', streamId: 1, bytes: text('a') }]);
  for (let count = 0; count < 10; count++) shell.emit('data', text('0123456789'));
  await settled();
  // The first may be an echo, and went before there was a second.
  expect(frames.slice(1)).toEqual([
    { kind: 'output', streamId: 1, bytes: text('0123456789') },
    { kind: 'output', streamId: 1, bytes: text('0123456789'.repeat(9)) },
  ]);
  for (let count = 0; count < 3; count++) shell.emit('data', text('0123456789'.repeat(7)));
  await settled();
  expect(frames.slice(3)).toEqual([{ kind: 'output', streamId: 1, bytes: text('0123456789'.repeat(21)) }]);
});

test('one MiB of scrollback in one piece crosses in frames of 64 KiB, never more than the high mark ahead', async () => {
  const scrollback = randomBytes(1024 * 1024);
  const shell = new PassThrough({ readableHighWaterMark: 2 * 1024 * 1024 });
  shell.end(scrollback);
  const { client, frames } = createWindow([shell]);
  const reader = readAll(await client.sessions.terminal({ sessionId: 's' }));
  await reader.ended;
  expect(reader.parsedBytes).toBe(1024 * 1024);
  expect(reader.digest()).toBe(createHash('sha256').update(scrollback).digest('hex'));
  expect(frames.map((frame) => (frame?.kind === 'output' ? frame.bytes.byteLength : 0))).toEqual(Array.from({ length: 16 }, () => MAX_FRAME_BYTES));
});

test('a window that stops reading stops the instance from sending, and gets every byte of 20 MiB once it reads again', async () => {
  const totalBytes = 20 * 1024 * 1024 + 2;
  const chunkBytes = 13_001;
  const flood = createFlood(totalBytes, chunkBytes);
  const { client } = createWindow([flood.stream]);
  const reader = readAll(await client.sessions.terminal({ sessionId: 's' }));
  for (let stop = 0; stop < 3; stop++) {
    reader.stopped = true;
    // Up to one frame may wait in the pump, and parsed bytes below one acknowledgement still count as held.
    const almostFull = HIGH_WATER_BYTES - MAX_FRAME_BYTES - ACK_EVERY_BYTES;
    let before = -1;
    while (flood.saidBytes !== before || reader.heldBytes < almostFull) {
      before = flood.saidBytes;
      await settled();
      await settled();
    }
    // What was said and not handed over lies in the pump and in Node's own stream buffer.
    expect(flood.saidBytes - reader.parsedBytes - reader.heldBytes).toBeLessThan(chunkBytes + MAX_FRAME_BYTES + flood.stream.readableHighWaterMark + chunkBytes);
    reader.goOn();
    const parsed = reader.parsedBytes;
    while (reader.parsedBytes < parsed + 1024 * 1024) await settled();
  }
  await reader.ended;
  expect(reader.parsedBytes).toBe(totalBytes);
  expect(reader.mostHeldBytes).toBeLessThanOrEqual(HIGH_WATER_BYTES);
  expect(reader.digest()).toBe(flood.digest());
});

test('output below one acknowledgement is not stuck: small chunks without end all arrive', async () => {
  const totalBytes = 3 * 1024 * 1024 + 5;
  const flood = createFlood(totalBytes, 777);
  const { client } = createWindow([flood.stream]);
  const reader = readAll(await client.sessions.terminal({ sessionId: 's' }));
  await reader.ended;
  expect(reader.parsedBytes).toBe(totalBytes);
  expect(reader.digest()).toBe(flood.digest());
});

test('acknowledgements go out once for every 32 KiB parsed, and a byte parsed twice counts once', async () => {
  const shell = new PassThrough();
  const [window, host] = linkPair();
  const acks: number[] = [];
  const watched: Link = {
    ...bound(host),
    onMessage: (listener) =>
      host.onMessage((message) => {
        const frame = typeof message === 'string' ? undefined : decodeFrame(message);
        if (frame?.kind === 'ack') acks.push(frame.byteCount);
        listener(message);
      }),
  };
  serveLink(watched, createPretendServices({ 'sessions.terminal': () => shell }).services);
  const stream = await connectContract(window).sessions.terminal({ sessionId: 's' });
  let parsedAll = 0;
  stream.onData((bytes, parsed) => {
    parsed();
    parsed();
    parsedAll += bytes.byteLength;
  });
  for (let count = 0; count < 9; count++) {
    shell.write(randomBytes(8 * 1024));
    await settled();
    await settled();
  }
  expect(parsedAll).toBe(72 * 1024);
  expect(acks).toEqual([ACK_EVERY_BYTES, ACK_EVERY_BYTES]);
});

test('acknowledging more than was sent gains nothing', async () => {
  const flood = createFlood(4 * 1024 * 1024, 16 * 1024);
  const { client, window } = createWindow([flood.stream]);
  const reader = readAll(await client.sessions.terminal({ sessionId: 's' }));
  reader.stopped = true;
  window.send(new Uint8Array([3, 0, 0, 0, 1, 255, 255, 255, 255]));
  window.send(new Uint8Array([3, 0, 0, 0, 1, 255, 255, 255, 255]));
  while (reader.heldBytes < HIGH_WATER_BYTES) await settled();
  for (let turn = 0; turn < 20; turn++) await settled();
  expect(reader.heldBytes).toBe(HIGH_WATER_BYTES);
});

test('a large paste crosses whole, in frames the other end accepts', async () => {
  const shell = new PassThrough({ highWaterMark: 16 * 1024 * 1024 });
  const { client } = createWindow([shell]);
  const paste = randomBytes(300_001);
  const stream = await client.sessions.terminal({ sessionId: 's' });
  const reader = readAll(stream);
  stream.write(paste);
  while (reader.parsedBytes < paste.byteLength) await settled();
  expect(reader.digest()).toBe(createHash('sha256').update(paste).digest('hex'));
});

test('two streams of one window keep apart, and the end of one leaves the other', async () => {
  const shells = [new PassThrough(), new PassThrough()] as const;
  const { client } = createWindow(shells);
  const seen: string[] = [];
  for (const name of ['one', 'two']) {
    const stream = await client.sessions.terminal({ sessionId: name });
    stream.onData((bytes, parsed) => {
      seen.push(`${name}: ${new TextDecoder().decode(bytes)}`);
      parsed();
    });
    stream.onEnd(() => seen.push(`${name} ended`));
  }
  shells[0].write('a');
  await settled();
  shells[0].end();
  await settled();
  await settled();
  shells[1].write('b');
  await settled();
  expect(seen).toEqual(['one: a', 'one ended', 'two: b']);
});

test('closing a stream in the window detaches it: the service stream is destroyed and not ended, and its last bytes are dropped', async () => {
  const shell = new PassThrough();
  let ended = false;
  shell.on('finish', () => (ended = true));
  const { client } = createWindow([shell]);
  const stream = await client.sessions.terminal({ sessionId: 's' });
  const seen: string[] = [];
  stream.onData(() => seen.push('data'));
  stream.onEnd(() => seen.push('end'));
  shell.write('under way');
  stream.close();
  stream.close();
  stream.write(text('nothing'));
  await settled();
  expect(shell.destroyed).toBe(true);
  expect(ended).toBe(false);
  await settled();
  expect(seen).not.toContain('end');
});

test('when the link closes, every stream of that window is detached and ends there, and another window goes on', async () => {
  const shells = [new PassThrough(), new PassThrough()] as const;
  const pretend = createPretendServices({ 'sessions.terminal': ({ sessionId }: { sessionId: string }) => shells[sessionId === 'one' ? 0 : 1] });
  const [first, firstHost] = linkPair();
  const [second, secondHost] = linkPair();
  serveLink(firstHost, pretend.services);
  serveLink(secondHost, pretend.services);
  const lost = await connectContract(first).sessions.terminal({ sessionId: 'one' });
  const kept = await connectContract(second).sessions.terminal({ sessionId: 'two' });
  const ended = new Promise<StreamEnd>((resolve) => lost.onEnd(resolve));
  firstHost.close();
  expect(await ended).toBe('link-closed');
  expect(shells.map((shell) => shell.destroyed)).toEqual([true, false]);
  const echo = new Promise<string>((resolve) => kept.onData((bytes) => resolve(new TextDecoder().decode(bytes))));
  kept.write(text('still here'));
  expect(await echo).toBe('still here');
});

test('a stream that fails ends in the window, and the failure itself stays where it was', async () => {
  const shell = new PassThrough();
  const { client, frames } = createWindow([shell]);
  const stream = await client.sessions.terminal({ sessionId: 's' });
  const ended = new Promise<StreamEnd>((resolve) => stream.onEnd(resolve));
  stream.onData((_bytes, parsed) => parsed());
  shell.destroy(new Error('hunter2'));
  expect(await ended).toBe('ended');
  expect(frames).toEqual([]);
});

test('a stream that the services give to another reader says that it was taken, after what came before', async () => {
  const shell = new PassThrough();
  const { client } = createWindow([shell]);
  const stream = await client.sessions.terminal({ sessionId: 's' });
  const seen: string[] = [];
  stream.onData((bytes, parsed) => {
    seen.push(new TextDecoder().decode(bytes));
    parsed();
  });
  const ended = new Promise<StreamEnd>((resolve) => stream.onEnd(resolve));
  shell.write('before');
  await settled();
  shell.destroy();
  seen.push(await ended);
  expect(seen).toEqual(['before', 'taken']);
});

test('a session that cannot be attached to rejects with its own error', async () => {
  const [window, host] = linkPair();
  serveLink(
    host,
    createPretendServices({
      'sessions.terminal': () => {
        throw new Error('no such session');
      },
    }).services,
  );
  await expect(connectContract(window).sessions.terminal({ sessionId: 'gone' })).rejects.toMatchObject({ code: 'internal', message: 'no such session' });
});
