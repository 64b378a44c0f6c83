/** The sections of the host panel, asked of the demo cloud through the SDK: whole, with single calls denied, and with the least policy. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Part } from '../../src/contract/part.ts';
import { startDemoCloud, type DemoCloud } from '../../src/demo/demoCloud.ts';
import { createClients } from '../../src/services/aws/clients.ts';
import { createInventory, type Inventory } from '../../src/services/aws/inventory.ts';
import { featureNames, leastPolicy } from '../../src/services/aws/permissions.ts';
import { systemClock } from '../../src/services/base/clock.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { createHostDetail, type HostDetail } from '../../src/services/hostDetail.ts';
import { createMetricsReader } from '../../src/services/metrics.ts';

const cleanups: (() => unknown)[] = [];
let cloud: DemoCloud;
let detail: HostDetail;
let metrics: ReturnType<typeof createMetricsReader>;

beforeEach(async () => {
  cloud = await startDemoCloud({ seed: new Uint8Array(32), log: silentLog });
  const clients = createClients({ clouds: () => [cloud], version: '0.1.0' });
  const inventory: Inventory = createInventory({ clients, clock: systemClock, log: silentLog, homeRegion: async () => cloud.estate.regions[0]?.region });
  cleanups.push(() => cloud.close(), () => clients.close(), () => inventory.close());
  inventory.select(cloud.estate.regions.map(({ region }) => ({ profile: 'demo', region })));
  await inventory.settled();
  const instanceOf = (instanceId: string) => {
    const instance = inventory.instance(instanceId);
    if (instance === undefined) throw new Error(`no ${instanceId}`);
    return instance;
  };
  detail = createHostDetail({ clients, instanceOf, clock: systemClock });
  // Noon of yesterday: the demo's nightly gap is within the last day then, whenever this runs.
  const noon = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 43_200_000;
  metrics = createMetricsReader({ clients, instanceOf, clock: { now: () => noon } });
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const id = (name: string): string => cloud.instance(name).instanceId;
const known = <T>(part: Part<T>): T => {
  if (!part.known) throw new Error(`${part.permission}: ${part.error.message}`);
  return part.value;
};
/** The permissions that are named as denied, wherever they stand in an answer. */
function denied(answer: unknown): string[] {
  if (typeof answer !== 'object' || answer === null) return [];
  if ('known' in answer && answer.known === false && 'denied' in answer && answer.denied === true && 'permission' in answer) return [String(answer.permission)];
  return Object.values(answer).flatMap(denied);
}

test('what a machine is: type, image, protection, credits, Auto Scaling group and target groups', async () => {
  const { described, type, image, protection, creditMode, autoScaling, targetGroups } = await detail.details(id('web-1'));
  expect(known(described)).toMatchObject({ tenancy: 'default', detailedMonitoring: true, hibernationConfigured: false, rootDeviceName: '/dev/xvda', metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 2 } });
  expect(known(type)).toMatchObject({ instanceType: 't3.small', vCpus: 2, memoryMib: 2048, burstable: true, hypervisor: 'nitro', gpus: [] });
  expect(known(image)).toMatchObject({ name: 'al2023-ami-2023.3.20240219.0-kernel-6.1-x86_64', ownerAlias: 'amazon', deprecationTime: '2026-02-17T01:43:41.000Z' });
  expect(known(protection)).toEqual({ termination: false, stop: false });
  expect(known(creditMode)).toBe('unlimited');
  expect(known(autoScaling)).toMatchObject({ autoScalingGroupName: 'web', lifecycleState: 'InService', launchTemplate: { launchTemplateName: 'web', version: '7' } });
  expect(known(targetGroups)).toEqual({ groups: [{ targetGroupName: 'web', targetGroupArn: expect.stringContaining(':targetgroup/web/'), protocol: 'HTTP', port: 80, health: 'healthy' }], notLookedAt: 0 });
});

test('an instance outside of groups, of a type without credits, is told as that and not as unknown', async () => {
  const { creditMode, autoScaling, targetGroups, described } = await detail.details(id('db-1'));
  expect([known(creditMode), known(autoScaling), known(targetGroups)]).toEqual([undefined, undefined, { groups: [], notLookedAt: 0 }]);
  expect(known(described)?.blockDevices.map(({ deviceName, deleteOnTermination }) => [deviceName, deleteOnTermination])).toEqual([['/dev/xvda', true], ['/dev/sdf', false]]);
});

