import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { access, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as ec2 from '@aws-sdk/client-ec2';
import { fromIni } from '@aws-sdk/credential-providers';
import * as ssm from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '@aws-crypto/sha256-js';
import ssh2 from 'ssh2';
import { WebSocket } from 'ws';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startDemoCloud } from '../../src/demo/demoCloud.ts';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { signUpgrade } from '../../src/services/aws/signUpgrade.ts';

const TOKYO = 'ap-northeast-1';
const OHIO = 'us-east-2';
const seed = Buffer.alloc(32, 7);

/** The demo's time runs with the machine's, plus what a test adds. */
let addedMs = 0;
const clock = { now: () => Date.now() + addedMs };

let cloud: DemoCloud;
let keys: { readonly accessKeyId: string; readonly secretAccessKey: string };

beforeAll(async () => {
  cloud = await startDemoCloud({ seed, log: silentLog, clock });
  keys = await fromIni({ profile: 'demo', configFilepath: cloud.configFile, filepath: cloud.credentialsFile })();
});

afterEach(() => {
  addedMs = 0;
  Object.assign(cloud.faults, { latencyMs: 0, throttle: undefined, expiredToken: false, failures: [], deniedActions: [] });
  cloud.faults.calls.length = 0;
  vi.unstubAllEnvs();
});

afterAll(() => cloud.close());

/** One attempt, so that a test sees the first answer. */
const settings = (region = TOKYO) => ({ region, endpoint: cloud.endpointUrl, credentials: keys, maxAttempts: 1 });
const ec2Client = (region?: string) => new ec2.EC2Client(settings(region));
const ssmClient = (region?: string) => new ssm.SSMClient(settings(region));
const stsClient = () => new STSClient(settings());
const instancesOf = (region: string) => cloud.estate.regions.find((one) => one.region === region)?.instances ?? [];

/** For Instance Connect, whose SDK client Postern does not carry. */
async function callJson(service: string, target: string, input: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const { host } = new URL(cloud.endpointUrl);
  const signer = new SignatureV4({ service, region: TOKYO, credentials: keys, sha256: Sha256 });
  const body = JSON.stringify(input);
  const headers = { host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  const signed = await signer.sign({ method: 'POST', protocol: 'http:', hostname: host, path: '/', query: {}, headers, body }, { signingDate: new Date(clock.now()) });
  const answer = await fetch(cloud.endpointUrl, { method: 'POST', headers: signed.headers, body });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test('its config files alone lead the SDK to it, in a folder for this user only', async () => {
  vi.stubEnv('AWS_PROFILE', 'demo');
  vi.stubEnv('AWS_CONFIG_FILE', cloud.configFile);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', cloud.credentialsFile);
  const identity = await new STSClient({ maxAttempts: 1 }).send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({ Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/demo' });
  expect(await readFile(cloud.configFile, 'utf8')).toBe(`[profile demo]\nregion = ${TOKYO}\npostern_regions = ${TOKYO},${OHIO}\nendpoint_url = ${cloud.endpointUrl}\n`);
  const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
  expect([await modeOf(dirname(cloud.configFile)), await modeOf(cloud.configFile), await modeOf(cloud.credentialsFile)]).toEqual([0o700, 0o600, 0o600]);
});

test.each([TOKYO, OHIO])('every instance of %s comes through the pages, with its interfaces, exactly once', async (region) => {
  const ids: string[] = [];
  let pages = 0;
  for await (const page of ec2.paginateDescribeInstances({ client: ec2Client(region), pageSize: 5 }, {})) {
    pages += 1;
    ids.push(...(page.Reservations ?? []).flatMap((reservation) => (reservation.Instances ?? []).map((instance) => instance.InstanceId ?? '')));
  }
  expect(ids).toEqual(instancesOf(region).map((instance) => instance.instanceId));
  expect(pages).toBe(Math.ceil(ids.length / 5));
  expect(cloud.faults.calls.map((call) => call.outcome)).toEqual(Array(pages).fill('ok'));
});

test('an instance with two interfaces arrives with every address, Elastic IP, prefix and group', async () => {
  const router = cloud.instance('router-1');
  const { Reservations } = await ec2Client().send(new ec2.DescribeInstancesCommand({ InstanceIds: [router.instanceId] }));
  const instance = Reservations?.[0]?.Instances?.[0];
  const outside = instance?.NetworkInterfaces?.[0];
  expect(instance).toMatchObject({ PublicIpAddress: '203.0.113.50', PublicDnsName: 'ec2-203-0-113-50.ap-northeast-1.compute.amazonaws.com', State: { Code: 16, Name: 'running' }, SourceDestCheck: false, KeyName: 'demo-key' });
  expect(instance?.LaunchTime?.toISOString()).toBe('2026-06-06T06:06:06.000Z');
  expect(outside?.PrivateIpAddresses?.map((address) => [address.PrivateIpAddress, address.Primary, address.Association?.PublicIp])).toEqual([
    ['10.0.0.50', true, '203.0.113.50'],
    ['10.0.0.51', false, '203.0.113.51'],
    ['10.0.0.52', false, undefined],
  ]);
  expect(outside?.Ipv6Addresses?.map((address) => address.Ipv6Address)).toEqual(['2001:db8:1200::50', '2001:db8:1200::51']);
  expect(outside?.Ipv4Prefixes).toEqual([{ Ipv4Prefix: '10.0.0.112/28' }]);
  expect(instance?.NetworkInterfaces?.[1]?.Groups?.map((group) => group.GroupName)).toEqual(['router', 'no-inbound']);

  const { NetworkInterfaces } = await ec2Client().send(new ec2.DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'attachment.instance-id', Values: [router.instanceId] }] }));
  expect(NetworkInterfaces?.map((one) => one.NetworkInterfaceId)).toEqual(router.networkInterfaces.map((one) => one.networkInterfaceId));
  const { Addresses } = await ec2Client().send(new ec2.DescribeAddressesCommand({ Filters: [{ Name: 'instance-id', Values: [router.instanceId] }] }));
  expect(Addresses?.map((address) => address.PublicIp)).toEqual(['203.0.113.50', '203.0.113.51']);
});

