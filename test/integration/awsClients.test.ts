import { afterEach, expect, test } from 'vitest';
import { createClients, type AwsClients, type ScopeClients } from '../../src/services/aws/clients.ts';
import { resumeSession, startSession, terminateSession } from '../../src/services/aws/ssm.ts';
import { callerIdentity } from '../../src/services/aws/sts.ts';
import { writeFile } from 'node:fs/promises';
import { createCloud, jsonError, profileSection, startScriptedAws, type Script } from './scriptedAws.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const signal = new AbortController().signal;
const identity = { body: '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/ann</Arn><UserId>AIDA</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>' };

async function open(script: Script, config?: (url: string) => string, options: Parameters<typeof createCloud>[1] = {}): Promise<{ clients: AwsClients; scoped: ScopeClients; server: Awaited<ReturnType<typeof startScriptedAws>>; cloud: Awaited<ReturnType<typeof createCloud>> }> {
  const server = await startScriptedAws(script);
  const cloud = await createCloud((config ?? ((url) => profileSection('p', url)))(server.url), options);
  const clients = createClients({ clouds: () => [cloud], version: '0.1.0', timeouts: { connectMs: 2000, answerMs: 2000, attempts: 1 } });
  cleanups.push(() => server.close(), cloud.remove, () => clients.close());
  return { clients, scoped: await clients.forScope({ profile: 'p', region: 'eu-west-1' }), server, cloud };
}

test('a session is started, resumed and ended, and its token prints as [secret]', async () => {
  const { scoped, server } = await open(({ operation, input }) => ({ body: JSON.stringify(operation === 'TerminateSession' ? { SessionId: input['SessionId'] } : { SessionId: 's-1', TokenValue: `token of ${operation}`, StreamUrl: 'wss://127.0.0.1/v1/data-channel/s-1' }) }));
  const started = await startSession(scoped, { instanceId: 'i-1', documentName: 'AWS-StartPortForwardingSession', parameters: { portNumber: ['22'] } }, signal);
  expect([started.sessionId, started.tokenValue.revealText(), started.streamUrl]).toEqual(['s-1', 'token of StartSession', 'wss://127.0.0.1/v1/data-channel/s-1']);
  expect(JSON.stringify(started)).toContain('[secret]');
  const resumed = await resumeSession(scoped, 's-1', signal);
  expect(resumed?.tokenValue.revealText()).toBe('token of ResumeSession');
  await terminateSession(scoped, 's-1', signal);
  expect(server.calls.map(({ operation, input }) => [operation, input])).toEqual([
    ['StartSession', { Target: 'i-1', DocumentName: 'AWS-StartPortForwardingSession', Parameters: { portNumber: ['22'] } }],
    ['ResumeSession', { SessionId: 's-1' }],
    ['TerminateSession', { SessionId: 's-1' }],
  ]);
});

test('a session that has ended cannot be resumed: that is no error', async () => {
  const ended = await open(() => ({ body: '{"SessionId":"s-1"}' }));
  expect(await resumeSession(ended.scoped, 's-1', signal)).toBe(undefined);
  const unknown = await open(() => jsonError('DoesNotExistException'));
  expect(await resumeSession(unknown.scoped, 's-1', signal)).toBe(undefined);
  await terminateSession(unknown.scoped, 's-1', signal);
});

test.for([
  ['com.amazonaws.ssm#TargetNotConnected', 'ssm.target-not-connected'],
  ['TargetNotConnected', 'ssm.target-not-connected'],
  ['InvalidDocument', 'ssm.session-refused'],
  ['AccessDeniedException', 'aws.access-denied'],
  ['ExpiredTokenException', 'aws.credentials-expired'],
])('StartSession answered by %s is %s', async ([type = '', code = '']) => {
  const { scoped } = await open(() => jsonError(type));
  await expect(startSession(scoped, { instanceId: 'i-1' }, signal)).rejects.toMatchObject({ code });
});

test.for(['<html>Sign in</html>', '', '{}', '[1'])('StartSession answered by %j is an endpoint that is not AWS', async (body) => {
  const { scoped } = await open(() => ({ body }));
  await expect(startSession(scoped, { instanceId: 'i-1' }, signal)).rejects.toMatchObject({ code: 'aws.endpoint-not-aws' });
});

