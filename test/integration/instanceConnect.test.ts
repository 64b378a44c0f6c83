/** EC2 Instance Connect's calls, on the wire to the demo cloud, with each error the service may answer. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import { startDemoCloud } from '../../src/demo/demoCloud.ts';
import type { AwsClients, ScopeClients } from '../../src/services/aws/clients.ts';
import { createClients, defaultTimeouts } from '../../src/services/aws/clients.ts';
import { isSerialConsoleEnabled, lendPublicKey, lendSerialConsoleKey } from '../../src/services/aws/instanceConnect.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { generateKeyPair } from '../../src/services/keys/generateKeyPair.ts';

let cloud: DemoCloud;
let clients: AwsClients;
let scoped: ScopeClients;
let publicKey: string;

beforeAll(async () => {
  cloud = await startDemoCloud({ seed: randomBytes(32), log: silentLog });
  clients = createClients({ clouds: () => [cloud], version: '0', timeouts: { ...defaultTimeouts, attempts: 1 } });
  scoped = await clients.forScope({ profile: 'demo', region: 'ap-northeast-1' });
  ({ publicKey } = await generateKeyPair({ keyType: 'ed25519' }));
});

afterAll(async () => {
  clients.close();
  await cloud.close();
});

function login() {
  const { instanceId, osUser, availabilityZone } = cloud.instance('web-1');
  return { instanceId, osUser, availabilityZone, publicKey };
}

test('a key that is taken settles', async () => {
  await expect(lendPublicKey(scoped, login(), noLimit())).resolves.toBeUndefined();
});

test('the switch of the serial console is asked for', async () => {
  expect(await isSerialConsoleEnabled(scoped, noLimit())).toBe(true);
  cloud.serialConsoleSwitch.enabled = false;
  expect(await isSerialConsoleEnabled(scoped, noLimit()).finally(() => (cloud.serialConsoleSwitch.enabled = true))).toBe(false);
});

test('what the demo itself refuses is told in words', async () => {
  await expect(lendPublicKey(scoped, { ...login(), instanceId: 'i-00000000000000000' }, noLimit())).rejects.toMatchObject({ code: 'instance.not-found', message: 'i-00000000000000000 is not known to EC2 Instance Connect.' });
  await expect(lendPublicKey(scoped, { ...login(), availabilityZone: undefined, instanceId: cloud.instance('report-1').instanceId }, noLimit())).rejects.toMatchObject({ code: 'instance.not-running' });
  await expect(lendPublicKey(scoped, { ...login(), osUser: '-' }, noLimit())).rejects.toMatchObject({ code: 'eic.key-push-refused', remedy: 'Check the user name: it must be one that Linux takes, of at most 32 characters.' });
});

test.each([
  ['AuthException', 'aws.access-denied', 'Allow the call on the instance in the IAM policy of this identity, for this user (condition ec2:osuser).'],
  ['ServiceException', 'eic.key-push-refused', 'Try again in a few seconds, or sign in with a key of your own.'],
  ['EC2InstanceUnavailableException', 'eic.instance-unavailable', 'Wait a few minutes and try again.'],
  ['ThrottlingException', 'aws.throttled', 'Wait a minute and refresh.'],
  ['AccessDeniedException', 'aws.access-denied', 'Allow ec2-instance-connect:SendSSHPublicKey in the IAM policy of this identity, or choose another profile.'],
])('%s tells the person what to do, as %s', async (name, code, remedy) => {
  cloud.faults.failures = [{ action: 'ec2-instance-connect:SendSSHPublicKey', code: name, status: 400 }];
  await expect(lendPublicKey(scoped, login(), noLimit()).finally(() => (cloud.faults.failures = []))).rejects.toMatchObject({ code, remedy });
});

test.each([
  ['SerialConsoleAccessDisabledException', 'eic.serial-disabled'],
  ['EC2InstanceTypeInvalidException', 'eic.serial-unsupported'],
  ['SerialConsoleSessionLimitExceededException', 'eic.serial-busy'],
  ['SerialConsoleSessionUnavailableException', 'eic.serial-busy'],
  ['SerialConsoleSessionUnsupportedException', 'eic.serial-unsupported'],
])('of the serial console, %s is told as %s', async (name, code) => {
  cloud.faults.failures = [{ action: 'ec2-instance-connect:SendSerialConsoleSSHPublicKey', code: name, status: 400 }];
  await expect(lendSerialConsoleKey(scoped, login(), noLimit()).finally(() => (cloud.faults.failures = []))).rejects.toMatchObject({ code, remedy: expect.stringMatching(/\w/) });
});

test('a push that is cancelled ends as cancelled', async () => {
  await expect(lendPublicKey(scoped, login(), AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
});

function noLimit(): AbortSignal {
  return new AbortController().signal;
}
