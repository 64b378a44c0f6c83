/** Our client of Session Manager's ports and commands against the demo's service and agent. */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDemoHost, type DemoHost } from '../../src/demo/host.ts';
import { loopbackNetwork } from '../../src/demo/hostNetwork.ts';
import { randomLoss } from '../../src/demo/messageFaults.ts';
import { startMessageService, type MessageService, type MessageServiceOptions } from '../../src/demo/messageService.ts';
import { systemClock } from '../../src/services/base/clock.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { Secret } from '../../src/services/base/secret.ts';
import { openSsmCommand } from '../../src/services/ssm/ssmCommand.ts';
import { openSsmForward, type SsmForward } from '../../src/services/ssm/ssmForward.ts';
import { openSsmPort } from '../../src/services/ssm/ssmPort.ts';
import type { SsmSessionOptions } from '../../src/services/ssm/ssmSession.ts';
import type { TransferOrder, TransferReport } from './ssmTransferProcess.ts';

const TARGET = 'i-0123456789abcdef0';
const ORDER_LENGTH = 16;
const MIB = 1024 * 1024;
/** A gigabyte each way takes minutes: by hand, with POSTERN_LONG=1. */
const TRANSFER_BYTES = process.env['POSTERN_LONG'] === '1' ? 1024 * MIB : 128 * MIB;
const MAX_GROWTH_BYTES = 64 * MIB;
let host: DemoHost;
let service: MessageService;
let events: string[];
let sessions = 0;
const servers: Server[] = [];
const sockets = new Set<Socket>();

beforeEach(() => {
  events = [];
  host = createDemoHost({ instanceId: TARGET, privateDnsName: 'ip-10-0-1-20.ec2.internal', osUser: 'ec2-user', seed: Buffer.from('a seed for tests'), authorizedKeys: () => [], network: () => loopbackNetwork, log: silentLog });
});
afterEach(async () => {
  await service.close();
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
  await host.close();
});

async function start(options: Partial<MessageServiceOptions> = {}): Promise<void> {
  service = await startMessageService({ log: silentLog, firstOutputDelayMs: 0, pacing: false, ...options });
}

function options(): SsmSessionOptions {
  sessions += 1;
  const sessionId = `demo-${String(sessions).padStart(17, '0')}`;
  return {
    target: TARGET,
    start: async (document) => {
      const ticket = service.openSession({ sessionId, target: TARGET, parameters: {}, host, ...document });
      return { sessionId, streamUrl: ticket.streamUrl, tokenValue: Secret.fromText(ticket.tokenValue) };
    },
    resume: async (resumed) => {
      const ticket = service.resumeSession(resumed);
      return ticket === undefined ? undefined : { streamUrl: ticket.streamUrl, tokenValue: Secret.fromText(ticket.tokenValue) };
    },
    terminate: async (terminated) => {
      events.push('terminated');
      service.terminateSession(terminated);
    },
    signUpgrade: async () => ({ Authorization: 'AWS4-HMAC-SHA256' }),
    onResuming: () => events.push('resuming'),
    onResumed: () => events.push('resumed'),
    clock: systemClock,
    log: silentLog,
    signal: new AbortController().signal,
  };
}

