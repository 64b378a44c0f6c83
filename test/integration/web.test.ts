import { once } from 'node:events';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { startWebServer } from '../../src/apps/web/server.ts';
import type { WebServer } from '../../src/apps/web/server.ts';
import { systemClock } from '../../src/services/base/clock.ts';
import { networkDialer } from '../../src/services/base/dialer.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { MemorySecretStore } from '../../src/services/base/secret.ts';
import type { Services } from '../../src/services/services.ts';
import { createServices } from '../../src/services/services.ts';

let folder: string;
let services: Services;
let server: WebServer;
let origin: string;
let token: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-web-'));
  const windowFolder = join(folder, 'window');
  await mkdir(join(windowFolder, 'assets'), { recursive: true });
  await writeFile(join(windowFolder, 'index.html'), '<!doctype html><title>window</title>');
  await writeFile(join(windowFolder, 'assets', 'main.js'), 'export {}');
  await writeFile(join(folder, 'secret.txt'), 'outside');
  services = await createServices({
    app: 'web', version: '0.0.0', dataDir: folder, secrets: new MemorySecretStore(), log: silentLog, clock: systemClock,
    clouds: [{ kind: 'aws', environment: { HOME: folder }, configFile: join(folder, 'config'), credentialsFile: join(folder, 'credentials'), dialer: networkDialer, lentKeys: [], close: async () => {} }],
  });
  server = await startWebServer({ services, windowFolder, port: 0, bindAddress: '127.0.0.1' });
  const url = new URL(server.url);
  origin = url.origin;
  token = new URLSearchParams(url.hash.slice(1)).get('token') ?? '';
});

afterAll(async () => {
  await server.close();
  await services.close();
  await rm(folder, { recursive: true, force: true });
});

/** What an upgrade with these headers is answered: `open`, or the HTTP status. */
async function upgrade(headers: Record<string, string>, protocols: string[], path = '/link'): Promise<string | number> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}${path}`, protocols, { headers });
  socket.on('error', () => {});
  const answer = await Promise.race([
    once(socket, 'open').then(() => `open ${socket.protocol}`),
    once(socket, 'unexpected-response').then((answered) => (answered[1] as IncomingMessage).statusCode ?? 0),
  ]);
  socket.terminate();
  return answer;
}

/** `fetch` sets Host itself; this does not. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const sent = request({ hostname, port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('the token, our own Origin and our own Host open the door together', async () => {
  expect(await upgrade({ origin }, ['postern', `postern.${token}`])).toBe('open postern');
});

test('every wrong combination of token, Origin and Host is refused', async () => {
  const right = ['postern', `postern.${token}`];
  const { port } = new URL(origin);
  expect(await upgrade({ origin }, ['postern']), 'no token').toBe(401);
  expect(await upgrade({ origin }, ['postern', `postern.${token.slice(0, -1)}x`]), 'wrong token').toBe(401);
  expect(await upgrade({}, right), 'no Origin').toBe(401);
  expect(await upgrade({ origin: 'http://evil.example' }, right), 'foreign Origin').toBe(401);
  expect(await upgrade({ origin: 'http://127.0.0.1:1' }, right), 'another local port').toBe(401);
  expect(await upgrade({ origin: `http://evil.example:${port}`, host: `evil.example:${port}` }, right), 'DNS rebinding').toBe(401);
  expect(await upgrade({ origin }, right, '/other'), 'another path').toBe(401);
});

test('the page is served to our own Host only, with the policy that keeps it closed', async () => {
  const page = await get('/');
  expect(page.status).toBe(200);
  expect(page.body).toBe('<!doctype html><title>window</title>');
  expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';");
  expect(page.headers['x-frame-options']).toBe('DENY');
  expect(page.headers['set-cookie']).toBeUndefined();
  expect((await get('/', { host: 'evil.example' })).status).toBe(421);
});

