import { afterEach, expect, test } from 'vitest';
import { silentLog } from '../../src/services/base/log.ts';
import { createClients } from '../../src/services/aws/clients.ts';
import { createInventory, type Inventory } from '../../src/services/aws/inventory.ts';
import { createCloud, ec2Error, emptyAnswer, jsonError, profileSection, startScriptedAws, type Script, type ScriptedAnswer, type ScriptedCall } from './scriptedAws.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** As in the product, two hundred times as fast. */
const rates = { leaseMs: 300, tickMs: 5, transitionMs: 15, statusMs: 150, agentMs: 300, followMs: 75, deniedMs: 60_000 };
const scope = { profile: 'p', region: 'eu-west-1' };

async function open(script: Script): Promise<{ inventory: Inventory; calls: ScriptedCall[] }> {
  const server = await startScriptedAws(script);
  const cloud = await createCloud(profileSection('p', server.url));
  const clients = createClients({ clouds: () => [cloud], version: '0.1.0' });
  const inventory = createInventory({ clients, clock: { now: () => Date.parse('2026-11-22T10:00:00Z') }, log: silentLog, rates });
  cleanups.push(async () => {
    await inventory.close();
    clients.close();
    await cloud.remove();
    await server.close();
  });
  inventory.select([scope]);
  await inventory.settled();
  server.calls.length = 0;
  return { inventory, calls: server.calls };
}

/** Resolves once what the inventory tells makes it true. */
function until(inventory: Inventory, holds: () => boolean): Promise<void> {
  if (holds()) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = inventory.on(() => {
      if (!holds()) return;
      stop();
      resolve();
    });
  });
}

function host(state: string, more = ''): ScriptedAnswer {
  return { body: `<DescribeInstancesResponse><reservationSet><item><ownerId>111122223333</ownerId><instancesSet><item><instanceId>i-1</instanceId><instanceState><name>${state}</name></instanceState>${more}</item></instancesSet></item></reservationSet></DescribeInstancesResponse>` };
}

function checks(state: string, status: string): ScriptedAnswer {
  return { body: `<DescribeInstanceStatusResponse><instanceStatusSet><item><instanceId>i-1</instanceId><instanceState><name>${state}</name></instanceState><systemStatus><status>${status}</status></systemStatus><instanceStatus><status>${status}</status></instanceStatus></item></instanceStatusSet></DescribeInstanceStatusResponse>` };
}

test('a visible host that stops elsewhere is told: its state, and that its address and its checks are gone', async () => {
  let state = 'running';
  const address = '<ipAddress>203.0.113.9</ipAddress>';
  const { inventory, calls } = await open((call) => {
    if (call.operation === 'DescribeInstances') return host(state, state === 'running' ? address : '');
    return call.operation === 'DescribeInstanceStatus' ? checks(state, 'ok') : emptyAnswer(call);
  });
  expect(inventory.instance('i-1')).toMatchObject({ state: 'running', publicIpAddress: '203.0.113.9', statusChecks: { instanceStatus: { status: 'ok' } } });
  state = 'stopped';
  inventory.watch('window', ['i-1']);
  await until(inventory, () => inventory.instance('i-1')?.state === 'stopped');
  expect([inventory.instance('i-1')?.publicIpAddress, inventory.instance('i-1')?.statusChecks]).toEqual([undefined, undefined]);
  const [status] = calls.filter(({ operation }) => operation === 'DescribeInstanceStatus');
  expect([status?.input['InstanceId.1'], status?.input['IncludeAllInstances']]).toEqual(['i-1', 'true']);
  expect(calls.filter(({ operation }) => operation === 'DescribeInstances').map(({ input }) => [input['Filter.1.Name'], input['Filter.1.Value.1']])).toContainEqual(['instance-id', 'i-1']);
});