test('hostile tags arrive as they are', async () => {
  const hostile = instancesOf(TOKYO).find((instance) => instance.tags['emoji'] !== undefined);
  const { Reservations } = await ec2Client().send(new ec2.DescribeInstancesCommand({ InstanceIds: [hostile?.instanceId ?? ''] }));
  const tags = Object.fromEntries((Reservations?.[0]?.Instances?.[0]?.Tags ?? []).map((tag) => [tag.Key, tag.Value]));
  expect(tags).toEqual(hostile?.tags);
  expect(tags['Name']).toContain('\u001B]0;owned\u0007');
  expect([...(tags['emoji'] ?? '')]).toHaveLength(256);
});

test('filters and ids choose, and what is asked wrongly is refused with EC2\'s code', async () => {
  const client = ec2Client();
  const { Reservations } = await client.send(new ec2.DescribeInstancesCommand({ Filters: [{ Name: 'tag:role', Values: ['web'] }, { Name: 'instance-state-name', Values: ['running', 'pending'] }] }));
  expect(Reservations?.map((one) => one.Instances?.[0]?.Tags?.find((tag) => tag.Key === 'Name')?.Value)).toEqual(['web-1', 'web-2', 'web-4']);
  const refusals: [ec2.DescribeInstancesCommandInput, string][] = [
    [{ InstanceIds: ['i-0ffffffffffffffff'] }, 'InvalidInstanceID.NotFound'],
    [{ InstanceIds: ['web-1'] }, 'InvalidInstanceID.Malformed'],
    [{ MaxResults: 4 }, 'InvalidParameterValue'],
    [{ Filters: [{ Name: 'colour', Values: ['red'] }] }, 'InvalidParameterValue'],
  ];
  for (const [input, name] of refusals) await expect(client.send(new ec2.DescribeInstancesCommand(input))).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
});

