/** What ends sessions by itself, and lines that drop below SSH, as a window is told of them: services and the demo cloud. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Forward } from '../../src/contract/forward.ts';
import type { TerminalSession } from '../../src/contract/session.ts';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import { startDemoCloud } from '../../src/demo/demoCloud.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { MemorySecretStore } from '../../src/services/base/secret.ts';
import type { Services } from '../../src/services/services.ts';
import { createServices } from '../../src/services/services.ts';
import { startCutProxy } from './cutProxy.ts';

const size = { columns: 80, rows: 24 };
const NOTICE = 'This instance is being watched.\r\nBe kind to it.';

let dataDir: string;
let cloud: DemoCloud;
let services: Services;
let nowMs: number;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'postern-limits-'));
  nowMs = Date.now();
  const clock = { now: () => nowMs };
  cloud = await startDemoCloud({ seed: randomBytes(32), log: silentLog, clock, agents: { firstOutputDelayMs: 0, pacing: false, notice: NOTICE } });
  services = await createServices({ app: 'cli', version: '0.0.0', dataDir, secrets: new MemorySecretStore(), log: silentLog, clock, clouds: [cloud] });
  await services.local.select(['demo'], ['ap-northeast-1']);
  await services.local.allInstances();
});

afterEach(async () => {
  await services.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Every session and forward as it was told, and the first told for which something holds. Host keys are trusted. */
function watch(): { readonly session: (holds: (session: TerminalSession) => boolean) => Promise<TerminalSession>; readonly forward: (holds: (forward: Forward) => boolean) => Promise<Forward> } {
  const sessions: TerminalSession[] = [];
  const forwards: Forward[] = [];
  const looks = new Set<() => void>();
  services.onEvent((event) => {
    if (event.name === 'sessions.changed') {
      const { state, sessionId } = event.payload;
      if (state.name === 'asking' && state.question.kind === 'host-key') void services.sessions.answer({ sessionId, questionId: state.question.questionId, reply: { kind: 'host-key', accept: true } });
      sessions.push(event.payload);
    }
    if (event.name === 'forwards.changed') forwards.push(event.payload);
    for (const look of looks) look();
  });
  const first = <T>(told: readonly T[], holds: (one: T) => boolean): Promise<T> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = told.find(holds);
        if (found === undefined) return;
        looks.delete(look);
        resolve(found);
      };
      looks.add(look);
      look();
    });
  return { session: (holds) => first(sessions, holds), forward: (holds) => first(forwards, holds) };
}

const at = (milliseconds: number): string => new Date(milliseconds).toISOString();
const MINUTE_MS = 60_000;

test('a Session Manager shell has the limits of its account, and typing moves the idle limit', async () => {
  cloud.settings.sessionPreferences = { idleSessionTimeoutMinutes: 15, maxSessionDurationMinutes: 60, runAsDefaultUser: 'ec2-user', shellProfile: { linux: 'cd /' } };
  const startedMs = nowMs;
  const told = watch();
  const { instanceId } = cloud.instance('web-1');
  const { sessionId } = services.local.open({ instanceId, size, via: 'session-manager' });
  const limited = await told.session(({ limits }) => limits !== undefined);
  expect(limited.limits).toEqual({ idleEndsAt: at(startedMs + 15 * MINUTE_MS), endsAt: at(startedMs + 60 * MINUTE_MS) });
  await told.session(({ state }) => state.name === 'connected');
  nowMs += 90_000;
  services.sessions.terminal({ sessionId }).write('a');
  const moved = await told.session(({ limits }) => limits?.idleEndsAt === at(startedMs + 90_000 + 15 * MINUTE_MS));
  expect(moved.limits?.endsAt).toBe(at(startedMs + 60 * MINUTE_MS));
  expect(await services.sessionManager.preferences({ instanceId })).toEqual({ documentName: 'SSM-SessionManagerRunShell', idleMinutes: 15, maxMinutes: 60, runAsUser: 'ec2-user', shellProfile: { linux: 'cd /' }, recordedTo: [] });
  services.local.cancel(sessionId);
  expect((await told.session(({ state }) => state.name === 'closed')).limits).toBe(undefined);
});

