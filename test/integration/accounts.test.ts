/** Accounts against the demo's STS, Identity Center and OIDC endpoints, over HTTP, with the SDK and with Debian's AWS CLI. */
import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AccountPrompt } from '../../src/contract/account.ts';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import { startDemoCloud } from '../../src/demo/demoCloud.ts';
import { createAccounts, type AccountServices, type WatchedCloud } from '../../src/services/accounts.ts';
import { createAddedAccounts } from '../../src/services/addedAccounts.ts';
import { readConfigFiles } from '../../src/services/aws/configFiles.ts';
import { createClients, type AwsClients } from '../../src/services/aws/clients.ts';
import { cacheFolder, readToken, registrationPath, tokenPath, writeToken } from '../../src/services/aws/identityCenterCache.ts';
import { listProfiles } from '../../src/services/aws/profiles.ts';
import { signIn as signInThrough } from '../../src/services/aws/signInFlows.ts';
import { callerIdentity } from '../../src/services/aws/sts.ts';
import { networkDialer } from '../../src/services/base/dialer.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { Secret } from '../../src/services/base/secret.ts';

const REGION = 'ap-northeast-1';
const STAGING = '210987654321';
const signal = new AbortController().signal;

let demo: DemoCloud;
let home: string;
/** The wall clock, and what a test adds to it. */
let aheadMs: number;
const clock = { now: () => Date.now() + aheadMs };
const cleanups: (() => unknown)[] = [];

beforeEach(async () => {
  aheadMs = 0;
  home = await mkdtemp(join(tmpdir(), 'postern-accounts-'));
  await mkdir(join(home, '.aws'), { mode: 0o700 });
  await mkdir(join(home, 'data'));
  demo = await startDemoCloud({ seed: randomBytes(32), log: silentLog, clock });
  demo.identityCenter.settings.intervalSeconds = 0;
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await demo.close();
  await rm(home, { recursive: true, force: true });
});

interface Running {
  readonly accounts: AccountServices;
  readonly clients: AwsClients;
  readonly cloud: WatchedCloud;
  prompts(): readonly AccountPrompt[];
  /** The next list of prompts that fits. */
  prompt(fits: (prompt: AccountPrompt) => boolean): Promise<AccountPrompt>;
  caller(profile: string): Promise<string | undefined>;
}

const scope = (profile: string) => ({ profile, region: REGION });

/** The person's own AWS: config files in a home of the test's, whose endpoints are the demo's. */
async function open(config: string, environment: Record<string, string> = {}): Promise<Running> {
  await writeFile(join(home, '.aws', 'config'), config);
  const keys = (await readFile(demo.credentialsFile, 'utf8')).replace('[demo]', '[base]');
  await writeFile(join(home, '.aws', 'credentials'), keys, { mode: 0o600 });
  const store = createAddedAccounts({ dataDir: join(home, 'data'), clock, onNotice: (notice) => expect.unreachable(notice.message) });
  const variables = { HOME: home, AWS_ENDPOINT_URL: demo.endpointUrl, ...environment };
  const cloud: WatchedCloud = { kind: 'aws', configFile: join(home, '.aws', 'config'), credentialsFile: join(home, '.aws', 'credentials'), environment: variables, dialer: networkDialer, lentKeys: [], close: async () => {}, added: store.read };
  const listeners = new Set<(prompts: readonly AccountPrompt[]) => void>();
  const accounts = createAccounts({ clouds: () => [cloud], store, clock, log: silentLog, onChanged: () => undefined, onPrompts: (list) => listeners.forEach((listener) => listener(list)) });
  const clients = createClients({ clouds: () => [cloud], version: '0', prompts: accounts.prompts, credentials: accounts.credentials, timeouts: { connectMs: 2000, answerMs: 10_000, attempts: 1 } });
  cleanups.push(() => clients.close(), () => accounts.close());
  return {
    accounts,
    clients,
    cloud,
    prompts: () => accounts.prompts.list(),
    prompt: (fits) =>
      new Promise((resolve) => {
        const look = (list: readonly AccountPrompt[]): void => {
          const found = list.find(fits);
          if (found === undefined) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look(accounts.prompts.list());
      }),
    caller: async (profile) => (await callerIdentity(await clients.ready(scope(profile)), signal)).arn,
  };
}

const session = (profile = 'sso-one', more = ''): string =>
  `[profile ${profile}]\nregion = ${REGION}\nsso_session = corp\nsso_account_id = ${STAGING}\nsso_role_name = ReadOnly\n${more}\n[sso-session corp]\nsso_region = ${REGION}\nsso_start_url = ${demo.endpointUrl}/start\nsso_registration_scopes = sso:account:access\n`;
const roleSection = (profile: string, roleName: string, more: string): string => `[profile ${profile}]\nregion = ${REGION}\nrole_arn = arn:aws:iam::${STAGING}:role/${roleName}\n${more}\n`;
const ssoArn = `arn:aws:sts::${STAGING}:assumed-role/AWSReservedSSO_ReadOnly_0123456789abcdef/ann@example.com`;
const corp = () => ({ name: 'corp', startUrl: `${demo.endpointUrl}/start`, region: REGION, scopes: ['sso:account:access'] });
const actions = (action: string): number => demo.faults.calls.filter((call) => call.action === action).length;

/** What a promise fails with, looked at from now on. */
const failureOf = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => 'it worked', (thrown: unknown) => thrown);

