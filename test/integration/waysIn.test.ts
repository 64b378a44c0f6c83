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
import type { ConnectRequest } from '../../src/services/sessions/connectRequest.ts';

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
  // The questions are looked at here; sshThreatsFirstContact.test.ts has what makes them needless.
  await services.settings.change({ changes: [{ path: ['firstContactProof'], value: 'off' }] });
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
  // A second visit is to sign in anew.
  await services.settings.change({ changes: [{ path: ['ssh', 'shareConnections'], value: false }] });
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

test('through the endpoint of the VPC, with its limit in the step', async () => {
  const { session } = await visit('legacy-1', { via: 'eice' });
  expect(session.state).toEqual({ name: 'closed', exit: { exitCode: 0 } });
  expect(steps(session)[1]).toMatch(/^opening-transport done: tunnel of eice-\w+ to 10\.0\.11\.80 port 22, for an hour at most$/);
});

test('the plan of a host nobody reaches from outside names the endpoint, the bastion and their rules', async () => {
  const plans = await services.routes.plan({ instanceId: cloud.instance('legacy-1').instanceId });
  expect(plans.map(({ route, usable }) => `${route.kind} ${usable}`)).toEqual(['eice yes', 'jump unknown', 'jump unknown', 'session-manager no', 'direct no', 'ssm no', 'serial no']);
  expect(plans[0]?.reason).toMatch(/^Through the endpoint eice-\w+: sg-\w+ lets members of sg-\w+ in on port 22\. A tunnel lasts an hour at most\.$/);
  expect(plans[1]?.reason).toMatch(/^Through bastion \(i-\w+\): sg-\w+ lets members of sg-\w+ in on port 22\. SSH to the Elastic IP 203\.0\.113\.10: /);
});

test('with no way chosen, one that fails gives way to the next, each is shown, and what worked is tried first the next time', async () => {
  cloud.faults.deniedActions = ['ec2-instance-connect:OpenTunnel'];
  const first = await visit('legacy-1');
  expect(first.session.state).toEqual({ name: 'closed', exit: { exitCode: 0 } });
  expect(first.session.route).toMatchObject({ kind: 'jump' });
  expect(steps(first.session).slice(0, 4)).toEqual([
    'choosing-route done: ',
    expect.stringMatching(/^opening-transport failed: The endpoint eice-\w+ refuses a tunnel to 10\.0\.11\.80 port 22: User: arn:aws:iam::111122223333:user\/demo is not authorized/),
    'choosing-route done: next: SSH through bastion to 10.0.11.80',
    'opening-transport done: bastion: TCP to 203.0.113.10 port 22',
  ]);
  cloud.faults.deniedActions = [];
  const second = await visit('legacy-1');
  // The same way, and so over the connection that is still there.
  expect(steps(second.session).slice(0, 2)).toEqual(['choosing-route done: ', 'opening-transport done: shares the connection of ec2-user@legacy-1 (SSH through bastion to 10.0.11.80)']);
  expect(JSON.parse(readFileSync(join(dataDir, 'routes.json'), 'utf8'))).toMatchObject({ routes: [{ scopeKey: 'demo/ap-northeast-1', instanceId: cloud.instance('legacy-1').instanceId, route: { kind: 'jump' } }] });
});

test('when every way fails, each is listed with its reason', async () => {
  cloud.faults.deniedActions = ['ssm:StartSession', 'ec2-instance-connect:OpenTunnel'];
  const { session } = await visit('batch-1');
  expect(session.state).toMatchObject({ name: 'failed', error: { code: 'route.none-usable' } });
  const lines = session.state.name === 'failed' ? session.state.error.message.split('\n') : [];
  expect(lines).toEqual([
    expect.stringMatching(/^None of the 2 ways into i-\w+ worked\.$/),
    expect.stringMatching(/^Session Manager: .*ssm:StartSession is not allowed for profile demo in ap-northeast-1\.$/),
    expect.stringMatching(/^SSH over Session Manager: .*ssm:StartSession is not allowed for profile demo in ap-northeast-1\.$/),
  ]);
});

