/** Forwards through the whole of the services and the demo cloud: its endpoints, its session relay, its agents and its servers. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Forward, OpenForward } from '../../src/contract/forward.ts';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import { startDemoCloud } from '../../src/demo/demoCloud.ts';
import { systemClock } from '../../src/services/base/clock.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { MemorySecretStore } from '../../src/services/base/secret.ts';
import type { Services } from '../../src/services/services.ts';
import { createServices } from '../../src/services/services.ts';
import { recorder } from './configHome.ts';

let folder: string;
let cloud: DemoCloud;
let services: Services;
const told: Forward[] = [];
const waiting = new Set<() => void>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-forwards-'));
  cloud = await startDemoCloud({ seed: Buffer.alloc(32, 7), log: silentLog, agents: { pacing: false, firstOutputDelayMs: 0 } });
  services = await createServices({ app: 'cli', version: '0.0.0', dataDir: folder, secrets: new MemorySecretStore(), log: silentLog, clock: systemClock, clouds: [cloud] });
  services.onEvent((event) => {
    if (event.name !== 'forwards.changed') return;
    told.push(event.payload);
    for (const look of waiting) look();
  });
  await services.local.allInstances();
});
afterEach(async () => {
  for (const { forwardId } of await services.forwards.list({})) await services.forwards.close({ forwardId });
  Object.assign(cloud.messages.faults, { cutAtByte: undefined });
});
afterAll(async () => {
  await services.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(target: string, over: Partial<OpenForward> & { remotePort: number }): Promise<Forward> {
  return services.forwards.open({ instanceId: cloud.instance(target).instanceId, local: { kind: 'tcp', address: '127.0.0.1', port: 0 }, sessions: 1, ...over });
}

function until({ forwardId }: Forward, holds: (forward: Forward) => boolean): Promise<Forward> {
  return new Promise((resolve) => {
    const look = (): void => {
      const last = told.findLast((forward) => forward.forwardId === forwardId);
      if (last === undefined || !holds(last)) return;
      waiting.delete(look);
      resolve(last);
    };
    waiting.add(look);
    look();
  });
}

async function listening(target: string, over: Partial<OpenForward> & { remotePort: number }): Promise<{ forward: Forward; port: number }> {
  const forward = await until(await open(target, over), ({ state }) => state !== 'opening');
  expect(forward).toMatchObject({ state: 'listening' });
  return { forward, port: forward.local.kind === 'tcp' ? forward.local.port : 0 };
}

async function dial(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** A value of the demo's text store, in Redis's protocol; the connection ends with QUIT. */
async function ask(port: number, ...commands: (readonly (string | Buffer)[])[]): Promise<Buffer> {
  const socket = await dial(port);
  const words = [...commands, ['QUIT']].map((command) => Buffer.concat([Buffer.from(`*${command.length}\r\n`), ...command.map((word) => Buffer.concat([Buffer.from(`$${Buffer.byteLength(word)}\r\n`), Buffer.from(word), Buffer.from('\r\n')]))]));
  socket.write(Buffer.concat(words));
  return buffer(socket);
}

test('a page of web-1 is downloaded by twenty clients at once through one forward', async () => {
  const { forward, port } = await listening('web-1', { remotePort: 80 });
  const pages = await Promise.all(Array.from({ length: 20 }, async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
    return { status: answer.status, length: answer.headers.get('content-length'), page: await answer.text() };
  }));
  expect(new Set(pages.map(({ status, length, page }) => `${status} ${length === String(Buffer.byteLength(page))} ${page.includes('<h1>Hello from web-1</h1>')}`))).toEqual(new Set(['200 true true']));
  const after = await until(forward, ({ totalConnections, openConnections }) => totalConnections === 20 && openConnections === 0);
  expect(after.receivedBytes).toBeGreaterThan(20 * Number(pages[0]?.length));
  expect(after.lastDrop).toBeUndefined();
});

test('a remote host is reached through an instance, over four sessions, with every byte of a megabyte each for eight clients', async () => {
  cloud.faults.calls.length = 0;
  const { port } = await listening('web-1', { remotePort: 6379, remoteHost: '10.0.20.5', sessions: 4 });
  expect(cloud.faults.calls.filter(({ action, outcome }) => action === 'ssm:StartSession' && outcome === 'ok')).toHaveLength(4);
  const value = Buffer.from(randomBytes(500_000).toString('hex'));
  expect((await ask(port, ['SET', 'big', value])).toString()).toBe('+OK\r\n+OK\r\n');
  const expected = Buffer.concat([Buffer.from(`$${value.length}\r\n`), value, Buffer.from('\r\n+OK\r\n')]);
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask(port, ['GET', 'big'])));
  expect(answers.map((answer) => answer.equals(expected))).toEqual(Array.from({ length: 8 }, () => true));
});

test('a port that refuses resets the connection here and says so, and the forward listens on', async () => {
  const { forward, port } = await listening('web-1', { remotePort: 81 });
  const socket = await dial(port);
  const error = once(socket, 'error');
  socket.write('hello');
  expect((await error)[0]).toMatchObject({ code: 'ECONNRESET' });
  const after = await until(forward, ({ lastDrop }) => lastDrop !== undefined);
  expect(after).toMatchObject({ state: 'listening', lastDrop: { reason: expect.stringMatching(/could not connect/) } });
});

test('a WebSocket that is cut amid a download costs no byte, and the drop is told', async () => {
  const { forward, port } = await listening('web-1', { remotePort: 6379, remoteHost: '10.0.20.5' });
  // Small: an agent sends what was under way again at ten messages a second.
  const value = Buffer.from(randomBytes(30_000).toString('hex'));
  expect((await ask(port, ['SET', 'cut', value])).toString()).toBe('+OK\r\n+OK\r\n');
  cloud.messages.faults.cutAtByte = 20_000;
  const answer = await ask(port, ['GET', 'cut']);
  expect(answer.equals(Buffer.concat([Buffer.from(`$${value.length}\r\n`), value, Buffer.from('\r\n+OK\r\n')]))).toBe(true);
  const states = told.filter(({ forwardId }) => forwardId === forward.forwardId).map(({ state }) => state);
  expect(states.filter((state, index) => state !== states[index - 1])).toEqual(['opening', 'listening', 'resuming', 'listening']);
  expect(told.at(-1)?.lastDrop?.reason).toBe('The connection to Session Manager was lost (code 1006).');
});

test('closing a forward ends its sessions at the service', async () => {
  const { forward, port } = await listening('web-1', { remotePort: 80, sessions: 2 });
  const socket = await dial(port);
  socket.on('error', () => undefined);
  await services.forwards.close({ forwardId: forward.forwardId });
  expect(await services.forwards.list({})).toEqual([]);
  await expect(dial(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('an instance whose agent is not there fails the forward with the service\'s own reason', async () => {
  const forward = await until(await open('bastion', { remotePort: 80 }), ({ state }) => state === 'failed');
  expect(forward.error).toMatchObject({ code: 'ssm.target-not-connected', remedy: expect.any(String) });
});

test('what the command line calls proxy carries bytes over Session Manager where no rule lets anybody in', async () => {
  const stream = await services.local.openTransport(cloud.instance('web-1').instanceId, 80, 'ssm', recorder(() => ({ kind: 'host-key', accept: false }), [], [], []), AbortSignal.timeout(30_000));
  stream.end('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  expect((await buffer(stream)).toString()).toContain('Hello from web-1');
});