test('an account without preferences has the defaults of AWS', async () => {
  const told = watch();
  services.local.open({ instanceId: cloud.instance('web-1').instanceId, size, via: 'session-manager' });
  expect((await told.session(({ limits }) => limits !== undefined)).limits).toEqual({ idleEndsAt: at(nowMs + 20 * MINUTE_MS) });
});

test('where GetDocument is denied a shell works without limits, and the permission is named', async () => {
  cloud.settings.sessionPreferences = { idleSessionTimeoutMinutes: 15 };
  cloud.faults.deniedActions = ['ssm:GetDocument'];
  const told = watch();
  const { instanceId } = cloud.instance('web-1');
  const { sessionId } = services.local.open({ instanceId, size, via: 'session-manager' });
  const connected = await told.session(({ state }) => state.name === 'connected');
  services.sessions.terminal({ sessionId }).write('a');
  expect(connected.limits).toBe(undefined);
  await expect(services.sessionManager.preferences({ instanceId })).rejects.toMatchObject({ code: 'aws.access-denied', message: 'ssm:GetDocument is not allowed for profile demo in ap-northeast-1.', remedy: expect.stringContaining('Allow ssm:GetDocument') });
  expect(cloud.faults.calls.filter(({ action }) => action === 'ssm:GetDocument').map(({ outcome }) => outcome)).toEqual(['AccessDeniedException', 'AccessDeniedException']);
});

test('SSH over Session Manager shows that its line is being resumed, for every tab that shares it, and how long it may last', async () => {
  cloud.settings.sessionPreferences = { idleSessionTimeoutMinutes: 15, maxSessionDurationMinutes: 60 };
  const told = watch();
  const { instanceId } = cloud.instance('web-1');
  const ids = [];
  for (let tab = 0; tab < 2; tab += 1) {
    const { sessionId } = services.local.open({ instanceId, size, via: 'ssm' });
    ids.push(sessionId);
    const connected = await told.session((session) => session.sessionId === sessionId && session.state.name === 'connected');
    expect(connected.limits).toEqual({ endsAt: at(nowMs + 60 * MINUTE_MS) });
  }
  cloud.messages.cutClient(cloud.messages.sessions()[0]?.sessionId ?? '');
  for (const sessionId of ids) {
    const resuming = await told.session((session) => session.sessionId === sessionId && session.state.name === 'resuming');
    expect(resuming.state).toEqual({ name: 'resuming', since: at(nowMs), reason: 'The connection to Session Manager was lost (code 1006).' });
  }
  // The same shells, and not new ones; above them what the agent had to say.
  for (const sessionId of ids) {
    const stream = services.sessions.terminal({ sessionId });
    stream.write('echo back-$((1+1))\r');
    let shown = '';
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      shown += String(chunk);
      if (shown.includes('back-2')) break;
    }
    expect(shown).toMatch(/^This instance is being watched\.\r+\nBe kind to it\.\r\n/);
  }
  expect(services.local.session(ids[0] ?? '')?.state).toEqual({ name: 'connected' });
  expect(cloud.messages.sessions().length).toBe(1);
});

test('a way through a bastion that Session Manager leads to tells what its agent has to say, and that its line is being resumed', async () => {
  cloud.settings.sessionPreferences = { maxSessionDurationMinutes: 60 };
  const told = watch();
  const { sessionId } = services.local.open({ instanceId: cloud.instance('router-1').instanceId, size, through: [cloud.instance('web-1').instanceId] });
  const connected = await told.session(({ state }) => state.name === 'connected');
  expect([connected.route?.kind, connected.limits]).toEqual(['jump', { endsAt: at(nowMs + 60 * MINUTE_MS) }]);
  cloud.messages.cutClient(cloud.messages.sessions()[0]?.sessionId ?? '');
  expect((await told.session(({ state }) => state.name === 'resuming')).state).toEqual({ name: 'resuming', since: at(nowMs), reason: 'The connection to Session Manager was lost (code 1006).' });
  const stream = services.sessions.terminal({ sessionId });
  stream.write('echo back-$((1+1))\r');
  let shown = '';
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    shown += String(chunk);
    if (shown.includes('back-2')) break;
  }
  expect(shown).toMatch(/^This instance is being watched\.\r+\nBe kind to it\.\r\n/);
  expect(services.local.session(sessionId)?.state).toEqual({ name: 'connected' });
});

