import { Sha256 } from '@aws-crypto/sha256-js';
import * as ssm from '@aws-sdk/client-ssm';
import { fromIni } from '@aws-sdk/credential-providers';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createAgentCipher } from '../../src/demo/agentCipher.ts';
import { startDemoCloud } from '../../src/demo/demoCloud.ts';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import { smuxData, smuxHeader } from '../../src/demo/smuxFrames.ts';
import { signUpgrade } from '../../src/services/aws/signUpgrade.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { PayloadType } from '../../src/services/ssm/message.ts';
import { BareClient } from './bareClient.ts';

const TOKYO = 'ap-northeast-1';
let cloud: DemoCloud;
let keys: { readonly accessKeyId: string; readonly secretAccessKey: string };
let client: BareClient | undefined;
const sdk = () => new ssm.SSMClient({ region: TOKYO, endpoint: cloud.endpointUrl, credentials: keys, maxAttempts: 1 });

beforeAll(async () => {
  cloud = await startDemoCloud({ seed: Buffer.alloc(32, 7), log: silentLog, agents: { firstOutputDelayMs: 0, pacing: false } });
  keys = await fromIni({ profile: 'demo', configFilepath: cloud.configFile, filepath: cloud.credentialsFile })();
});

afterEach(() => {
  client?.webSocket.terminate();
  cloud.settings.sessionPreferences = undefined;
});

afterAll(() => cloud.close());

async function start(name: string, documentName?: string, parameters: Record<string, string[]> = {}): Promise<{ client: BareClient; sessionId: string }> {
  const started = await sdk().send(new ssm.StartSessionCommand({ Target: cloud.instance(name).instanceId, DocumentName: documentName, Parameters: parameters, Reason: 'a test' }));
  const streamUrl = started.StreamUrl ?? '';
  client = new BareClient({ streamUrl, tokenValue: started.TokenValue ?? '' }, undefined, await signUpgrade(streamUrl, TOKYO, keys, new Date()));
  return { client, sessionId: started.SessionId ?? '' };
}