test('a host key that is refused is the end: no other way is tried', async () => {
  const seen: Question[] = [];
  const { instanceId } = cloud.instance('legacy-1');
  const failed = new Promise<TerminalSession>((resolve) => {
    services.onEvent((event) => {
      if (event.name !== 'sessions.changed') return;
      const { state, sessionId } = event.payload;
      if (state.name === 'asking' && !seen.some(({ questionId }) => questionId === state.question.questionId)) {
        seen.push(state.question);
        void services.sessions.answer({ sessionId, questionId: state.question.questionId, reply: { kind: 'host-key', accept: false } });
      }
      if (state.name === 'failed') resolve(event.payload);
    });
  });
  services.local.open({ instanceId, size });
  const session = await failed;
  expect(session.state).toMatchObject({ name: 'failed', error: { code: 'ssh.host-key-refused' } });
  expect(seen.length).toBe(1);
  expect(steps(session).filter((step) => step.startsWith('choosing-route'))).toEqual(['choosing-route done: ']);
});

/** The serial console has no end of its own: what `act` types ends it. */
function openConsole(name: string): { readonly state: (...wanted: string[]) => Promise<TerminalSession>; readonly sessionId: string; readonly asked: () => number } {
  let asked = 0;
  let last: TerminalSession | undefined;
  const looks = new Set<() => void>();
  services.onEvent((event) => {
    if (event.name !== 'sessions.changed' || event.payload.instanceId !== cloud.instance(name).instanceId) return;
    if (event.payload.state.name === 'asking') asked += 1;
    last = event.payload;
    for (const look of looks) look();
  });
  const { sessionId } = services.local.open({ instanceId: cloud.instance(name).instanceId, size, via: 'serial' });
  const state = (...wanted: string[]): Promise<TerminalSession> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (last === undefined || !wanted.includes(last.state.name)) return;
        looks.delete(look);
        resolve(last);
      };
      looks.add(look);
      look();
    });
  return { state, sessionId, asked: () => asked };
}

test('the serial console opens with its published key and a one-time key, and asks nobody', async () => {
  const { state, sessionId, asked } = openConsole('batch-1');
  const session = await state('connected', 'failed');
  expect(session.state.name).toBe('connected');
  expect(steps(session)).toEqual([
    'choosing-route done: ',
    'opening-transport done: TCP to serial-console.ec2-instance-connect.ap-northeast-1.aws port 22',
    'checking-host-key done: SSH handshake with the serial console of batch-1',
    `authenticating done: ${cloud.instance('batch-1').instanceId}.port0 with key "EC2 Instance Connect"`,
    'starting-shell done: one session at a time, for an hour at most; press Enter for a prompt',
  ]);
  const stream = services.sessions.terminal({ sessionId });
  stream.write('echo "on the $((1 + 1))nd line"\r');
  let shown = '';
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    shown += String(chunk);
    if (shown.includes('on the 2nd line')) break;
  }
  const second = openConsole('batch-1');
  expect((await second.state('failed')).state).toMatchObject({ name: 'failed', error: { code: 'eic.serial-busy', message: expect.stringContaining('there is one session at a time') } });
  expect(asked()).toBe(0);
});

test('a serial console that is switched off, or that the type does not have, says so', async () => {
  cloud.serialConsoleSwitch.enabled = false;
  expect((await openConsole('batch-1').state('failed')).state).toMatchObject({ error: { code: 'eic.serial-disabled', remedy: 'Let an administrator allow it: aws ec2 enable-serial-console-access.' } });
  cloud.serialConsoleSwitch.enabled = true;
  expect((await openConsole('legacy-1').state('failed')).state).toMatchObject({ error: { code: 'eic.serial-unsupported' } });
});

test('a serial console with another key than the published one gets no credential', async () => {
  await services.close();
  cloud = await startDemoCloud({ seed: randomBytes(32), log: silentLog });
  const other = `SHA256:${'A'.repeat(43)}`;
  const cheated = { ...cloud, serialConsole: (region: string) => ({ ...cloud.serialConsole(region), hostKeyFingerprint: other }) };
  services = await createServices({ app: 'cli', version: '0.0.0', dataDir, secrets: new MemorySecretStore(), log: silentLog, clock: { now: () => Date.now() }, clouds: [cheated] });
  await services.local.select(['demo'], ['ap-northeast-1']);
  await services.local.allInstances();
  expect((await openConsole('batch-1').state('failed')).state).toMatchObject({ error: { code: 'ssh.host-key-changed', message: expect.stringContaining(`${other} is the one that is published. Nothing was sent to it.`) } });
  expect(cloud.faults.calls.some(({ action }) => action === 'ec2-instance-connect:SendSerialConsoleSSHPublicKey')).toBe(false);
});

function privateKeysIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path, 'utf8').includes('PRIVATE KEY'));
}
