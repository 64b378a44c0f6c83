/** The host panel's asked sections drawn from literals: whole, and with hostile texts. With every field missing in turn: everyFieldMissing.test.tsx. */
import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { InstanceAccess, InstanceDetails, InstanceStorage } from '../../../src/contract/hostDetail.ts';
import type { KeyPair } from '../../../src/contract/key.ts';
import type { MetricsReading } from '../../../src/contract/metrics.ts';
import type { MissingPart } from '../../../src/contract/part.ts';
// The components' words.
import '../../../src/renderer/i18n/i18n.ts';
import { AccessSection } from '../../../src/renderer/panels/hostDetail/AccessSection.tsx';
import { OutputView, ScreenshotView } from '../../../src/renderer/panels/hostDetail/ConsoleSection.tsx';
import { DetailsSection } from '../../../src/renderer/panels/hostDetail/DetailsSection.tsx';
import { instanceConnectAgent } from '../../../src/renderer/panels/hostDetail/instanceConnectAgent.ts';
import { MetricNotes } from '../../../src/renderer/panels/hostDetail/MetricsSection.tsx';
import { StorageSection } from '../../../src/renderer/panels/hostDetail/StorageSection.tsx';
import { instance, NOW_MS } from './literals.ts';

const READ_AT = '2026-11-22T08:59:00Z';
const host = instance({ instanceType: 't3.small', imageId: 'ami-1', keyName: 'demo-key', iamInstanceProfileArn: 'arn:aws:iam::111122223333:instance-profile/managed' });
const known = <T,>(value: T) => ({ known: true as const, value });
const image = { imageId: 'ami-1', name: 'al2023-ami-2023.3-kernel-6.1-x86_64', description: 'Amazon Linux', ownerId: '137112412989', ownerAlias: 'amazon', creationDate: '2024-02-17T01:43:41.000Z', deprecationTime: '2026-02-17T01:43:41.000Z', state: 'available' };
const type = { instanceType: 't3.small', vCpus: 2, memoryMib: 2048, clockGhz: 2.5, networkPerformance: 'Up to 5 Gigabit', hypervisor: 'nitro', bareMetal: false, burstable: true, currentGeneration: true, hibernationSupported: true, gpus: ['1 × NVIDIA T4'], instanceStore: { totalSizeGb: 75, disks: [{ count: 1, sizeGb: 75, type: 'ssd' }] } };
const described = { tenancy: 'default', hostId: 'h-1', placementGroup: 'pg', detailedMonitoring: true, hibernationConfigured: true, enclaveEnabled: true, lifecycle: 'spot', bootMode: 'uefi', virtualizationType: 'hvm', ebsOptimized: true, coreCount: 1, threadsPerCore: 2, autoRecovery: 'default', rootDeviceType: 'ebs', rootDeviceName: '/dev/xvda', metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1, httpEndpoint: 'enabled', instanceMetadataTags: 'disabled', state: 'applied' }, blockDevices: [{ deviceName: '/dev/xvda', volumeId: 'vol-1', status: 'attached', attachTime: READ_AT, deleteOnTermination: true }] };
const details: InstanceDetails = {
  instanceId: 'i-0aaa',
  readAt: READ_AT,
  described: known(described),
  type: known(type),
  image: known(image),
  protection: known({ termination: true, stop: true }),
  creditMode: known('unlimited'),
  autoScaling: known({ autoScalingGroupName: 'web', lifecycleState: 'InService', healthStatus: 'HEALTHY', protectedFromScaleIn: true, launchTemplate: { launchTemplateId: 'lt-1', launchTemplateName: 'web', version: '7' }, launchConfigurationName: 'old' }),
  targetGroups: known({ groups: [{ targetGroupName: 'web', targetGroupArn: 'arn:tg', protocol: 'HTTP', port: 80, health: 'unhealthy', reason: 'Request timed out' }], notLookedAt: 3 }),
  launchTemplate: { launchTemplateId: 'lt-2' },
};
const access: InstanceAccess = {
  instanceId: 'i-0aaa',
  readAt: READ_AT,
  sessionManager: { allowed: 'no', because: 'simulated', from: 'managed', deniedActions: ['ssmmessages:OpenDataChannel'] },
  roles: known([{ roleName: 'managed', roleArn: 'arn:aws:iam::111122223333:role/managed', permissionsBoundaryArn: 'arn:aws:iam::111122223333:policy/bound' }]),
  policies: known([{ policyName: 'AmazonSSMManagedInstanceCore', policyArn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore' }]),
  simulation: known({ deniedActions: ['ssmmessages:OpenDataChannel'] }),
  defaultHostManagement: known('DefaultRole'),
  metadataOptions: known(described.metadataOptions),
  serialConsole: known(true),
  image: known(image),
};
const volume = { volumeId: 'vol-1', name: 'data', deviceName: '/dev/xvda', sizeGib: 8, volumeType: 'gp3', iops: 3000, throughputMibPerSecond: 125, encrypted: true, kmsKeyId: 'arn:aws:kms:key', state: 'in-use', snapshotId: 'snap-1', createTime: READ_AT, multiAttach: true, deleteOnTermination: false };
const storage: InstanceStorage = { instanceId: 'i-0aaa', readAt: READ_AT, described: known(described), volumes: known([volume]), type: known(type) };
const reading: MetricsReading = { range: '1h', startSeconds: 0, endSeconds: 3600, readAt: READ_AT, hosts: [{ instanceId: 'i-0aaa', detailedMonitoring: false, agent: false }], series: [], missing: [], metricsAsked: 16 };
const missing = (permission: string): MissingPart => ({ known: false, permission, denied: true, error: { code: 'aws.access-denied', message: `${permission} is not allowed.`, retryable: false } });

const drawDetails = (value: InstanceDetails): ReactElement => <DetailsSection instance={host} details={value} nowMs={NOW_MS} />;
const drawAccess = (value: InstanceAccess, keys: readonly KeyPair[] = []): ReactElement => <AccessSection instance={host} access={value} keys={keys} ec2KeyNames={['demo-key']} />;
const drawStorage = (value: InstanceStorage): ReactElement => <StorageSection storage={value} />;

function text(element: ReactElement): string {
  return renderToStaticMarkup(element).replace(/<[^>]*>/g, ' ').replace(/&#x27;/g, "'").replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&').replace(/\s+/g, ' ').trim();
}

test('a part that AWS knows nothing of is told as nothing, part by part', () => {
  const gone = known(undefined);
  expect(text(drawDetails({ ...details, described: gone }))).toContain('EC2 does not describe this instance any more.');
  expect(text(drawDetails({ ...details, image: gone }))).toContain('ami-1 gone, or not shared any more');
  expect(text(drawDetails({ ...details, autoScaling: gone }))).toContain('Auto Scaling group none Launch template lt-2');
  expect(text(drawDetails({ ...details, targetGroups: known({ groups: [], notLookedAt: 0 }) }))).toContain('Target group none');
  expect(text(drawDetails({ ...details, protection: known({ termination: false, stop: false }) }))).toContain('Protection none');
  expect(text(drawStorage({ ...storage, volumes: known([]), type: gone }))).toBe('No volumes are attached. Instance store not known');
  expect(text(drawAccess({ ...access, metadataOptions: gone, defaultHostManagement: gone }))).toMatch(/Default Host Management off.*Instance metadata not known/);
  expect(text(drawAccess({ ...access, metadataOptions: known({ httpEndpoint: 'disabled' }) }))).toContain('Instance metadata switched off');
});

test('a denied part is grey and names its permission, and takes no other part with it', () => {
  for (const [part, permission, stays] of [['type', 'ec2:DescribeInstanceTypes', 'Tenancy default'], ['image', 'ec2:DescribeImages', '2 vCPUs'], ['described', 'ec2:DescribeInstances', '2 vCPUs'], ['protection', 'ec2:DescribeInstanceAttribute', '2 vCPUs'], ['creditMode', 'ec2:DescribeInstanceCreditSpecifications', '2 vCPUs'], ['autoScaling', 'autoscaling:DescribeAutoScalingInstances', 'Launch template lt-2'], ['targetGroups', 'elasticloadbalancing:DescribeTargetHealth', '2 vCPUs']] as const) {
    const element = drawDetails({ ...details, [part]: missing(permission) });
    expect(text(element)).toContain(`needs ${permission}`);
    expect(text(element)).toContain(stays);
    expect(renderToStaticMarkup(element)).toContain(`class="fact missing" data-permission="${permission}"`);
  }
  for (const [part, permission] of [['roles', 'iam:GetInstanceProfile'], ['policies', 'iam:ListAttachedRolePolicies'], ['simulation', 'iam:SimulatePrincipalPolicy'], ['defaultHostManagement', 'ssm:GetServiceSetting'], ['metadataOptions', 'ec2:DescribeInstances'], ['serialConsole', 'ec2:GetSerialConsoleAccessStatus'], ['image', 'ec2:DescribeImages']] as const) {
    expect(text(drawAccess({ ...access, [part]: missing(permission) }))).toContain(`needs ${permission}`);
  }
  // The volumes' ids and what becomes of them are told by DescribeInstances too.
  expect(text(drawStorage({ ...storage, volumes: missing('ec2:DescribeVolumes') }))).toMatch(/^Volume needs ec2:DescribeVolumes root vol-1 \/dev\/xvda, deleted with the instance/);
  expect(text(<MetricNotes reading={{ ...reading, missing: [missing('cloudwatch:ListMetrics')] }} nameOf={() => 'web-1'} />)).toBe('needs cloudwatch:ListMetrics web-1: a value every 5 minutes (basic monitoring). 16 metrics are asked for, again every 1 minute while this is seen. CloudWatch bills each: about US$ 0.01 for 1,000.');
});

test('a call that failed otherwise says why, in its own place', () => {
  const failed: MissingPart = { known: false, permission: 'ec2:DescribeImages', denied: false, error: { code: 'aws.throttled', message: 'AWS throttled ec2:DescribeImages.', retryable: true } };
  expect(text(drawDetails({ ...details, image: failed }))).toContain('Image could not be read: AWS throttled ec2:DescribeImages.');
});

const HOSTILE = `<img src=x onerror=alert(1)>\u001b]0;owned\u0007\u202Egnp.exe${'\u{1F600}'.repeat(256)}`;

/** Every text replaced, but for what decides a branch. */
function hostile<T>(value: T): T {
  if (typeof value === 'string') return HOSTILE as T;
  if (Array.isArray(value)) return value.map((item: unknown) => hostile(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, key === 'allowed' || key === 'because' ? held : hostile(held)])) as T;
}

test('hostile texts of images, roles, policies, groups, volumes and consoles are text: no markup, no control or reordering character', () => {
  const evil = { ...host, keyName: HOSTILE, iamInstanceProfileArn: HOSTILE, instanceType: HOSTILE, imageId: HOSTILE };
  const elements = [
    <DetailsSection key="details" instance={evil} details={hostile(details)} nowMs={NOW_MS} />,
    <AccessSection key="access" instance={evil} access={hostile(access)} keys={[]} ec2KeyNames={[HOSTILE]} />,
    <StorageSection key="storage" storage={hostile(storage)} />,
    <DetailsSection key="missing" instance={evil} details={{ ...details, image: { ...hostile(missing('x')), denied: false } }} nowMs={NOW_MS} />,
    <MetricNotes key="notes" reading={reading} nameOf={() => HOSTILE} />,
    <OutputView key="output" output={{ text: HOSTILE, latest: true, readAt: READ_AT }} nowMs={NOW_MS} />,
    <ScreenshotView key="picture" screenshot={{ jpegBase64: '"><script>', readAt: READ_AT }} nowMs={NOW_MS} />,
  ];
  for (const element of elements) {
    const markup = renderToStaticMarkup(element);
    expect(markup.match(/<(?:img src=x|script)|.{0,40}[\u0000-\u0008\u000b-\u001f\u202a-\u202e]/u)?.[0]).toBeUndefined();
  }
});

test('the console output: which one it is, how much of it matches, and nothing for Windows', () => {
  expect(text(<OutputView output={{ text: 'one\ntwo\n', latest: false, timestamp: '2026-11-22T08:00:00Z', readAt: READ_AT }} nowMs={NOW_MS} />)).toBe('As EC2 kept it 60 min ago, after the last start: only instances on Nitro tell the console as it is. Search the output 2 lines Copy the output one two');
  expect(text(<OutputView output={{ latest: true, readAt: READ_AT }} nowMs={NOW_MS} />)).toBe('There is no output. Windows logs elsewhere, and a new instance needs a few minutes.');
  const long = Array.from({ length: 1600 }, (_, index) => `line ${index}`).join('\n');
  expect(text(<OutputView output={{ text: long, latest: true, readAt: READ_AT }} nowMs={NOW_MS} />)).toContain('Only the last 1500 lines are shown; copying takes all.');
});

test('the private half of the key pair is told by where it is, and by the place the pair was seen in', () => {
  const key: KeyPair = { keyPairId: 'k-1', keyName: 'mine', keyType: 'ed25519', publicKey: 'ssh-ed25519 AAAA', fingerprint: 'SHA256:x', origin: 'imported', ec2KeyPairs: [{ keyName: 'demo-key', scopeKey: 'prod/ap-northeast-1' }] };
  expect(text(drawAccess(access, [key]))).toContain('Private half ● yes in the keychain, as mine');
  expect(text(drawAccess(access, [{ ...key, origin: 'agent' }]))).toContain('in the SSH agent, as mine');
  expect(text(drawAccess(access, [{ ...key, ec2KeyPairs: [{ keyName: 'demo-key', scopeKey: 'prod/eu-west-1' }] }]))).toContain('Private half ▲ no not here');
  expect(text(<AccessSection instance={host} access={access} keys={[]} ec2KeyNames={[]} />)).toContain('Private half ◐ not known EC2 tells of no key pair of that name here');
  expect(text(<AccessSection instance={instance({})} access={access} keys={[]} ec2KeyNames={[]} />)).toContain('Key pair launched without one');
  // Not that there is none of that name, beside a note that they may not be read.
  const denied = [{ permission: 'ec2:DescribeKeyPairs', feature: 'key-pairs' }];
  for (const unread of [<AccessSection key="denied" instance={host} access={access} keys={[]} ec2KeyNames={[]} denied={denied} />, <AccessSection key="unread" instance={host} access={access} keys={[]} ec2KeyNames={undefined} />]) expect(text(unread)).toContain('Private half ◐ not known the key pairs of EC2 were not read');
});

test('the agent of Instance Connect is known by the image, guessed by the platform, and never on Windows', () => {
  const named = (name: string) => instanceConnectAgent({ platformDetails: 'Linux/UNIX' }, { imageId: 'ami-1', name }).there;
  expect(['al2023-ami-2023.3.20240219.0-kernel-6.1-x86_64', 'amzn2-ami-kernel-5.10-hvm-2.0.20240131.0-x86_64-gp2', 'al2023-ami-minimal-2023.3.20240219.0-kernel-6.1-x86_64', 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20251212', 'ubuntu/images/hvm-ssd/ubuntu-bionic-18.04-amd64-server-20230607', 'RHEL-9.3.0_HVM', 'my al2023-ami-copy'].map(named)).toEqual(['yes', 'yes', 'no', 'yes', 'unknown', 'unknown', 'unknown']);
  const ssm = { pingStatus: 'Online', platformName: 'Amazon Linux', platformVersion: '2023', seenAt: READ_AT };
  expect([instanceConnectAgent({ ssm }, undefined), instanceConnectAgent({ platformDetails: 'Windows' }, image), instanceConnectAgent({}, undefined)]).toEqual([{ there: 'unknown', because: 'platform', from: 'Amazon Linux 2023' }, { there: 'no', because: 'windows' }, { there: 'unknown', because: 'unknown' }]);
});
