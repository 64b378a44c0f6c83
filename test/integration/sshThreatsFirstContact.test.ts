/** Rows 2 and 4 of threats.md at first contact, through the services as a window uses them: who answers, and who vouches for it. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Answer, Question, TerminalSession } from '../../src/contract/session.ts';
import type { Settings } from '../../src/contract/settings.ts';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import { startDemoCloud } from '../../src/demo/demoCloud.ts';
import { networkDialer } from '../../src/services/base/dialer.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { MemorySecretStore } from '../../src/services/base/secret.ts';
import type { Services } from '../../src/services/services.ts';
import { createServices } from '../../src/services/services.ts';
import { hostKeyFingerprint } from '../../src/services/ssh/hostKeys.ts';
import type { Sshd } from './sshd.ts';
import { startSshd } from './sshd.ts';

const BASTION_ADDRESS = '203.0.113.10';
const WEB_3_ADDRESS = '203.0.113.33';

let cloud: DemoCloud;
/** In the middle: a real OpenSSH server with a key of its own. */
let rogue: Sshd;
let dataDir: string;
let services: Services;
/** Who answers at which address instead of the demo's host. */
const taken = new Map<string, Sshd>();

beforeAll(async () => {
  [cloud, rogue] = await Promise.all([startDemoCloud({ seed: randomBytes(32), log: silentLog, agents: { firstOutputDelayMs: 0, pacing: false } }), startSshd()]);
});

afterAll(() => Promise.all([cloud.close(), rogue.stop()]));

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'postern-first-contact-'));
  services = await openServices();
});

async function openServices(): Promise<Services> {
  // The network is the rogue's: what goes to an address it took reaches it.
  const network = { ...cloud, close: async () => undefined, dialer: { dial(address: string, port: number, signal: AbortSignal) {
    const server = taken.get(address);
    return server === undefined ? cloud.dialer.dial(address, port, signal) : networkDialer.dial('127.0.0.1', server.port, signal);
  } } };
  const opened = await createServices({ app: 'cli', version: '0.0.0', dataDir, secrets: new MemorySecretStore(), log: silentLog, clock: { now: () => Date.now() }, clouds: [network] });
  await opened.local.select(['demo'], ['ap-northeast-1']);
  await opened.local.allInstances();
  return opened;
}

