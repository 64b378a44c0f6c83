import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import type { ScopeClients } from '../../../src/services/aws/clients.ts';
import { generateDataKey } from '../../../src/services/aws/kms.ts';

const KEY_ID = 'arn:aws:kms:eu-west-1:111122223333:key/1';
const request = { keyId: KEY_ID, encryptionContext: { 'aws:ssm:SessionId': 's', 'aws:ssm:TargetId': 'i-1' } };

let server: Server;
let requests: { headers: IncomingMessage['headers']; body: unknown }[];
let answer: { status: number; body: string };

beforeEach(async () => {
  requests = [];
  server = createServer((incoming, response) => {
    void text(incoming).then((body) => {
      requests.push({ headers: incoming.headers, body: JSON.parse(body) });
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'request-1' }).end(answer.body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function clients(): ScopeClients {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const unused = (): never => {
    throw new Error('not part of this test');
  };
  return {
    scope: { profile: 'p', region: 'eu-west-1', accountId: '111122223333' },
    ec2: unused,
    ssm: unused,
    sts: unused,
    instanceConnect: unused,
    cloudWatch: unused,
    autoScaling: unused,
    loadBalancers: unused,
    iam: unused,
    useFips: false,
    credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret-canary', sessionToken: 'token' }),
    call: (service, operation, target) => ({ action: `${service}:${operation}`, profile: 'p', region: 'eu-west-1', endpoint, ...(target === undefined ? {} : { target }) }),
  };
}

async function failure(signal = new AbortController().signal): Promise<PosternError> {
  const thrown: unknown = await generateDataKey(clients(), request, signal).catch((error: unknown) => error);
  if (thrown instanceof PosternError) return thrown;
  throw new Error('no PosternError', { cause: thrown });
}

test('a data key of 64 bytes is asked for, signed, with its encryption context', async () => {
  answer = { status: 200, body: JSON.stringify({ CiphertextBlob: Buffer.from('blob').toString('base64'), KeyId: KEY_ID, Plaintext: Buffer.alloc(64, 7).toString('base64') }) };
  const { plaintext, ciphertextBlob } = await generateDataKey(clients(), request, new AbortController().signal);
  expect([Buffer.from(plaintext.reveal()).equals(Buffer.alloc(64, 7)), Buffer.from(ciphertextBlob).toString()]).toEqual([true, 'blob']);
  expect(requests).toHaveLength(1);
  expect(requests[0]?.body).toEqual({ KeyId: KEY_ID, NumberOfBytes: 64, EncryptionContext: request.encryptionContext });
  expect(requests[0]?.headers).toMatchObject({ 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'TrentService.GenerateDataKey', 'x-amz-security-token': 'token' });
  expect(requests[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/kms\/aws4_request, SignedHeaders=content-type;host;x-amz-/);
});

test('what KMS refuses is told as what it is', async () => {
  answer = { status: 400, body: JSON.stringify({ __type: 'AccessDeniedException', Message: 'User is not authorized' }) };
  expect(await failure()).toMatchObject({ code: 'aws.access-denied', message: expect.stringContaining('kms:GenerateDataKey'), requestId: 'request-1' });
  answer = { status: 400, body: JSON.stringify({ __type: 'com.amazonaws.kms#NotFoundException', message: 'no such key' }) };
  expect(await failure()).toMatchObject({ code: 'aws.failed', message: expect.stringContaining('NotFoundException') });
  answer = { status: 400, body: JSON.stringify({ __type: 'ThrottlingException' }) };
  expect(await failure()).toMatchObject({ code: 'aws.throttled', retryable: true });
});

test('an answer that is not of AWS, or none, is told as an endpoint', async () => {
  answer = { status: 502, body: '<html>proxy</html>' };
  expect((await failure()).code).toBe('aws.endpoint-not-aws');
  answer = { status: 200, body: '{"Plaintext":7}' };
  expect((await failure()).code).toBe('aws.endpoint-not-aws');
  const gone = clients();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  const thrown: unknown = await generateDataKey(gone, request, new AbortController().signal).catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: 'aws.endpoint-unreachable', message: expect.stringContaining('ECONNREFUSED') });
});

test('a call that is aborted is cancelled', async () => {
  expect((await failure(AbortSignal.abort())).code).toBe('cancelled');
});

test('no secret is in any error', async () => {
  answer = { status: 400, body: JSON.stringify({ __type: 'AccessDeniedException' }) };
  const error = await failure();
  expect(JSON.stringify([error.toReport(), error.stack])).not.toMatch(/secret-canary/);
});
