import { expect, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import { toAwsError } from '../../../src/services/aws/awsErrors.ts';

const call = { action: 'ec2:DescribeInstances', profile: 'work', region: 'eu-west-1', endpoint: 'https://ec2.eu-west-1.amazonaws.com' };
const secret = 'wJalrXUtnFEMI-secret';

function aws(name: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(`${secret} in the message`), { name, $fault: 'client', $metadata: { httpStatusCode, requestId: 'request-1' } });
}
function network(code: string): Error {
  return Object.assign(new Error(secret), { code });
}

const cases: readonly [string, unknown, string][] = [
  ['UnauthorizedOperation', aws('UnauthorizedOperation', 403), 'aws.access-denied'],
  ['AccessDeniedException', aws('AccessDeniedException'), 'aws.access-denied'],
  ['ExpiredTokenException', aws('ExpiredTokenException'), 'aws.credentials-expired'],
  ['RequestExpired', aws('RequestExpired'), 'aws.credentials-expired'],
  ['AuthFailure', aws('AuthFailure', 401), 'aws.credentials-refused'],
  ['UnrecognizedClientException', aws('UnrecognizedClientException'), 'aws.credentials-refused'],
  ['RequestTimeTooSkewed', aws('RequestTimeTooSkewed'), 'aws.credentials-refused'],
  ['RequestLimitExceeded', aws('RequestLimitExceeded', 503), 'aws.throttled'],
  ['ThrottlingException', aws('ThrottlingException'), 'aws.throttled'],
  ['any name with HTTP 429', aws('Busy', 429), 'aws.throttled'],
  ['OptInRequired', aws('OptInRequired'), 'aws.region-unknown'],
  ['CredentialsProviderError', Object.assign(new Error(secret), { name: 'CredentialsProviderError' }), 'aws.no-credentials'],
  ['InvalidInstanceID.NotFound', aws('InvalidInstanceID.NotFound'), 'instance.not-found'],
  ['TargetNotConnected', aws('TargetNotConnected'), 'ssm.target-not-connected'],
  ['ECONNREFUSED', network('ECONNREFUSED'), 'aws.endpoint-unreachable'],
  ['ENOTFOUND', network('ENOTFOUND'), 'aws.endpoint-unreachable'],
  ['a time-out', Object.assign(new Error(secret), { name: 'TimeoutError' }), 'aws.endpoint-unreachable'],
  ['a certificate nobody signed', network('DEPTH_ZERO_SELF_SIGNED_CERT'), 'aws.endpoint-unreachable'],
  ['an SSH banner', network('HPE_INVALID_CONSTANT'), 'aws.endpoint-not-aws'],
  ['JSON that is none', new SyntaxError(secret), 'aws.endpoint-not-aws'],
  ['an error without AWS form', Object.assign(new Error(secret), { name: 'Error', $metadata: { httpStatusCode: 403 } }), 'aws.endpoint-not-aws'],
  ['an abort', Object.assign(new Error(secret), { name: 'AbortError' }), 'cancelled'],
  ['any other AWS error', aws('InvalidParameterCombination'), 'aws.failed'],
];

test.for(cases)('%s becomes its code with one clear sentence and nothing of the message', ([, thrown, code]) => {
  const report = toAwsError(thrown, call).toReport();
  expect(report.code).toBe(code);
  expect(report.message).toMatch(/^[^\n]+\.$/);
  expect(JSON.stringify(report)).not.toContain(secret);
  if (code !== 'cancelled') expect(report.remedy).toMatch(/\S/);
});

test('access denied names the IAM action, the profile, the region and AWS request id', () => {
  expect(toAwsError(aws('UnauthorizedOperation', 403), call).toReport()).toEqual({
    code: 'aws.access-denied',
    message: 'ec2:DescribeInstances is not allowed for profile work in eu-west-1.',
    remedy: 'Allow ec2:DescribeInstances in the IAM policy of this identity, or choose another profile.',
    retryable: false,
    requestId: 'request-1',
  });
});

test('a target that is not connected is named', () => {
  expect(toAwsError(aws('TargetNotConnected'), { ...call, action: 'ssm:StartSession', target: 'i-0abc' }).message).toBe('i-0abc is not connected to Systems Manager.');
});

test('an error that already has a code stays what it is, and a fault of our own is internal', () => {
  const known = new PosternError({ code: 'aws.no-region', message: 'x' });
  expect(toAwsError(known, call)).toBe(known);
  expect(toAwsError(new TypeError('x is not a function'), call).code).toBe('internal');
});
