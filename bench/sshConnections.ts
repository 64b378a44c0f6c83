/**
 * What a way in costs, beside OpenSSH's in the same run: round trips to sign in and to a prompt, the time to a prompt near and
 * far, a further tab, echo, and two hundred sessions at once with what they leave. Run: node bench/sshConnections.ts
 */
import { spawn as spawnTerminal } from '@lydell/node-pty';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect as connectTcp } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../src/services/base/secret.ts';
import type { Shell } from '../src/services/base/shell.ts';
import { nativeCrypto } from '../src/services/ssh/algorithms.ts';
import type { SshConnection } from '../src/services/ssh/connection.ts';
import { openSshConnection } from '../src/services/ssh/connection.ts';
import { startCutProxy } from '../test/integration/cutProxy.ts';
import type { KeyFile, Sshd } from '../test/integration/sshd.ts';
import { generateKeyFile, startSshd } from '../test/integration/sshd.ts';
import type { BenchFigure } from './figure.ts';
import { median, percentile } from './figure.ts';

const ROUNDS = 5;
const ONE_WAY_MS = 50;
const KEYS = 500;
const SESSIONS = 200;
const size = { columns: 80, rows: 24 };
const noLimit = new AbortController().signal;

interface Place {
  readonly sshd: Sshd;
  readonly key: KeyFile;
  readonly knownHosts: string;
  /** Of sshd, or of a proxy before it. */
  readonly port: number;
}

export async function benchSshConnections(): Promise<BenchFigure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-bench-connections-'));
  const key = generateKeyFile(join(folder, 'key'), ['ed25519']);
  const sshd = await startSshd({ authorizedKeys: [key.publicKey], config: ['LogLevel INFO', 'MaxStartups 300', 'MaxSessions 10'] });
  const proxy = await startCutProxy(sshd.port, ONE_WAY_MS);
  try {
    const knownHosts = join(folder, 'known_hosts');
    writeFileSync(knownHosts, [sshd.port, proxy.port].flatMap((port) => sshd.hostKeys.map(({ publicKey }) => `[127.0.0.1]:${port} ${publicKey}\n`)).join(''));
    const near: Place = { sshd, key, knownHosts, port: sshd.port };
    const far: Place = { ...near, port: proxy.port };
    return [...(await connects(near, far)), ...(await echo(near)), ...(await manySessions(near))];
  } finally {
    await proxy.close();
    await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Times {
  readonly readyMs: number;
  readonly promptMs: number;
  /** A further shell on the same connection. */
  readonly nextMs: number;
}

async function connects(near: Place, far: Place): Promise<BenchFigure[]> {
  const crypto = nativeCrypto() ? 'native crypto' : 'crypto in JavaScript';
  const at = async (place: Place): Promise<{ readonly ours: Times; readonly theirPromptMs: number }> => {
    const ours: Times[] = [];
    const theirs: number[] = [];
    // Interleaved, so that a noisy moment of the machine meets both; the first round warms up.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const [mine, other] = [await ourTimes(place), await theirPrompt(place)];
      if (round === 0) continue;
      ours.push(mine);
      theirs.push(other);
    }
    const of = (pick: (times: Times) => number): number => median(ours.map(pick));
    return { ours: { readyMs: of(({ readyMs }) => readyMs), promptMs: of(({ promptMs }) => promptMs), nextMs: of(({ nextMs }) => nextMs) }, theirPromptMs: median(theirs) };
  };
  const [here, away] = [await at(near), await at(far)];
  const roundTripMs = 2 * ONE_WAY_MS;
  const trips = (awayMs: number, hereMs: number): number => (awayMs - hereMs) / roundTripMs;
  const note = `(time with ${ONE_WAY_MS} ms each way - time without) / ${roundTripMs} ms`;
  return [
    { name: 'ssh round trips, TCP open to signed in', value: trips(away.ours.readyMs, here.ours.readyMs), unit: '', goal: { of: 'value', atMost: 6.5 }, note: `${note}; goal 6, measured to half a one` },
    { name: 'ssh round trips, TCP open to prompt', value: trips(away.ours.promptMs, here.ours.promptMs), unit: '', ratio: trips(away.ours.promptMs, here.ours.promptMs) / trips(away.theirPromptMs, here.theirPromptMs), peer: 'of OpenSSH', goal: { of: 'value', atMost: 8.5 }, note },
    { name: 'ssh round trips, a further tab', value: trips(away.ours.nextMs, here.ours.nextMs), unit: '', goal: { of: 'value', atMost: 1.5 }, note: 'over the live connection; goal 1, measured to half a one' },
    ...[
      { where: 'at 0 ms', times: here },
      { where: `at ${ONE_WAY_MS} ms each way`, times: away },
    ].flatMap(({ where, times: { ours, theirPromptMs } }): BenchFigure[] => [
      { name: `ssh connect to prompt, same key exchange, ${where}`, value: ours.promptMs, unit: 'ms', ratio: ours.promptMs / theirPromptMs, peer: 'of OpenSSH', goal: { of: 'ratio', atMost: 0.75 }, note: `${crypto}; ssh ${theirPromptMs.toFixed(0)} ms with its start` },
      { name: `ssh further tab to prompt, ${where}`, value: ours.nextMs, unit: 'ms', ratio: ours.nextMs / theirPromptMs, peer: 'of OpenSSH connect to prompt', goal: { of: 'ratio', atMost: 0.15 } },
    ]),
  ];
}

