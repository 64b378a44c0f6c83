import { afterEach, expect, test } from 'vitest';
import { Instance } from '../../src/contract/instance.ts';
import { NetworkFacts } from '../../src/contract/network.ts';
import type { Scope } from '../../src/contract/scope.ts';
import { startDemoCloud, type DemoCloud } from '../../src/demo/demoCloud.ts';
import { systemClock } from '../../src/services/base/clock.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { createClients } from '../../src/services/aws/clients.ts';
import { createInventory, type Inventory, type InventoryEvent } from '../../src/services/aws/inventory.ts';
import { listProfiles } from '../../src/services/aws/profiles.ts';
import { callerIdentity } from '../../src/services/aws/sts.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function openDemo(options: { instances?: number } = {}): Promise<{ cloud: DemoCloud; inventory: Inventory; events: InventoryEvent[]; scopes: Scope[]; clients: ReturnType<typeof createClients> }> {
  const cloud = await startDemoCloud({ seed: new Uint8Array(32), log: silentLog, ...options });
  cleanups.push(() => cloud.close());
  const clients = createClients({ clouds: () => [cloud], version: '0.1.0', timeouts: { connectMs: 2000, answerMs: 10_000, attempts: 2 } });
  const inventory = createInventory({ clients, clock: systemClock, log: silentLog });
  const events: InventoryEvent[] = [];
  inventory.on((event) => events.push(event));
  cleanups.push(async () => {
    await inventory.close();
    clients.close();
  });
  const scopes = (await listProfiles(cloud)).map(({ profile, region = '' }) => ({ profile, region }));
  return { cloud, inventory, events, scopes, clients };
}

test('the demo account is listed whole: both regions, every fact, without a problem', async () => {
  const { cloud, inventory, scopes } = await openDemo();
  inventory.select(scopes);
  await inventory.settled();
  const everyone = cloud.estate.regions.flatMap((region) => [...region.instances, ...region.managedNodes.filter(({ listed }) => listed)]);
  expect(inventory.instances().map((instance) => instance.instanceId).toSorted()).toEqual(everyone.map((instance) => instance.instanceId).toSorted());
  expect(inventory.statuses().map(({ scope, state, problems }) => [scope.region, scope.accountId, state, problems])).toEqual(cloud.estate.regions.map(({ region }) => [region, cloud.estate.accountId, 'ready', []]));
  for (const instance of inventory.instances()) expect(Instance.parse(instance)).toEqual(instance);
  for (const facts of inventory.network()) expect(NetworkFacts.parse(facts)).toEqual(facts);
  expect(inventory.network().map(({ scope, vpcs, securityGroups, ec2KeyPairs }) => [scope.region, vpcs.length > 0, securityGroups.length > 0, ec2KeyPairs?.map((pair) => pair.keyName)])).toEqual(cloud.estate.regions.map(({ region }) => [region, true, true, ['demo-key', 'ops-2023']]));
});

test('a managed node is a row of its own, gone when it is deregistered or Systems Manager may not be asked any more', async () => {
  const { cloud, inventory, scopes } = await openDemo();
  inventory.select(scopes.slice(0, 1));
  await inventory.settled();
  const { instanceId } = cloud.managedNode('office-files');
  expect(inventory.instance(instanceId)).toEqual({
    instanceId,
    managedNode: { resourceType: 'ManagedInstance', iamRole: 'managed-nodes', registrationDate: '2026-02-02T02:22:22.000Z' },
    name: 'office-files',
    scope: { ...scopes[0], accountId: cloud.estate.accountId },
    state: 'running',
    platformDetails: 'Ubuntu',
    privateIpAddress: '192.168.10.20',
    networkInterfaces: [],
    securityGroups: [],
    ssm: expect.objectContaining({ pingStatus: 'Online', computerName: 'office-files.corp.example', platformName: 'Ubuntu' }),
    ssmKnown: true,
    tags: {},
  });
  expect(inventory.statuses()[0]?.instanceCount).toBe(inventory.instances().length);
  cloud.faults.deniedActions = ['ssm:DescribeInstanceInformation'];
  await inventory.refresh();
  expect(inventory.instance(instanceId)).toBe(undefined);
  cloud.faults.deniedActions = [];
  await inventory.refresh();
  expect(inventory.instance(instanceId)?.state).toBe('running');
});

