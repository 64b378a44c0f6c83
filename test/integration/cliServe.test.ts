/** `postern serve` as a process: one line on stdout, a clear end, and nothing left behind. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
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
  // Before its services are up, an interrupted start is no success.
  const { window, told } = await linked(new URL(`http://127.0.0.1:${url.port}/${url.hash}`));
  await answerTo(window, told, 1, 'settings.get', {});
  running.child.kill('SIGINT');
  expect(await running.exited).toMatchObject({ status: 0, stderr: expect.stringContaining('Warning: this address can be reached from outside this machine') });
});

test('Ctrl+C while the services start is no success: it ends with the status of a program that SIGINT ended, and leaves nothing', async () => {
  const { running } = await served('--demo');
  running.child.kill('SIGINT');
  expect(await running.exited).toMatchObject({ status: 130 });
  expect(readdirSync(home.folder).filter((name) => name.startsWith('postern-demo-'))).toEqual([]);
});

test('an address that is not this machine\'s is said in a line, with status 1', async () => {
  expect(await home.run(['serve', '--bind', '192.0.2.1'])).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('Cannot listen on 192.0.2.1 port 0 (EADDRNOTAVAIL).') });
});