test('status checks name the failing one and the announced event; others than running only when asked for', async () => {
  const running = await ec2Client().send(new ec2.DescribeInstanceStatusCommand({}));
  const byId = new Map(running.InstanceStatuses?.map((status) => [status.InstanceId, status]));
  expect(byId.get(cloud.instance('cache-1').instanceId)).toMatchObject({ InstanceStatus: { Status: 'impaired', Details: [{ Name: 'reachability', Status: 'failed' }] }, SystemStatus: { Status: 'ok' } });
  expect(byId.get(cloud.instance('db-1').instanceId)?.Events).toMatchObject([{ Code: 'instance-retirement' }]);
  expect(byId.has(cloud.instance('report-1').instanceId)).toBe(false);
  const all = await ec2Client().send(new ec2.DescribeInstanceStatusCommand({ IncludeAllInstances: true }));
  expect(all.InstanceStatuses?.find((status) => status.InstanceId === cloud.instance('report-1').instanceId)?.InstanceStatus?.Status).toBe('not-applicable');
});

test('what surrounds the instances can be listed, and refers to itself only', async () => {
  const client = ec2Client();
  const region = cloud.estate.regions[0];
  const vpcs = await client.send(new ec2.DescribeVpcsCommand({}));
  expect(vpcs.Vpcs?.map((vpc) => vpc.VpcId)).toEqual(region?.vpcs.map((vpc) => vpc.vpcId));
  const subnets = await client.send(new ec2.DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcs.Vpcs?.[1]?.VpcId ?? ''] }] }));
  expect(subnets.Subnets?.map((subnet) => subnet.CidrBlock)).toEqual(['10.1.0.0/24', '10.1.1.0/24']);
  const groups = await client.send(new ec2.DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: ['web'] }] }));
  const bastion = region?.securityGroups.find((group) => group.groupName === 'bastion');
  expect(groups.SecurityGroups?.[0]?.IpPermissions).toMatchObject([
    { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '10.0.0.0/16' }] },
    { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, UserIdGroupPairs: [{ GroupId: bastion?.groupId }, {}] },
  ]);
  const tables = await client.send(new ec2.DescribeRouteTablesCommand({}));
  expect(tables.RouteTables?.flatMap((table) => table.Routes ?? []).filter((route) => route.NatGatewayId !== undefined)).toMatchObject([{ DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: region?.natGateways[0]?.natGatewayId }]);
  const acls = await client.send(new ec2.DescribeNetworkAclsCommand({ Filters: [{ Name: 'default', Values: ['false'] }] }));
  expect(acls.NetworkAcls?.[0]?.Entries?.filter((entry) => entry.Egress === false).map((entry) => entry.RuleNumber)).toEqual([100, 110, 120, 32767]);
  const gateways = await client.send(new ec2.DescribeInternetGatewaysCommand({}));
  expect(gateways.InternetGateways?.map((gateway) => gateway.InternetGatewayId)).toEqual(region?.internetGateways.map((gateway) => gateway.internetGatewayId));
  const nats = await client.send(new ec2.DescribeNatGatewaysCommand({}));
  expect(nats.NatGateways?.[0]?.NatGatewayAddresses?.[0]?.PublicIp).toBe('203.0.113.200');
  const endpoints = await client.send(new ec2.DescribeInstanceConnectEndpointsCommand({}));
  expect(endpoints.InstanceConnectEndpoints?.map((endpoint) => endpoint.State)).toEqual(['create-complete']);
  const vpcEndpoints = await client.send(new ec2.DescribeVpcEndpointsCommand({}));
  expect(vpcEndpoints.VpcEndpoints?.map((endpoint) => endpoint.ServiceName).sort()).toEqual(['com.amazonaws.ap-northeast-1.s3', 'com.amazonaws.ap-northeast-1.ssm', 'com.amazonaws.ap-northeast-1.ssmmessages']);
  const regions = await client.send(new ec2.DescribeRegionsCommand({}));
  expect(regions.Regions?.map((one) => one.RegionName)).toEqual([TOKYO, OHIO]);
});

test('a key pair shows its public half only when asked for, and its fingerprint in EC2\'s form', async () => {
  const plain = await ec2Client().send(new ec2.DescribeKeyPairsCommand({ KeyNames: ['demo-key'] }));
  expect(plain.KeyPairs?.[0]?.PublicKey).toBeUndefined();
  expect(plain.KeyPairs?.[0]?.KeyFingerprint).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  const whole = await ec2Client().send(new ec2.DescribeKeyPairsCommand({ IncludePublicKey: true }));
  expect(whole.KeyPairs?.map((pair) => [pair.KeyName, pair.PublicKey?.split(' ')[0]])).toEqual([['demo-key', 'ssh-ed25519'], ['ops-2023', 'ssh-rsa']]);
  await expect(ec2Client().send(new ec2.DescribeKeyPairsCommand({ KeyNames: ['nobody'] }))).rejects.toMatchObject({ name: 'InvalidKeyPair.NotFound' });
});