test('StartSession that is cancelled ends as cancelled', async () => {
  const controller = new AbortController();
  const { scoped } = await open(() => {
    controller.abort();
    return undefined;
  });
  await expect(startSession(scoped, { instanceId: 'i-1' }, controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
});

test('the caller is told, and a page instead of an answer is not AWS', async () => {
  const { scoped } = await open(() => identity);
  expect(await callerIdentity(scoped, signal)).toEqual({ accountId: '111122223333', arn: 'arn:aws:iam::111122223333:user/ann', userId: 'AIDA' });
  const other = await open(() => ({ body: '<html>Sign in</html>' }));
  await expect(callerIdentity(other.scoped, signal)).rejects.toMatchObject({ code: 'aws.endpoint-not-aws' });
});

test('every client goes to the endpoint of its service', async () => {
  const sts = await startScriptedAws(() => identity);
  cleanups.push(() => sts.close());
  const { scoped, server } = await open(() => ({ body: '{"SessionId":"s","TokenValue":"t","StreamUrl":"wss://x"}' }), (url) => `[profile p]\nregion = eu-west-1\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = x\nendpoint_url = ${url}\nservices = local\n[services local]\nsts =\n  endpoint_url = ${sts.url}\n`);
  await callerIdentity(scoped, signal);
  await startSession(scoped, { instanceId: 'i-1' }, signal);
  expect([sts.calls.map((call) => call.operation), server.calls.map((call) => call.operation)]).toEqual([['GetCallerIdentity'], ['StartSession']]);
});

test('keys of the environment are used for the default profile of AWS, with their session token, at AWS_ENDPOINT_URL', async () => {
  const server = await startScriptedAws(() => identity);
  cleanups.push(() => server.close());
  const environment = { AWS_ACCESS_KEY_ID: 'AKIDENVIRONMENT', AWS_SECRET_ACCESS_KEY: 'x', AWS_SESSION_TOKEN: 'session-token', AWS_ENDPOINT_URL: server.url };
  const clients = createClients({ clouds: () => [{ kind: 'aws', configFile: '/nowhere/config', credentialsFile: '/nowhere/credentials', environment }], version: '0.1.0' });
  cleanups.push(() => clients.close());
  await callerIdentity(await clients.forScope({ profile: 'default', region: 'eu-west-1' }), signal);
  expect(server.calls[0]?.request.headers.authorization).toContain('Credential=AKIDENVIRONMENT/');
  expect(server.calls[0]?.request.headers['x-amz-security-token']).toBe('session-token');
});

test('a role is assumed at the configured endpoint, once for all clients of the scope', async () => {
  const assumed = '<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>AKIDASSUMED</AccessKeyId><SecretAccessKey>y</SecretAccessKey><SessionToken>role-token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>';
  const { clients, scoped, server } = await open(
    ({ operation }) => (operation === 'AssumeRole' ? { body: assumed } : operation === 'GetCallerIdentity' ? identity : { body: '{"SessionId":"s","TokenValue":"t","StreamUrl":"wss://x"}' }),
    (url) => `[profile p]\nregion = eu-west-1\nrole_arn = arn:aws:iam::111122223333:role/ops\nsource_profile = base\nendpoint_url = ${url}\n${profileSection('base', url)}`,
  );
  await Promise.all([callerIdentity(scoped, signal), startSession(scoped, { instanceId: 'i-1' }, signal)]);
  expect(server.calls.map((call) => call.operation).toSorted()).toEqual(['AssumeRole', 'GetCallerIdentity', 'StartSession']);
  expect(await clients.credentials({ profile: 'p', region: 'eu-west-1' })).toMatchObject({ accessKeyId: 'AKIDASSUMED', sessionToken: 'role-token' });
});

test('credentials that were mended in the file are used once the scope was forgotten', async () => {
  const { clients, server, cloud } = await open(() => identity);
  const scope = { profile: 'p', region: 'eu-west-1' };
  expect((await clients.credentials(scope)).accessKeyId).toBe('AKIDEXAMPLE');
  await writeFile(cloud.configFile, profileSection('p', server.url).replace('AKIDEXAMPLE', 'AKIDMENDED'));
  clients.forget(scope);
  expect((await clients.credentials(scope)).accessKeyId).toBe('AKIDMENDED');
});

test('a profile whose sign-in has ended says how to sign in', async () => {
  const { scoped } = await open(() => identity, (url) => `[profile p]\nregion = eu-west-1\nendpoint_url = ${url}\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ops\n[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = http://127.0.0.1:1/start\n`);
  await expect(callerIdentity(scoped, signal)).rejects.toMatchObject({ code: 'aws.sign-in-needed', message: 'Profile p needs a sign-in to corp.', remedy: 'Sign in from the list of accounts, or run: postern login p' });
});
