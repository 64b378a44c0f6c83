/**
 * The web app as it is shipped (bundled, `postern serve`), as a process of its own with a large estate of a demo cloud in another:
 * its resident memory, how long a restart takes to tell the last estate, and how long one region takes to be read again.
 * Run: node bench/servedEstate.ts [instances]
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { connectContract } from '../src/link/client.ts';
import type { Link } from '../src/link/link.ts';
import { benchCloud } from './benchCloud.ts';
import type { BenchFigure } from './figure.ts';
import { buildOwnBundle } from './ownBundle.ts';

/** How long an app that has read everything is left alone before it is weighed. */
const REST_MS = 25_000;

type Client = ReturnType<typeof connectContract>;

export async function benchServedEstate(instances = 50_000, program?: string): Promise<BenchFigure[]> {
  const cloud = await benchCloud({ instances });
  const folder = await mkdtemp(join(tmpdir(), 'postern-bench-served-'));
  const bundle = program === undefined ? await buildOwnBundle() : undefined;
  const environment = { PATH: process.env['PATH'] ?? '', HOME: folder, POSTERN_DATA_DIR: join(folder, 'data'), AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'), AWS_EC2_METADATA_DISABLED: 'true' };
  // The cloud takes its own away when it ends.
  await Promise.all([copyFile(cloud.source.configFile, join(folder, 'config')), copyFile(cloud.source.credentialsFile, join(folder, 'credentials'))]);
  const file = program ?? bundle?.program ?? '';
  const figures: BenchFigure[] = [];
  const title = `web app, ${instances} hosts`;
  const running: ChildProcess[] = [];
  try {
    const first = await serve(file, environment, running);
    const client = await connect(first.url);
    await untilReady(client);
    let mostMiB = 0;
    const until = Date.now() + REST_MS;
    while (Date.now() < until) {
      mostMiB = Math.max(mostMiB, resident(first.child));
      await sleep(250);
    }
    const peak = peakMiB(first.child);
    figures.push({ name: `${title}: resident`, value: resident(first.child), unit: 'MiB', goal: { of: 'value', atMost: 400 }, note: `${REST_MS / 1000} s after all facts were read; ${mostMiB.toFixed(0)} MiB at first, ${peak.toFixed(0)} MiB at its peak` });
    const [scope] = cloud.scopes;
    if (scope === undefined) throw new Error('the cloud has no scope');
    let retold = 0;
    client.onEvent((event) => {
      if (event.name === 'instances.changed') retold += event.payload.length;
    });
    const again = performance.now();
    const before = (await client.scopes.list({})).find((status) => status.scope.region === scope.region)?.refreshedAt;
    await client.scopes.refresh({ scopes: [scope] });
    for (;;) {
      const status = (await client.scopes.list({})).find((one) => one.scope.region === scope.region);
      if (status?.state === 'ready' && status.refreshedAt !== before) break;
      await sleep(10);
    }
    figures.push({ name: `${title}: one region of ${instances / 2} read again`, value: performance.now() - again, unit: 'ms', note: `${retold} of its hosts told again` });
    await end(first.child);
    await cloud.stop();

    // Once more, while nobody answers: the last estate is what there is.
    const started = performance.now();
    const second = await serve(file, environment, running);
    const addressMs = performance.now() - started;
    const later = await connect(second.url);
    const asked = performance.now();
    const seen = new Set<string>();
    const { promise: all, resolve: allSeen } = Promise.withResolvers<void>();
    let firstMs = Number.NaN;
    const take = (ids: readonly { readonly instanceId: string }[]): void => {
      if (ids.length > 0 && seen.size === 0) firstMs = performance.now() - asked;
      for (const { instanceId } of ids) seen.add(instanceId);
      if (seen.size >= instances) allSeen();
    };
    later.onEvent((event) => {
      if (event.name === 'instances.changed') take(event.payload);
    });
    take(await later.instances.list({}));
    await all;
    figures.push(
      { name: `${title}: offline restart, from the window's question to its first host`, value: firstMs, unit: 'ms', goal: { of: 'value', atMost: 300 }, note: `its address after ${addressMs.toFixed(0)} ms` },
      { name: `${title}: offline restart, from the window's question to its last host`, value: performance.now() - asked, unit: 'ms' },
    );
    await end(second.child);
    return figures;
  } finally {
    for (const child of running) child.kill('SIGKILL');
    await cloud.stop();
    await bundle?.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

async function serve(program: string, env: NodeJS.ProcessEnv, running: ChildProcess[]): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [program, 'serve'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  running.push(child);
  if (child.stdout === null) throw new Error('stdout is not piped');
  const line = await Promise.race([once(createInterface({ input: child.stdout }), 'line').then(([first]) => String(first)), once(child, 'exit').then(() => undefined)]);
  if (line === undefined) throw new Error('postern serve ended before it told its address');
  return { child, url: line };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function connect(url: string): Promise<Client> {
  const { host, origin, hash } = new URL(url);
  const socket = new WebSocket(`ws://${host}/link`, ['postern', `postern.${new URLSearchParams(hash.slice(1)).get('token') ?? ''}`], { origin, perMessageDeflate: false });
  await once(socket, 'open');
  const link: Link = {
    send: (message) => socket.send(message),
    onMessage: (listener) => socket.on('message', (data: Buffer, isBinary: boolean) => listener(isBinary ? new Uint8Array(data) : data.toString())),
    onClose: (listener) => socket.on('close', () => listener()),
    close: () => socket.close(),
  };
  return connectContract(link);
}

async function untilReady(client: Client): Promise<void> {
  for (;;) {
    const statuses = await client.scopes.list({})
    if (statuses.length > 0 && statuses.every(({ state }) => state !== 'loading')) return;
    await sleep(100);
  }
}

function resident({ pid }: ChildProcess): number {
  return field(pid, 'VmRSS');
}

function peakMiB({ pid }: ChildProcess): number {
  return field(pid, 'VmHWM');
}

function field(pid: number | undefined, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { toLine } = await import('./figure.ts');
  const [instances, program] = process.argv.slice(2);
  for (const figure of await benchServedEstate(instances === undefined ? undefined : Number(instances), program)) process.stdout.write(`${toLine(figure)}\n`);
}