/** KMS, whose SDK client Postern does not carry. */
async function kms(action: string, input: unknown): Promise<Record<string, unknown>> {
  const { host } = new URL(cloud.endpointUrl);
  const signer = new SignatureV4({ service: 'kms', region: TOKYO, credentials: keys, sha256: Sha256 });
  const body = JSON.stringify(input);
  const headers = { host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${action}` };
  const signed = await signer.sign({ method: 'POST', protocol: 'http:', hostname: host, path: '/', query: {}, headers, body });
  const answer = await fetch(cloud.endpointUrl, { method: 'POST', headers: signed.headers, body });
  return (await answer.json()) as Record<string, unknown>;
}

test('a web page of a private host is read through a forward to its port 80', async () => {
  const { client: forward } = await start('web-1', 'AWS-StartPortForwardingSession', { portNumber: ['80'], localPortNumber: ['0'] });
  await forward.untilHandshake();
  forward.type(Buffer.concat([smuxHeader(0, 3), ...smuxData(3, Buffer.from('GET / HTTP/1.1\r\nHost: web-1\r\n\r\n'))]));
  await forward.until('<h1>Hello from web-1</h1>');
  expect(forward.text(PayloadType.handshakeRequest)).toContain('"AgentVersion":"3.3.1142.0"');
});

test('a database that only web servers reach answers through one of them, by address and by name', async () => {
  const database = cloud.instance('db-1').networkInterfaces[0]?.privateIpAddresses[0];
  for (const host of ['10.0.20.5', database?.privateDnsName ?? '']) {
    const { client: forward } = await start('web-1', 'AWS-StartPortForwardingSessionToRemoteHost', { host: [host], portNumber: ['6379'] });
    await forward.untilHandshake();
    forward.type(Buffer.concat([smuxHeader(0, 3), ...smuxData(3, Buffer.from('PING\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nv\r\nv2\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\nNONSENSE\r\n'))]));
    await forward.until("-ERR unknown command 'NONSENSE'\r\n");
    expect(forward.text().slice(8)).toContain('+PONG\r\n');
    expect(forward.text()).toContain('$5\r\nv\r\nv2\r\n');
  }
});

test('a closed port and an unknown name are refused at once; the VPC\'s own addresses by the agent', async () => {
  for (const [host, port] of [['10.0.10.21', '81'], ['nowhere.internal', '80']] as const) {
    const { client: forward } = await start('web-1', 'AWS-StartPortForwardingSessionToRemoteHost', { host: [host], portNumber: [port] });
    await forward.untilHandshake();
    forward.type(smuxHeader(0, 3));
    await expect.poll(() => forward.output(PayloadType.flag).toString('hex')).toBe('00000003');
  }
  const { client: forward } = await start('web-1', 'AWS-StartPortForwardingSessionToRemoteHost', { host: ['10.0.0.2'], portNumber: ['53'] });
  expect(await forward.ending()).toContain('Forwarding to IP address 10.0.0.2 is forbidden.');
});

test('StartSession refuses what a document does not allow', async () => {
  await expect(start('web-1', 'AWS-StartPortForwardingSession', { portNumber: ['99999'] })).rejects.toMatchObject({ name: 'InvalidParameters' });
  await expect(start('web-1', 'AWS-RunShellScript')).rejects.toMatchObject({ name: 'InvalidDocument' });
});

test('preferences are read with GetDocument and hold for the next session; sessions are told with document, reason and limits', async () => {
  cloud.settings.sessionPreferences = { shellProfile: { linux: 'echo wel""come' }, idleSessionTimeoutMinutes: 5, maxSessionDurationMinutes: 60 };
  const { Content = '' } = await sdk().send(new ssm.GetDocumentCommand({ Name: 'SSM-SessionManagerRunShell', DocumentFormat: 'JSON' }));
  expect(JSON.parse(Content)).toMatchObject({ schemaVersion: '1.0', sessionType: 'Standard_Stream', inputs: { idleSessionTimeout: '5', maxSessionDuration: '60', kmsKeyId: '', runAsEnabled: false, shellProfile: { linux: 'echo wel""come' } } });
  expect(JSON.parse((await sdk().send(new ssm.GetDocumentCommand({ Name: 'AWS-StartSSHSession' }))).Content ?? '')).toMatchObject({ sessionType: 'Port' });

  const { client: shell, sessionId } = await start('web-1');
  await shell.until('welcome');
  const find = async (State: 'Active' | 'History') => (await sdk().send(new ssm.DescribeSessionsCommand({ State, Filters: [{ key: 'SessionId', value: sessionId }] }))).Sessions;
  expect(await find('Active')).toMatchObject([{ SessionId: sessionId, Status: 'Connected', DocumentName: 'SSM-SessionManagerRunShell', Reason: 'a test', MaxSessionDuration: '60' }]);
  await sdk().send(new ssm.TerminateSessionCommand({ SessionId: sessionId }));
  expect(await shell.ending()).toBe('');
  expect(await find('Active')).toEqual([]);
  expect(await find('History')).toMatchObject([{ Status: 'Terminated', EndDate: expect.any(Date) as Date }]);
});

test('a shell under the account\'s KMS key: the client\'s data key opens what the agent says, in this session\'s context only', async () => {
  const KeyId = cloud.kmsKeyArn(TOKYO);
  cloud.settings.sessionPreferences = { kmsKeyId: KeyId };
  const { client: shell, sessionId } = await start('web-1');
  shell.answerHandshake = () => undefined;
  await expect.poll(() => shell.received.length).toBe(1);
  const request = JSON.parse(shell.text(PayloadType.handshakeRequest)) as { RequestedClientActions: { ActionParameters: Record<string, string> }[] };
  const parameters = request.RequestedClientActions[1]?.ActionParameters ?? {};
  expect(parameters['KMSKeyId']).toBe(KeyId);
  const EncryptionContext = { 'aws:ssm:SessionId': sessionId, 'aws:ssm:TargetId': cloud.instance('web-1').instanceId, 'aws:ssm:RandomChallenge': parameters['Challenge'] };
  const { CiphertextBlob, Plaintext } = await kms('GenerateDataKey', { KeyId, NumberOfBytes: 64, EncryptionContext });
  expect(await kms('Decrypt', { CiphertextBlob, EncryptionContext })).toEqual({ Plaintext, KeyId, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
  expect(await kms('Decrypt', { CiphertextBlob, EncryptionContext: { ...EncryptionContext, 'aws:ssm:SessionId': 'another' } })).toMatchObject({ __type: 'InvalidCiphertextException' });
  expect(await kms('GenerateDataKey', { KeyId: 'alias/none', NumberOfBytes: 64 })).toMatchObject({ __type: 'NotFoundException' });
  expect(await kms('GenerateDataKey', { KeyId: 'alias/postern-demo', KeySpec: 'AES_256' })).toMatchObject({ KeyId });

  const dataKey = Buffer.from(String(Plaintext), 'base64');
  const cipher = createAgentCipher(Buffer.concat([dataKey.subarray(32), dataKey.subarray(0, 32)]));
  shell.answerChallenge = (challenge) => {
    const { Challenge } = JSON.parse(challenge.toString()) as { Challenge: string };
    return Buffer.from(JSON.stringify({ Challenge: cipher.encrypt(cipher.decrypt(Buffer.from(Challenge, 'base64'))).toString('base64') }));
  };
  const success = { ActionStatus: 1, Error: '' };
  shell.control(PayloadType.handshakeResponse, Buffer.from(JSON.stringify({ ClientVersion: '1.2.764.0', ProcessedClientActions: [{ ActionType: 'SessionType', ActionResult: null, ...success }, { ActionType: 'KMSEncryption', ActionResult: { KMSCipherTextKey: CiphertextBlob, KMSCipherTextHash: null, ChallengeAcknowledgement: true }, ...success }], Errors: null })));
  await shell.untilHandshake();
  const shown = (): string => shell.received.filter(({ payloadType }) => payloadType === PayloadType.output).map(({ payload }) => cipher.decrypt(payload).toString()).join('');
  await expect.poll(shown).toContain('$ ');
});