test('after a sleep SSH over Session Manager waits for its line, which is found dead and resumed: the same shell goes on', { timeout: 60_000 }, async () => {
  const { openSession } = cloud.messages;
  const line = await startCutProxy(0);
  Object.assign(cloud.messages, {
    openSession(...request: Parameters<typeof openSession>) {
      const ticket = openSession(...request);
      const url = new URL(ticket.streamUrl);
      line.leadTo(Number(url.port));
      return { ...ticket, streamUrl: ticket.streamUrl.replace(url.host, `127.0.0.1:${line.port}`) };
    },
  });
  const told = watch();
  const { sessionId } = await services.sessions.open({ instanceId: cloud.instance('web-1').instanceId, size, via: 'ssm' });
  await told.session(({ state }) => state.name === 'connected');
  const stream = services.sessions.terminal({ sessionId });
  const shown = async (text: string): Promise<void> => {
    let all = '';
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      all += String(chunk);
      if (all.includes(text)) return;
    }
    throw new Error(`the stream ended without ${text}: ${all}`);
  };
  stream.write('kept=$((40+2)); echo set-$kept\r');
  await shown('set-42');
  // The network forgot the connection while the machine slept, and nobody was told.
  line.freeze();
  await services.sessions.wake({});
  const resuming = await told.session(({ state }) => state.name === 'resuming');
  expect(resuming.state).toEqual({ name: 'resuming', since: at(nowMs), reason: 'The connection to Session Manager was lost (code 1006).' });
  stream.write('echo still-$kept\r');
  await shown('still-42');
  expect(services.local.session(sessionId)?.state).toEqual({ name: 'connected' });
  expect(cloud.messages.sessions().length).toBe(1);
  await line.close();
});

test('a tunnel of an endpoint ends an hour after it was opened', async () => {
  const told = watch();
  const openedMs = nowMs;
  services.local.open({ instanceId: cloud.instance('web-1').instanceId, size, via: 'eice' });
  const connected = await told.session(({ state }) => state.name === 'connected' || state.name === 'failed');
  expect(connected.state).toEqual({ name: 'connected' });
  expect(connected.limits).toEqual({ endsAt: at(openedMs + 60 * MINUTE_MS) });
});

test('a forward tells what the agent has to say, and when its sessions end', async () => {
  cloud.settings.sessionPreferences = { maxSessionDurationMinutes: 30 };
  const told = watch();
  await services.forwards.open({ instanceId: cloud.instance('web-1').instanceId, local: { kind: 'tcp', address: '127.0.0.1', port: 0 }, remotePort: 80, sessions: 2 });
  const forward = await told.forward(({ state, message, endsAt }) => state === 'listening' && message !== undefined && endsAt !== undefined);
  expect(forward).toMatchObject({ message: NOTICE, endsAt: at(nowMs + 30 * MINUTE_MS) });
});

test('what only EC2 can tell or do of a machine is refused for a managed node, without asking EC2', async () => {
  const { instanceId } = cloud.managedNode('office-files');
  const before = cloud.faults.calls.length;
  for (const asked of [services.instances.details({ instanceId }), services.console.output({ instanceId }), services.network.reach({ instanceId, refresh: false })]) {
    await expect(asked).rejects.toMatchObject({ code: 'instance.not-found', message: 'office-files is no EC2 instance: EC2 knows nothing of it, and can do nothing with it.' });
  }
  expect(cloud.faults.calls.slice(before)).toEqual([]);
  expect((await services.routes.plan({ instanceId })).map(({ route, usable }) => [route.kind, usable])).toEqual([
    ['session-manager', 'yes'],
    ['ssm', 'yes'],
  ]);
});