test('the console log shows the keys that the host then shows', async () => {
  const bastion = cloud.instance('bastion');
  const { Output } = await ec2Client().send(new ec2.GetConsoleOutputCommand({ InstanceId: bastion.instanceId }));
  const text = Buffer.from(Output ?? '', 'base64').toString('utf8');
  const line = cloud.host(bastion).hostKeyLines()[0] ?? '';
  expect(text).toContain(`-----BEGIN SSH HOST KEY KEYS-----\r\n${line} root@ip-10-0-0-10`);
  expect(await shownHostKey('203.0.113.10')).toBe(line.split(' ')[1]);
});

async function shownHostKey(address: string): Promise<string> {
  const client = new ssh2.Client();
  const sock = await cloud.dialer.dial(address, 22, AbortSignal.timeout(10_000));
  const shown = new Promise<string>((resolve) => {
    client.on('error', () => undefined);
    client.connect({ sock, username: 'ec2-user', hostVerifier: (key: Buffer) => (resolve(key.toString('base64')), false) });
  });
  const key = await shown;
  client.end();
  sock.destroy();
  return key;
}

async function login(address: string, username: string, privateKey: string): Promise<'in' | 'refused'> {
  const client = new ssh2.Client();
  const sock = await cloud.dialer.dial(address, 22, AbortSignal.timeout(10_000));
  client.connect({ sock, username, privateKey, hostVerifier: () => true });
  try {
    await once(client, 'ready');
    return 'in';
  } catch {
    return 'refused';
  } finally {
    client.end();
    sock.destroy();
  }
}

test('the lent key opens the bastion through the demo\'s network, and not as another user', async () => {
  const key = cloud.lentKeys[0]?.privateKey.revealText() ?? '';
  expect(cloud.lentKeys.map((lent) => lent.keyName)).toEqual(['demo-key']);
  expect(await login('203.0.113.10', 'ec2-user', key)).toBe('in');
  expect(await login('203.0.113.10', 'root', key)).toBe('refused');
});

test('a public key sent by EC2 Instance Connect opens its host for sixty seconds and no longer', async () => {
  const web = cloud.instance('web-3');
  const pair = ssh2.utils.generateKeyPairSync('ed25519');
  expect(await login('203.0.113.33', 'ubuntu', pair.private)).toBe('refused');
  const sent = await callJson('ec2-instance-connect', 'AWSEC2InstanceConnectService.SendSSHPublicKey', { InstanceId: web.instanceId, InstanceOSUser: 'ubuntu', SSHPublicKey: pair.public });
  expect(sent).toMatchObject({ status: 200, body: { Success: true } });
  expect(await login('203.0.113.33', 'ubuntu', pair.private)).toBe('in');
  addedMs = 60_001;
  expect(await login('203.0.113.33', 'ubuntu', pair.private)).toBe('refused');
});

test('EC2 Instance Connect refuses what it cannot do, each with its own error', async () => {
  const send = (input: Record<string, string>) => callJson('ec2-instance-connect', 'AWSEC2InstanceConnectService.SendSSHPublicKey', { InstanceOSUser: 'ec2-user', SSHPublicKey: ssh2.utils.generateKeyPairSync('ed25519').public, ...input });
  const ecdsa = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }).toString();
  expect((await send({ InstanceId: 'i-0ffffffffffffffff' })).body).toMatchObject({ __type: 'EC2InstanceNotFoundException' });
  expect((await send({ InstanceId: cloud.instance('report-1').instanceId })).body).toMatchObject({ __type: 'EC2InstanceStateInvalidException' });
  expect((await send({ InstanceId: cloud.instance('bastion').instanceId, SSHPublicKey: ecdsa })).body).toMatchObject({ __type: 'InvalidArgsException' });
  expect(await send({ InstanceId: 'bastion' })).toMatchObject({ status: 400, body: { __type: 'InvalidArgsException' } });
});

