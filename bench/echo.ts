/**
 * How long a keystroke takes to come back: through services and link beside bare ssh2 to the same host, and in the browser
 * until it is painted (keyToPaint.ts). Run: node bench/echo.ts
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import ssh2 from 'ssh2';
import type { Instance } from '../src/contract/instance.ts';
import { startDemo } from '../src/demo/startDemo.ts';
import type { TerminalStream } from '../src/link/client.ts';
import { connectContract } from '../src/link/client.ts';
import { linkPair } from '../src/link/link.ts';
import { serveLink } from '../src/link/server.ts';
import { systemClock } from '../src/services/base/clock.ts';
import type { Cloud } from '../src/services/base/cloud.ts';
import { silentLog } from '../src/services/base/log.ts';
import { MemorySecretStore } from '../src/services/base/secret.ts';
import { createServices } from '../src/services/services.ts';
import type { BenchFigure } from './figure.ts';
import { percentile, toLine } from './figure.ts';
import { benchKeyToPaint } from './keyToPaint.ts';

const KEYS = 300;
const SIZE = { columns: 80, rows: 24 };
/** The kernel's terminal echoes, and nothing of the shell takes part. The prompt never contains the word in one piece. */
const READY_COMMAND = "echo rea''dy; exec cat >/dev/null";
const READY = /ready\r?\n/;
const SSH_HOST = 'bastion';
const SESSION_MANAGER_HOST = 'web-1';

/** A terminal whose keystrokes are timed, one at a time. */
interface Echo {
  write(bytes: Uint8Array): void;
  /** The next output; set before each key. */
  onOutput: (text: string) => void;
}

export async function benchEcho(): Promise<BenchFigure[]> {
  return [...(await echoThroughLink()), ...(await benchKeyToPaint())];
}

/** The demo's SSH server, its terminals and both clients share this process: what is equal for both stays out of the difference. */
async function echoThroughLink(): Promise<BenchFigure[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'postern-bench-'));
  const cloud = await startDemo({ dataDir, log: silentLog });
  const services = await createServices({ app: 'web', version: '0.0.0', dataDir, secrets: new MemorySecretStore(), log: silentLog, clock: systemClock, clouds: [cloud] });
  try {
    const [near, far] = linkPair();
    serveLink(far, services);
    const client = connectContract(near);
    const instances = await services.local.allInstances();
    client.onEvent((event) => {
      if (event.name !== 'sessions.changed' || event.payload.state.name !== 'asking') return;
      void client.sessions.answer({ sessionId: event.payload.sessionId, questionId: event.payload.state.question.questionId, reply: { kind: 'host-key', accept: true } });
    });
    const open = async (name: string): Promise<Echo> => {
      const { sessionId } = await client.sessions.open({ instanceId: named(instances, name).instanceId, size: SIZE });
      return await startEcho(overLink(await client.sessions.terminal({ sessionId })));
    };
    const ours = await open(SSH_HOST);
    const bare = await startEcho(overStream(await openBare(cloud, named(instances, SSH_HOST))));
    const sessionManager = await open(SESSION_MANAGER_HOST);
    // Key by key in turn, so that a noisy moment of the machine meets both.
    const ourTimes: number[] = [];
    const bareTimes: number[] = [];
    const sessionManagerTimes: number[] = [];
    for (let key = 0; key < KEYS + 20; key += 1) {
      ourTimes.push(await timeOneKey(ours));
      bareTimes.push(await timeOneKey(bare));
      sessionManagerTimes.push(await timeOneKey(sessionManager));
      await wait(3);
    }
    const figures = (['p50', 'p99'] as const).flatMap((name): BenchFigure[] => {
      const of = (times: readonly number[]): number => percentile(times.slice(20), Number(name.slice(1)));
      const us = of(ourTimes);
      const them = of(bareTimes);
      return [
        { name: `echo through services and link, SSH, ${name}`, value: us, unit: 'ms', ratio: us / them, peer: `bare ssh2 to the same host, ${them.toFixed(2)} ms`, note: `${KEYS} keys` },
        { name: `echo added by us to SSH, ${name}`, value: us - them, unit: 'ms', goal: { of: 'value', atMost: name === 'p50' ? 1 : 5 } },
        { name: `echo through services and link, Session Manager, ${name}`, value: of(sessionManagerTimes), unit: 'ms', note: `${KEYS} keys` },
      ];
    });
    return figures.toSorted((a, b) => a.name.localeCompare(b.name));
  } finally {
    await services.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function named(instances: readonly Instance[], name: string): Instance {
  const found = instances.find((instance) => instance.name === name);
  if (found === undefined) throw new Error(`the demo has no ${name}`);
  return found;
}

function overLink(stream: TerminalStream): Echo {
  const echo: Echo = { write: (bytes) => stream.write(bytes), onOutput: () => undefined };
  stream.onData((bytes, parsed) => {
    echo.onOutput(Buffer.from(bytes).toString('latin1'));
    parsed();
  });
  return echo;
}

function overStream(stream: Duplex): Echo {
  const echo: Echo = { write: (bytes) => stream.write(bytes), onOutput: () => undefined };
  stream.on('data', (bytes: Buffer) => echo.onOutput(bytes.toString('latin1')));
  return echo;
}

/** ssh2 by itself, with the sockets that Postern gives it: TCP_NODELAY is set. */
async function openBare(cloud: Cloud, instance: Instance): Promise<Duplex> {
  const [key] = cloud.lentKeys;
  const sock = await cloud.dialer.dial(instance.publicIpAddress ?? '', 22, AbortSignal.timeout(5000));
  const connection = new ssh2.Client();
  return new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.once('ready', () => connection.shell({ term: 'xterm-256color', cols: SIZE.columns, rows: SIZE.rows }, (error, channel) => (error === undefined ? resolve(channel) : reject(error))));
    connection.connect({ sock, username: 'ec2-user', privateKey: key?.privateKey.revealText() ?? '', hostVerifier: () => true });
  });
}

async function startEcho(echo: Echo): Promise<Echo> {
  let seen = '';
  await new Promise<void>((resolve) => {
    let typed = false;
    echo.onOutput = (text) => {
      seen += text;
      if (!typed && /\$ /.test(seen)) {
        typed = true;
        echo.write(Buffer.from(`${READY_COMMAND}\n`));
      }
      if (READY.test(seen)) resolve();
    };
  });
  return echo;
}

async function timeOneKey(echo: Echo): Promise<number> {
  const start = performance.now();
  await new Promise<void>((resolve) => {
    echo.onOutput = (text) => {
      if (text.includes('x')) resolve();
    };
    echo.write(Buffer.from('x'));
  });
  return performance.now() - start;
}

if (import.meta.main) for (const figure of await benchEcho()) process.stdout.write(`${toLine(figure)}\n`);