type Waiting = Extract<AccountPrompt, { kind: 'sign-in' }>['progress'] & { name: 'waiting' };
async function waitingPage(running: Running): Promise<Waiting> {
  const prompt = await running.prompt((one) => one.kind === 'sign-in' && one.progress.name === 'waiting');
  if (prompt.kind !== 'sign-in' || prompt.progress.name !== 'waiting') throw new Error('not waiting');
  return prompt.progress;
}

/** What a browser does: opens the page, submits its form, follows the redirect. */
async function answerPage(url: string, answer: 'allow' | 'deny'): Promise<string> {
  const page = await (await fetch(url)).text();
  const action = /<form method="post" action="([^"]+)"/.exec(page)?.[1] ?? '';
  const fields = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']): [string, string] => [name, value.replaceAll('&amp;', '&').replaceAll('&#39;', "'")]);
  const response = await fetch(new URL(action, url), { method: 'POST', body: new URLSearchParams([...fields, ['answer', answer]]) });
  return await response.text();
}

async function signIn(running: Running, method: 'browser' | 'code'): Promise<void> {
  const done = running.accounts.api.signIn({ signIn: 'corp', method });
  await answerPage((await waitingPage(running)).url, 'allow');
  await done;
}

test('Identity Center is signed in to with a device code, one prompt for 100 waiting calls, and the token is in the AWS CLI cache with mode 0600', async () => {
  const running = await open(session());
  const calls = Array.from({ length: 100 }, () => running.caller('sso-one'));
  const prompt = await running.prompt(({ kind }) => kind === 'sign-in');
  expect(prompt).toMatchObject({ signIn: 'corp', startUrl: `${demo.endpointUrl}/start`, profiles: ['sso-one'], progress: { name: 'needed' }, declined: false });
  const done = running.accounts.api.signIn({ signIn: 'corp', method: 'code' });
  const page = await waitingPage(running);
  expect(page.url).toBe(`${demo.endpointUrl}/device?user_code=${page.userCode}`);
  expect(running.prompts()).toHaveLength(1);
  expect(await (await fetch(page.url)).text()).toContain(page.userCode);
  await answerPage(page.url, 'allow');
  await done;
  expect(new Set(await Promise.all(calls))).toEqual(new Set([ssoArn]));
  expect(running.prompts()).toEqual([]);
  expect([actions('sso-oauth:StartDeviceAuthorization'), actions('sso:GetRoleCredentials')]).toEqual([1, 1]);

  const folder = cacheFolder(running.cloud);
  expect(folder).toBe(join(home, '.aws', 'sso', 'cache'));
  const path = tokenPath(folder, corp());
  const names = await readdir(folder);
  expect(names.toSorted()).toEqual([path, registrationPath(folder, corp())].map((one) => one.slice(folder.length + 1)).toSorted());
  for (const name of names) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  const token = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  expect(Object.keys(token).toSorted()).toEqual(['accessToken', 'clientId', 'clientSecret', 'expiresAt', 'refreshToken', 'region', 'registrationExpiresAt', 'startUrl']);
  expect(token['expiresAt']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test('Identity Center is signed in to in the browser with PKCE: only the right state and verifier give a token', async () => {
  const running = await open(session());
  const done = running.accounts.api.signIn({ signIn: 'corp', method: 'browser' });
  const page = await waitingPage(running);
  const url = new URL(page.url);
  expect([url.pathname, url.searchParams.get('code_challenge_method'), url.searchParams.get('scopes')]).toEqual(['/authorize', 'S256', 'sso:account:access']);
  const redirect = url.searchParams.get('redirect_uri') ?? '';
  expect(redirect).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/oauth\/callback$/);
  // Another page of this machine guesses: refused, and the sign-in goes on.
  expect((await fetch(`${redirect}?code=stolen&state=guessed`)).status).toBe(400);
  expect(await answerPage(page.url, 'allow')).toContain('Signed in.');
  await done;
  expect(await running.caller('sso-one')).toBe(ssoArn);
  expect(running.prompts()).toEqual([]);
  expect(await failureOf(fetch(redirect))).toMatchObject({ message: 'fetch failed' });
});

test.for(['code', 'browser'] as const)('a sign-in by %s that is refused in the browser says so, and can be begun again', async (method) => {
  const running = await open(session());
  const done = running.accounts.api.signIn({ signIn: 'corp', method });
  const failure = failureOf(done);
  await answerPage((await waitingPage(running)).url, 'deny');
  expect(await failure).toMatchObject({ code: 'aws.sign-in-needed', message: 'Not signed in to corp: The request was refused in the browser.' });
  expect(running.prompts()).toMatchObject([{ kind: 'sign-in', progress: { name: 'failed' } }]);
  await signIn(running, method);
  expect(running.prompts()).toEqual([]);
});

test('a device code that ends before it is answered says so', async () => {
  demo.identityCenter.settings.deviceSeconds = 0;
  const running = await open(session());
  await expect(running.accounts.api.signIn({ signIn: 'corp', method: 'code' })).rejects.toMatchObject({ code: 'aws.sign-in-needed', message: 'Not signed in to corp: The page was not answered in time.' });
});

test('a sign-in that is given up leaves nothing waiting', async () => {
  const running = await open(session());
  const done = running.accounts.api.signIn({ signIn: 'corp', method: 'browser' });
  const failure = failureOf(done);
  await waitingPage(running);
  await running.accounts.api.cancelSignIn({ signIn: 'corp' });
  expect(await failure).toMatchObject({ code: 'cancelled' });
  expect(running.prompts()).toEqual([]);
});

test('a token that ends is renewed without a person, once for all calls, and one renewed elsewhere is used', async () => {
  const running = await open(session());
  await signIn(running, 'code');
  expect(await running.caller('sso-one')).toBe(ssoArn);
  const before = await readToken(cacheFolder(running.cloud), corp());
  aheadMs += 2 * 3600_000;
  demo.faults.calls.length = 0;
  // The SDK signs with the machine's clock: the demo takes it as of now.
  const [identity] = await Promise.all(Array.from({ length: 20 }, () => running.clients.credentials(scope('sso-one'))));
  expect(identity?.accessKeyId).toMatch(/^ASIA/);
  expect([actions('sso-oauth:CreateToken'), actions('sso:GetRoleCredentials'), running.prompts()]).toEqual([1, 1, []]);
  const after = await readToken(cacheFolder(running.cloud), corp());
  expect(after?.accessToken.revealText()).not.toBe(before?.accessToken.revealText());
});

test('credentials that AWS ends in the middle of a refresh are fetched anew in the same call', async () => {
  const running = await open(session());
  await signIn(running, 'code');
  const clients = await running.clients.ready(scope('sso-one'));
  expect((await callerIdentity(clients, signal)).arn).toBe(ssoArn);
  demo.identities.endAll();
  demo.faults.calls.length = 0;
  expect(new Set((await Promise.all(Array.from({ length: 20 }, () => callerIdentity(clients, signal)))).map(({ arn }) => arn))).toEqual(new Set([ssoArn]));
  expect(actions('sso:GetRoleCredentials')).toBe(1);
  expect(demo.faults.calls.filter(({ outcome }) => outcome === 'ExpiredToken').length).toBeGreaterThan(0);
});

test('a revoked sign-in needs a person: one prompt names every profile, and the others go on', async () => {
  const other = `[profile sso-two]\nregion = ${REGION}\nsso_session = corp\nsso_account_id = ${STAGING}\nsso_role_name = Administrator\n`;
  const running = await open(`${session()}${other}[profile base]\nregion = ${REGION}\n`);
  await signIn(running, 'code');
  demo.identityCenter.revokeAll();
  const failed = await Promise.allSettled(['sso-one', 'sso-two'].map(async (profile) => (await running.clients.forScope(scope(profile))).credentials()));
  expect(failed.map((one) => one.status === 'rejected' && one.reason)).toMatchObject([{ code: 'aws.sign-in-needed', message: 'Profile sso-one needs a sign-in to corp.' }, { code: 'aws.sign-in-needed', message: 'Profile sso-two needs a sign-in to corp.' }]);
  expect(running.prompts().map(({ profiles }) => profiles.toSorted())).toEqual([['sso-one', 'sso-two']]);
  expect(await running.caller('base')).toBe(`arn:aws:iam::${demo.estate.accountId}:user/${demo.estate.userName}`);
  const waits = running.caller('sso-two');
  await signIn(running, 'code');
  expect(await waits).toContain('AWSReservedSSO_Administrator');
  expect(running.prompts()).toEqual([]);
});

test('a person who declines is not asked again by what runs by itself, but is by what they ask for', async () => {
  const running = await open(session());
  const failure = failureOf(running.caller('sso-one'));
  const { promptId } = await running.prompt(({ kind }) => kind === 'sign-in');
  // The call that failed for it comes to wait in the same turn.
  await new Promise((resolve) => setImmediate(resolve));
  await running.accounts.api.reply({ promptId, reply: { kind: 'decline' } });
  expect(await failure).toMatchObject({ code: 'aws.sign-in-needed' });
  await expect((await running.clients.forScope(scope('sso-one'))).credentials()).rejects.toMatchObject({ code: 'aws.sign-in-needed' });
  expect(running.prompts()).toMatchObject([{ declined: true }]);
  const controller = new AbortController();
  const again = failureOf(running.clients.ready(scope('sso-one'), controller.signal));
  await running.prompt((prompt) => !prompt.declined);
  controller.abort();
  expect(await again).toMatchObject({ code: 'cancelled' });
});

test('a chain of roles, with an external id, of static keys and of Identity Center', async () => {
  const running = await open(
    `${session()}${roleSection('reader', 'Reader', 'source_profile = base')}${roleSection('auditor', 'Auditor', 'source_profile = reader\nrole_session_name = ann')}${roleSection('partner', 'Partner', 'source_profile = sso-one\nexternal_id = postern-demo\nduration_seconds = 1200')}${roleSection('stranger', 'Partner', 'source_profile = base')}${roleSection('ring', 'Reader', 'source_profile = gnir')}${roleSection('gnir', 'Reader', 'source_profile = ring')}`,
  );
  expect(await running.caller('auditor')).toBe(`arn:aws:sts::${STAGING}:assumed-role/Auditor/ann`);
  await signIn(running, 'code');
  expect(await running.caller('partner')).toContain('assumed-role/Partner/');
  await expect(running.caller('stranger')).rejects.toMatchObject({ code: 'aws.access-denied' });
  await expect(running.caller('ring')).rejects.toMatchObject({ code: 'data.unreadable', message: 'The roles of profile ring lead back to themselves (ring → gnir → ring).' });
});

test('one MFA code serves 100 calls and every role of the same keys; a wrong one is asked again', async () => {
  const mfa = `source_profile = base\nmfa_serial = arn:aws:iam::123456789012:mfa/ann`;
  const running = await open(`${roleSection('admin', 'Admin', mfa)}${roleSection('admin-too', 'Admin', `${mfa}\nrole_session_name = too`)}`);
  const calls = Array.from({ length: 100 }, () => running.caller('admin'));
  const prompt = await running.prompt(({ kind }) => kind === 'mfa');
  expect(prompt).toMatchObject({ serial: 'arn:aws:iam::123456789012:mfa/ann', profiles: ['admin'], attempt: 1 });
  await expect(running.accounts.api.reply({ promptId: prompt.promptId, reply: { kind: 'mfa', code: '000000' } })).rejects.toMatchObject({ code: 'aws.mfa-needed' });
  expect(running.prompts()).toMatchObject([{ attempt: 2 }]);
  await running.accounts.api.reply({ promptId: prompt.promptId, reply: { kind: 'mfa', code: demo.sts.mfaCode } });
  expect(new Set((await Promise.all(calls)).map((arn) => arn?.replace(/postern-\d+$/, ''))).size).toBe(1);
  expect(await running.caller('admin-too')).toBe(`arn:aws:sts::${STAGING}:assumed-role/Admin/too`);
  expect([actions('sts:GetSessionToken'), actions('sts:AssumeRole'), running.prompts()]).toEqual([2, 2, []]);
});

test('temporary credentials give the MFA code with the role itself', async () => {
  const running = await open(`${roleSection('reader', 'Reader', 'source_profile = base')}${roleSection('admin', 'Admin', 'source_profile = reader\nmfa_serial = arn:aws:iam::123456789012:mfa/ann')}`);
  const call = running.caller('admin');
  const { promptId } = await running.prompt(({ kind }) => kind === 'mfa');
  await running.accounts.api.reply({ promptId, reply: { kind: 'mfa', code: demo.sts.mfaCode } });
  expect(await call).toContain('assumed-role/Admin/');
  expect(actions('sts:GetSessionToken')).toBe(0);
});

test('a credential_process runs only after its very text was agreed to; another text asks again', async () => {
  const marker = join(home, 'ran');
  const keys = await readFile(demo.credentialsFile, 'utf8');
  const [, accessKeyId = '', secretAccessKey = ''] = /aws_access_key_id = (\S+)\naws_secret_access_key = (\S+)/.exec(keys) ?? [];
  const answer = join(home, 'answer.json');
  await writeFile(answer, JSON.stringify({ Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey }));
  const command = `sh -c "echo x >> '${marker}'; cat '${answer}'"`;
  const config = (text: string): string => `[profile vault]\nregion = ${REGION}\ncredential_process = ${text}\n`;
  const running = await open(config(command));
  const calls = Array.from({ length: 10 }, () => running.caller('vault'));
  const prompt = await running.prompt(({ kind }) => kind === 'consent');
  expect(prompt).toMatchObject({ command, changed: false, profiles: ['vault'] });
  await expect(stat(marker)).rejects.toMatchObject({ code: 'ENOENT' });
  await running.accounts.api.reply({ promptId: prompt.promptId, reply: { kind: 'agree' } });
  expect(new Set(await Promise.all(calls)).size).toBe(1);
  expect(await readFile(marker, 'utf8')).toBe('x\n');
  expect(await readFile(join(home, 'data', 'accounts.json'), 'utf8')).not.toContain(marker);

  // Remembered by another Postern of this person, and by its text alone.
  const again = await open(config(command));
  expect(await again.caller('vault')).toContain(':user/');
  const changed = await open(config(`${command} `.replace('echo x', 'echo y')));
  await expect((await changed.clients.forScope(scope('vault'))).credentials()).rejects.toMatchObject({ code: 'aws.consent-needed' });
  expect(changed.prompts()).toMatchObject([{ kind: 'consent', changed: true }]);
  expect(await readFile(marker, 'utf8')).toBe('x\nx\n');
});

test('a credential_process that fails quotes neither its command nor its output', async () => {
  const running = await open(`[profile vault]\nregion = ${REGION}\ncredential_process = sh -c "echo canary-out; echo canary-err >&2; exit 3"\n`);
  const call = running.caller('vault');
  const { promptId } = await running.prompt(({ kind }) => kind === 'consent');
  await running.accounts.api.reply({ promptId, reply: { kind: 'agree' } });
  const failure: unknown = await call.catch((thrown: unknown) => thrown);
  expect(failure).toMatchObject({ code: 'aws.no-credentials', message: 'The credential_process of profile vault ended with status 3.' });
  expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toContain('canary');
});

test('a web identity token file, a container endpoint and the environment give credentials', async () => {
  const tokenFile = join(home, 'token');
  await writeFile(tokenFile, `${demo.sts.webIdentityToken}\n`);
  const issued = demo.identities.issue({ arn: 'arn:aws:sts::123456789012:assumed-role/Task/1', accountId: demo.estate.accountId, userId: 'AROATASK', mfa: false, longTerm: false }, 3600);
  const container = createServer((request, response) => {
    response.writeHead(request.headers.authorization === 'container-token' ? 200 : 403, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ AccessKeyId: issued.accessKeyId, SecretAccessKey: issued.secretAccessKey, Token: issued.sessionToken, Expiration: new Date(issued.expiresAtMs).toISOString() }));
  });
  await new Promise<void>((resolve) => container.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => new Promise((resolve) => container.close(resolve).closeAllConnections()));
  const address = container.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const running = await open(`${roleSection('pod', 'Workload', `web_identity_token_file = ${tokenFile}`)}${roleSection('task', 'Reader', 'credential_source = EcsContainer')}`, {
    AWS_PROFILE: 'pod',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${address.port}/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'container-token',
  });
  expect(await running.caller('pod')).toContain('assumed-role/Workload/');
  expect(await running.caller('task')).toContain('assumed-role/Reader/');
});

