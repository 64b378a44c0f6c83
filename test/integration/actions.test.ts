/** Actions on hosts through the services as a window uses them, with the demo cloud where AWS would be. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ActionHost, ActionKind, ActionRun } from '../../src/contract/action.ts';
import type { HistoryEntry } from '../../src/contract/history.ts';
import { startDemoCloud, type DemoCloud } from '../../src/demo/demoCloud.ts';
import { ADMINISTRATOR_PASSWORD } from '../../src/demo/ec2Actions.ts';
import { systemClock } from '../../src/services/base/clock.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { MemorySecretStore } from '../../src/services/base/secret.ts';
import { createServices, type Services } from '../../src/services/services.ts';

const ACCOUNT = '111122223333';
let dataDir: string;
let cloud: DemoCloud;
let services: Services;
let told: ActionRun[];
let lastId = 0;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'postern-actions-'));
  cloud = await startDemoCloud({ seed: randomBytes(32), log: silentLog });
  cloud.power.transitionMs = 500;
  services = await createServices({ app: 'web', version: '0.0.0', dataDir, secrets: new MemorySecretStore(), log: silentLog, clock: systemClock, clouds: [cloud] });
  told = [];
  services.onEvent((event) => {
    if (event.name === 'actions.changed') told.push(event.payload);
  });
  await services.local.select(['demo'], ['ap-northeast-1']);
  await services.local.allInstances();
});

afterEach(async () => {
  await services.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const idOf = (name: string): string => cloud.instance(name).instanceId;
const callsOf = (action: string): number => cloud.faults.calls.filter((call) => call.action === `ec2:${action}`).length;
const newId = (): string => `action-${(lastId += 1)}-of-test`;

/** Runs it to its end; names are typed for those given. */
async function run(kind: ActionKind, names: readonly string[], typed: readonly string[] = [], actionId = newId()): Promise<ActionRun> {
  const over = new Promise<ActionRun>((resolve) => {
    const stop = services.onEvent((event) => {
      if (event.name !== 'actions.changed' || event.payload.actionId !== actionId || event.payload.endedAt === undefined) return;
      stop();
      resolve(event.payload);
    });
  });
  await services.actions.run({ actionId, kind, instanceIds: names.map(idOf), typedNames: Object.fromEntries(typed.map((name) => [idOf(name), name])) });
  return over;
}

function hostOf(run: ActionRun, name: string): ActionHost {
  const found = run.hosts.find(({ instanceId }) => instanceId === idOf(name));
  if (found === undefined) throw new Error(`the run has no ${name}`);
  return found;
}

/** As told, without repetitions. */
function followed(name: string, fact: (host: ActionHost) => unknown): unknown[] {
  const seen = told.flatMap((one) => one.hosts.filter(({ instanceId }) => instanceId === idOf(name))).map(fact);
  return seen.filter((value, index) => index === 0 || value !== seen[index - 1]);
}

test('a host that stops and starts again is followed through its states, and its automatic address changes while an Elastic one stays', { timeout: 40_000 }, async () => {
  const stopped = await run('stop', ['web-3', 'bastion']);
  expect(stopped.hosts.map(({ phase, state }) => [phase, state])).toEqual([['done', 'stopped'], ['done', 'stopped']]);
  expect(hostOf(stopped, 'web-3')).toMatchObject({ publicIpBefore: '203.0.113.33' });
  expect(hostOf(stopped, 'web-3').publicIp).toBeUndefined();
  expect(hostOf(stopped, 'bastion').publicIp).toBe(hostOf(stopped, 'bastion').publicIpBefore);
  expect(followed('web-3', ({ state }) => state)).toEqual(['running', 'stopping', 'stopped']);

  told = [];
  const started = await run('start', ['web-3', 'bastion']);
  expect(started.hosts.map(({ phase, state }) => [phase, state])).toEqual([['done', 'running'], ['done', 'running']]);
  expect(hostOf(started, 'web-3').publicIp).toMatch(/^198\.51\.100\.\d+$/);
  expect(hostOf(started, 'bastion').publicIp).toBe(hostOf(stopped, 'bastion').publicIpBefore);
  expect(followed('web-3', ({ publicIp }) => publicIp)).toEqual([undefined, hostOf(started, 'web-3').publicIp]);
  expect([callsOf('StopInstances'), callsOf('StartInstances')]).toEqual([2, 2]);
});

