/** A session's life on a line that breaks: sessions over a real sshd behind a proxy that cuts, holds still and refuses. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Instance } from '../../src/contract/instance.ts';
import type { KeyPair } from '../../src/contract/key.ts';
import type { SessionState, TerminalSession } from '../../src/contract/session.ts';
import { systemClock } from '../../src/services/base/clock.ts';
import { networkDialer } from '../../src/services/base/dialer.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { Secret } from '../../src/services/base/secret.ts';
import { openStore } from '../../src/services/base/store.ts';
import { createTransports } from '../../src/services/routes/transports.ts';
import { createConnect } from '../../src/services/sessions/connect.ts';
import type { ConnectRequest } from '../../src/services/sessions/connectRequest.ts';
import type { Sessions } from '../../src/services/sessions/sessions.ts';
import { createSessions } from '../../src/services/sessions/sessions.ts';
import { createHostKeys, HOST_KEY_DOCUMENT_VERSION, HostKeyDocument } from '../../src/services/ssh/hostKeys.ts';
import type { SharedConnections } from '../../src/services/ssh/sharedConnections.ts';
import { createSharedConnections } from '../../src/services/ssh/sharedConnections.ts';
import type { CutProxy } from './cutProxy.ts';
import { startCutProxy } from './cutProxy.ts';
import type { KeyFile, Sshd } from './sshd.ts';
import { generateKeyFile, startSshd } from './sshd.ts';

const size = { columns: 80, rows: 24 };
const instance: Instance = { instanceId: 'i-1', name: 'web-1', scope: { profile: 'p', region: 'r' }, state: 'running', networkInterfaces: [], securityGroups: [], ssmKnown: true, tags: {} };

let folder: string;
let key: KeyFile;
let sshd: Sshd;
let proxy: CutProxy;
let sessions: Sessions;
let connections: SharedConnections;
let sharing: boolean;
let told: TerminalSession[];
const looks = new Set<() => void>();
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-reconnect-'));
  key = generateKeyFile(join(folder, 'key'), ['ed25519']);
  sshd = await startSshd({ authorizedKeys: [key.publicKey], config: ['MaxSessions 3', 'LogLevel INFO'] });
});

afterAll(async () => {
  await sshd.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  proxy = await startCutProxy(sshd.port);
  told = [];
  sharing = true;
  connections = createSharedConnections({ lingerMs: 20 });
  const never = (): Promise<never> => Promise.reject(new Error('not in this test'));
  const keyPair: KeyPair = { keyPairId: 'k', keyName: 'test', keyType: 'ed25519', publicKey: key.publicKey, fingerprint: '', createTime: '', origin: 'lent', ec2KeyPairs: [] };
  const hostKeyStore = openStore({ path: join(mkdtempSync(join(folder, 'keys-')), 'hostKeys.json'), version: HOST_KEY_DOCUMENT_VERSION, schema: HostKeyDocument, clock: systemClock, onNotice: () => undefined });
  const connect = createConnect({
    transports: createTransports(async () => ({ kind: 'aws', environment: {}, dialer: networkDialer, lentKeys: [], close: async () => undefined }), never, { endpointOf: () => undefined, useFips: never, presign: never }),
    connections,
    sharesConnections: async () => sharing,
    hostKeys: createHostKeys({ store: hostKeyStore, clock: systemClock, log: silentLog }),
    hostSettings: async () => ({ osUser: sshd.osUser, allowWeakAlgorithms: false }),
    keys: { list: async () => [keyPair], privateKey: async () => Secret.fromText(key.privateKey) },
    secrets: { status: never, useFile: never },
    lendPublicKey: never,
    plan: () => [{ route: { kind: 'direct', address: '127.0.0.1', port: proxy.port }, usable: 'yes', reason: 'test' }],
    instanceOf: () => instance,
    remembered: { of: async () => undefined, remember: async () => undefined },
    serialConsole: { host: never, isEnabled: never, lendKey: never },
    ssmCalls: () => {
      throw new Error('not in this test');
    },
    clock: systemClock,
    log: silentLog,
  });
  sessions = createSessions({
    connect,
    instanceOf: () => instance,
    clock: systemClock,
    onChanged(session) {
      told.push(session);
      if (session.state.name === 'asking') sessions.answer({ sessionId: session.sessionId, questionId: session.state.question.questionId, reply: { kind: 'host-key', accept: true } });
      for (const look of looks) look();
    },
    onRemoved: () => undefined,
  });
});

afterEach(async () => {
  await sessions.closeAll();
  connections.closeAll();
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  await proxy.close();
});

interface Opened {
  readonly sessionId: string;
  /** What the terminal has shown since the last look. */
  shows(text: string): Promise<string>;
  type(text: string): void;
  /** The first state that fits, from the last one told of. */
  state(fits: (state: SessionState) => boolean): Promise<TerminalSession>;
}