test('a host that starts is followed through its states until it runs', async () => {
  const states = ['stopped', 'pending', 'pending', 'running'];
  let asked = 0;
  const { inventory } = await open((call) => {
    if (call.operation !== 'DescribeInstances') return emptyAnswer(call);
    const state = states[Math.min(asked, states.length - 1)] ?? '';
    asked += 1;
    return host(state, state === 'running' ? '<ipAddress>203.0.113.10</ipAddress>' : '');
  });
  const seen: string[] = [];
  inventory.on((event) => {
    if (event.type === 'changed') seen.push(...event.instances.map(({ state }) => state));
  });
  inventory.follow(['i-1']);
  await until(inventory, () => inventory.instance('i-1')?.state === 'running');
  expect(seen.at(-1)).toBe('running');
  expect(asked).toBeGreaterThanOrEqual(4);
  expect(inventory.instance('i-1')?.publicIpAddress).toBe('203.0.113.10');
});

test('a host that is gone while it is looked at leaves the list', async () => {
  let there = true;
  const { inventory } = await open((call) => {
    if (call.operation === 'DescribeInstances') return there ? host('shutting-down') : emptyAnswer(call);
    return emptyAnswer(call);
  });
  there = false;
  inventory.watch('window', ['i-1']);
  await until(inventory, () => inventory.instance('i-1') === undefined);
  expect(inventory.instances()).toEqual([]);
});

test('where the status may not be read, the state still is, by listing', async () => {
  let state = 'running';
  const { inventory } = await open((call) => {
    if (call.operation === 'DescribeInstances') return host(state);
    if (call.operation === 'DescribeInstanceInformation') return jsonError('AccessDeniedException');
    return call.operation === 'DescribeInstanceStatus' ? ec2Error('UnauthorizedOperation', 403) : emptyAnswer(call);
  });
  state = 'stopped';
  inventory.watch('window', ['i-1']);
  await until(inventory, () => inventory.instance('i-1')?.state === 'stopped');
  expect(inventory.statuses()[0]?.denied?.map(({ permission }) => permission).toSorted()).toEqual(['ec2:DescribeInstanceStatus', 'ssm:DescribeInstanceInformation']);
});

test('an agent that is lost while its host is looked at is told', async () => {
  let ping = 'Online';
  const { inventory, calls } = await open((call) => {
    if (call.operation === 'DescribeInstances') return host('running');
    return call.operation === 'DescribeInstanceInformation' ? { body: JSON.stringify({ InstanceInformationList: [{ InstanceId: 'i-1', PingStatus: ping }] }) } : emptyAnswer(call);
  });
  ping = 'ConnectionLost';
  inventory.watch('window', ['i-1']);
  await until(inventory, () => inventory.instance('i-1')?.ssm?.pingStatus === 'ConnectionLost');
  expect(calls.find(({ operation }) => operation === 'DescribeInstanceInformation')?.input['Filters']).toEqual([{ Key: 'InstanceIds', Values: ['i-1'] }]);
});

test('a managed node in view is asked about at Systems Manager alone, and its agent falling silent is told', async () => {
  let pingStatus = 'Online';
  const { inventory, calls } = await open((call) =>
    call.operation === 'DescribeInstanceInformation' ? { body: JSON.stringify({ InstanceInformationList: [{ InstanceId: 'mi-1', PingStatus: pingStatus, ResourceType: 'ManagedInstance', Name: 'till-7', IPAddress: '192.168.1.7', PlatformType: 'Windows' }] }) } : emptyAnswer(call),
  );
  expect(inventory.instance('mi-1')).toMatchObject({ state: 'running', name: 'till-7', privateIpAddress: '192.168.1.7', platformDetails: 'Windows' });
  inventory.watch('window', ['mi-1']);
  pingStatus = 'ConnectionLost';
  await until(inventory, () => inventory.instance('mi-1')?.state === 'connection-lost');
  expect(new Set(calls.map(({ operation }) => operation))).toEqual(new Set(['DescribeInstanceInformation']));
});
