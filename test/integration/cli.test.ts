/** `postern ls`, wrong use and bad surroundings, as a person meets them: what is printed where, and the exit status. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { Instance } from '../../src/contract/instance.ts';
import { startDemoCloud } from '../../src/demo/demoCloud.ts';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import { silentLog } from '../../src/services/base/log.ts';
import type { CliHome } from './cliProcess.ts';
import { createCliHome } from './cliProcess.ts';
import { emptyAnswer, instancesAnswer, profileSection, startScriptedAws } from './scriptedAws.ts';
import type { Script } from './scriptedAws.ts';

let home: CliHome;
let cloud: DemoCloud;

beforeAll(async () => {
  home = createCliHome();
  cloud = await startDemoCloud({ seed: new Uint8Array(32), log: silentLog });
});
afterEach(() => {
  Object.assign(cloud.faults, { failures: [], deniedActions: [], expiredToken: false });
});
afterAll(async () => {
  await cloud.close();
  home.remove();
});

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
const parsed = (stdout: string): Instance[] => z.array(Instance).parse(JSON.parse(stdout));

/** The demo cloud as AWS: by the variables of the AWS tools. */
const demoAws = () => ({ AWS_CONFIG_FILE: cloud.configFile, AWS_SHARED_CREDENTIALS_FILE: cloud.credentialsFile });

let configs = 0;
/** A config file of its own for one run. */
function configured(text: string): { AWS_CONFIG_FILE: string; AWS_SHARED_CREDENTIALS_FILE: string } {
  configs += 1;
  const file = join(home.folder, `config-${configs}`);
  writeFileSync(file, text);
  return { AWS_CONFIG_FILE: file, AWS_SHARED_CREDENTIALS_FILE: join(home.folder, 'none') };
}

async function scripted(script: Script): Promise<string> {
  const aws = await startScriptedAws(script);
  onTestFinished(() => aws.close());
  return aws.url;
}