test('an instance role comes from the metadata service, version 2, where one is configured', async () => {
  const issued = demo.identities.issue({ arn: `arn:aws:sts::${demo.estate.accountId}:assumed-role/web/i-1`, accountId: demo.estate.accountId, userId: 'AROAWEB', mfa: false, longTerm: false }, 3600);
  const metadata = createServer((request, response) => {
    if (request.method === 'PUT' && request.url === '/latest/api/token') return response.end('metadata-token');
    if (request.headers['x-aws-ec2-metadata-token'] !== 'metadata-token') return response.writeHead(401).end();
    if (request.url === '/latest/meta-data/iam/security-credentials/') return response.end('web');
    return response.end(JSON.stringify({ Code: 'Success', AccessKeyId: issued.accessKeyId, SecretAccessKey: issued.secretAccessKey, Token: issued.sessionToken, Expiration: new Date(issued.expiresAtMs).toISOString() }));
  });
  await new Promise<void>((resolve) => metadata.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => new Promise((resolve) => metadata.close(resolve).closeAllConnections()));
  const address = metadata.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  // The SDK looks for it in this process's own environment.
  process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] = `http://127.0.0.1:${address.port}`;
  cleanups.push(() => delete process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT']);
  const running = await open(roleSection('on-instance', 'Reader', 'credential_source = Ec2InstanceMetadata'));
  expect(await running.caller('on-instance')).toContain('assumed-role/Reader/');
});