test('Systems Manager lists every agent through pages of five to fifty, with the age of its last ping', async () => {
  const found: ssm.InstanceInformation[] = [];
  for await (const page of ssm.paginateDescribeInstanceInformation({ client: ssmClient(), pageSize: 5 }, {})) found.push(...(page.InstanceInformationList ?? []));
  expect(found.map((one) => one.InstanceId)).toEqual([...instancesOf(TOKYO).filter((instance) => instance.agent !== undefined).map((instance) => instance.instanceId), cloud.managedNode('office-files').instanceId]);
  expect(found.at(-1)).toMatchObject({ ResourceType: 'ManagedInstance', SourceType: 'AWS::SSM::ManagedInstance', Name: 'office-files', IPAddress: '192.168.10.20', IamRole: 'managed-nodes', RegistrationDate: new Date('2026-02-02T02:22:22Z') });
  const legacy = found.find((one) => one.InstanceId === cloud.instance('legacy-1').instanceId);
  expect(legacy).toMatchObject({ PingStatus: 'ConnectionLost', PlatformType: 'Linux', AgentVersion: '3.1.1927.0' });
  expect(Date.now() - (legacy?.LastPingDateTime?.getTime() ?? 0)).toBeGreaterThan(8 * 24 * 60 * 60 * 1000);
  for (const MaxResults of [4, 51]) await expect(ssmClient().send(new ssm.DescribeInstanceInformationCommand({ MaxResults }))).rejects.toMatchObject({ name: 'ValidationException' });
  const one = await ssmClient().send(new ssm.DescribeInstanceInformationCommand({ Filters: [{ Key: 'InstanceIds', Values: [cloud.instance('web-1').instanceId] }] }));
  expect(one.InstanceInformationList?.map((info) => info.InstanceId)).toEqual([cloud.instance('web-1').instanceId]);
});

test('a session can be started, seen and ended where an agent is online, and nowhere else', async () => {
  const client = ssmClient();
  const target = cloud.instance('web-1').instanceId;
  const started = await client.send(new ssm.StartSessionCommand({ Target: target }));
  expect(started.SessionId).toMatch(/^demo-[0-9a-f]{17}$/);
  expect(started.StreamUrl).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/v1\/data-channel\/demo-/);
  const active = await client.send(new ssm.DescribeSessionsCommand({ State: 'Active', Filters: [{ key: 'Target', value: target }] }));
  expect(active.Sessions?.map((session) => session.SessionId)).toEqual([started.SessionId]);
  const resumed = await client.send(new ssm.ResumeSessionCommand({ SessionId: started.SessionId }));
  expect(resumed.TokenValue).toEqual(expect.any(String));
  await client.send(new ssm.TerminateSessionCommand({ SessionId: started.SessionId }));
  expect((await client.send(new ssm.ResumeSessionCommand({ SessionId: started.SessionId }))).TokenValue).toBeUndefined();
  expect((await client.send(new ssm.DescribeSessionsCommand({ State: 'History' }))).Sessions?.map((session) => session.Status)).toEqual(['Terminated']);

  for (const name of ['bastion', 'legacy-1', 'desktop-1', 'report-1']) {
    const lost = cloud.instance(name).instanceId;
    await expect(client.send(new ssm.StartSessionCommand({ Target: lost }))).rejects.toMatchObject({ name: 'TargetNotConnected', message: `${lost} is not connected.` });
    expect((await client.send(new ssm.GetConnectionStatusCommand({ Target: lost }))).Status).toBe('notconnected');
  }
  expect((await client.send(new ssm.GetConnectionStatusCommand({ Target: target }))).Status).toBe('connected');
  await expect(ssmClient(OHIO).send(new ssm.StartSessionCommand({ Target: target }))).rejects.toMatchObject({ name: 'TargetNotConnected' });
  await expect(client.send(new ssm.ResumeSessionCommand({ SessionId: 'demo-unknown' }))).rejects.toMatchObject({ name: 'DoesNotExistException' });
  await expect(client.send(new ssm.GetDocumentCommand({ Name: 'SSM-SessionManagerRunShell' }))).rejects.toMatchObject({ name: 'InvalidDocument' });
});

