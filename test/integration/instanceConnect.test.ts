/** EC2 Instance Connect's calls, on the wire to the demo cloud, with each error the service may answer. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import { startDemoCloud } from '../../src/demo/demoCloud.ts';
import type { AwsClients, ScopeClients } from '../../src/services/aws/clients.ts';
import { createClients, defaultTimeouts } from '../../src/services/aws/clients.ts';
import { isSerialConsoleEnabled, lendPublicKey, lendSerialConsoleKey } from '../../src/services/aws/instanceConnect.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { generateKeyPair } from '../../src/services/keys/generateKeyPair.ts';
import { createCliHome } from './cliProcess.ts';
import { generateKeyFile } from './sshd.ts';

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
  ['ThrottlingException', 'aws.throttled', 'Wait a few seconds and connect again, or sign in with a key of your own.'],
  ['InvalidArgsException', 'eic.key-push-refused', 'Check the user name: it must be one that Linux takes, of at most 32 characters.'],
  ['EC2InstanceNotFoundException', 'instance.not-found', 'Refresh the list; it may have been terminated.'],
  ['EC2InstanceStateInvalidException', 'instance.not-running', 'Start the instance first, or wait until it runs.'],
  ['AccessDeniedException', 'aws.access-denied', 'Allow ec2-instance-connect:SendSSHPublicKey in the IAM policy of this identity, or choose another profile.'],
])('%s tells the person what to do, as %s', async (name, code, remedy) => {
  cloud.faults.failures = [{ action: 'ec2-instance-connect:SendSSHPublicKey', code: name, status: 400 }];
  await expect(lendPublicKey(scoped, login(), noLimit()).finally(() => (cloud.faults.failures = []))).rejects.toMatchObject({ code, remedy });
});

test.each([
  ['SerialConsoleAccessDisabledException', 'eic.serial-disabled', 'Let an administrator allow it: aws ec2 enable-serial-console-access.'],
  ['EC2InstanceTypeInvalidException', 'eic.serial-unsupported', 'The serial console needs a type built on the Nitro system: change the type while the instance is stopped.'],
  ['SerialConsoleSessionLimitExceededException', 'eic.serial-busy', 'End the other session, then wait half a minute.'],
  ['SerialConsoleSessionUnavailableException', 'eic.serial-busy', 'Wait half a minute and try again: a session that has just ended is still being closed.'],
  ['SerialConsoleSessionUnsupportedException', 'eic.serial-unsupported', 'Open it by another way.'],
  ['AuthException', 'aws.access-denied', 'Allow the call on the instance in the IAM policy of this identity, for this user (condition ec2:osuser).'],
])('of the serial console, %s is told as %s', async (name, code, remedy) => {
  cloud.faults.failures = [{ action: 'ec2-instance-connect:SendSerialConsoleSSHPublicKey', code: name, status: 400 }];
  await expect(lendSerialConsoleKey(scoped, login(), noLimit()).finally(() => (cloud.faults.failures = []))).rejects.toMatchObject({ code, remedy });
});

test('a push that is cancelled ends as cancelled', async () => {
  await expect(lendPublicKey(scoped, login(), AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
});

test('a one-time key is on no disk, neither while its session runs nor after: a search that finds planted keys finds none', async () => {
  const home = createCliHome();
  try {
    const terminal = home.onTerminal(['ssh', '--demo', '--via', 'jump', 'db-1', '--', 'echo "i""n"; read line; echo "o""ut"']);
    while (/yes\/no/.test(await terminal.until(/yes\/no|^in$/m))) terminal.type('yes\r');
    expect(terminal.shown()).toContain('in');
    expect(filesWithPrivateKeys(home.folder)).toEqual([]);
    terminal.type('\r');
    expect(await terminal.exited).toBe(0);
    expect(filesWithPrivateKeys(home.folder)).toEqual([]);

    const { privateKey } = generateKeyPairSync('ed25519');
    const planted = { der: privateKey.export({ format: 'der', type: 'pkcs8' }), pem: privateKey.export({ format: 'pem', type: 'pkcs8' }), openssh: generateKeyFile(join(home.folder, 'planted-file'), ['ed25519']).privateKey };
    mkdirSync(join(home.dataDir, 'deep'), { recursive: true });
    writeFileSync(join(home.dataDir, 'deep', 'planted-der'), Buffer.concat([Buffer.alloc(100, 7), planted.der]));
    writeFileSync(join(home.folder, 'planted-pem'), planted.pem);
    writeFileSync(join(home.folder, 'planted-json'), JSON.stringify({ key: planted.openssh }));
    expect(filesWithPrivateKeys(home.folder).map((path) => basename(path)).toSorted()).toEqual(['planted-der', 'planted-file', 'planted-json', 'planted-pem']);
  } finally {
    home.remove();
  }
});

/** Every file below a folder with a private key in it, as PEM or OpenSSH text or as the bytes of an ed25519 key in PKCS#8 (RFC 8410). */
function filesWithPrivateKeys(folder: string): string[] {
  const traces = [Buffer.from('PRIVATE KEY'), Buffer.from('openssh-key-v1'), Buffer.from('b3BlbnNzaC1rZXktdjE'), Buffer.from('302e020100300506032b657004220420', 'hex')];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const content = readFileSync(path);
      return traces.some((trace) => content.includes(trace));
    });
}

function noLimit(): AbortSignal {
  return new AbortController().signal;
}