/** Opens a shell whose prompt is `$ `. */
async function open(request: Partial<ConnectRequest> = {}): Promise<Opened> {
  const { sessionId } = sessions.open({ instanceId: 'i-1', size, reconnect: true, ...request });
  const stream: Duplex = sessions.terminal(sessionId);
  let seen = '';
  const shown = new Set<() => void>();
  stream.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    for (const look of shown) look();
  });
  const opened: Opened = {
    sessionId,
    type: (text) => void stream.write(text),
    shows: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          const at = seen.indexOf(text);
          if (at === -1) return;
          shown.delete(look);
          const before = seen.slice(0, at + text.length);
          seen = seen.slice(at + text.length);
          resolve(before);
        };
        shown.add(look);
        look();
      }),
    state: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          const last = told.findLast((session) => session.sessionId === sessionId);
          if (last === undefined || !fits(last.state)) return;
          looks.delete(look);
          resolve(last);
        };
        looks.add(look);
        look();
      }),
  };
  await opened.state(({ name }) => name === 'connected');
  opened.type('exec /bin/sh\n');
  opened.type('PS1="\\$ "; stty -echo; echo rea""dy\n');
  await opened.shows('ready\r\n');
  return opened;
}

const isWaiting = (state: SessionState): boolean => state.name === 'resuming' && state.reconnecting?.at !== undefined;
const isConnected = (state: SessionState): boolean => state.name === 'connected';

test('a cut line keeps the screen, says when and why, counts down, and comes back with a new shell in the same terminal', async () => {
  const session = await open();
  session.type('echo before; cd /tmp\n');
  await session.shows('before\r\n');
  const cutAt = Date.now();
  proxy.cut();
  const { state } = await session.state(isWaiting);
  if (state.name !== 'resuming') throw new Error('not resuming');
  expect(state.reason).toMatch(/^The connection to web-1 \(127\.0\.0\.1 port \d+\) was lost: /);
  expect(state.reconnecting?.attempt).toBe(1);
  const waitMs = Date.parse(state.reconnecting?.at ?? '') - Date.parse(state.since);
  expect(waitMs).toBeGreaterThanOrEqual(800);
  expect(waitMs).toBeLessThanOrEqual(1250);
  expect(Date.parse(state.since)).toBeGreaterThanOrEqual(cutAt);
  expect(await session.shows(' ──')).toMatch(/── \d\d:\d\d:\d\d ──$/);
  expect(await session.shows(' ──')).toMatch(/The connection to web-1 \(127\.0\.0\.1 port \d+\) was lost: .+ ──$/);
  expect((await session.state(isConnected)).steps.at(-1)).toMatchObject({ step: 'starting-shell', outcome: 'done' });
  await session.shows('Connected again: a new shell');
  session.type('echo after in "$PWD"\n');
  await session.shows('after in /');
  expect(await session.shows('\r\n')).not.toMatch(/^tmp/);
});

test('what is typed while away never reaches the new shell', async () => {
  const trace = join(folder, 'typed-while-away');
  const session = await open();
  proxy.refuse(true);
  proxy.cut();
  await session.state(isWaiting);
  session.type(`touch ${trace}\n`);
  proxy.refuse(false);
  sessions.reconnectNow(session.sessionId);
  await session.state(isConnected);
  session.type('echo sett""led\n');
  expect(await session.shows('settled')).not.toContain('touch');
  expect(existsSync(trace)).toBe(false);
});

test('what was typed at a line that had fallen silent is not sent later either', async () => {
  const trace = join(folder, 'typed-into-silence');
  const session = await open();
  proxy.freeze();
  session.type(`touch ${trace}\n`);
  connections.probe(100);
  await session.state(isWaiting);
  sessions.wake();
  await session.state(isConnected);
  session.type('echo sett""led\n');
  await session.shows('settled');
  expect(existsSync(trace)).toBe(false);
});

test('attempts that fail come in growing distances, each with its reason, until a person stops them', async () => {
  const session = await open();
  proxy.refuse(true);
  proxy.cut();
  const first = await session.state(isWaiting);
  const second = await session.state((state) => isWaiting(state) && state.name === 'resuming' && state.reconnecting?.attempt === 2);
  const distances = [first, second].map(({ state }) => (state.name === 'resuming' ? Date.parse(state.reconnecting?.at ?? '') - Date.parse(state.since) : 0));
  expect(distances[1]).toBeGreaterThan(2400);
  expect(second.state).toMatchObject({ reason: expect.stringMatching(/^No TCP connection to 127\.0\.0\.1 port \d+ \(ECONNRESET\)|^web-1 .* closed the connection before it said/) });
  sessions.stopReconnecting(session.sessionId);
  const { state } = await session.state(({ name }) => name === 'failed');
  expect(state).toMatchObject({ error: { code: 'ssh.connection-lost', retryable: true } });
  expect(proxy.count()).toBe(0);
});

