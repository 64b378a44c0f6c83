import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { silentLog } from '../../src/services/base/log.ts';
import { systemClock } from '../../src/services/base/clock.ts';
import { startDemoCloud, type DemoCloud, type DemoCloudOptions } from '../../src/demo/demoCloud.ts';
import { createClients } from '../../src/services/aws/clients.ts';
import { createInventory, type Inventory, type InventoryEvent } from '../../src/services/aws/inventory.ts';
import { featureNames, leastPolicy, type Feature } from '../../src/services/aws/permissions.ts';
import { listProfiles } from '../../src/services/aws/profiles.ts';
import { createEstate } from '../../src/services/estate/estate.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function openDemo(options: Partial<DemoCloudOptions> = {}, memory: { dataDir?: string; quiet?: Promise<void> } = {}): Promise<{ cloud: DemoCloud; inventory: Inventory; events: InventoryEvent[]; close(): Promise<void> }> {
  const cloud = await startDemoCloud({ seed: new Uint8Array(32), log: silentLog, ...options });
  const { dataDir, quiet } = memory;
  const clients = createClients({ clouds: () => [cloud], version: '0.1.0' });
  const estate = dataDir === undefined ? undefined : createEstate({ dataDir, app: 'web', isKept: async () => true, statuses: () => inventory.statuses(), instances: () => inventory.instances(), clock: systemClock, onNotice: () => undefined, log: silentLog });
  const inventory: Inventory = createInventory({ clients, clock: systemClock, log: silentLog, homeRegion: async () => cloud.estate.regions[0]?.region, ...(estate === undefined ? {} : { memory: estate }), ...(quiet === undefined ? {} : { quiet }) });
  const events: InventoryEvent[] = [];
  inventory.on((event) => {
    events.push(event);
    estate?.follow(event);
  });
  let closed = false;
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await estate?.close();
    await inventory.close();
    clients.close();
    await cloud.close();
  };
  cleanups.push(close);
  return { cloud, inventory, events, close };
}

/** The folder of an app that read all regions of the demo and ended; and what it knew by then. */
async function readBefore(options: Partial<DemoCloudOptions> = {}, region?: '*') {
  const dataDir = await mkdtemp(join(tmpdir(), 'postern-estate-'));
  cleanups.push(() => rm(dataDir, { recursive: true, force: true }));
  const { cloud, inventory, close } = await openDemo(options, { dataDir });
  const scopes = (region === undefined ? cloud.estate.regions.map((one) => one.region) : [region]).map((one) => ({ profile: 'demo', region: one }));
  inventory.select(scopes);
  await inventory.settled();
  const known = { instances: inventory.instances(), refreshedAt: inventory.statuses().map((status) => status.refreshedAt) };
  await close();
  return { dataDir, scopes, known, regions: cloud.estate.regions.map((one) => one.region) };
}

test('ten accounts in seventeen regions are listed whole within the published rates, with hardly a call tried again', async () => {
  const { cloud, inventory } = await openDemo({ instances: 1000, accounts: 10, regions: 17, faults: { throttle: 'documented' } });
  inventory.select((await listProfiles(cloud)).map(({ profile, region = '' }) => ({ profile, region })));
  await inventory.settled();
  expect(inventory.statuses().length).toBe(170);
  expect(inventory.statuses().filter(({ state, problems }) => state !== 'ready' || problems.length > 0)).toEqual([]);
  expect(new Set(inventory.instances().map(({ instanceId }) => instanceId)).size).toBe(1000);
  expect(new Set(inventory.instances().map(({ scope }) => scope.accountId)).size).toBe(10);
  const refused = cloud.faults.calls.filter(({ outcome }) => outcome !== 'ok').length;
  expect(refused).toBeLessThanOrEqual(cloud.faults.calls.length / 50);
});