test('no path leads out of the window folder', async () => {
  for (const path of ['/../secret.txt', '/..%2fsecret.txt', '/assets/../../secret.txt', '//etc/passwd', '/%2e%2e/secret.txt', '/assets/\\..\\secret.txt']) expect((await get(path)).status, path).toBe(404);
  expect((await get('/assets/main.js')).body).toBe('export {}');
  expect((await get('/', {}, 'POST')).status).toBe(405);
});

test('an unknown or hostile call over the link is refused and the link lives on', async () => {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/link`, ['postern', `postern.${token}`], { headers: { origin } });
  await once(socket, 'open');
  const ask = async (message: unknown): Promise<{ id: number; output?: unknown; error?: { code: string } }> => {
    const answered = once(socket, 'message');
    socket.send(JSON.stringify(message));
    return JSON.parse(String((await answered)[0])) as { id: number };
  };
  expect((await ask({ id: 1, call: 'local.open', input: {} })).error?.code).toBe('input.invalid');
  expect((await ask({ id: 2, call: '__proto__.constructor', input: {} })).error?.code).toBe('input.invalid');
  expect((await ask({ id: 3, call: 'sessions.open', input: { instanceId: 5 } })).error?.code).toBe('input.invalid');
  expect((await ask({ id: 4, call: 'sessions.open', input: { instanceId: 'i-1', osUser: '-oProxyCommand=touch /tmp/x', size: { columns: 80, rows: 24 } } })).error?.code).toBe('input.invalid');
  expect((await ask({ id: 5, call: 'app.info', input: {} })).output).toMatchObject({ app: 'web', demo: false });
  socket.terminate();
});

test('a port in use is named, with what to do', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  await expect(startWebServer({ services, windowFolder: join(folder, 'window'), port, bindAddress: '127.0.0.1' })).rejects.toMatchObject({
    code: 'app.port-in-use', message: `Port ${port} of 127.0.0.1 is in use.`, remedy: 'Choose another with --port, or leave it out to take a free one.',
  });
  taken.close();
});

test('a window that was not built is said', async () => {
  await expect(startWebServer({ services, windowFolder: join(folder, 'nothing'), port: 0, bindAddress: '127.0.0.1' })).rejects.toMatchObject({ code: 'data.unreadable', remedy: 'Build them with "npm run build".' });
});

test('the window is served while the services start, its link waits for them, and what it asked meanwhile is answered', async () => {
  const starting = Promise.withResolvers<Services>();
  const early = await startWebServer({ services: starting.promise, windowFolder: join(folder, 'window'), port: 0, bindAddress: '127.0.0.1' });
  onTestFinished(() => early.close());
  const url = new URL(early.url);
  expect((await fetch(url.origin)).status).toBe(200);
  const socket = new WebSocket(`ws://${url.host}/link`, ['postern', `postern.${new URLSearchParams(url.hash.slice(1)).get('token') ?? ''}`], { headers: { origin: url.origin } });
  await once(socket, 'open');
  socket.send(JSON.stringify({ id: 1, call: 'app.info', input: {} }));
  const answered = once(socket, 'message');
  // A question and its answer over another connection: the first one would have been answered by now.
  expect((await fetch(url.origin)).status).toBe(200);
  expect(await Promise.race([answered.then(() => 'answered'), new Promise((resolve) => setImmediate(() => resolve('waits')))])).toBe('waits');
  starting.resolve(services);
  expect(JSON.parse(String((await answered)[0]))).toMatchObject({ id: 1, output: { app: 'web' } });
  socket.terminate();
});

test('a link that waits for services that do not start is closed', async () => {
  const starting = Promise.withResolvers<Services>();
  const early = await startWebServer({ services: starting.promise, windowFolder: join(folder, 'window'), port: 0, bindAddress: '127.0.0.1' });
  onTestFinished(() => early.close());
  const url = new URL(early.url);
  const socket = new WebSocket(`ws://${url.host}/link`, ['postern', `postern.${new URLSearchParams(url.hash.slice(1)).get('token') ?? ''}`], { headers: { origin: url.origin } });
  await once(socket, 'open');
  const closed = once(socket, 'close');
  starting.reject(new Error('no data folder'));
  await closed;
  expect(socket.readyState).toBe(WebSocket.CLOSED);
});