test('the older form, with the start URL in the profile, signs in by its start URL and shares the file named after it', async () => {
  const startUrl = `${demo.endpointUrl}/start`;
  const running = await open(`[profile older]\nregion = ${REGION}\nsso_start_url = ${startUrl}\nsso_region = ${REGION}\nsso_account_id = ${STAGING}\nsso_role_name = ReadOnly\n`);
  const call = running.caller('older');
  expect(await running.prompt(({ kind }) => kind === 'sign-in')).toMatchObject({ signIn: startUrl, profiles: ['older'] });
  const done = running.accounts.api.signIn({ signIn: startUrl, method: 'code' });
  await answerPage((await waitingPage(running)).url, 'allow');
  await done;
  expect(await call).toBe(ssoArn);
  expect((await stat(tokenPath(cacheFolder(running.cloud), { startUrl }))).mode & 0o777).toBe(0o600);
});

test('an Identity Center added in Postern is signed in to without any AWS file', async () => {
  const running = await open('');
  await running.accounts.api.addSignIn({ signIn: 'corp', startUrl: `${demo.endpointUrl}/start`, region: REGION });
  await signIn(running, 'browser');
  await running.accounts.api.add({ profiles: [{ profile: 'staging/ReadOnly', signIn: 'corp', accountId: STAGING, roleName: 'ReadOnly', region: REGION }] });
  expect(await running.caller('staging/ReadOnly')).toBe(ssoArn);
  expect(await readFile(join(home, '.aws', 'config'), 'utf8')).toBe('');
});