test('a throttled, a denied and a dependency-failing call are told host by host, and nothing is done twice', { timeout: 40_000 }, async () => {
  cloud.faults.failures = [{ action: 'ec2:RebootInstances', code: 'RequestLimitExceeded', status: 503, times: 2 }];
  const throttled = await run('reboot', ['web-1']);
  expect(hostOf(throttled, 'web-1')).toMatchObject({ phase: 'done', attempts: 3 });
  expect(followed('web-1', ({ phase }) => phase)).toEqual(['waiting', 'asking', 'retrying', 'asking', 'retrying', 'asking', 'done']);
  expect(cloud.faults.calls.filter(({ action, outcome }) => action === 'ec2:RebootInstances' && outcome === 'ok').length).toBe(1);

  cloud.faults.deniedActions = ['ec2:StopInstances'];
  const denied = await run('stop', ['web-2']);
  expect(hostOf(denied, 'web-2')).toMatchObject({ phase: 'failed', attempts: 1, state: 'running', error: { code: 'aws.access-denied', message: 'ec2:StopInstances is not allowed for profile demo in ap-northeast-1.' } });
  cloud.faults.deniedActions = [];

  // AWS takes it, and the volume it needs is not there.
  const message = 'Client.InvalidVolume.NotFound: The volume of /dev/xvda is attached to another instance';
  cloud.power.failingStarts.set(idOf('report-1'), { code: 'Client.InvalidVolume.NotFound', message });
  cloud.faults.failures = [{ action: 'ec2:StopInstances', code: 'DependencyViolation', status: 400, message: 'The instance is used by another resource.' }];
  const [start, stop] = await Promise.all([run('start', ['report-1']), run('stop', ['web-2'])]);
  expect(hostOf(start, 'report-1')).toMatchObject({ phase: 'failed', state: 'stopped', error: { code: 'action.refused', message: `report-1 was taken for start, and is stopped: ${message}.` } });
  expect(hostOf(stop, 'web-2')).toMatchObject({ phase: 'failed', attempts: 1, error: { code: 'action.refused', message: `AWS refuses ec2:StopInstances for ${idOf('web-2')}: The instance is used by another resource. (DependencyViolation)` } });
  expect([callsOf('RebootInstances'), callsOf('StopInstances'), callsOf('StartInstances')]).toEqual([3, 2, 1]);
});

test('a call that got no clear answer is not sent again, and says that it is not known whether it was done', async () => {
  cloud.faults.failures = [{ action: 'ec2:RebootInstances', code: 'InternalError', status: 500, message: 'An internal error has occurred' }];
  const failed = await run('reboot', ['web-1']);
  expect(hostOf(failed, 'web-1').error?.message).toBe(`AWS refuses ec2:RebootInstances for ${idOf('web-1')}: An internal error has occurred (InternalError) Whether AWS did it is not known; it was not asked again.`);
  expect(callsOf('RebootInstances')).toBe(1);
});

test('the same run asked for twice is done once, and a host that is being asked is not asked for something else', { timeout: 20_000 }, async () => {
  const actionId = newId();
  const first = run('stop', ['web-3'], [], actionId);
  const again = await services.actions.run({ actionId, kind: 'stop', instanceIds: [idOf('web-3')], typedNames: {} });
  expect(again.actionId).toBe(actionId);
  const other = await run('reboot', ['web-3']);
  expect(hostOf(other, 'web-3')).toMatchObject({ phase: 'failed', attempts: 0, error: { message: 'web-3 is being asked to stop already.' } });
  expect(hostOf(await first, 'web-3').phase).toBe('done');
  expect([callsOf('StopInstances'), callsOf('RebootInstances')]).toEqual([1, 0]);
});

test('nothing is terminated without its typed name, nor while it is protected, whatever the window asks', { timeout: 20_000 }, async () => {
  const untyped = services.actions.run({ actionId: newId(), kind: 'terminate', instanceIds: [idOf('web-2'), idOf('web-3')], typedNames: { [idOf('web-2')]: 'web-2', [idOf('web-3')]: 'web-2' } });
  await expect(untyped).rejects.toMatchObject({ code: 'action.not-confirmed', message: 'To terminate web-3, its name must be typed. Nothing was done.' });
  const refused = await run('terminate', ['db-1'], ['db-1']);
  expect(hostOf(refused, 'db-1')).toMatchObject({ phase: 'failed', error: { code: 'action.protected', message: 'db-1 is protected against termination. Nothing was done.' } });
  expect(callsOf('TerminateInstances')).toBe(0);

  expect(await services.actions.protect({ instanceId: idOf('db-1'), which: 'termination', on: false })).toEqual({ known: true, value: { termination: false, stop: false } });
  const done = await run('terminate', ['db-1'], ['db-1']);
  expect(hostOf(done, 'db-1')).toMatchObject({ phase: 'done', state: 'terminated' });
  expect(callsOf('TerminateInstances')).toBe(1);
});