async function answering(answer: (response: ServerResponse) => void): Promise<string> {
  const server: Server = createServer((_request, response) => answer(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('the demo is one option away: its instances as a table, then the prompt again', async () => {
  const { status, stdout, stderr } = await home.run(['ls', '--demo']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const [header, ...rows] = lines(stdout);
  expect(header).toMatch(/^NAME +INSTANCE ID +STATE +TYPE +PRIVATE +PUBLIC +SSM +SCOPE$/);
  expect(rows).toHaveLength(20);
  expect(rows.find((row) => row.startsWith('web-3 '))).toMatch(/^web-3 +i-[0-9a-f]{17} +running +t3\.medium +10\.0\.1\.33 +203\.0\.113\.33 +Online +demo\/ap-northeast-1$/);
  expect(readdirSync(home.folder).filter((name) => name.startsWith('postern-demo-'))).toEqual([]);
});

test('--demo=N makes an estate of N, and every word of a query must match', async () => {
  const { status, stdout } = await home.run(['ls', '--demo=250', '--json']);
  expect(status).toBe(0);
  expect(parsed(stdout)).toHaveLength(250);
  const found = await home.run(['ls', 'WEB', 'pending', '--json'], { environment: demoAws() });
  expect(parsed(found.stdout).map((instance) => instance.name)).toEqual(['web-4']);
  expect(await home.run(['ls', 'web', 'nothing-of-that-kind'], { environment: demoAws() })).toMatchObject({ status: 0, stdout: '', stderr: 'No instance matches.\n' });
  expect(await home.run(['ls', 'bad:filter', 'state:runnin'], { environment: demoAws() })).toMatchObject({
    status: 0,
    stdout: '',
    stderr: 'No instance matches.\npostern: "bad:" is no filter key; it was searched as text (keys: name: id: ip: tag: state: type: region: account: vpc: subnet: az: sg: key: image: platform: ssm: via: is:).\npostern: "state:runnin" is none of pending, running, stopping, stopped, shutting-down, terminated, connection-lost, inactive.\n',
  });
});

test('--json prints the contract\'s instances, whole, and nothing else', async () => {
  const { status, stdout, stderr } = await home.run(['ls', '--json'], { environment: demoAws() });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const instances = parsed(stdout);
  expect(instances).toHaveLength(20);
  // No field of the answer is one the contract does not know.
  expect(z.array(z.strictObject(Instance.shape)).parse(JSON.parse(stdout))).toEqual(instances);
  const web3 = instances.find((instance) => instance.name === 'web-3');
  expect(web3).toMatchObject({ scope: { profile: 'demo', region: 'ap-northeast-1', accountId: cloud.estate.accountId }, publicIpAddress: '203.0.113.33', ssm: { pingStatus: 'Online' } });
});

test('control characters and direction overrides of names and tags reach no terminal, in the table or in JSON', async () => {
  const table = await home.run(['ls'], { environment: demoAws() });
  const json = await home.run(['ls', '--json'], { environment: demoAws() });
  const dangerous = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
  expect(dangerous.exec(table.stdout)).toBeNull();
  expect(dangerous.exec(json.stdout)).toBeNull();
  expect(table.stdout).toContain('<img src=x onerror=alert(1)>\\u001b]0;');
  const hostile = parsed(json.stdout).find((instance) => instance.name?.startsWith('<img'));
  expect(hostile?.name).toContain('\u001b]0;');
  expect(Object.keys(hostile?.tags ?? {})).toContain('\u202Efdp.yek');
});

test('profiles and regions given several times are listed, and nothing else', async () => {
  const credentials = `aws_access_key_id = ${/aws_access_key_id = (\S+)/.exec(readFileSync(cloud.credentialsFile, 'utf8'))?.[1] ?? ''}\naws_secret_access_key = ${/aws_secret_access_key = (\S+)/.exec(readFileSync(cloud.credentialsFile, 'utf8'))?.[1] ?? ''}\n`;
  const environment = { ...configured(`[profile a]\nregion = ap-northeast-1\n${credentials}[profile b]\nregion = us-east-2\n${credentials}[profile c]\n${credentials}`), AWS_ENDPOINT_URL: cloud.endpointUrl };
  const scopes = async (...args: string[]): Promise<string[]> => {
    const { status, stdout } = await home.run(['ls', '--json', ...args], { environment });
    expect(status).toBe(0);
    return [...new Set(parsed(stdout).map(({ scope }) => `${scope.profile}/${scope.region}`))].toSorted();
  };
  // The same instance seen by two profiles belongs to the first.
  expect(await scopes()).toEqual(['a/ap-northeast-1', 'b/us-east-2']);
  expect(await scopes('--profile', 'b')).toEqual(['b/us-east-2']);
  expect(await scopes('--profile', 'c', '--region', 'us-east-2', '--region', 'ap-northeast-1')).toEqual(['c/ap-northeast-1', 'c/us-east-2']);
  expect(await scopes('--profile', 'b', '--profile', 'a')).toEqual(['a/ap-northeast-1', 'b/us-east-2']);
});

test('any endpoint that speaks EC2 will do: absent fields and unknown values are no fault', async () => {
  const url = await scripted((call) => {
    if (call.operation !== 'DescribeInstances') return emptyAnswer(call);
    return { body: '<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId></item><item><instanceId>i-2</instanceId><instanceState><name>hibernating-soon</name></instanceState><architecture>riscv128</architecture><novelty><deep>1</deep></novelty></item></instancesSet></item></reservationSet></DescribeInstancesResponse>' };
  });
  const { status, stdout, stderr } = await home.run(['ls', '--json'], { environment: { ...configured(profileSection('p', 'http://127.0.0.1:1').replace(/endpoint_url.*/, '')), AWS_ENDPOINT_URL: url } });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(parsed(stdout).map(({ instanceId, state }) => [instanceId, state])).toEqual([['i-1', 'unknown'], ['i-2', 'hibernating-soon']]);
});

test.each([
  ['answers a web page', (response: ServerResponse) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><html><body>Sign in</body></html>'), 'aws.endpoint-not-aws'],
  ['answers nothing at all', (response: ServerResponse) => void response.socket?.destroy(), 'aws.endpoint-unreachable'],
  ['answers an empty page', (response: ServerResponse) => void response.end(), 'aws.endpoint-not-aws'],
  ['fails inside', (response: ServerResponse) => void response.writeHead(500).end('oops'), 'aws.endpoint-not-aws'],
  ['answers half an answer', (response: ServerResponse) => void response.end('<DescribeInstancesResponse><reservationSet><item>'), 'aws.endpoint-not-aws'],
])('an endpoint that %s is one line per scope, and no answer: status 1', async (_, answer, code) => {
  const url = await answering(answer);
  const { status, stdout, stderr } = await home.run(['ls', '--json'], { environment: configured(profileSection('a', url) + profileSection('b', url)) });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(lines(stderr).map((line) => /^postern: (\S+): .* \(([a-z.-]+)\)$/.exec(line)?.slice(1))).toEqual([['a/eu-west-1', code], ['b/eu-west-1', code]]);
});

test('a scope that answers is listed beside one that does not, and that is status 0', async () => {
  const good = await scripted((call) => (call.operation === 'DescribeInstances' ? instancesAnswer(['i-0good']) : emptyAnswer(call)));
  const { status, stdout, stderr } = await home.run(['ls'], { environment: configured(profileSection('bad', 'http://127.0.0.1:1') + profileSection('good', good)) });
  expect(status).toBe(0);
  expect(lines(stdout).map((line) => line.split(/ +/)[1])).toEqual(['INSTANCE', 'i-0good']);
  expect(lines(stderr)).toEqual(['postern: bad/eu-west-1: No connection to http://127.0.0.1:1 (ECONNREFUSED). Check the network connection and the endpoint of the profile. (aws.endpoint-unreachable)']);
});

test('expired credentials and refused calls are told with what to do', async () => {
  cloud.faults.expiredToken = true;
  const expired = await home.run(['ls'], { environment: demoAws() });
  expect(expired).toMatchObject({ status: 1, stdout: '' });
  expect(lines(expired.stderr)[0]).toBe('postern: demo/ap-northeast-1: The credentials of profile demo in ap-northeast-1 have expired. Sign in again, e.g. with: aws sso login --profile demo (aws.credentials-expired)');
  cloud.faults.expiredToken = false;
  cloud.faults.deniedActions = ['ec2:DescribeInstances'];
  const denied = await home.run(['ls', '--region', 'us-east-2'], { environment: { ...demoAws(), AWS_PROFILE: 'demo' } });
  expect(denied).toMatchObject({ status: 1, stdout: '' });
  const [first, ...more] = lines(denied.stderr);
  expect(first).toBe('postern: demo/us-east-2: ec2:DescribeInstances is not allowed for profile demo in us-east-2. Allow ec2:DescribeInstances in the IAM policy of this identity, or choose another profile. (aws.access-denied)');
  // Other tests of this file may have listed it before.
  expect(more.filter((line) => !/^postern: \d+ hosts of an earlier run are not shown; "postern ls --offline" does\.$/.test(line))).toEqual([]);
});

test('what was last known is printed without asking anybody, with its time and by the same filter', async () => {
  const asked = await home.run(['ls', 'state:running'], { environment: demoAws() });
  cloud.faults.calls.length = 0;
  const offline = await home.run(['ls', '--offline', 'state:running'], { environment: demoAws() });
  expect(offline).toMatchObject({ status: 0, stdout: asked.stdout });
  expect(lines(offline.stderr)).toEqual([expect.stringMatching(/^postern: as AWS told it, the longest ago at 20\d\d-\S+Z\.$/)]);
  const json = await home.run(['ls', '--offline', '--json', 'web-1'], { environment: demoAws() });
  expect((JSON.parse(json.stdout) as { networkInterfaces: unknown[] }[]).map(({ networkInterfaces }) => networkInterfaces.length)).toEqual([1]);
  expect(cloud.faults.calls).toEqual([]);
});

test('what an app read within the last minute is printed without asking; what is older, of a time to come or damaged is asked for', { timeout: 60_000 }, async () => {
  const asked = await home.run(['ls'], { environment: demoAws() });
  const path = join(home.dataDir, 'estate.sqlite');
  /** As an app would have written it so many seconds ago. @returns how often AWS was asked for the list after that */
  const asksAfter = async (secondsAgo: number): Promise<number> => {
    const file = new DatabaseSync(path);
    file.prepare("UPDATE scopes SET refreshed_by = 'web', refreshed_at = ?").run(new Date(Date.now() - secondsAgo * 1000).toISOString());
    file.close();
    cloud.faults.calls.length = 0;
    expect(await home.run(['ls'], { environment: demoAws() })).toMatchObject({ status: 0, stdout: asked.stdout });
    return cloud.faults.calls.filter(({ action }) => action === 'ec2:DescribeInstances').length;
  };
  expect([await asksAfter(5), await asksAfter(90), await asksAfter(-3600)]).toEqual([0, 2, 2]);

  const whole = readFileSync(path);
  writeFileSync(path, Buffer.concat([whole.subarray(0, 8192), Buffer.alloc(whole.length - 8192, 0x5a)]));
  const mended = await home.run(['ls'], { environment: demoAws() });
  expect(mended).toMatchObject({ status: 0, stdout: asked.stdout });
  expect(lines(mended.stderr)[0]).toMatch(/^postern: estate\.sqlite is damaged\. It was kept as estate\.sqlite\.corrupt-/);
  expect((await home.run(['ls', '--offline'], { environment: demoAws() })).stdout).toBe(asked.stdout);
});

test('a policy is printed as JSON that IAM takes', async () => {
  const { status, stdout } = await home.run(['policy', '--feature', 'status']);
  expect([status, JSON.parse(stdout)]).toEqual([0, { Version: '2012-10-17', Statement: [{ Sid: 'PosternReads', Effect: 'Allow', Action: ['ec2:DescribeInstances', 'ec2:DescribeInstanceStatus'], Resource: '*' }] }]);
});

test('calls that a policy does not allow cost their facts only, and share a line', async () => {
  cloud.faults.deniedActions = ['ec2:DescribeVpcs', 'ec2:DescribeSubnets'];
  const { status, stdout, stderr } = await home.run(['ls', '--profile', 'demo', '--region', 'us-east-2'], { environment: demoAws() });
  expect(status).toBe(0);
  expect(lines(stdout)).toHaveLength(4);
  expect(lines(stderr)).toHaveLength(1);
  expect(stderr).toMatch(/^postern: demo\/us-east-2: ec2:Describe(Vpcs|Subnets) is not allowed for profile demo in us-east-2\. The same holds for ec2:Describe(Vpcs|Subnets)\. .* \(aws\.access-denied\)\n$/);
});

test('an unknown profile, a profile without a region, and no profile at all are named', async () => {
  const environment = configured('[profile lonely]\naws_access_key_id = a\naws_secret_access_key = b\n');
  expect(await home.run(['ls', '--profile', 'nope'], { environment })).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('There is no profile "nope" in the AWS config files. (aws.profile-not-found)') });
  expect(await home.run(['ls', '--profile', 'lonely'], { environment })).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('The profile "lonely" names no region. (aws.no-region)\n  Give one with --region') });
  expect(await home.run(['ls'])).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(/\(aws\.no-profile\)\n {2}.*--demo\.\n$/) });
});

