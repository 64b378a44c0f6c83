import { expect, test } from 'vitest';
import { CLOCK_SKEW_LIMIT_MS, verifySigV4 } from '../../../src/demo/sigV4.ts';
import type { SignedRequest, SigningCredentials } from '../../../src/demo/sigV4.ts';
import { Secret } from '../../../src/services/base/secret.ts';

/** The credentials of AWS's published examples. */
const credentials: SigningCredentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: Secret.fromText('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY') };
const exampleTime = Date.parse('2015-08-30T12:36:00Z');

interface Vector {
  readonly name: string;
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly body?: string;
  readonly signature: string;
}

/** Of the AWS Signature Version 4 test suite, service `service` in us-east-1. */
const suite: readonly Vector[] = [
  { name: 'get-vanilla', signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31' },
  { name: 'get-vanilla-query-order-key-case', target: '/?Param2=value2&Param1=value1', signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500' },
  { name: 'get-utf8', target: '/\u1234', signature: '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85' },
  { name: 'get-space', target: '/example space/', signature: '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741' },
  { name: 'get-header-value-trim', headers: { 'my-header1': [' value1'], 'my-header2': [' "a   b   c"'] }, signature: 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736' },
  { name: 'post-vanilla', method: 'POST', signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b' },
  {
    name: 'post-x-www-form-urlencoded',
    method: 'POST',
    headers: { 'content-type': ['application/x-www-form-urlencoded'] },
    body: 'Param1=value1',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
];

function toRequest(vector: Vector): SignedRequest {
  const headers: Record<string, readonly string[]> = { host: ['example.amazonaws.com'], 'x-amz-date': ['20150830T123600Z'], ...vector.headers };
  const signedHeaders = Object.keys(headers).sort().join(';');
  headers['authorization'] = [`AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${signedHeaders}, Signature=${vector.signature}`];
  return { method: vector.method ?? 'GET', target: vector.target ?? '/', headers, body: Buffer.from(vector.body ?? '') };
}

test.each(suite)('the published request $name is accepted with its published signature', (vector) => {
  expect(verifySigV4(toRequest(vector), credentials, exampleTime)).toEqual({ valid: true, scope: { accessKeyId: 'AKIDEXAMPLE', date: '20150830', region: 'us-east-1', service: 'service' } });
});

test.each(suite)('the published request $name is refused when one digit of its signature is another', (vector) => {
  const last = vector.signature.endsWith('0') ? '1' : '0';
  const verdict = verifySigV4(toRequest({ ...vector, signature: vector.signature.slice(0, -1) + last }), credentials, exampleTime);
  expect(verdict).toMatchObject({ valid: false, fault: 'wrong-signature' });
});

test('the worked example of the IAM user guide is accepted', () => {
  const request = toRequest({
    name: 'ListUsers',
    target: '/?Action=ListUsers&Version=2010-05-08',
    headers: { host: ['iam.amazonaws.com'], 'content-type': ['application/x-www-form-urlencoded; charset=utf-8'] },
    signature: '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  });
  const authorization = request.headers['authorization']?.[0]?.replace('/service/', '/iam/') ?? '';
  expect(verifySigV4({ ...request, headers: { ...request.headers, authorization: [authorization] } }, credentials, exampleTime).valid).toBe(true);
});

/** Specs section 2.1: the upgrade to a data channel, with the query of a real cell number. */
const upgrade: SignedRequest = {
  method: 'GET',
  target: '/v1/data-channel/user-0123456789abcdef0?role=publish_subscribe',
  headers: {
    host: ['ssmmessages.us-east-1.amazonaws.com'],
    'x-amz-date': ['20240229T235959Z'],
    'x-amz-security-token': ['FwoGZXIvYXdzEXAMPLE+/=token'],
    authorization: [
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20240229/us-east-1/ssmmessages/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=7727e863c06d2e0e97f5230ec796d5bb25adb17f0c8a0ab79be33b5f8b3bd562',
    ],
  },
  body: new Uint8Array(),
};
const upgradeTime = Date.parse('2024-02-29T23:59:59Z');
const temporary: SigningCredentials = { ...credentials, sessionToken: Secret.fromText('FwoGZXIvYXdzEXAMPLE+/=token') };

test('a signed WebSocket upgrade with a session token is accepted for temporary credentials', () => {
  expect(verifySigV4(upgrade, temporary, upgradeTime)).toMatchObject({ valid: true, scope: { service: 'ssmmessages' } });
});

test('another session token, or one that nobody issued, is refused before the signature is looked at', () => {
  expect(verifySigV4(upgrade, { ...temporary, sessionToken: Secret.fromText('another') }, upgradeTime)).toMatchObject({ fault: 'wrong-token' });
  expect(verifySigV4(upgrade, credentials, upgradeTime)).toMatchObject({ fault: 'wrong-token' });
});

test('a request is good for fifteen minutes either way and not a second longer', () => {
  expect(verifySigV4(upgrade, temporary, upgradeTime + CLOCK_SKEW_LIMIT_MS).valid).toBe(true);
  expect(verifySigV4(upgrade, temporary, upgradeTime - CLOCK_SKEW_LIMIT_MS).valid).toBe(true);
  expect(verifySigV4(upgrade, temporary, upgradeTime + CLOCK_SKEW_LIMIT_MS + 1000)).toMatchObject({ fault: 'clock-skew' });
  expect(verifySigV4(upgrade, temporary, upgradeTime - CLOCK_SKEW_LIMIT_MS - 1000)).toMatchObject({ fault: 'clock-skew' });
});

test('an X-Amz header that was not signed makes the signature incomplete', () => {
  expect(verifySigV4({ ...upgrade, headers: { ...upgrade.headers, 'x-amz-added': ['on the way'] } }, temporary, upgradeTime)).toMatchObject({ fault: 'incomplete' });
});

test('an unknown access key, a missing and an unreadable Authorization header each have their own fault', () => {
  expect(verifySigV4(upgrade, { ...temporary, accessKeyId: 'AKIDOTHER' }, upgradeTime)).toMatchObject({ fault: 'unknown-key' });
  expect(verifySigV4({ ...upgrade, headers: { host: ['x'] } }, temporary, upgradeTime)).toEqual({ valid: false, fault: 'missing' });
  expect(verifySigV4({ ...upgrade, headers: { ...upgrade.headers, authorization: ['AWS4-HMAC-SHA256 Credential=half'] } }, temporary, upgradeTime)).toEqual({ valid: false, fault: 'incomplete' });
});
