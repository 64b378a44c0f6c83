/** `postern serve` as a process: one line on stdout, a clear end, and nothing left behind. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createPlatform, startServices } from '../../src/apps/cli/run.ts';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import type { CliHome, RunningCli } from './cliProcess.ts';
import { createCliHome } from './cliProcess.ts';

let home: CliHome;
beforeAll(() => {
  home = createCliHome();
});
afterAll(() => home.remove());

async function served(...args: string[]): Promise<{ running: RunningCli; url: URL }> {
  const running = home.start(['serve', ...args]);
  let stdout = '';
  running.child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  await running.printed('Ctrl+C ends it and all sessions.\n');
  // Two pipes: the later line may come first.
  while (running.child.stdout !== null && !stdout.includes('\n')) await once(running.child.stdout, 'data');
  return { running, url: new URL(stdout) };
}

function childrenOf(pid: number | undefined): string[] {
  return execFileSync('ps', ['-eo', 'ppid=,pid=,args='], { encoding: 'utf8' }).split('\n').filter((line) => line.trim().startsWith(`${pid} `));
}

test('it prints one address with a token, serves the window there, and SIGTERM ends it with everything it started', async () => {
  const { running, url } = await served('--demo');
  expect(url.hostname).toBe('127.0.0.1');
  expect(url.hash).toMatch(/^#token=[\w-]{20,}$/);
  const page = await fetch(url.origin);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<title>Postern</title>');

  const { window, told } = await linked(url);
  const instances = JSON.parse(await answerTo(window, told, 1, 'instances.list', {})) as { output: { instanceId: string; name?: string }[] };
  expect(instances.output).toBeInstanceOf(Array);
  await expect.poll(() => told.some((message) => message.includes('"vault"')), { interval: 20, timeout: 30_000 }).toBe(true);
  const vault = /"instanceId":"(i-[0-9a-f]{17})","name":"vault"/.exec(told.join('\n'))?.[1] ?? '';
  await answerTo(window, told, 2, 'sessions.open', { instanceId: vault, via: 'session-manager', size: { columns: 80, rows: 24 } });
  await expect.poll(() => told.some((message) => message.includes('"name":"connected"')), { interval: 20, timeout: 30_000 }).toBe(true);
  expect(childrenOf(running.child.pid)).not.toEqual([]);

  const children = childrenOf(running.child.pid).map((line) => line.trim().split(/ +/)[1] ?? '');
  running.child.kill('SIGTERM');
  const { status, stdout } = await running.exited;
  expect({ status, stdout }).toEqual({ status: 0, stdout: `${url.href}\n` });
  const alive = execFileSync('ps', ['-eo', 'pid='], { encoding: 'utf8' }).split(/\s+/);
  expect(children.filter((pid) => alive.includes(pid))).toEqual([]);
  expect(readdirSync(home.folder).filter((name) => name.startsWith('postern-demo-'))).toEqual([]);
});

async function linked(url: URL): Promise<{ readonly window: WebSocket; readonly told: readonly string[] }> {
  const token = new URLSearchParams(url.hash.slice(1)).get('token') ?? '';
  const window = new WebSocket(`ws://${url.host}/link`, ['postern', `postern.${token}`], { headers: { origin: url.origin } });
  await once(window, 'open');
  const told: string[] = [];
  window.on('message', (data, isBinary) => void (isBinary ? undefined : told.push((data as Buffer).toString())));
  return { window, told };
}

async function answerTo(window: WebSocket, told: readonly string[], id: number, call: string, input: unknown): Promise<string> {
  window.send(JSON.stringify({ id, call, input }));
  const prefix = `{"id":${id},`;
  await expect.poll(() => told.some((message) => message.startsWith(prefix)), { interval: 10, timeout: 30_000 }).toBe(true);
  return told.find((message) => message.startsWith(prefix)) ?? '';
}

test('a port in use is said in a line, with status 1', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;
  expect(await home.run(['serve', '--port', String(port)])).toMatchObject({
    status: 1,
    stdout: '',
    stderr: `postern: Port ${port} of 127.0.0.1 is in use. (app.port-in-use)\n  Choose another with --port, or leave it out to take a free one.\n`,
  });
});

test('an address that others can reach is served with a warning, and Ctrl+C ends it', async () => {
  const { running, url } = await served('--bind', '0.0.0.0');
  // An address that works from elsewhere, not the wildcard.
  expect(Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ address }) => address) ?? [])).toContain(url.hostname);
  expect((await fetch(new URL('/', url))).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${url.port}/`)).status).toBe(200);
  running.child.kill('SIGINT');
  expect(await running.exited).toMatchObject({ status: 0, stderr: expect.stringContaining('Warning: this address can be reached from outside this machine') });
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s while the services start ends it as it does later, and leaves nothing', async (signal) => {
  // Thousands of hosts take longer to make than the signal takes to come.
  const { running } = await served('--demo=20000');
  running.child.kill(signal);
  expect(await running.exited).toMatchObject({ status: 0, stdout: expect.stringMatching(/^http:\S+\n$/), stderr: 'Open that address in a browser of this machine. Ctrl+C ends it and all sessions.\n' });
  expect(childrenOf(running.child.pid)).toEqual([]);
  expect(readdirSync(home.folder).filter((name) => name.startsWith('postern-demo-'))).toEqual([]);
});

test('a start that is interrupted begins nothing more, and ends what it had begun', async () => {
  vi.stubEnv('POSTERN_DATA_DIR', home.dataDir);
  onTestFinished(() => void vi.unstubAllEnvs());
  const interrupt = new AbortController();
  const options = { demo: true } as const;
  const early = createPlatform('web', options, interrupt.signal);
  interrupt.abort();
  await expect(early).rejects.toMatchObject({ code: 'cancelled' });

  const platform = await createPlatform('web', options, new AbortController().signal);
  const [cloud] = platform.clouds as [DemoCloud];
  expect(existsSync(cloud.configFile)).toBe(true);
  await expect(startServices(platform, interrupt.signal)).rejects.toMatchObject({ code: 'cancelled' });
  expect(existsSync(dirname(cloud.configFile))).toBe(false);
  await expect(fetch(cloud.endpointUrl)).rejects.toThrow('fetch failed');
});

test('an address that is not this machine\'s is said in a line, with status 1', async () => {
  expect(await home.run(['serve', '--bind', '192.0.2.1'])).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('Cannot listen on 192.0.2.1 port 0 (EADDRNOTAVAIL).') });
});