test('a host with another key is never reconnected to, and gets no credential', async () => {
  const impostor = await startSshd({ authorizedKeys: [key.publicKey] });
  cleanups.push(() => impostor.stop());
  const session = await open();
  proxy.leadTo(impostor.port);
  proxy.cut();
  const { state } = await session.state(({ name }) => name === 'failed');
  expect(state).toMatchObject({ error: { code: 'ssh.host-key-changed' } });
  expect(impostor.log()).not.toContain('userauth-request for user');
});

test('a shell that ends by itself, or is killed, is over: nothing is opened again', async () => {
  for (const [typed, exit] of [['exit 3\n', { exitCode: 3 }], ['kill -9 $$\n', { signal: 'KILL' }]] as const) {
    const session = await open();
    session.type(typed);
    expect((await session.state(({ name }) => name === 'closed' || name === 'resuming')).state).toEqual({ name: 'closed', exit });
  }
});

test('a command whose line is cut fails, and is not run a second time', async () => {
  const runs = join(folder, 'runs');
  const { sessionId } = sessions.open({ instanceId: 'i-1', size, reconnect: true, command: `echo run >> ${runs}; echo up; exec sleep 1000` });
  const [first] = (await new Promise<[Buffer]>((resolve) => sessions.terminal(sessionId).once('data', (chunk: Buffer) => resolve([chunk])))) as [Buffer];
  expect(first.toString()).toBe('up\n');
  proxy.cut();
  await expect.poll(() => told.findLast((session) => session.sessionId === sessionId)?.state.name).toBe('failed');
});

test('a second tab goes over the connection of the first, and says so; after a cut both come back over one', async () => {
  const first = await open();
  const second = await open();
  expect(proxy.count()).toBe(1);
  expect((await second.state(isConnected)).steps.map(({ detail }) => detail)).toContain(`shares the connection of ${sshd.osUser}@web-1 (SSH to 127.0.0.1)`);
  proxy.cut();
  await Promise.all([first.state(isWaiting), second.state(isWaiting)]);
  sessions.wake();
  await Promise.all([first.state(isConnected), second.state(isConnected)]);
  expect(proxy.count()).toBe(1);
});

test('a tab more than the server takes on one connection gets a connection of its own', async () => {
  const tabs = [await open(), await open(), await open(), await open(), await open()];
  expect(proxy.count()).toBe(2);
  for (const { sessionId } of tabs) sessions.close(sessionId);
  await expect.poll(() => [proxy.count(), connections.count()]).toEqual([0, 0]);
});

test('once connections are retired, as when a host key is forgotten, the next tab proves the host over its own, and those that are open stay', async () => {
  const first = await open();
  const idle = await open({ osUser: sshd.osUser, keyPairId: 'k' });
  sessions.close(idle.sessionId);
  connections.retire();
  const second = await open();
  expect(second.sessionId).not.toBe(first.sessionId);
  expect((await second.state(isConnected)).steps.map(({ detail }) => detail).join()).not.toContain('shares the connection');
  first.type('echo al""ive\n');
  await first.shows('alive');
  sessions.close(first.sessionId);
  await expect.poll(() => [proxy.count(), connections.count()]).toEqual([1, 1]);
});

test('where sharing is switched off, each tab has a connection of its own, which ends with it', async () => {
  sharing = false;
  const first = await open();
  await open();
  expect(proxy.count()).toBe(2);
  sessions.close(first.sessionId);
  await expect.poll(() => proxy.count()).toBe(1);
});

test('the way there and back is measured and told', async () => {
  await proxy.close();
  proxy = await startCutProxy(sshd.port, 25);
  const session = await open();
  await expect.poll(() => told.findLast(({ sessionId }) => sessionId === session.sessionId)?.roundTripMs, { timeout: 5000 }).toBeGreaterThanOrEqual(50);
});

test('after a sleep a connection that is dead is noticed by the probe, and one that lives stays', async () => {
  const session = await open();
  connections.probe(2000);
  session.type('echo al""ive\n');
  await session.shows('alive\r\n');
  proxy.freeze();
  connections.probe(50);
  expect((await session.state(isWaiting)).state).toMatchObject({ reason: expect.stringContaining('no sign of life for 0.05 s') });
});