test('a data channel opens for a signed upgrade only', async () => {
  const { StreamUrl = '' } = await ssmClient().send(new ssm.StartSessionCommand({ Target: cloud.instance('web-1').instanceId }));
  const unsigned = new WebSocket(StreamUrl);
  const [error] = (await once(unsigned, 'error').catch((cause: unknown) => [cause])) as [Error];
  expect(error.message).toBe('Unexpected server response: 403');
  const signed = new WebSocket(StreamUrl, { headers: await signUpgrade(StreamUrl, TOKYO, keys, new Date()) });
  await once(signed, 'open');
  expect(signed.readyState).toBe(WebSocket.OPEN);
  const closed = once(signed, 'close');
  signed.close();
  await closed;
});

test('a wrong secret is refused by each service in its own words', async () => {
  const credentials = { ...keys, secretAccessKey: 'wrong' };
  await expect(new ec2.EC2Client({ ...settings(), credentials }).send(new ec2.DescribeVpcsCommand({}))).rejects.toMatchObject({ name: 'SignatureDoesNotMatch', $metadata: { httpStatusCode: 403 } });
  await expect(new ssm.SSMClient({ ...settings(), credentials }).send(new ssm.DescribeInstanceInformationCommand({}))).rejects.toMatchObject({ name: 'InvalidSignatureException', $metadata: { httpStatusCode: 400 } });
  await expect(new STSClient({ ...settings(), credentials }).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'SignatureDoesNotMatch', $metadata: { httpStatusCode: 403 } });
});

test('an unknown access key, a session token that nobody issued and a region that is not switched on are refused', async () => {
  const unknown = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: keys.secretAccessKey };
  const withToken = { ...keys, sessionToken: 'invented' };
  await expect(new ec2.EC2Client({ ...settings(), credentials: unknown }).send(new ec2.DescribeVpcsCommand({}))).rejects.toMatchObject({ name: 'AuthFailure', $metadata: { httpStatusCode: 401 } });
  await expect(new ssm.SSMClient({ ...settings(), credentials: withToken }).send(new ssm.DescribeInstanceInformationCommand({}))).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  await expect(new STSClient({ ...settings(), credentials: unknown }).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  await expect(ec2Client('eu-west-1').send(new ec2.DescribeVpcsCommand({}))).rejects.toMatchObject({ name: 'AuthFailure' });
});