test('an Elastic IP is told from an automatic public address, and the agent, status checks and interfaces are there', async () => {
  const { cloud, inventory, scopes } = await openDemo();
  inventory.select(scopes.slice(0, 1));
  await inventory.settled();
  const named = (name: string): Instance | undefined => inventory.instance(cloud.instance(name).instanceId);
  const association = (name: string) => named(name)?.networkInterfaces[0]?.privateIpAddresses[0]?.association;
  expect(association('bastion')).toMatchObject({ publicIp: '203.0.113.10', allocationId: expect.stringMatching(/^eipalloc-/), associationId: expect.stringMatching(/^eipassoc-/), name: 'bastion' });
  expect(association('web-3')).toMatchObject({ publicIp: '203.0.113.33', ipOwnerId: 'amazon' });
  expect(association('web-3')?.allocationId).toBe(undefined);
  expect(named('cache-1')?.statusChecks?.instanceStatus.status).toBe('impaired');
  expect(named('legacy-1')?.ssm?.pingStatus).toBe('ConnectionLost');
  expect([named('bastion')?.ssm, named('bastion')?.ssmKnown]).toEqual([undefined, true]);
  expect(named('router-1')?.networkInterfaces.map((eni) => [eni.description, eni.attachment?.deviceIndex, eni.sourceDestCheck, eni.privateIpAddresses.length, eni.ipv6Addresses.length, eni.tags['Name']])).toEqual([
    ['outside', 0, false, 3, 2, 'router-1-outside'],
    ['inside', 1, false, 1, 0, 'router-1-inside'],
  ]);
  expect(named('web-0')).toMatchObject({ state: 'terminated', networkInterfaces: [] });
});

test('2,500 instances are told once each, from several pages, through the worker', async () => {
  const { inventory, events, scopes, cloud } = await openDemo({ instances: 2500 });
  inventory.select(scopes);
  await inventory.settled();
  expect(inventory.instances().length).toBe(2500);
  expect(inventory.statuses().reduce((sum, { instanceCount }) => sum + instanceCount, 0)).toBe(2500);
  expect(new Set(events.flatMap((event) => (event.type === 'changed' ? event.instances.map((instance) => instance.instanceId) : []))).size).toBe(2500);
  expect(events.every((event) => event.type !== 'changed' || event.instances.length <= 1000)).toBe(true);
  expect(cloud.faults.calls.filter(({ action }) => action === 'ec2:DescribeInstances').length).toBeGreaterThan(scopes.length);
  events.length = 0;
  await inventory.refresh();
  expect(events.filter((event) => event.type === 'removed' || event.type === 'network')).toEqual([]);
  expect(events.flatMap((event) => (event.type === 'changed' ? event.instances : [])).every((instance) => instance.ssm !== undefined)).toBe(true);
});

test('a region that denies DescribeInstances fails alone', async () => {
  const { cloud, inventory, scopes } = await openDemo();
  const [first, second] = cloud.estate.regions;
  cloud.faults.failures = [{ action: 'ec2:DescribeInstances', region: first?.region ?? '', code: 'UnauthorizedOperation', status: 403 }];
  inventory.select(scopes);
  await inventory.settled();
  expect(inventory.statuses().map(({ state, error }) => [state, error?.code])).toEqual([['failed', 'aws.access-denied'], ['ready', undefined]]);
  expect(inventory.instances().length).toBe(second?.instances.length);
});

test('denied calls are problems that name their action', async () => {
  const { cloud, inventory, scopes } = await openDemo();
  cloud.faults.deniedActions = ['ssm:DescribeInstanceInformation', 'ec2:DescribeAddresses'];
  inventory.select(scopes.slice(0, 1));
  await inventory.settled();
  expect(inventory.statuses()[0]?.problems.map(({ action, error }) => [action, error.code]).toSorted()).toEqual([['ec2:DescribeAddresses', 'aws.access-denied'], ['ssm:DescribeInstanceInformation', 'aws.access-denied']]);
  expect(inventory.instances().every((instance) => !instance.ssmKnown)).toBe(true);
});

test('a throttled call is tried again; an expired token is said, and gone after the next refresh', async () => {
  const { cloud, inventory, scopes } = await openDemo();
  cloud.faults.failures = [{ action: 'ec2:DescribeInstances', code: 'RequestLimitExceeded', status: 503, times: 1 }];
  inventory.select(scopes.slice(0, 1));
  await inventory.settled();
  expect(inventory.statuses()[0]?.state).toBe('ready');
  cloud.faults.expiredToken = true;
  await inventory.refresh();
  expect(inventory.statuses()[0]).toMatchObject({ state: 'failed', error: { code: 'aws.credentials-expired' } });
  cloud.faults.expiredToken = false;
  await inventory.refresh();
  expect(inventory.statuses()[0]?.state).toBe('ready');
});

test('a region the account has not is refused, and the caller is known', async () => {
  const { inventory, clients, cloud, scopes } = await openDemo();
  inventory.select([{ profile: 'demo', region: 'eu-west-9' }]);
  await inventory.settled();
  expect(inventory.statuses()[0]).toMatchObject({ state: 'failed', error: { code: 'aws.credentials-refused', message: 'AWS does not accept the credentials of profile demo in eu-west-9.' } });
  const scope = scopes[0] ?? { profile: '', region: '' };
  expect((await callerIdentity(await clients.forScope(scope), new AbortController().signal)).accountId).toBe(cloud.estate.accountId);
});
