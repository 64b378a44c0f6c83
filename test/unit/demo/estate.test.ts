import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { demoEstate } from '../../../src/demo/estate.ts';
import type { DemoNetworkInterface, Estate, RegionEstate } from '../../../src/demo/estateModel.ts';
import { expandEstate } from '../../../src/demo/expandEstate.ts';
import { fleetEstate } from '../../../src/demo/fleet.ts';
import { createLentKey, lostKeyPair } from '../../../src/demo/keyPairs.ts';
import { cidrContains } from '../../../src/demo/packetRules.ts';

const now = Date.parse('2026-11-22T07:00:00Z');
const lent = createLentKey();
const expand = (declaration = demoEstate): Estate => expandEstate(declaration, [lent.keyPair, lostKeyPair], now);
const story = expand();
const estates: readonly [string, Estate][] = [
  ['the story', story],
  ['a fleet of 1,000', expand(fleetEstate(1000))],
];

function idsOf(region: RegionEstate): string[] {
  return [
    ...region.vpcs.map((vpc) => vpc.vpcId),
    ...region.subnets.map((subnet) => subnet.subnetId),
    ...region.routeTables.map((table) => table.routeTableId),
    ...region.internetGateways.map((gateway) => gateway.internetGatewayId),
    ...region.natGateways.map((gateway) => gateway.natGatewayId),
    ...region.networkAcls.map((acl) => acl.networkAclId),
    ...region.securityGroups.map((group) => group.groupId),
    ...region.keyPairs.map((pair) => pair.keyPairId),
    ...region.elasticIps.map((address) => address.allocationId),
    ...region.networkInterfaces.map((one) => one.networkInterfaceId),
    ...region.networkInterfaces.map((one) => one.attachment.attachmentId),
    ...region.instanceConnectEndpoints.map((endpoint) => endpoint.instanceConnectEndpointId),
    ...region.vpcEndpoints.map((endpoint) => endpoint.vpcEndpointId),
    ...region.instances.flatMap((instance) => [instance.instanceId, instance.reservationId, instance.rootVolumeId]),
  ];
}