afterEach(async () => {
  taken.clear();
  await services.close();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Visit {
  readonly session: TerminalSession;
  readonly questions: readonly Question[];
}

/** Runs `true` by SSH to the public address. Questions about the host key get these answers in turn. */
async function visit(name: string, ...answers: readonly Extract<Answer['reply'], { kind: 'host-key' }>[]): Promise<Visit> {
  const questions: Question[] = [];
  const ended = Promise.withResolvers<TerminalSession>();
  const stop = services.onEvent((event) => {
    if (event.name !== 'sessions.changed') return;
    const { state, sessionId } = event.payload;
    if (state.name === 'asking' && questions.at(-1)?.questionId !== state.question.questionId) {
      questions.push(state.question);
      const reply = answers[questions.length - 1];
      if (reply === undefined) ended.reject(new Error(`an unexpected question: ${JSON.stringify(state.question)}`));
      else void services.sessions.answer({ sessionId, questionId: state.question.questionId, reply });
    }
    if (state.name === 'closed' || state.name === 'failed') ended.resolve(event.payload);
  });
  services.local.open({ instanceId: cloud.instance(name).instanceId, via: 'direct', size: { columns: 80, rows: 24 }, command: 'true' });
  return { session: await ended.promise.finally(stop), questions };
}

async function allow(firstContactProof: Settings['firstContactProof']): Promise<void> {
  await services.settings.change({ changes: [{ path: ['firstContactProof'], value: firstContactProof }] });
}

function fingerprintOf(name: string): string {
  const [line = ''] = cloud.host(cloud.instance(name)).hostKeyLines();
  return hostKeyFingerprint(Buffer.from(line.split(' ')[1] ?? '', 'base64'));
}

const rogueFingerprint = (): string => hostKeyFingerprint(rogue.hostKeys[0]?.blob ?? Buffer.alloc(0));

/** Once the rogue has seen the end of the connection: it was spoken to, and nobody tried to sign in. */
async function expectNothingSent(connectionsBefore: number): Promise<void> {
  await expect.poll(() => rogue.log().split('Connection closed by 127.0.0.1').length - 1).toBe(connectionsBefore + 1);
  expect(rogue.log()).toContain('SSH2_MSG_KEXINIT sent');
  expect(rogue.log()).not.toMatch(/userauth-request|ssh-userauth|publickey/);
}

const connections = (): number => rogue.log().split('Connection closed by 127.0.0.1').length - 1;

test('threat 2: a man in the middle is refused at first contact, because the console output of the instance tells another key', async () => {
  taken.set(BASTION_ADDRESS, rogue);
  const before = connections();
  const { session, questions } = await visit('bastion');
  const { instanceId } = cloud.instance('bastion');
  expect(session.state).toMatchObject({
    name: 'failed',
    error: {
      code: 'ssh.host-key-contradicted',
      message: `What answers as ${instanceId} shows the ssh-ed25519 key ${rogueFingerprint()}, but its console output tells ssh-ed25519 ${fingerprintOf('bastion')}. Nothing was sent to it.`,
      retryable: false,
    },
  });
  expect(questions).toEqual([]);
  expect(await services.hostKeys.list({})).toEqual([]);
  await expectNothingSent(before);
});

test('threat 2: a man in the middle is refused at first contact, because the host itself tells another key through its agent', async () => {
  await allow('console-and-session-manager');
  taken.set(WEB_3_ADDRESS, rogue);
  const before = connections();
  const { session, questions } = await visit('web-3');
  expect(session.state).toMatchObject({
    name: 'failed',
    error: { code: 'ssh.host-key-contradicted', message: expect.stringContaining(`but the host itself, asked through Session Manager, tells ssh-ed25519 ${fingerprintOf('web-3')}.`) as string },
  });
  expect(questions).toEqual([]);
  expect(await services.hostKeys.list({})).toEqual([]);
  await expectNothingSent(before);
});

test('threat 2: a man in the middle is refused once the person has the host asked from the question', async () => {
  taken.set(WEB_3_ADDRESS, rogue);
  const before = connections();
  const { session, questions } = await visit('web-3', { kind: 'host-key', accept: false, askHost: true });
  expect(questions).toMatchObject([{ fingerprint: rogueFingerprint(), canAskHost: true, unprovenBecause: ['The console output of the instance tells no host key.'] }]);
  expect(session.state).toMatchObject({ name: 'failed', error: { code: 'ssh.host-key-contradicted' } });
  await expectNothingSent(before);
});

test('the key that the console output tells is trusted without a question, and the progress says why', async () => {
  const { session, questions } = await visit('bastion');
  expect(session.state).toMatchObject({ name: 'closed', exit: { exitCode: 0 } });
  expect(questions).toEqual([]);
  expect(session.steps.find(({ step }) => step === 'checking-host-key')).toMatchObject({ outcome: 'done', detail: `${fingerprintOf('bastion')} is bastion: its console output says so` });
  expect(await services.hostKeys.list({})).toMatchObject([{ instanceId: cloud.instance('bastion').instanceId, fingerprint: fingerprintOf('bastion'), confirmedBy: 'console-output', accountId: cloud.estate.accountId }]);

  // The man in the middle who comes later meets the key that is kept.
  await services.close();
  services = await openServices();
  taken.set(BASTION_ADDRESS, rogue);
  const { session: later, questions: none } = await visit('bastion');
  expect(later.state).toMatchObject({ name: 'failed', error: { code: 'ssh.host-key-changed' } });
  expect(none).toEqual([]);
});

test('the key that the host itself tells is trusted without a further question', async () => {
  const { session, questions } = await visit('web-3', { kind: 'host-key', accept: false, askHost: true });
  expect(session.state).toMatchObject({ name: 'closed', exit: { exitCode: 0 } });
  expect(questions).toHaveLength(1);
  expect(session.steps.filter(({ step }) => step === 'checking-host-key').at(-1)).toMatchObject({ outcome: 'done', detail: `${fingerprintOf('web-3')} is web-3: the host says so through Session Manager` });
  expect(await services.hostKeys.list({})).toMatchObject([{ confirmedBy: 'session-manager', fingerprint: fingerprintOf('web-3') }]);
});

test('what is written about a trusted host names no address and no host', async () => {
  await visit('bastion');
  const kept = readFileSync(join(dataDir, 'hostKeys.json'), 'utf8');
  expect(kept).toContain(cloud.instance('bastion').instanceId);
  expect(kept).not.toMatch(/203\.0\.113|10\.0\.0\.10|bastion|\.internal/);
});

test('where the settings allow no proof, the person is asked as ever and told so', async () => {
  await allow('off');
  const { session, questions } = await visit('bastion', { kind: 'host-key', accept: true });
  expect(questions).toMatchObject([{ kind: 'host-key', fingerprint: fingerprintOf('bastion'), unprovenBecause: ['The console output was not read: the settings do not allow it.'], canAskHost: false }]);
  expect(session.state).toMatchObject({ name: 'closed' });
  expect(await services.hostKeys.list({})).toMatchObject([{ confirmedBy: 'person' }]);
});

test('a call that the policy denies is named with its permission in the question', async () => {
  cloud.faults.deniedActions = ['ec2:GetConsoleOutput', 'ssm:StartSession'];
  try {
    await allow('console-and-session-manager');
    const { session, questions } = await visit('web-3', { kind: 'host-key', accept: false });
    expect(questions).toMatchObject([
      {
        unprovenBecause: [
          'The console output could not be read: ec2:GetConsoleOutput is not allowed for profile demo in ap-northeast-1.',
          'The host, asked through Session Manager, could not be read: A session with the document AWS-StartNonInteractiveCommand may not be started: ssm:StartSession is not allowed for profile demo in ap-northeast-1.',
        ],
        canAskHost: false,
      },
    ]);
    expect(session.state).toMatchObject({ name: 'failed', error: { code: 'ssh.host-key-refused' } });
  } finally {
    cloud.faults.deniedActions = [];
  }
});

test('threat 5: a host with weak algorithms alone is refused by its name, and entered where the person allows it for that host, with a mark', async () => {
  const publicKey = cloud.estate.regions[0]?.keyPairs.find(({ keyName }) => keyName === 'demo-key')?.publicKey ?? '';
  const old = await startSshd({ authorizedKeys: [publicKey], hostKeyTypes: ['rsa:3072'], config: ['Ciphers 3des-cbc', 'KexAlgorithms diffie-hellman-group14-sha1', 'MACs hmac-sha1', 'HostKeyAlgorithms ssh-rsa'] });
  taken.set(BASTION_ADDRESS, old);
  try {
    const { instanceId } = cloud.instance('bastion');
    await services.settings.change({ changes: [{ path: ['firstContactProof'], value: 'off' }, { path: ['osUsers'], value: [{ name: 'bas*', osUser: old.osUser }] }] });
    const refused = await visit('bastion');
    expect(refused.session.state).toMatchObject({ name: 'failed', error: { code: 'ssh.weak-algorithms', message: expect.stringContaining('It offers diffie-hellman-group14-sha1;') as string } });
    expect(refused.session.weakAlgorithms).toBeUndefined();

    await services.settings.change({ changes: [{ path: ['weakAlgorithmHosts'], value: [{ scopeKey: 'demo/ap-northeast-1', instanceId }] }] });
    const { session } = await visit('bastion', { kind: 'host-key', accept: true });
    expect(session).toMatchObject({ osUser: old.osUser, state: { name: 'closed', exit: { exitCode: 0 } }, weakAlgorithms: ['diffie-hellman-group14-sha1', 'ssh-rsa', '3des-cbc', 'hmac-sha1'] });

    // Another host is as strict as ever.
    await services.settings.change({ changes: [{ path: ['weakAlgorithmHosts'], value: [{ scopeKey: 'demo/us-east-2', instanceId }] }] });
    await services.close();
    services = await openServices();
    expect((await visit('bastion')).session.state).toMatchObject({ name: 'failed', error: { code: 'ssh.weak-algorithms' } });
  } finally {
    await old.stop();
  }
});

test('the keys of a terminated instance, and of one that its account has no more, are dropped once the list is whole, and not when it was denied', async () => {
  await services.close();
  const key = (instanceId: string, accountId: string) => ({ instanceId, accountId, scopeKey: 'demo/ap-northeast-1', keyType: 'ssh-ed25519', publicKey: 'ssh-ed25519 AAAA', fingerprint: 'SHA256:x', firstSeen: '2026-01-01T00:00:00.000Z', confirmedBy: 'person' });
  const [running, terminated, gone, elsewhere] = [cloud.instance('bastion').instanceId, cloud.instance('web-0').instanceId, 'i-00000000000000001', 'i-00000000000000002'];
  const path = join(dataDir, 'hostKeys.json');
  const { accountId } = cloud.estate;
  writeFileSync(path, JSON.stringify({ version: 1, hostKeys: [key(running, accountId), key(terminated, accountId), key(gone, accountId), key(elsewhere, '999999999999')] }));
  const kept = async (): Promise<string[]> => (await services.hostKeys.list({})).map(({ instanceId }) => instanceId);

  cloud.faults.deniedActions = ['ec2:DescribeInstances'];
  services = await openServices().finally(() => (cloud.faults.deniedActions = []));
  expect(await kept()).toEqual([running, terminated, gone, elsewhere]);
  await services.close();
  services = await openServices();
  await expect.poll(kept).toEqual([running, elsewhere]);
});