test('the region * of a profile is every enabled one, and each is listed', async () => {
  const { cloud, inventory } = await openDemo({ instances: 30, regions: 5 });
  inventory.select([{ profile: 'demo', region: '*' }]);
  expect(inventory.statuses().map(({ scope, state }) => [scope.region, state])).toEqual([['*', 'loading']]);
  await inventory.settled();
  expect(inventory.statuses().map(({ scope, state }) => [scope.region, state])).toEqual(cloud.estate.regions.map(({ region }) => [region, 'ready']));
  expect(inventory.instances().length).toBe(30);
});

test('without the permission to list regions, the region * fails alone and names it', async () => {
  const { cloud, inventory } = await openDemo();
  cloud.faults.deniedActions = ['ec2:DescribeRegions'];
  inventory.select([{ profile: 'demo', region: '*' }, { profile: 'demo', region: cloud.estate.regions[0]?.region ?? '' }]);
  await inventory.settled();
  expect(inventory.statuses().map(({ scope, state, denied }) => [scope.region, state, denied])).toEqual([
    ['*', 'failed', [{ permission: 'ec2:DescribeRegions', feature: 'regions' }]],
    [cloud.estate.regions[0]?.region, 'ready', undefined],
  ]);
});

/** What reading a scope needs, and nothing a person starts. */
const read: readonly Feature[] = ['interfaces', 'addresses', 'status', 'network', 'key-pairs', 'agents', 'tunnels'];

test.for(read)('with the least policy for %s alone, the list is there and exactly the other features are denied', async (feature) => {
  const { cloud, inventory } = await openDemo();
  cloud.faults.allowedActions = leastPolicy([feature]).Statement.flatMap(({ Action }) => Action);
  inventory.select([{ profile: 'demo', region: cloud.estate.regions[0]?.region ?? '' }]);
  await inventory.settled();
  const [status] = inventory.statuses();
  // Managed nodes are in the list of agents alone.
  const listed = [...(cloud.estate.regions[0]?.instances ?? []), ...(feature === 'agents' ? [cloud.managedNode('office-files')] : [])];
  expect([status?.state, inventory.instances().map(({ instanceId }) => instanceId).toSorted()]).toEqual(['ready', listed.map(({ instanceId }) => instanceId).toSorted()]);
  expect([...new Set(status?.denied?.map((denied) => denied.feature))].toSorted()).toEqual(read.filter((other) => other !== feature).toSorted());
});

test('with the policy of every feature nothing of a scope is denied; dropping one action greys its feature out by name', async () => {
  const { cloud, inventory } = await openDemo();
  const all = leastPolicy(featureNames).Statement.flatMap(({ Action }) => Action);
  cloud.faults.allowedActions = all;
  const scope = { profile: 'demo', region: cloud.estate.regions[0]?.region ?? '' };
  inventory.select([scope]);
  await inventory.settled();
  expect([inventory.statuses()[0]?.state, inventory.statuses()[0]?.denied]).toEqual(['ready', undefined]);
  cloud.faults.allowedActions = all.filter((action) => action !== 'ec2:DescribeSubnets');
  await inventory.refresh(scope);
  expect(inventory.statuses()[0]?.denied).toEqual([{ permission: 'ec2:DescribeSubnets', feature: 'network' }]);
});

test('the last estate is there after a restart, with its age, while AWS cannot be reached', async () => {
  const { dataDir, scopes, known } = await readBefore();
  const second = await openDemo({ faults: { failures: [{ action: 'ec2:DescribeInstances', code: 'AuthFailure', status: 401 }] } }, { dataDir });
  second.inventory.select(scopes);
  await second.inventory.settled();
  expect(second.inventory.statuses().map(({ state, remembered, ...status }) => [state, remembered, status.refreshedAt])).toEqual(known.refreshedAt.map((time) => ['failed', true, time]));
  expect(second.inventory.instances().toSorted(byId)).toEqual(known.instances.toSorted(byId));
  expect(second.inventory.network().map(({ scope }) => scope.region).toSorted()).toEqual(scopes.map(({ region }) => region).toSorted());
  second.cloud.faults.failures = [];
  second.events.length = 0;
  await second.inventory.refresh();
  expect(second.inventory.statuses().map(({ state, remembered }) => [state, remembered])).toEqual(scopes.map(() => ['ready', undefined]));
});