test('volumes with size, type, encryption and what becomes of them', async () => {
  const { volumes } = await detail.storage(id('db-1'));
  expect(known(volumes).map(({ deviceName, sizeGib, volumeType, iops, throughputMibPerSecond, encrypted, deleteOnTermination, name }) => [deviceName, sizeGib, volumeType, iops, throughputMibPerSecond, encrypted, deleteOnTermination, name])).toEqual([
    ['/dev/sdf', 200, 'gp3', 6000, 250, true, false, 'db-1-data'],
    ['/dev/xvda', 8, 'gp3', 3000, 125, true, true, undefined],
  ]);
});

test('a role that IAM says allows the agent, one by its attached policy where the simulation is denied, and none', async () => {
  const simulated = await detail.access(id('web-1'));
  expect(simulated.sessionManager).toEqual({ allowed: 'yes', because: 'simulated', from: 'managed-instance', deniedActions: [] });
  expect([known(simulated.metadataOptions)?.httpTokens, known(simulated.serialConsole), known(simulated.defaultHostManagement)]).toEqual(['required', true, undefined]);
  cloud.faults.deniedActions = ['iam:SimulatePrincipalPolicy'];
  const byName = await detail.access(id('web-1'));
  expect(byName.sessionManager).toEqual({ allowed: 'yes', because: 'managed-policy', from: 'AmazonSSMManagedInstanceCore', deniedActions: [] });
  expect(denied(byName)).toEqual(['iam:SimulatePrincipalPolicy']);
  expect((await detail.access(id('bastion'))).sessionManager).toEqual({ allowed: 'no', because: 'no-role', deniedActions: [] });
  cloud.settings.defaultHostManagementRole = 'AWSSystemsManagerDefaultEC2InstanceManagementRole';
  expect((await detail.access(id('bastion'))).sessionManager).toEqual({ allowed: 'yes', because: 'default-host-management', from: 'AWSSystemsManagerDefaultEC2InstanceManagementRole', deniedActions: [] });
});

test('the console as plain text: the latest on Nitro, the kept one elsewhere; a picture of a running host only', async () => {
  const nitro = await detail.output(id('web-1'));
  expect([nitro.latest, nitro.text?.includes('\u001b'), nitro.text?.includes('[  OK  ] Started sshd.service - OpenSSH server daemon.')]).toEqual([true, false, true]);
  const xen = await detail.output(id('legacy-1'));
  expect([xen.latest, xen.text?.includes('sshd.service'), xen.timestamp]).toEqual([false, true, '2024-02-29T23:59:59.000Z']);
  expect((await detail.output(id('desktop-1'))).text).toBeUndefined();
  const { jpegBase64 } = await detail.screenshot(id('web-1'));
  expect(Buffer.from(jpegBase64, 'base64').subarray(0, 3).toString('hex')).toBe('ffd8ff');
  await expect(detail.screenshot(id('report-1'))).rejects.toMatchObject({ code: 'instance.not-running' });
});

test('metrics of two hosts in one GetMetricData: whole periods, each as often as it is published, the agent where it runs', async () => {
  const before = cloud.faults.calls.length;
  const reading = await metrics({ instanceIds: [id('web-1'), id('bastion')], range: '1h' });
  expect(cloud.faults.calls.slice(before).map(({ action }) => action).toSorted()).toEqual(['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics', 'cloudwatch:ListMetrics', 'ec2:DescribeInstances']);
  expect(reading.hosts).toEqual([{ instanceId: id('web-1'), detailedMonitoring: true, agent: true }, { instanceId: id('bastion'), detailedMonitoring: false, agent: false }]);
  const cpu = reading.series.filter(({ metric }) => metric === 'cpu');
  expect(cpu.map(({ instanceId, periodSeconds }) => [instanceId, periodSeconds])).toEqual([[id('web-1'), 60], [id('bastion'), 300]]);
  expect(cpu.map(({ points }) => points.length)).toEqual([60, 12]);
  expect(cpu.every(({ points }) => points.every(([time, value], index) => time % 60 === 0 && value >= 0 && value <= 100 && (index === 0 || time > (points[index - 1]?.[0] ?? 0))))).toBe(true);
  expect(reading.series.filter(({ metric, instanceId }) => metric === 'disk-used' && instanceId === id('web-1')).map(({ of }) => of)).toEqual(['/']);
  expect(reading.missing).toEqual([]);
  expect((await metrics({ instanceIds: [id('web-1'), id('bastion')], range: '1h' })).series).toEqual(reading.series);
});