test('a body changed on the way is refused', async () => {
  const client = ec2Client();
  client.middlewareStack.add(
    (next) => (call) => {
      const { request } = call as { request: { body: string } };
      request.body = request.body.replace('DescribeVpcs', 'DescribeKeys');
      return next(call);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await expect(client.send(new ec2.DescribeVpcsCommand({}))).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
});

test('a clock that is wrong by more than fifteen minutes is refused', async () => {
  addedMs = 16 * 60_000;
  await expect(ec2Client().send(new ec2.DescribeVpcsCommand({}))).rejects.toMatchObject({ name: 'RequestExpired', $metadata: { httpStatusCode: 400 } });
  await expect(ssmClient().send(new ssm.DescribeInstanceInformationCommand({}))).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  await expect(stsClient().send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
});

test('an expired token is refused by each service in its own words', async () => {
  cloud.faults.expiredToken = true;
  await expect(ec2Client().send(new ec2.DescribeVpcsCommand({}))).rejects.toMatchObject({ name: 'RequestExpired' });
  await expect(ssmClient().send(new ssm.DescribeInstanceInformationCommand({}))).rejects.toMatchObject({ name: 'ExpiredTokenException' });
  await expect(stsClient().send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: expect.stringMatching(/^ExpiredToken/) });
  expect(cloud.faults.calls.map((call) => call.outcome)).toEqual(['RequestExpired', 'ExpiredTokenException', 'ExpiredToken']);
});

test('a denied action is refused while others work, and the sentence names the caller and the action', async () => {
  cloud.faults.deniedActions = ['ec2:DescribeKeyPairs', 'ssm:DescribeInstanceInformation'];
  await expect(ec2Client().send(new ec2.DescribeKeyPairsCommand({}))).rejects.toMatchObject({ name: 'UnauthorizedOperation', message: expect.stringContaining('arn:aws:iam::111122223333:user/demo is not authorized to perform: ec2:DescribeKeyPairs'), $metadata: { httpStatusCode: 403 } });
  await expect(ssmClient().send(new ssm.DescribeInstanceInformationCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  expect((await ec2Client().send(new ec2.DescribeVpcsCommand({}))).Vpcs).toHaveLength(2);
});

test('an empty token bucket throttles until it has refilled, and the SDK\'s retries then get through', async () => {
  cloud.faults.throttle = { capacity: 1, refillPerSecond: 0 };
  const once = () => ec2Client().send(new ec2.DescribeVpcsCommand({}));
  await once();
  await expect(once()).rejects.toMatchObject({ name: 'RequestLimitExceeded', $metadata: { httpStatusCode: 503 } });
  await ssmClient().send(new ssm.DescribeInstanceInformationCommand({}));
  await expect(ssmClient().send(new ssm.DescribeInstanceInformationCommand({}))).rejects.toMatchObject({ name: 'ThrottlingException' });
  cloud.faults.throttle = { capacity: 1, refillPerSecond: 50 };
  await new ec2.EC2Client({ ...settings(), maxAttempts: 10 }).send(new ec2.DescribeVpcsCommand({}));
  expect(cloud.faults.calls.at(-1)).toEqual({ action: 'ec2:DescribeVpcs', region: TOKYO, outcome: 'ok' });
});

test('a chosen call fails as often as told, in its region only', async () => {
  cloud.faults.failures = [{ action: 'ec2:DescribeInstances', region: TOKYO, code: 'InternalError', status: 500, times: 1 }];
  const list = (region: string) => ec2Client(region).send(new ec2.DescribeInstancesCommand({}));
  await list(OHIO);
  await expect(list(TOKYO)).rejects.toMatchObject({ name: 'InternalError', $metadata: { httpStatusCode: 500 } });
  await list(TOKYO);
  expect(cloud.faults.calls.map((call) => [call.region, call.outcome])).toEqual([[OHIO, 'ok'], [TOKYO, 'InternalError'], [TOKYO, 'ok']]);
});

test('a latency delays every answer', async () => {
  cloud.faults.latencyMs = 120;
  const before = performance.now();
  await ec2Client().send(new ec2.DescribeVpcsCommand({}));
  // A timer may fire a millisecond early.
  expect(performance.now() - before).toBeGreaterThanOrEqual(119);
});

test('an action that EC2 does not have here, and a request without a signature, get AWS\'s errors', async () => {
  await expect(ec2Client().send(new ec2.MonitorInstancesCommand({ InstanceIds: [cloud.instance('web-1').instanceId] }))).rejects.toMatchObject({ name: 'InvalidAction' });
  const unsigned = await fetch(cloud.endpointUrl, { method: 'POST', body: 'Action=DescribeVpcs&Version=2016-11-15' });
  expect(unsigned.status).toBe(403);
  expect(await unsigned.text()).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<Response><Errors><Error><Code>MissingAuthenticationToken<\/Code><Message>[^<]+<\/Message><\/Error><\/Errors><RequestID>[0-9a-f-]{36}<\/RequestID><\/Response>$/);
});

test('a fleet of 1,200 a region is listed in pages of at most 1,000', async () => {
  const fleet = await startDemoCloud({ seed, log: silentLog, instances: 2400 });
  try {
    const credentials = fromIni({ profile: 'demo', configFilepath: fleet.configFile, filepath: fleet.credentialsFile });
    const client = new ec2.EC2Client({ region: TOKYO, endpoint: fleet.endpointUrl, credentials, maxAttempts: 1 });
    const sizes: number[] = [];
    for await (const page of ec2.paginateDescribeInstances({ client }, {})) sizes.push(page.Reservations?.length ?? 0);
    expect(sizes).toEqual([1000, 200]);
  } finally {
    await fleet.close();
  }
});

test('host keys are the same in the next run and credentials are not; closing removes the config files', async () => {
  const next = await startDemoCloud({ seed, log: silentLog });
  const bastion = next.instance('bastion');
  expect(next.host(bastion).hostKeyLines()).toEqual(cloud.host(cloud.instance('bastion')).hostKeyLines());
  expect(await readFile(next.credentialsFile, 'utf8')).not.toBe(await readFile(cloud.credentialsFile, 'utf8'));
  await next.close();
  await expect(access(dirname(next.configFile))).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(fetch(next.endpointUrl)).rejects.toThrow('fetch failed');
});