async function ourTimes(place: Place): Promise<Times> {
  const transport = await dial(place);
  const start = performance.now();
  const connection = await connect(place, transport);
  const readyMs = performance.now() - start;
  await prompt(await connection.openShell({ size }, noLimit));
  const promptMs = performance.now() - start;
  // Nobody opens the next tab within a third of a second; by then its channel waits.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const next = performance.now();
  await prompt(await connection.openShell({ size }, noLimit));
  const nextMs = performance.now() - next;
  connection.close();
  return { readyMs, promptMs, nextMs };
}

async function theirPrompt({ sshd, key, knownHosts, port }: Place): Promise<number> {
  // sntrup would cost OpenSSH time that ours need not spend.
  const options = ['BatchMode=yes', 'IdentitiesOnly=yes', 'StrictHostKeyChecking=yes', `UserKnownHostsFile=${knownHosts}`, 'GlobalKnownHostsFile=none', 'LogLevel=ERROR', 'KexAlgorithms=curve25519-sha256', 'Ciphers=aes128-gcm@openssh.com'];
  const start = performance.now();
  const terminal = spawnTerminal('ssh', ['-F', 'none', '-p', String(port), '-i', key.path, '-l', sshd.osUser, ...options.flatMap((option) => ['-o', option]), '127.0.0.1'], { name: 'xterm-256color', cols: 80, rows: 24 });
  await new Promise<void>((resolve) => {
    const isPrompt = promptWatcher();
    terminal.onData((text) => isPrompt(text) && resolve());
  });
  const time = performance.now() - start;
  terminal.kill();
  return time;
}

/** A byte to `cat` and back over SSH, beside the same without SSH: a raw echo over the same loopback. */
async function echo(place: Place): Promise<BenchFigure[]> {
  const connection = await connect(place, await dial(place));
  const shell = await connection.openShell({ size, command: 'cat' }, noLimit);
  const raw = await rawEcho();
  try {
    const [ours, theirs] = [[] as number[], [] as number[]];
    for (let count = 0; count < KEYS; count += 1) {
      ours.push(await oneEcho(shell.stream));
      theirs.push(await oneEcho(raw.socket));
    }
    return [
      { name: 'ssh echo added, p50', value: percentile(ours, 50) - percentile(theirs, 50), unit: 'ms', goal: { of: 'value', atMost: 1 }, note: `${KEYS} keys through sshd and cat; a bare socket answers in ${percentile(theirs, 50).toFixed(2)} ms` },
      { name: 'ssh echo added, p99', value: percentile(ours, 99) - percentile(theirs, 99), unit: 'ms', goal: { of: 'value', atMost: 5 } },
    ];
  } finally {
    connection.close();
    await raw.close();
  }
}

async function oneEcho(stream: NodeJS.ReadWriteStream): Promise<number> {
  const start = performance.now();
  const answered = once(stream, 'data');
  stream.write('x');
  await answered;
  return performance.now() - start;
}

