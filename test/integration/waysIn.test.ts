/** The ways into the demo cloud's hosts, through the services as a window uses them. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Question, TerminalSession } from '../../src/contract/session.ts';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import { startDemoCloud } from '../../src/demo/demoCloud.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { MemorySecretStore } from '../../src/services/base/secret.ts';
import type { Services } from '../../src/services/services.ts';
import { createServices } from '../../src/services/services.ts';
import type { ConnectRequest } from '../../src/services/sessions/liveSession.ts';

const size = { columns: 80, rows: 24 };

let dataDir: string;
let cloud: DemoCloud;
let services: Services;
/** For the demo and the services alike. */
let nowMs: number;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'postern-ways-'));
  nowMs = Date.now();
  const clock = { now: () => nowMs };
  cloud = await startDemoCloud({ seed: randomBytes(32), log: silentLog, clock });
  services = await createServices({ app: 'cli', version: '0.0.0', dataDir, secrets: new MemorySecretStore(), log: silentLog, clock, clouds: [cloud] });
  await services.local.select(['demo'], ['ap-northeast-1']);
  await services.local.allInstances();
});

afterEach(async () => {
  await services.close();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Visit {
  readonly session: TerminalSession;
  readonly questions: readonly Question[];
  readonly output: string;
}

/** Runs a command and follows the session to its end; host keys are trusted. */
async function visit(name: string, request: Partial<ConnectRequest> = {}, answer: (question: Question) => void = () => undefined): Promise<Visit> {
  const questions: Question[] = [];
  const ended = Promise.withResolvers<TerminalSession>();
  const stop = services.onEvent((event) => {
    if (event.name !== 'sessions.changed') return;
    const { state, sessionId } = event.payload;
    if (state.name === 'asking') {
      const { question } = state;
      questions.push(question);
      answer(question);
      if (question.kind === 'host-key') void services.sessions.answer({ sessionId, questionId: question.questionId, reply: { kind: 'host-key', accept: true } });
    }
    if (state.name === 'closed' || state.name === 'failed') ended.resolve(event.payload);
  });
  const { sessionId } = services.local.open({ instanceId: cloud.instance(name).instanceId, size, command: 'echo here; hostname -f 2>/dev/null || true', ...request });
  const output = text(services.sessions.terminal({ sessionId }));
  const session = await ended.promise;
  stop();
  return { session, questions, output: await output };
}

function steps(session: TerminalSession): string[] {
  return session.steps.map(({ step, outcome, detail }) => `${step} ${outcome}: ${detail ?? ''}`);
}

test('a private host is reached through the bastion that was found by itself, each with its own host key', async () => {
  const { session, questions, output } = await visit('web-1', { via: 'jump' });
  expect(session.state).toEqual({ name: 'closed', exit: { exitCode: 0 } });
  expect(output).toMatch(/^here\n/);
  expect(session.route).toEqual({ kind: 'jump', through: [cloud.instance('bastion').instanceId], address: '10.0.10.21', port: 22 });
  expect(questions.map((question) => (question.kind === 'host-key' ? [question.instanceId, question.address] : question.kind))).toEqual([
    [cloud.instance('bastion').instanceId, '203.0.113.10 port 22'],
    [cloud.instance('web-1').instanceId, '10.0.10.21 port 22 through bastion'],
  ]);
  expect(steps(session)).toEqual([
    'choosing-route done: ',
    'opening-transport done: bastion: TCP to 203.0.113.10 port 22',
    'checking-host-key done: SSH handshake with bastion (203.0.113.10 port 22)',
    'authenticating done: bastion: ec2-user with key "demo-key"',
    'opening-transport done: bastion to 10.0.10.21 port 22',
    'checking-host-key done: SSH handshake with web-1 (10.0.10.21 port 22 through bastion)',
    'authenticating done: ec2-user with key "demo-key"',
    'starting-shell done: a command',
  ]);
  // Known by now, each under its own id.
  expect((await visit('web-1', { via: 'jump' })).questions).toEqual([]);
});

test('bastions that are named are taken, in their order', async () => {
  const through = ['bastion', 'web-1'].map((name) => cloud.instance(name).instanceId);
  const { session } = await visit('web-2', { through });
  // web-2 lets in the bastion only.
  expect(session.state).toMatchObject({ name: 'failed', error: { code: 'route.unreachable', message: expect.stringMatching(/^10\.0\.11\.22 port 22 cannot be reached from web-1 \(10\.0\.10\.21 port 22\)/) } });
  const both = await visit('router-1', { through });
  expect(both.session.state).toEqual({ name: 'closed', exit: { exitCode: 0 } });
});

test('a host whose key nobody has is entered with a one-time key of EC2 Instance Connect, pushed when its turn comes', async () => {
  const { session, output } = await visit('db-1', { via: 'jump' });
  expect(session.state).toEqual({ name: 'closed', exit: { exitCode: 0 } });
  expect(output).toMatch(/^here\n/);
  expect(steps(session).filter((step) => step.startsWith('authenticating'))).toEqual(['authenticating done: bastion: ec2-user with key "demo-key"', 'authenticating done: ec2-user with key "EC2 Instance Connect"']);
  expect(cloud.faults.calls.filter(({ action }) => action === 'ec2-instance-connect:SendSSHPublicKey').length).toBe(1);
  expect(privateKeysIn(dataDir)).toEqual([]);
});

test('more than a minute between the first question and the sign-in does no harm: each sign-in pushes a key of its own', async () => {
  const { session } = await visit('db-1', { via: 'jump' }, () => (nowMs += 65_000));
  expect(session.state).toEqual({ name: 'closed', exit: { exitCode: 0 } });
  nowMs += 61_000;
  expect((await visit('db-1', { via: 'jump' })).session.state).toEqual({ name: 'closed', exit: { exitCode: 0 } });
  expect(cloud.faults.calls.filter(({ action }) => action === 'ec2-instance-connect:SendSSHPublicKey').length).toBe(2);
});

test('where EC2 Instance Connect is not allowed, the step says so and the other keys are tried', async () => {
  cloud.faults.deniedActions = ['ec2-instance-connect:SendSSHPublicKey'];
  const { session } = await visit('db-1', { via: 'jump' });
  expect(session.state).toMatchObject({ name: 'failed', error: { code: 'ssh.auth-exhausted', message: expect.stringMatching(/does not let ec2-user in: tried key "demo-key"; it allows publickey\. ec2-instance-connect:SendSSHPublicKey is not allowed for profile demo in ap-northeast-1\./) } });
  expect(steps(session)).toContain('authenticating failed: ec2-instance-connect:SendSSHPublicKey is not allowed for profile demo in ap-northeast-1.');
});

function privateKeysIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path, 'utf8').includes('PRIVATE KEY'));
}