test('a config line that cannot be understood is named by file and line, without its text, and the rest is used', async () => {
  const url = await scripted((call) => (call.operation === 'DescribeInstances' ? instancesAnswer(['i-0good']) : emptyAnswer(call)));
  const environment = configured(`wJalrXUtnFEMI\n${profileSection('p', url)}`);
  const { status, stdout, stderr } = await home.run(['ls'], { environment });
  expect(status).toBe(0);
  expect(stdout).toContain('i-0good');
  expect(stderr).toBe(`postern: ${environment.AWS_CONFIG_FILE} line 1: a setting before the first section.\n  Put it below a section such as [default].\n`);
});

test('a config file that cannot be read is named', async () => {
  const { status, stderr } = await home.run(['ls'], { environment: { AWS_CONFIG_FILE: home.folder } });
  expect(status).toBe(1);
  expect(lines(stderr)[0]).toBe(`postern: ${home.folder} cannot be read (EISDIR).`);
});

test('a data folder that cannot be made is named, with the variable that names another', async () => {
  expect(await home.run(['ls', '--demo'], { environment: { POSTERN_DATA_DIR: '/dev/null/postern' } })).toMatchObject({
    status: 1,
    stdout: '',
    stderr: 'postern: The data folder /dev/null/postern cannot be made. (data.write-failed)\n  Make it by hand, or name another one in POSTERN_DATA_DIR.\n',
  });
});