test.each(estates)('%s: every id is of the real form and belongs to one thing', (_name, estate) => {
  const ids = estate.regions.flatMap(idsOf);
  expect(ids.filter((id) => !/^[a-z]+(?:-[a-z]+)*-0[0-9a-f]{16}$/.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each(estates)('%s: every reference leads to something of the same region', (_name, estate) => {
  for (const region of estate.regions) {
    const known = new Set([...idsOf(region), 'local']);
    const references = [
      ...region.subnets.map((subnet) => subnet.vpcId),
      ...region.routeTables.flatMap((table) => [table.vpcId, ...table.routes.map((route) => route.gatewayId ?? route.natGatewayId ?? 'nowhere'), ...table.associations.map((association) => association.subnetId ?? table.vpcId)]),
      ...region.internetGateways.map((gateway) => gateway.vpcId),
      ...region.natGateways.flatMap((gateway) => [gateway.vpcId, gateway.subnetId, gateway.networkInterfaceId, gateway.allocationId]),
      ...region.networkAcls.flatMap((acl) => [acl.vpcId, ...acl.associations.map((association) => association.subnetId)]),
      ...region.securityGroups.flatMap((group) => [group.vpcId, ...[...group.inbound, ...group.outbound].flatMap((rule) => ('groupId' in rule.peer ? [rule.peer.groupId] : []))]),
      ...region.elasticIps.flatMap((address) => [address.networkInterfaceId, address.instanceId].filter((id) => id !== undefined)),
      ...region.networkInterfaces.flatMap((one) => [one.subnetId, one.vpcId, ...one.groupIds, ...(one.attachment.instanceId === undefined ? [] : [one.attachment.instanceId])]),
      ...region.instanceConnectEndpoints.flatMap((endpoint) => [endpoint.vpcId, endpoint.subnetId, endpoint.networkInterfaceId, ...endpoint.groupIds]),
      ...region.vpcEndpoints.flatMap((endpoint) => [endpoint.vpcId, ...endpoint.routeTableIds, ...endpoint.subnetIds, ...endpoint.groupIds, ...endpoint.networkInterfaceIds]),
      ...region.instances.flatMap((instance) => [instance.vpcId, instance.subnetId].filter((id) => id !== undefined)),
    ];
    expect(references.filter((id) => !known.has(id))).toEqual([]);
    const keyNames = region.keyPairs.map((pair) => pair.keyName);
    expect(region.instances.filter((instance) => instance.keyName !== undefined && !keyNames.includes(instance.keyName))).toEqual([]);
  }
});

test.each(estates)('%s: every address lies in its subnet, and no address is given twice in a VPC or on the internet', (_name, estate) => {
  const publicAddresses: string[] = [];
  for (const region of estate.regions) {
    const subnets = new Map(region.subnets.map((subnet) => [subnet.subnetId, subnet]));
    const inVpc = new Map<string, string[]>();
    for (const one of region.networkInterfaces) {
      const subnet = subnets.get(one.subnetId);
      expect(one.privateIpAddresses.filter((address) => !cidrContains(subnet?.cidrBlock ?? '', address.privateIpAddress))).toEqual([]);
      expect(one.ipv6Addresses.filter((address) => !cidrContains(subnet?.ipv6CidrBlock ?? '', address))).toEqual([]);
      expect(one.vpcId).toBe(subnet?.vpcId);
      expect(one.availabilityZone).toBe(subnet?.availabilityZone);
      inVpc.set(one.vpcId, [...(inVpc.get(one.vpcId) ?? []), ...addressesOf(one)]);
      publicAddresses.push(...one.privateIpAddresses.flatMap(({ association }) => association?.publicIp ?? []));
    }
    for (const addresses of inVpc.values()) expect(new Set(addresses).size).toBe(addresses.length);
    for (const subnet of region.subnets) {
      const vpc = region.vpcs.find(({ vpcId }) => vpcId === subnet.vpcId);
      expect(cidrContains(vpc?.cidrBlock ?? '', subnet.cidrBlock.split('/')[0] ?? '')).toBe(true);
      expect(region.networkAcls.filter((acl) => acl.associations.some(({ subnetId }) => subnetId === subnet.subnetId))).toHaveLength(1);
    }
  }
  expect(new Set(publicAddresses).size).toBe(publicAddresses.length);
  const documentation = ['203.0.113.0/24', '198.51.100.0/24', '192.0.2.0/24'];
  expect(publicAddresses.filter((address) => !documentation.some((cidr) => cidrContains(cidr, address)))).toEqual([]);
});

function addressesOf(one: DemoNetworkInterface): string[] {
  return [...one.privateIpAddresses.map((address) => address.privateIpAddress), ...one.ipv6Addresses];
}

test('ids are the same in the next run, however the lent key differs', () => {
  const other = expandEstate(demoEstate, [createLentKey().keyPair, lostKeyPair], now);
  expect(other.regions.map(idsOf)).toEqual(story.regions.map(idsOf));
  expect(other.regions[0]?.keyPairs[0]?.publicKey).not.toBe(story.regions[0]?.keyPairs[0]?.publicKey);
});

test('every Elastic IP is on the interface that it names, and one is not used by anybody', () => {
  for (const region of story.regions) {
    for (const address of region.elasticIps.filter(({ associationId }) => associationId !== undefined)) {
      const holder = region.networkInterfaces.find(({ networkInterfaceId }) => networkInterfaceId === address.networkInterfaceId);
      const place = holder?.privateIpAddresses.find(({ privateIpAddress }) => privateIpAddress === address.privateIpAddress);
      expect(place?.association).toMatchObject({ publicIp: address.publicIp, allocationId: address.allocationId, associationId: address.associationId });
    }
  }
  expect(story.regions.flatMap((region) => region.elasticIps).filter(({ networkInterfaceId }) => networkInterfaceId === undefined).map(({ publicIp }) => publicIp)).toEqual(['203.0.113.99']);
});

test('the lent private key is the other half of demo-key, whose fingerprint is EC2\'s form for ED25519', () => {
  const parsed = ssh2.utils.parseKey(lent.lentKey.privateKey.revealText());
  if (parsed instanceof Error) throw parsed;
  const blob = parsed.getPublicSSH();
  expect(lent.keyPair.publicKey).toBe(`ssh-ed25519 ${blob.toString('base64')} demo-key`);
  expect(lent.keyPair.keyFingerprint).toBe(createHash('sha256').update(blob).digest('base64'));
  expect(lent.keyPair.keyFingerprint).toHaveLength(44);
});

test('a fleet has exactly as many instances as asked for, in both regions and in running and stopped states', () => {
  const fleet = expand(fleetEstate(1003));
  const instances = fleet.regions.flatMap((region) => region.instances);
  expect(instances).toHaveLength(1003);
  expect(fleet.regions.map((region) => region.instances.length)).toEqual([502, 501]);
  expect(new Set(instances.map((instance) => instance.state))).toEqual(new Set(['running', 'stopped']));
  expect(instances[0]?.name).toBe('web-0001');
  expect(new Set(instances.map((instance) => instance.name)).size).toBe(1003);
});

test('the story has a host for every way of being reachable or not', () => {
  const byName = new Map(story.regions.flatMap((region) => region.instances).map((instance) => [instance.name, instance]));
  expect(byName.get('web-1')?.agent?.pingStatus).toBe('Online');
  expect(byName.get('legacy-1')?.agent?.pingStatus).toBe('ConnectionLost');
  expect(byName.get('cache-1')?.impairedSince).toBe('2026-11-22T06:13:00Z');
  expect(byName.get('db-1')?.scheduledEvents[0]).toMatchObject({ code: 'instance-retirement', notBefore: '2026-12-01T00:00:00Z' });
  expect(byName.get('report-1')?.state).toBe('stopped');
  expect(byName.get('web-4')?.state).toBe('pending');
  expect(byName.get('web-0')).toMatchObject({ state: 'terminated', networkInterfaces: [] });
  expect(byName.get('desktop-1')?.platformDetails).toBe('Windows');
  expect(byName.get('router-1')?.networkInterfaces.map((one) => [one.privateIpAddresses.length, one.ipv6Addresses.length, one.ipv4Prefixes.length])).toEqual([[3, 2, 1], [1, 0, 0]]);
});