test('accounts found through Identity Center are added without touching a file, and work like any profile', async () => {
  const running = await open(session());
  await expect(running.accounts.api.offered({ signIn: 'corp' })).rejects.toMatchObject({ code: 'aws.sign-in-needed' });
  await signIn(running, 'code');
  const offered = await running.accounts.api.offered({ signIn: 'corp' });
  expect(offered).toEqual([
    { accountId: demo.estate.accountId, accountName: 'production', roles: ['Administrator', 'ReadOnly', 'Support'] },
    { accountId: '310987654321', accountName: 'sandbox', roles: ['Administrator'] },
    { accountId: STAGING, accountName: 'staging', roles: ['Administrator', 'ReadOnly'] },
  ]);
  const before = await readFile(join(home, '.aws', 'config'), 'utf8');
  await running.accounts.api.add({ profiles: [{ profile: 'staging/Administrator', signIn: 'corp', accountId: STAGING, roleName: 'Administrator', region: REGION }] });
  expect(await running.caller('staging/Administrator')).toContain('AWSReservedSSO_Administrator');
  expect((await listProfiles(running.cloud)).map(({ profile }) => profile)).toContain('staging/Administrator');
  expect(await readFile(join(home, '.aws', 'config'), 'utf8')).toBe(before);
  await expect(running.accounts.api.add({ profiles: [{ profile: 'sso-one', signIn: 'corp', accountId: STAGING, roleName: 'ReadOnly', region: REGION }] })).rejects.toMatchObject({ code: 'input.invalid' });
  const { profiles, signIns } = await running.accounts.api.list({});
  expect(profiles.find(({ added }) => added)).toEqual({ profile: 'staging/Administrator', kind: 'identity-center', region: REGION, accountId: STAGING, role: 'Administrator', signIn: 'corp', added: true });
  expect(signIns).toMatchObject([{ signIn: 'corp', state: 'signed-in', added: false }]);
  await running.accounts.api.remove({ profile: 'staging/Administrator' });
  await expect(running.caller('staging/Administrator')).rejects.toMatchObject({ code: 'aws.profile-not-found' });
});