test('a settings file that is no JSON is said with its line and left as it is; the list is there all the same', async () => {
  const dataDir = join(home.folder, 'corrupt');
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, 'settings.json'), '{"scopes": [');
  const environment = { ...demoAws(), POSTERN_DATA_DIR: dataDir };
  const first = await home.run(['ls', 'bastion'], { environment });
  expect(first.status).toBe(0);
  expect(lines(first.stdout)).toHaveLength(3);
  expect(first.stderr).toBe(`postern: ${join(dataDir, 'settings.json')} line 1: the file ends too early. What can be read of the file is in force, and nothing is written to it.\n  Mend that line; the settings then take effect at once.\n`);
  expect(readFileSync(join(dataDir, 'settings.json'), 'utf8')).toBe('{"scopes": [');
});

test('Ctrl+C ends a list that waits for a silent endpoint, at once and without a trace', async () => {
  const asked = Promise.withResolvers<void>();
  const url = await answering(() => asked.resolve());
  const running = home.start(['ls'], { environment: configured(profileSection('silent', url)) });
  await asked.promise;
  running.child.kill('SIGINT');
  expect(await running.exited).toMatchObject({ status: 130, stdout: '', stderr: '' });
});

test('a reader of a list that is known already may leave early, too: nothing is said of it', async () => {
  const environment = { ...demoAws(), POSTERN_DATA_DIR: join(home.folder, 'early') };
  const cloudOfMany = await startDemoCloud({ seed: new Uint8Array(32), log: silentLog, instances: 3000 });
  onTestFinished(() => cloudOfMany.close());
  Object.assign(environment, { AWS_CONFIG_FILE: cloudOfMany.configFile, AWS_SHARED_CREDENTIALS_FILE: cloudOfMany.credentialsFile });
  await home.run(['ls'], { environment });
  const running = home.start(['ls', '--offline', '--json'], { environment });
  running.child.stdout?.once('data', () => running.child.stdout?.destroy());
  const { status, stderr } = await running.exited;
  expect([status, lines(stderr)]).toEqual([141, [expect.stringMatching(/^postern: as AWS told it/)]]);
});