test('in a production account every action but a start needs the typed name', async () => {
  await services.settings.change({ changes: [{ path: ['accounts', cloud.estate.accountId], value: { production: true } }] });
  const reboot = services.actions.run({ actionId: newId(), kind: 'reboot', instanceIds: [idOf('web-1')], typedNames: {} });
  await expect(reboot).rejects.toMatchObject({ code: 'action.not-confirmed' });
  expect(callsOf('RebootInstances')).toBe(0);
  expect(hostOf(await run('reboot', ['web-1'], ['web-1']), 'web-1').phase).toBe('done');
  const [costs] = await services.actions.costs({ kind: 'start', instanceIds: [idOf('report-1')] });
  expect(costs).toMatchObject({ production: true, state: 'stopped' });
  expect(costs?.typedName).toBeUndefined();
});

test('what it costs is said before: addresses, groups, protection, hibernation, open sessions, volumes', async () => {
  const costs = await services.actions.costs({ kind: 'stop', instanceIds: ['web-1', 'web-3', 'bastion', 'vault'].map(idOf) });
  expect(costs.map(({ instanceName, publicAddresses, autoScalingGroup, impossible, openSessions }) => ({ instanceName, publicAddresses, autoScalingGroup, impossible, openSessions }))).toEqual([
    { instanceName: 'web-1', publicAddresses: [], autoScalingGroup: 'web', impossible: undefined, openSessions: 0 },
    { instanceName: 'web-3', publicAddresses: [{ publicIp: '203.0.113.33', elastic: false }], autoScalingGroup: undefined, impossible: undefined, openSessions: 0 },
    { instanceName: 'bastion', publicAddresses: [{ publicIp: '203.0.113.10', elastic: true }], autoScalingGroup: undefined, impossible: undefined, openSessions: 0 },
    { instanceName: 'vault', publicAddresses: [], autoScalingGroup: undefined, impossible: 'Its stop protection is on.', openSessions: 0 },
  ]);
  expect(costs[0]?.deletedVolumes).toEqual({ known: true, value: [cloud.instance('web-1').rootVolumeId] });
  const [batch, web] = await services.actions.costs({ kind: 'hibernate', instanceIds: [idOf('batch-1'), idOf('web-1')] });
  expect([batch?.impossible, web?.impossible]).toEqual([undefined, 'It was launched without hibernation.']);

  cloud.faults.deniedActions = ['ec2:DescribeInstanceAttribute'];
  const [unread] = await services.actions.costs({ kind: 'stop', instanceIds: [idOf('vault')] });
  expect(unread).toMatchObject({ protection: { known: false, denied: true, permission: 'ec2:DescribeInstanceAttribute' } });
  expect(unread?.impossible).toBeUndefined();
});

test('every session and action is in the history with who, account, route, session id and end, in a file of mode 0600', { timeout: 30_000 }, async () => {
  const ended = new Promise<void>((resolve) => {
    services.onEvent((event) => {
      if (event.name === 'sessions.changed' && event.payload.state.name === 'closed') resolve();
    });
  });
  services.local.open({ instanceId: idOf('web-1'), via: 'session-manager', size: { columns: 80, rows: 24 }, command: 'exit 3' });
  await ended;
  await run('reboot', ['web-2']);
  cloud.faults.deniedActions = ['ec2:StopInstances'];
  await run('stop', ['web-2']);
  const arn = `arn:aws:iam::${cloud.estate.accountId}:user/${cloud.estate.userName}`;
  const entries = await services.history.list({ text: '', limit: 10 });
  expect(entries.map(({ kind, hostName, accountId, callerArn, profile, region, route, outcome, reason }) => ({ kind, hostName, accountId, callerArn, profile, region, route, outcome, reason }))).toEqual([
    { kind: 'stop', hostName: 'web-2', accountId: ACCOUNT, callerArn: arn, profile: 'demo', region: 'ap-northeast-1', route: undefined, outcome: 'failed', reason: 'ec2:StopInstances is not allowed for profile demo in ap-northeast-1.' },
    { kind: 'reboot', hostName: 'web-2', accountId: ACCOUNT, callerArn: arn, profile: 'demo', region: 'ap-northeast-1', route: undefined, outcome: 'ok', reason: undefined },
    { kind: 'command', hostName: 'web-1', accountId: ACCOUNT, callerArn: arn, profile: 'demo', region: 'ap-northeast-1', route: 'session-manager', outcome: 'ok', reason: 'Exit status 3.' },
  ]);
  expect(entries[2]?.awsSessionIds).toEqual(cloud.messages.sessions().map(({ sessionId }) => sessionId));
  expect(entries.every(({ startedAt, endedAt }) => endedAt !== undefined && endedAt >= startedAt)).toBe(true);
  expect((await services.history.list({ text: 'web-2 failed', limit: 10 })).map(({ kind }) => kind)).toEqual(['stop']);
  expect(JSON.stringify(entries)).not.toContain('exit 3');
  expect(statSync(join(dataDir, 'history.sqlite')).mode & 0o777).toBe(0o600);
});