test('a profile that is edited while Postern runs is told, and a sign-in made by another program ends the prompt', async () => {
  const running = await open(session());
  const edits: string[][] = [];
  const answers: string[][] = [];
  const edited = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  running.accounts.watch(
    (profiles) => (edits.push([...profiles]), edited.resolve()),
    (profiles) => (answers.push([...profiles]), answered.resolve()),
  );
  await expect((await running.clients.forScope(scope('sso-one'))).credentials()).rejects.toMatchObject({ code: 'aws.sign-in-needed' });
  await writeToken(cacheFolder(running.cloud), corp(), { accessToken: Secret.fromText('of another program'), expiresAtMs: clock.now() + 3600_000 });
  await answered.promise;
  expect(answers).toEqual([['sso-one']]);
  await writeFile(join(home, '.aws', 'config'), `${session()}[profile new]\nregion = ${REGION}\n`);
  await edited.promise;
  expect(edits).toEqual([['new']]);
});

const run = promisify(execFile);
const debianAws = (...args: string[]) => run('/usr/bin/aws', args, { env: { PATH: '/usr/bin:/bin', HOME: home, AWS_EC2_METADATA_DISABLED: 'true', AWS_PAGER: '' } });

/** awscli 2.9 knows no AWS_ENDPOINT_URL: its models are told where the services are. */
async function pointDebianAwsToDemo(): Promise<void> {
  for (const folder of ['sso/2019-06-10', 'sso-oidc/2019-06-10', 'sts/2011-06-15']) {
    const path = join(home, '.aws', 'models', folder);
    await mkdir(path, { recursive: true });
    const parameters = { Region: { builtIn: 'AWS::Region', required: false, type: 'String', documentation: '' } };
    await writeFile(join(path, 'endpoint-rule-set-1.json'), JSON.stringify({ version: '1.0', parameters, rules: [{ conditions: [], endpoint: { url: demo.endpointUrl, properties: {}, headers: {} }, type: 'endpoint' }] }));
  }
}

