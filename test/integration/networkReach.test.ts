/** What the panel says of the network, held against the demo cloud: its answers over HTTP, and what its network then lets through. */
import { afterEach, expect, test } from 'vitest';
import { NetworkDetail } from '../../src/contract/networkDetail.ts';
import { NetworkReach } from '../../src/contract/networkReach.ts';
import type { FaultSwitches } from '../../src/demo/faults.ts';
import { startDemoCloud, type DemoCloud } from '../../src/demo/demoCloud.ts';
import { PERSON_IPV4 } from '../../src/demo/person.ts';
import { createReachability } from '../../src/demo/reachability.ts';
import { createClients } from '../../src/services/aws/clients.ts';
import { createInventory, type Inventory } from '../../src/services/aws/inventory.ts';
import { listProfiles } from '../../src/services/aws/profiles.ts';
import { systemClock } from '../../src/services/base/clock.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { createNetworkServices, type NetworkServices } from '../../src/services/networkServices.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function openDemo(faults: Partial<FaultSwitches> = {}): Promise<{ cloud: DemoCloud; inventory: Inventory; network: NetworkServices; reachOf: (name: string, refresh?: boolean) => Promise<NetworkReach> }> {
  const cloud = await startDemoCloud({ seed: new Uint8Array(32), log: silentLog, faults });
  cleanups.push(() => cloud.close());
  const clients = createClients({ clouds: () => [cloud], version: '0.1.0', timeouts: { connectMs: 2000, answerMs: 10_000, attempts: 2 } });
  const inventory = createInventory({ clients, clock: systemClock, log: silentLog });
  const network = createNetworkServices({
    inventory,
    clients,
    instanceOf: (instanceId) => {
      const instance = inventory.instance(instanceId);
      if (instance === undefined) throw new Error(`no ${instanceId}`);
      return instance;
    },
    cloudOf: async () => cloud,
    clock: systemClock,
  });
  cleanups.push(async () => {
    await network.close();
    await inventory.close();
    clients.close();
  });
  inventory.select((await listProfiles(cloud)).map(({ profile, region = '' }) => ({ profile, region })));
  await inventory.settled();
  return { cloud, inventory, network: network.api, reachOf: (name, refresh = false) => network.api.reach({ instanceId: cloud.instance(name).instanceId, refresh }) };
}

test('with the address looked up, the verdict on every instance is what the network does', async () => {
  const { cloud, inventory, network, reachOf } = await openDemo();
  const anybody = cloud.instance('bastion');
  await network.lookUpAddress({ instanceId: anybody.instanceId });
  const reachability = createReachability(cloud.estate);
  const said: Record<string, unknown> = {};
  const done: Record<string, unknown> = {};
  for (const instance of inventory.instances().filter(({ vpcId, state }) => vpcId !== undefined && state === 'running')) {
    const reach = await reachOf(instance.instanceId);
    expect(NetworkReach.parse(reach)).toEqual(reach);
    const door = reach.doors.find(({ port }) => port === 22);
    // Whether the host's own system answers is none of the network's business.
    if (cloud.instance(instance.instanceId).impairedSince !== undefined) continue;
    said[instance.name ?? instance.instanceId] = door?.verdict;
    const addresses = instance.networkInterfaces.flatMap((eni) => eni.privateIpAddresses.flatMap(({ association }) => association?.publicIp ?? []));
    done[instance.name ?? instance.instanceId] = addresses.some((address) => reachability.fromPerson(address, 22) !== undefined) ? 'yes' : 'no';
  }
  expect(Object.values(done)).toEqual(expect.arrayContaining(['yes', 'no']));
  expect(said).toEqual(done);
});

test('the address is asked for once, by the call for it alone, and forgotten by nobody meanwhile', async () => {
  const { cloud, network, reachOf } = await openDemo();
  expect((await reachOf('bastion')).person).toBeUndefined();
  expect((await reachOf('bastion')).doors).toMatchObject([{ verdict: 'unknown' }]);
  await network.lookUpAddress({ instanceId: cloud.instance('bastion').instanceId });
  expect(await reachOf('web-3')).toMatchObject({ person: { address: PERSON_IPV4 }, addressSource: new URL(cloud.endpointUrl).host });
});

test('rules name what they mean: blocks of the VPC, groups with their members, prefix lists with their blocks', async () => {
  const { reachOf } = await openDemo();
  const { groups } = await reachOf('web-3');
  const [www] = groups;
  expect(www).toMatchObject({ groupName: 'www', known: true, description: 'The public web server' });
  expect(www?.inbound.map(({ protocol, fromPort, peer, description }) => [protocol, fromPort, peer.kind, peer.kind === 'prefix-list' ? [peer.name, peer.cidrs] : peer.kind === 'cidr' ? peer.everyone : peer.name, description])).toEqual([
    ['tcp', 80, 'cidr', true, undefined],
    ['tcp', 443, 'cidr', true, undefined],
    ['tcp', 443, 'cidr', true, undefined],
    ['tcp', 22, 'cidr', false, 'office'],
    ['tcp', 8443, 'prefix-list', ['offices', ['198.51.100.0/24', '192.0.2.64/28']], 'status page'],
  ]);
  const web = (await reachOf('web-1')).groups.find(({ groupName }) => groupName === 'web');
  expect(web?.inbound.map(({ peer }) => peer)).toMatchObject([{ kind: 'cidr', of: { name: 'prod' } }, { kind: 'group', name: 'bastion', memberCount: 3 }, { kind: 'group', name: 'eice', memberCount: 0 }]);
});