test('a key pair is made in the keychain, its public half alone goes to EC2, and it opens what was encrypted for it', { timeout: 30_000 }, async () => {
  const scope = { profile: 'demo', region: 'ap-northeast-1' };
  // The demo's Windows was launched with this name; its private half is lost.
  await expect(services.windows.password({ instanceId: idOf('desktop-1') })).rejects.toMatchObject({ code: 'key.not-found', message: 'The private half of the key pair "ops-2023" is not in Postern.' });
  expect((await services.ec2Keys.use({ scope, keyName: 'ops-2023' })).instances.map(({ instanceName }) => instanceName)).toContain('desktop-1');
  expect((await services.ec2Keys.use({ scope, keyName: 'demo-key' })).launchTemplates).toEqual({ known: true, value: [{ launchTemplateId: 'lt-0d1e2f3a4b5c6d7e8', launchTemplateName: 'web', version: 3 }] });
  await expect(services.ec2Keys.delete({ scope, keyName: 'ops-2023', typedName: 'ops' })).rejects.toMatchObject({ code: 'action.not-confirmed' });
  await services.ec2Keys.delete({ scope, keyName: 'ops-2023', typedName: 'ops-2023' });
  expect(callsOf('DeleteKeyPair')).toBe(1);

  const key = await services.ec2Keys.create({ scope, keyName: 'ops-2023', keyType: 'rsa' });
  expect(callsOf('CreateKeyPair')).toBe(0);
  expect(cloud.estate.regions[0]?.keyPairs.find(({ keyName }) => keyName === 'ops-2023')?.publicKey).toBe(key.publicKey);
  await expect.poll(async () => (await services.keys.list({})).find(({ keyName }) => keyName === 'ops-2023')?.ec2KeyPairs, { timeout: 10_000 }).toEqual([{ keyName: 'ops-2023', scopeKey: 'demo/ap-northeast-1' }]);

  expect(await services.windows.password({ instanceId: idOf('desktop-1') })).toEqual({ kind: 'password', userName: 'Administrator', password: ADMINISTRATOR_PASSWORD });
  const other = await services.keys.generate({ keyName: 'other', keyType: 'rsa' });
  await expect(services.windows.password({ instanceId: idOf('desktop-1'), keyPairId: other.keyPairId })).rejects.toMatchObject({ code: 'key.unreadable', message: 'The password was not encrypted for "other".' });
  await services.ec2Keys.import({ scope, keyName: 'other', keyPairId: other.keyPairId });
  await expect(services.ec2Keys.import({ scope, keyName: 'other', keyPairId: other.keyPairId })).rejects.toMatchObject({ code: 'key.name-taken' });

  const entries: HistoryEntry[] = await services.history.list({ text: '', limit: 20 });
  expect(entries.map(({ kind, subject, outcome }) => [kind, subject, outcome]).reverse()).toEqual([
    ['password', undefined, 'failed'],
    ['key-deleted', 'ops-2023', 'ok'],
    ['key-created', 'ops-2023', 'ok'],
    ['password', undefined, 'ok'],
    ['password', undefined, 'failed'],
    ['key-imported', 'other', 'ok'],
    ['key-imported', 'other', 'failed'],
  ]);
  expect(JSON.stringify(entries)).not.toContain(ADMINISTRATOR_PASSWORD);
});