function byId(a: { readonly instanceId: string }, b: { readonly instanceId: string }): number {
  return a.instanceId < b.instanceId ? -1 : 1;
}

test('after a restart what was known is listed, the regions of * too, before AWS is asked anything; what is new is asked about at once', async () => {
  const { dataDir, regions } = await readBefore({ instances: 30, regions: 3 }, '*');
  const quiet = Promise.withResolvers<void>();
  const second = await openDemo({ instances: 30, regions: 4 }, { dataDir, quiet: quiet.promise });
  second.inventory.select([{ profile: 'demo', region: '*' }]);
  await expect.poll(() => second.inventory.statuses().map(({ scope, remembered, instanceCount }) => [scope.region, remembered, instanceCount > 0])).toEqual(regions.toSorted().map((region) => [region, true, true]));
  expect(second.cloud.faults.calls).toEqual([]);

  const fresh = second.cloud.estate.regions[3]?.region ?? '';
  second.inventory.select([{ profile: 'demo', region: '*' }, { profile: 'demo', region: fresh }]);
  await expect.poll(() => second.inventory.statuses().at(-1)).toMatchObject({ scope: { region: fresh }, state: 'ready' });
  expect(second.inventory.statuses().map(({ state }) => state)).toEqual(['loading', 'loading', 'loading', 'ready']);

  quiet.resolve();
  await second.inventory.settled();
  expect(second.inventory.statuses().map(({ scope, state, remembered }) => [scope.region, state, remembered])).toEqual(second.cloud.estate.regions.map(({ region }) => [region, 'ready', undefined]));
});

test('regions that were remembered because AWS would not say are asked for again with the reading that follows a sign-in, and no more once it said', async () => {
  const { dataDir, regions } = await readBefore({ instances: 30, regions: 3 }, '*');
  const second = await openDemo({ instances: 30, regions: 4, faults: { failures: (['ec2:DescribeRegions', 'ec2:DescribeInstances'] as const).map((action) => ({ action, code: 'AuthFailure', status: 401 })) } }, { dataDir });
  const asked = (): number => second.cloud.faults.calls.filter(({ action, outcome }) => action === 'ec2:DescribeRegions' && outcome === 'ok').length;
  second.inventory.select([{ profile: 'demo', region: '*' }]);
  await expect.poll(() => second.inventory.statuses().map(({ scope, state }) => [scope.region, state])).toEqual(regions.toSorted().map((region) => [region, 'failed']));
  await second.inventory.settled();

  second.cloud.faults.failures = [];
  // As for whoever answers a prompt.
  await second.inventory.refresh({ profile: 'demo', region: regions[0] ?? '' });
  await second.inventory.settled();
  expect(second.inventory.statuses().map(({ scope }) => scope.region)).toEqual(second.cloud.estate.regions.map(({ region }) => region));
  expect(second.inventory.statuses().at(-1)?.state).toBe('ready');

  await second.inventory.refresh();
  expect(asked()).toBe(1);
});

test('a reading that waits for a quiet start can be stopped, and ends with the inventory', async () => {
  const { dataDir, scopes } = await readBefore();
  const second = await openDemo({}, { dataDir, quiet: new Promise(() => undefined) });
  second.inventory.select(scopes);
  await expect.poll(() => second.inventory.statuses().filter(({ instanceCount }) => instanceCount > 0).length).toBe(scopes.length);
  const [stopped] = scopes;
  if (stopped !== undefined) second.inventory.cancel(stopped);
  await expect.poll(() => second.inventory.statuses()[0]?.state).not.toBe('loading');
  expect(second.inventory.statuses().map(({ remembered }) => remembered)).toEqual(scopes.map(() => true));
  await second.close();
  expect(second.cloud.faults.calls).toEqual([]);
});