test('a gap in the data is a gap in the points, and a stopped host has none', async () => {
  const { series } = await metrics({ instanceIds: [id('web-2')], range: '1d' });
  const points = series.find(({ metric }) => metric === 'cpu')?.points ?? [];
  const gaps = points.flatMap(([time], index) => (index > 0 && time - (points[index - 1]?.[0] ?? 0) > 300 ? [time - (points[index - 1]?.[0] ?? 0)] : []));
  expect(gaps).toEqual([30 * 60]);
  expect((await metrics({ instanceIds: [id('report-1')], range: '1d' })).series).toEqual([]);
});

test('a period is as long as the span wants it, for up to two weeks, and as many points come as fit', async () => {
  const lengths = [];
  for (const range of ['3h', '12h', '1d', '1w', '2w'] as const) {
    const reading = await metrics({ instanceIds: [id('db-1')], range });
    const cpu = reading.series.find(({ metric }) => metric === 'cpu');
    lengths.push([range, cpu?.periodSeconds, cpu?.points.length === (reading.endSeconds - reading.startSeconds) / (cpu?.periodSeconds ?? 1)]);
  }
  expect(lengths).toEqual([['3h', 60, true], ['12h', 300, true], ['1d', 300, true], ['1w', 1800, true], ['2w', 3600, true]]);
});

test('metrics denied name the permission; the agent denied takes only memory, disk and swap away', async () => {
  cloud.faults.deniedActions = ['cloudwatch:ListMetrics'];
  const withoutAgent = await metrics({ instanceIds: [id('web-1')], range: '1h' });
  expect([denied(withoutAgent), withoutAgent.series.some(({ metric }) => metric === 'cpu'), withoutAgent.series.some(({ metric }) => metric === 'memory')]).toEqual([['cloudwatch:ListMetrics'], true, false]);
  cloud.faults.deniedActions = ['cloudwatch:GetMetricData'];
  const none = await metrics({ instanceIds: [id('web-1')], range: '1h' });
  expect([denied(none), none.series, none.metricsAsked]).toEqual([['cloudwatch:GetMetricData'], [], 0]);
});

test('with a policy that allows only DescribeInstances every other part is missing, and names its permission', async () => {
  cloud.faults.allowedActions = ['ec2:DescribeInstances'];
  const details = await detail.details(id('web-1'));
  expect(details.described.known).toBe(true);
  expect(denied(details).toSorted()).toEqual(['autoscaling:DescribeAutoScalingInstances', 'ec2:DescribeImages', 'ec2:DescribeInstanceAttribute', 'ec2:DescribeInstanceCreditSpecifications', 'ec2:DescribeInstanceTypes', 'elasticloadbalancing:DescribeTargetGroups']);
  const access = await detail.access(id('web-1'));
  expect([access.sessionManager.allowed, known(access.metadataOptions)?.httpTokens]).toEqual(['unknown', 'required']);
  expect([...new Set(denied(access))].toSorted()).toEqual(['ec2:DescribeImages', 'ec2:GetSerialConsoleAccessStatus', 'iam:GetInstanceProfile', 'ssm:GetServiceSetting']);
  expect(denied(await detail.storage(id('web-1')))).toEqual(['ec2:DescribeVolumes', 'ec2:DescribeInstanceTypes']);
  expect(denied(await metrics({ instanceIds: [id('web-1')], range: '1h' })).toSorted()).toEqual(['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics']);
  await expect(detail.output(id('web-1'))).rejects.toMatchObject({ code: 'aws.access-denied', message: expect.stringContaining('ec2:GetConsoleOutput') });
  await expect(detail.screenshot(id('web-1'))).rejects.toMatchObject({ code: 'aws.access-denied', message: expect.stringContaining('ec2:GetConsoleScreenshot') });
});

test('with the least policy of every feature nothing of the sections is denied', async () => {
  cloud.faults.allowedActions = leastPolicy(featureNames).Statement.flatMap(({ Action }) => Action);
  const answers = [await detail.details(id('web-1')), await detail.access(id('web-1')), await detail.storage(id('web-1')), await metrics({ instanceIds: [id('web-1')], range: '1h' }), await detail.output(id('web-1')), await detail.screenshot(id('web-1'))];
  expect(answers.flatMap(denied)).toEqual([]);
});