test("Debian's AWS CLI signs its calls through the token that Postern signed in for", async () => {
  const running = await open(session());
  await signIn(running, 'code');
  await pointDebianAwsToDemo();
  const { stdout } = await debianAws('sts', 'get-caller-identity', '--profile', 'sso-one', '--output', 'json');
  expect(JSON.parse(stdout)).toMatchObject({ Account: STAGING, Arn: ssoArn });
  expect(actions('sso:GetRoleCredentials')).toBe(1);
});

test("a sign-in made with Debian's aws sso login is used, renewed, and its registration taken over", async () => {
  const running = await open(session());
  await pointDebianAwsToDemo();
  const login = debianAws('sso', 'login', '--profile', 'sso-one', '--no-browser');
  const shown = Promise.withResolvers<string>();
  login.child.stdout?.on('data', (text: string) => {
    const url = /http:\S+user_code=\S+/.exec(text)?.[0];
    if (url !== undefined) shown.resolve(url);
  });
  await answerPage(await shown.promise, 'allow');
  await login;
  expect(await running.caller('sso-one')).toBe(ssoArn);
  expect([running.prompts(), actions('sso-oauth:RegisterClient')]).toEqual([[], 1]);
  demo.identityCenter.endTokens();
  running.accounts.credentials.forget('sso-one');
  expect(await running.caller('sso-one')).toBe(ssoArn);
  await signIn(running, 'code');
  expect(actions('sso-oauth:RegisterClient')).toBe(1);
});

