/** How much of a terminal's output is under way (services/ssh/terminalWindow.ts), against OpenSSH's sshd. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../src/services/base/secret.ts';
import type { SshConnection } from '../../src/services/ssh/connection.ts';
import { openSshConnection } from '../../src/services/ssh/connection.ts';
import type { Sshd } from './sshd.ts';
import { generateKeyFile, startSshd } from './sshd.ts';

const MEBIBYTE = 1024 * 1024;
const FLOOD_BYTES = 8 * MEBIBYTE;
const signal = new AbortController().signal;

let folder: string;
let sshd: Sshd;
let socket: Socket;
let connection: SshConnection;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-window-'));
  const { publicKey, privateKey } = generateKeyFile(join(folder, 'key'), ['ed25519']);
  sshd = await startSshd({ authorizedKeys: [publicKey], config: ['LogLevel INFO'] });
  socket = await sshd.dial();
  connection = await openSshConnection({
    transport: socket,
    host: 'web-1',
    osUser: sshd.osUser,
    hostKey: { known: async () => [], verify: async () => undefined },
    authentication: { keys: [{ keyName: 'ed25519', publicKey, privateKey: async () => Secret.fromText(privateKey) }] },
    keepAliveIntervalMs: 100,
    signal,
  });
});
afterEach(async () => {
  connection.close();
  await sshd.stop();
  rmSync(folder, { recursive: true, force: true });
});

const roundTrip = (): Promise<void> =>
  new Promise((resolve) => {
    const stop = connection.onRoundTrip(() => {
      stop();
      resolve();
    });
  });

test('of a flood that nobody reads a terminal has less than half a mebibyte under way, a command without one its two, and every byte arrives', async () => {
  await roundTrip();
  const terminal = await connection.openShell({ size: { columns: 80, rows: 24 } }, signal);
  const said: Buffer[] = [];
  let saidBytes = 0;
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  terminal.stream.on('data', (bytes: Buffer) => {
    said.push(bytes);
    const before = saidBytes;
    saidBytes += bytes.length;
    if (before >= FLOOD_BYTES / 2 || saidBytes < FLOOD_BYTES / 2) return;
    terminal.stream.pause();
    stop();
  });
  terminal.stream.write(`stty raw -echo; echo be''gin; head -c ${FLOOD_BYTES} /dev/zero | tr '\\0' x; echo e''nd; exit\n`);
  await stopped;
  expect(await underWay(() => saidBytes)).toBeLessThan(MEBIBYTE / 2);
  terminal.stream.resume();
  expect(await terminal.exited).toEqual({ exitCode: 0 });
  expect(/begin\s+(x+)end/.exec(Buffer.concat(said).toString())?.[1]?.length).toBe(FLOOD_BYTES);

  const command = await connection.openShell({ size: { columns: 80, rows: 24 }, command: `head -c ${FLOOD_BYTES} /dev/zero` }, signal);
  expect(await underWay(() => saidBytes)).toBeGreaterThan(2 * MEBIBYTE);
  command.close();
});

/** What has arrived and nobody has read, once nothing more comes between two answers of the host. */
async function underWay(readBytes: () => number): Promise<number> {
  for (let before = -1; socket.bytesRead - before > 1024; ) {
    before = socket.bytesRead;
    await roundTrip();
  }
  // Encrypting adds less than a hundredth.
  return socket.bytesRead - readBytes();
}