test('a subnet says why it is public or private, which entries of its ACL decide, and how the agent gets out', async () => {
  const { reachOf } = await openDemo();
  const [publicSubnet] = (await reachOf('bastion')).subnets;
  expect(publicSubnet).toMatchObject({ kind: 'public', routeTable: { name: 'prod-public', explicit: true }, defaultIpv4: { target: { kind: 'internet-gateway', name: 'prod' } }, networkAcl: { isDefault: true, sshIn: 'yes', answersOut: 'yes' }, agentWay: { by: 'internet-gateway', outbound443: 'yes' } });
  const [privateSubnet] = (await reachOf('web-1')).subnets;
  expect(privateSubnet).toMatchObject({ kind: 'private', defaultIpv4: { target: { kind: 'nat-gateway', detail: '203.0.113.200' } }, agentWay: { by: 'nat-gateway' } });
  expect(privateSubnet?.endpoints.map(({ service, usable, because }) => [service, usable, because])).toEqual([
    ['ssm', 'no', 'no-endpoint'],
    ['ssmmessages', 'no', 'no-endpoint'],
    ['ec2messages', 'no', 'no-endpoint'],
    ['s3', 'yes', undefined],
  ]);
  const [data] = (await reachOf('db-1')).subnets;
  expect(data?.networkAcl?.inbound.map(({ ruleNumber, action, decides }) => [ruleNumber, action, decides])).toEqual([
    [100, 'allow', ['ssh-in']],
    [110, 'allow', []],
    [120, 'allow', []],
    [undefined, 'deny', ['ssh-in']],
  ]);
});

test('the VPC tells its DNS, its DHCP options and the five addresses AWS keeps in each subnet', async () => {
  const { inventory, network, reachOf } = await openDemo();
  const { vpc } = await reachOf('bastion');
  expect(vpc).toMatchObject({ name: 'prod', cidrBlocks: ['10.0.0.0/16'], resolver: '10.0.0.2', enableDnsSupport: true, enableDnsHostnames: true, dhcpOptions: { options: [{ key: 'domain-name', values: ['ap-northeast-1.compute.internal'] }, { key: 'domain-name-servers', values: ['AmazonProvidedDNS'] }] } });
  expect(vpc?.subnets[0]).toMatchObject({ name: 'prod-public-a', own: true, total: 251, reserved: { network: '10.0.0.0', router: '10.0.0.1', dns: '10.0.0.2', future: '10.0.0.3', broadcast: '10.0.0.255' }, ipv6CidrBlocks: ['2001:db8:1200::/64'] });
  const instance = inventory.instances().find(({ name }) => name === 'bastion');
  const detail = await network.detail({ scope: instance?.scope ?? { profile: '', region: '' }, vpcId: instance?.vpcId ?? '', refresh: false });
  expect(NetworkDetail.parse(detail)).toEqual(detail);
  expect(detail.problems).toEqual([]);
});

test('a VPC is read once for all its hosts, and again when that is asked for', async () => {
  const { cloud, reachOf } = await openDemo();
  const calls = (): number => cloud.faults.calls.filter(({ action }) => action === 'ec2:DescribeRouteTables').length;
  await Promise.all(['bastion', 'web-1', 'db-1'].map((name) => reachOf(name)));
  expect(calls()).toBe(1);
  await reachOf('bastion', true);
  expect(calls()).toBe(2);
});

test('with DescribeInstances alone every part names the permission it lacks, and nothing fails', async () => {
  const { reachOf } = await openDemo({ allowedActions: ['ec2:DescribeInstances'] });
  const reach = await reachOf('bastion');
  expect(reach.denied.map(({ permission }) => permission)).toEqual(
    expect.arrayContaining(['ec2:DescribeSecurityGroups', 'ec2:DescribeVpcs', 'ec2:DescribeSubnets', 'ec2:DescribeRouteTables', 'ec2:DescribeNetworkAcls', 'ec2:DescribeVpcEndpoints', 'ec2:DescribeVpcAttribute']),
  );
  expect(reach.groups).toMatchObject([{ known: false, inbound: [], outbound: [] }]);
  expect(reach.subnets).toMatchObject([{ kind: 'unknown', routes: [], endpoints: [], agentWay: { by: 'unknown', outbound443: 'unknown' } }]);
  expect(reach.doors).toMatchObject([{ verdict: 'unknown' }]);
});