test('a device that is told to slow down waits longer and goes on', async () => {
  const running = await open(session());
  demo.identityCenter.settings.slowDowns = 2;
  const place = { cloud: running.cloud, files: await readConfigFiles(running.cloud), source: corp() };
  await signInThrough({ place, method: 'code', clock, msPerSecond: 1, onPage: ({ url }) => void answerPage(url, 'allow'), signal });
  expect(demo.faults.calls.filter(({ action }) => action === 'sso-oauth:CreateToken').map(({ outcome }) => outcome).filter((outcome) => outcome !== 'AuthorizationPendingException')).toEqual(['SlowDownException', 'SlowDownException', 'ok']);
});

test('a token in the form the AWS CLI writes is used as it is', async () => {
  const running = await open(session());
  const issued = demo.identityCenter.grant('client');
  const folder = join(home, '.aws', 'sso', 'cache');
  await mkdir(folder, { recursive: true });
  // As awscli 2.9 writes it: one line, seconds, a space after colon and comma.
  const expiresAt = `${new Date(Date.now() + 3600_000).toISOString().slice(0, 19)}Z`;
  await writeFile(join(folder, '1e8eef4c95d12f4e6d2e5b6d8a5a0dd2.json'), 'not a token');
  await writeFile(tokenPath(folder, corp()), `{"startUrl": "${demo.endpointUrl}/start", "region": "${REGION}", "accessToken": "${issued.accessToken}", "expiresAt": "${expiresAt}"}`);
  expect(await running.caller('sso-one')).toBe(ssoArn);
  expect(running.prompts()).toEqual([]);
});

test('no token, code or key is in what the window is told', async () => {
  const running = await open(session());
  await signIn(running, 'code');
  await running.caller('sso-one');
  const folder = cacheFolder(running.cloud);
  const token = await readToken(folder, corp());
  const told = JSON.stringify([await running.accounts.api.list({}), running.prompts(), await running.accounts.api.offered({ signIn: 'corp' })]);
  for (const secret of [token?.accessToken, token?.refreshToken, token?.registration?.clientSecret]) expect(told).not.toContain(secret?.revealText());
  expect(told).not.toMatch(/AKIA|ASIA/);
});