async function rawEcho(): Promise<{ readonly socket: Socket; close(): Promise<void> }> {
  const { createServer } = await import('node:net');
  const server = createServer({ noDelay: true }, (socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const socket = connectTcp({ port: address.port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return {
    socket,
    async close() {
      socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Each with a connection of its own, all open at the same time. */
async function manySessions(place: Place): Promise<BenchFigure[]> {
  // A first one loads what is loaded once.
  (await connect(place, await dial(place))).close();
  await settled();
  const before = resources();
  const start = performance.now();
  const open: { readonly connection: SshConnection; readonly shell: Shell }[] = [];
  // Twenty at a time: sshd starts a process for each, and drops strangers beyond MaxStartups.
  for (let begun = 0; begun < SESSIONS; begun += 20) {
    open.push(
      ...(await Promise.all(
        Array.from({ length: 20 }, async () => {
          const connection = await connect(place, await dial(place));
          const shell = await connection.openShell({ size, command: 'cat' }, noLimit);
          await oneEcho(shell.stream);
          return { connection, shell };
        }),
      )),
    );
  }
  const openMs = performance.now() - start;
  collect();
  const during = resources();
  const exits = open.map(({ shell }) => shell.exited);
  for (const { connection } of open) connection.close();
  await Promise.all(exits);
  open.length = 0;
  await settled();
  const after = resources();
  const left = after.handles - before.handles;
  if (left !== 0) throw new Error(`${left} sockets, pipes or timers are left after ${SESSIONS} sessions were closed`);
  return [
    { name: `ssh ${SESSIONS} sessions at once, all open and echoing`, value: openMs, unit: 'ms', note: `${(openMs / SESSIONS).toFixed(1)} ms each, sshd's work on the same machine included` },
    { name: `ssh memory of one of ${SESSIONS} sessions`, value: (during.heapBytes - before.heapBytes) / SESSIONS / 1024, unit: 'KiB', note: `heap and buffers; process ${(during.rssBytes / 2 ** 20).toFixed(0)} MiB, before ${(before.rssBytes / 2 ** 20).toFixed(0)} MiB` },
    { name: `ssh memory left after ${SESSIONS} sessions were closed`, value: (after.heapBytes - before.heapBytes) / 2 ** 20, unit: 'MiB', goal: { of: 'value', atMost: 5 }, note: 'no socket, pipe or timer is left' },
  ];
}

function resources(): { readonly handles: number; readonly heapBytes: number; readonly rssBytes: number } {
  const { heapUsed, arrayBuffers, external, rss } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().filter((name) => /Socket|TCP|Pipe|Timeout/.test(name)).length;
  return { handles, heapBytes: heapUsed + Math.max(arrayBuffers, external), rssBytes: rss };
}

/** Farewells are said and closed sockets forgotten. */
async function settled(): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    collect();
  }
}

function collect(): void {
  globalThis.gc?.();
}

async function dial({ port }: Place): Promise<Socket> {
  const socket = connectTcp({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

function connect({ sshd, key }: Place, transport: Socket): Promise<SshConnection> {
  return openSshConnection({
    transport,
    host: 'bench',
    osUser: sshd.osUser,
    hostKey: { known: async () => [{ keyType: 'ssh-ed25519' }], verify: async () => undefined },
    authentication: { keys: [{ keyName: 'bench', publicKey: key.publicKey, privateKey: async () => Secret.fromText(key.privateKey) }] },
    keepSpareShell: true,
    signal: noLimit,
  });
}

async function prompt(shell: Shell): Promise<void> {
  await new Promise<void>((resolve) => {
    const isPrompt = promptWatcher();
    shell.stream.on('data', (chunk: Buffer) => isPrompt(chunk.toString()) && resolve());
  });
}

function promptWatcher(): (text: string) => boolean {
  let seen = '';
  return (text) => /[#$] (?:\u001b\[[^a-z]*[a-z])*$/.test((seen += text));
}

if (import.meta.main) {
  const { toLine } = await import('./figure.ts');
  for (const figure of await benchSshConnections()) process.stdout.write(`${toLine(figure)}\n`);
}