test('a reader who leaves early ends the list, and the demo with it', async () => {
  const running = home.start(['ls', '--demo=400', '--json']);
  running.child.stdout?.once('data', () => running.child.stdout?.destroy());
  expect(await running.exited).toMatchObject({ status: 141, stderr: '' });
  expect(readdirSync(home.folder).filter((name) => name.startsWith('postern-demo-'))).toEqual([]);
});

test.each([
  [['nosuch'], "error: unknown command 'nosuch'"],
  [['ls', '--nosuch'], "error: unknown option '--nosuch'"],
  [['ls', '--demo=many'], "error: option '--demo=N' argument 'many' is invalid. It must be a whole number from 1 to 100000."],
  [['ssh'], "error: missing required argument 'target'"],
  [['ssh', 'web-1', 'ls', '-l', 'root'], 'error: write -- before the command: postern ssh web-1 -- ls'],
  [['ssh', 'web-1', '--via', 'teleport'], "error: option '--via <route>' argument 'teleport' is invalid."],
  [['proxy', 'web-1', '70000'], "error: command-argument value '70000' is invalid for argument 'port'. It must be a whole number from 1 to 65535."],
  [['serve', '--port', ''], "error: option '--port <number>' argument '' is invalid. It must be a whole number from 0 to 65535."],
])('wrong use (%j) is said in a line, with status 2', async (args, message) => {
  const { status, stdout, stderr } = await home.run(args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(lines(stderr)[0]).toContain(message);
});

test('every command has help on stdout with status 0, and names what a user needs', async () => {
  const helps = [[], ['ls'], ['ssh'], ['proxy'], ['serve'], ['keys']].map(async (command) => {
    const { status, stdout, stderr } = await home.run([...command, '--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  });
  const [all = '', ls = '', ssh = '', proxy = '', serve = '', keys = ''] = await Promise.all(helps);
  for (const command of ['ls', 'ssh', 'proxy', 'serve', 'keys']) expect(all).toContain(`\n  ${command} `);
  expect(all).toContain('POSTERN_DATA_DIR');
  expect(ls).toContain('--profile');
  expect(ssh).toContain('255 when there was no session');
  expect(proxy).toContain('ProxyCommand postern proxy %h %p');
  expect(serve).toContain('--bind');
  for (const command of ['list', 'generate', 'import', 'remove', 'hosts', 'forget', 'use-file']) expect(keys).toContain(`\n  ${command} `);
});