const connect = (forward: SsmForward) => forward.connect(new AbortController().signal);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function listen(handle: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // 'close' follows.
    socket.on('error', () => undefined);
    handle(socket);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const echo = (socket: Socket): unknown => socket.pipe(socket);

/** Takes or gives as many bytes as it is told, and says their SHA-256. */
async function serveTransfers(socket: Socket): Promise<void> {
  let order: Buffer = Buffer.alloc(0);
  const hash = createHash('sha256');
  let missing = 0;
  // Not the socket itself: leaving that loop would close it.
  for await (const data of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    let chunk = data;
    if (order.length < ORDER_LENGTH) {
      order = Buffer.concat([order, chunk]);
      if (order.length < ORDER_LENGTH) continue;
      chunk = order.subarray(ORDER_LENGTH);
      order = order.subarray(0, ORDER_LENGTH);
      missing = Number(order.toString('latin1', 1));
      if (order[0] === 'D'.charCodeAt(0)) return give(socket, missing);
    }
    hash.update(chunk);
    missing -= chunk.length;
    if (missing === 0) socket.write(hash.digest('hex'));
  }
}

async function give(socket: Socket, bytes: number): Promise<void> {
  const hash = createHash('sha256');
  const material = randomBytes(MIB + 13);
  for (let sent = 0; sent < bytes; ) {
    const offset = sent % (material.length - 64 * 1024);
    const chunk = material.subarray(offset, offset + Math.min(64 * 1024, bytes - sent));
    hash.update(chunk);
    sent += chunk.length;
    if (!socket.write(chunk)) await once(socket, 'drain');
  }
  socket.end(hash.digest('hex'));
}

/** In a process of its own. */
async function transfer(order: Omit<TransferOrder, 'port'>): Promise<TransferReport> {
  await start();
  const port = await listen((socket) => void serveTransfers(socket).catch(() => socket.destroy()));
  const child = spawn(process.execPath, [fileURLToPath(new URL('./ssmTransferProcess.ts', import.meta.url)), JSON.stringify({ ...order, port })], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit') as Promise<[number | null]>]);
  expect([code, errors]).toEqual([0, '']);
  return JSON.parse(out) as TransferReport;
}

test('a transfer each way survives loss, doubling, wrong order and 20 cut WebSockets a way, byte for byte, in bounded memory, leaving nothing', { timeout: TRANSFER_BYTES > 128 * MIB ? 3_600_000 : 300_000 }, async () => {
  const report = await transfer({ bytes: TRANSFER_BYTES, cuts: 20, loss: { dropFraction: 0.02, duplicateFraction: 0.02, reorderFraction: 0.02, seed: 7 } });
  console.log(`up ${(TRANSFER_BYTES / 1000 / report.uploadMs).toFixed(1)} MB/s, down ${(TRANSFER_BYTES / 1000 / report.downloadMs).toFixed(1)} MB/s, ${report.resumes} resumes, ${(report.grownBytes / MIB).toFixed(0)} MiB above idle`);
  expect(report.uploaded[0]).toBe(report.uploaded[1]);
  expect(report.downloaded[0]).toBe(report.downloaded[1]);
  expect(report.resumes).toBeGreaterThanOrEqual(20);
  expect(report.grownBytes).toBeLessThan(MAX_GROWTH_BYTES);
  expect(report.leftovers).toEqual([]);
});

test('a transfer each way over a good network stays in bounded memory', { timeout: 300_000 }, async () => {
  const report = await transfer({ bytes: TRANSFER_BYTES, cuts: 0 });
  console.log(`up ${(TRANSFER_BYTES / 1000 / report.uploadMs).toFixed(1)} MB/s, down ${(TRANSFER_BYTES / 1000 / report.downloadMs).toFixed(1)} MB/s, ${(report.grownBytes / MIB).toFixed(0)} MiB above idle`);
  expect([report.uploaded[0], report.downloaded[0]]).toEqual([report.uploaded[1], report.downloaded[1]]);
  expect(report.resumes).toBe(0);
  expect(report.grownBytes).toBeLessThan(MAX_GROWTH_BYTES);
  expect(report.leftovers).toEqual([]);
});

test('many connections side by side each get their own bytes back', async () => {
  await start();
  const forward = await openSsmForward({ ...options(), portNumber: await listen(echo) });
  expect(forward.multiplexed).toBe(true);
  await Promise.all(
    Array.from({ length: 30 }, async (_, index) => {
      const stream = await connect(forward);
      const bytes = randomBytes(20_000 + 1000 * index);
      stream.end(bytes);
      const back = stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of back) {
        chunks.push(chunk);
        length += chunk.length;
        if (length >= bytes.length) break;
      }
      expect(sha256(Buffer.concat(chunks))).toBe(sha256(bytes));
      stream.destroy();
    }),
  );
  forward.close();
  expect(await forward.ended).toBeUndefined();
  expect(events).toEqual([]);
});

test('an old agent gives its connections one after the other', async () => {
  await start({ agentVersion: '3.0.196.0' });
  const forward = await openSsmForward({ ...options(), portNumber: await listen(echo) });
  expect(forward.multiplexed).toBe(false);
  await Promise.all(
    ['one', 'two', 'three'].map(async (word) => {
      const stream = await connect(forward);
      stream.write(word);
      expect((await once(stream, 'data')).toString()).toBe(word);
      stream.destroy();
    }),
  );
  forward.close();
  expect(await forward.ended).toBeUndefined();
});

test('a port that refuses fails that connection, and the next one works once something listens', async () => {
  await start();
  const port = await listen(echo);
  const [server] = servers.splice(0);
  await new Promise((resolve) => server?.close(resolve));
  const forward = await openSsmForward({ ...options(), portNumber: port });
  const [error] = (await once(await connect(forward), 'error')) as unknown[];
  expect(error).toMatchObject({ code: 'route.refused' });
  const revived = createServer(echo).listen(port, '127.0.0.1');
  servers.push(revived);
  await once(revived, 'listening');
  const stream = await connect(forward);
  stream.write('hello');
  expect((await once(stream, 'data')).toString()).toBe('hello');
  forward.close();
  await forward.ended;
});

test('half-close: an answer that comes after the end of the request is whole', async () => {
  await start();
  const answer = randomBytes(300_000);
  // Answers a request of a known length, as servers do; the protocol cannot pass on the end alone.
  const port = await listen((socket) => socket.once('data', () => socket.end(answer)));
  const forward = await openSsmForward({ ...options(), portNumber: port });
  const stream = await connect(forward);
  stream.end('request');
  expect(sha256(await buffer(stream))).toBe(sha256(answer));
  forward.close();
  await forward.ended;
});

test('a host that may not be forwarded to is refused in words', async () => {
  await start();
  const failure = openSsmForward({ ...options(), portNumber: 80, host: '169.254.169.254' }).then(async (forward) => {
    const stream = await connect(forward);
    return Promise.race([forward.ended, once(stream, 'error').then(([error]) => error as unknown)]);
  });
  expect(await failure.catch((thrown: unknown) => thrown)).toMatchObject({ code: 'route.refused' });
});

test('an SSH connection carries bytes both ways unchanged, also over a bad network, and ends with its far end', { timeout: 60_000 }, async () => {
  await start({ resending: { pollMs: 10, allOverdue: true } });
  const port = await listen((socket) => void serveTransfers(socket).catch(() => socket.destroy()));
  const stream = await openSsmPort({ ...options(), portNumber: port });
  Object.assign(service.faults, randomLoss({ dropFraction: 0.02, duplicateFraction: 0.02, reorderFraction: 0.02, seed: 11 }));
  const bytes = Buffer.alloc(MIB, '\n');
  stream.write(`U${String(bytes.length).padStart(15, '0')}`);
  stream.write(bytes);
  expect((await once(stream, 'data')).toString()).toBe(sha256(bytes));
  stream.destroy();
  await once(stream, 'close');

  const down = await openSsmPort({ ...options(), portNumber: port });
  down.write(`D${String(MIB).padStart(15, '0')}`);
  const received = await buffer(down);
  expect(sha256(received.subarray(0, MIB))).toBe(received.toString('latin1', MIB));
});

test('a command tells output, errors and exit code apart, where its document separates them', async () => {
  await start();
  const shell = await openSsmCommand({ ...options(), documentName: 'Demo-StartCommandWithExitCode', command: 'echo out; echo err >&2; exit 42' });
  if (shell.stderr === undefined) throw new Error('no stderr');
  expect(await Promise.all([text(shell.stream), text(shell.stderr), shell.exited])).toEqual(['out\n', 'err\n', { exitCode: 42 }]);
  expect(events).toEqual([]);
});

test('Ctrl+C ends a command', async () => {
  await start();
  const shell = await openSsmCommand({ ...options(), documentName: 'Demo-StartCommandWithExitCode', command: 'echo started; exec sleep 600' });
  expect((await once(shell.stream, 'data')).toString()).toBe('started\n');
  shell.stream.write('\u0003');
  shell.stderr?.resume();
  shell.stream.resume();
  expect(await shell.exited).toEqual({ exitCode: -1 });
});
