import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { demoEstate } from '../../../src/demo/estate.ts';
import type { DemoNetworkAcl, DemoSecurityGroup, DemoVpcRoute, Estate } from '../../../src/demo/estateModel.ts';
import { expandEstate } from '../../../src/demo/expandEstate.ts';
import { createLentKey, lostKeyPair } from '../../../src/demo/keyPairs.ts';
import { createDemoNetwork } from '../../../src/demo/network.ts';
import { cidrContains, networkAclAllows, routeTo, securityGroupsAllow } from '../../../src/demo/packetRules.ts';
import { createReachability } from '../../../src/demo/reachability.ts';

const estate: Estate = expandEstate(demoEstate, [createLentKey().keyPair, lostKeyPair], Date.parse('2026-11-22T07:00:00Z'));
const reachability = createReachability(estate);
const idOf = (name: string): string => estate.regions.flatMap((region) => region.instances).find((instance) => instance.name === name)?.instanceId ?? '';

test.each([
  ['bastion', '203.0.113.10', 22],
  ['bastion', 'ec2-203-0-113-10.ap-northeast-1.compute.amazonaws.com', 22],
  ['web-3', '203.0.113.33', 22],
  ['web-3', '203.0.113.33', 443],
  ['web-3', '2001:db8:1200:1::33', 443],
  ['router-1', '203.0.113.50', 22],
  ['router-1', '203.0.113.51', 22],
  ['router-1', '2001:db8:1200::50', 22],
  ['desktop-1', '203.0.113.89', 3389],
  ['stage-bastion', '203.0.113.110', 22],
] as const)('the person reaches %s at %s port %i', (name, address, port) => {
  expect(reachability.fromPerson(address, port)?.name).toBe(name);
});

test.each([
  ['a private address', '10.0.10.21', 22],
  ['a private address that two VPCs have', '10.0.0.10', 22],
  ['a port that no rule names', '203.0.113.10', 80],
  ['a host whose group lets in others only', '203.0.113.90', 22],
  ['an IPv6 address whose group has no rule for it', '2001:db8:1200:1::33', 22],
  ['a stopped host', '203.0.113.61', 22],
  ['a host that fails its instance check', '203.0.113.70', 22],
  ['an Elastic IP that nobody uses', '203.0.113.99', 22],
  ['a NAT gateway', '203.0.113.200', 22],
  ['an address outside of the demo', '192.0.2.1', 22],
] as const)('the person gets no answer from %s', (_what, address, port) => {
  expect(reachability.fromPerson(address, port)).toBeUndefined();
});

test.each([
  ['bastion', '10.0.10.21', 22, 'web-1'],
  ['bastion', '10.0.20.5', 22, 'db-1'],
  ['web-1', '10.0.20.5', 5432, 'db-1'],
  ['stage-bastion', '10.0.10.21', 22, 'stage-app-1'],
  ['stage-app-1', '203.0.113.33', 443, 'web-3'],
] as const)('a program on %s that dials %s port %i reaches %s', (from, address, port, reached) => {
  expect(reachability.fromInstance(idOf(from), address, port)?.name).toBe(reached);
});

test.each([
  ['web-1', '10.0.11.22', 22, 'only the bastion\'s group is let in'],
  ['bastion', '10.0.10.40', 22, 'the group has no rule'],
  ['bastion', '10.1.0.50', 22, 'another VPC'],
  ['db-1', '203.0.113.33', 80, 'the network ACL lets 443 out only'],
  ['vault', '203.0.113.33', 443, 'its group lets out to the endpoints only, and there is no gateway'],
  ['stage-app-1', '203.0.113.10', 22, 'the NAT gateway\'s address is not the office\'s'],
] as const)('a program on %s gets no answer from %s port %i: %s', (from, address, port, _why) => {
  expect(reachability.fromInstance(idOf(from), address, port)).toBeUndefined();
});

test('a connection to an allowed port with a listener carries bytes both ways', async () => {
  const server = createServer((socket) => socket.on('data', (bytes) => socket.end(bytes)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const network = createDemoNetwork(estate, async (instance) => (instance.name === 'bastion' && address !== null && typeof address === 'object' ? address.port : undefined));
  const stream = await network.dial('203.0.113.10', 22, AbortSignal.timeout(5000));
  stream.end('echo');
  expect((await stream.toArray()).join('')).toBe('echo');
  server.close();
});

test('a permitted port where nothing listens refuses the connection', async () => {
  const network = createDemoNetwork(estate, async () => undefined);
  await expect(network.dial('203.0.113.33', 80, new AbortController().signal)).rejects.toMatchObject({ code: 'route.refused' });
});

test('a forbidden connection never answers: it ends with the signal, as a time-out or as cancelled', async () => {
  const network = createDemoNetwork(estate, async () => undefined);
  const cancel = new AbortController();
  const dial = network.dial('203.0.113.90', 22, cancel.signal);
  cancel.abort();
  await expect(dial).rejects.toMatchObject({ code: 'cancelled' });
  await expect(network.dial('10.0.10.21', 22, AbortSignal.timeout(1))).rejects.toMatchObject({ code: 'route.unreachable', message: 'No answer from 10.0.10.21 port 22.' });
  await expect(network.dialFrom(idOf('web-1')).dial('10.0.11.22', 22, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
});

test('a CIDR block holds the addresses of its own family only', () => {
  expect(cidrContains('10.0.0.0/16', '10.0.255.255')).toBe(true);
  expect(cidrContains('10.0.0.0/16', '10.1.0.0')).toBe(false);
  expect(cidrContains('::/0', '10.0.0.1')).toBe(false);
  expect(cidrContains('0.0.0.0/0', '2001:db8::1')).toBe(false);
  expect(cidrContains('2001:db8:1200::/56', '2001:db8:1200:ff::1')).toBe(true);
});

test('the most specific route wins', () => {
  const routes: DemoVpcRoute[] = [
    { destination: '0.0.0.0/0', gatewayId: 'igw-1', origin: 'CreateRoute' },
    { destination: '10.0.0.0/16', gatewayId: 'local', origin: 'CreateRouteTable' },
    { destination: '10.0.5.0/24', natGatewayId: 'nat-1', origin: 'CreateRoute' },
  ];
  expect(routeTo(routes, '10.0.5.9')?.natGatewayId).toBe('nat-1');
  expect(routeTo(routes, '10.0.6.9')?.gatewayId).toBe('local');
  expect(routeTo(routes, '8.8.8.8')?.gatewayId).toBe('igw-1');
  expect(routeTo(routes, '2001:db8::1')).toBeUndefined();
});

test('a network ACL is stateless: the lowest matching number decides, and the answers need a rule of their own', () => {
  const acl = (entries: DemoNetworkAcl['entries']): DemoNetworkAcl => ({ networkAclId: 'acl-1', vpcId: 'vpc-1', isDefault: false, entries, associations: [], tags: {} });
  const inbound = { egress: false, action: 'allow', protocol: '6', cidrBlock: '0.0.0.0/0', ports: [22, 22] } as const;
  const outbound = { egress: true, action: 'allow', protocol: '-1', cidrBlock: '0.0.0.0/0' } as const;
  expect(networkAclAllows(acl([{ ruleNumber: 100, ...inbound }, { ruleNumber: 100, ...outbound }]), 'inbound', '198.51.100.7', 22)).toBe(true);
  expect(networkAclAllows(acl([{ ruleNumber: 100, ...inbound }]), 'inbound', '198.51.100.7', 22)).toBe(false);
  expect(networkAclAllows(acl([{ ruleNumber: 100, ...inbound }, { ruleNumber: 90, ...inbound, action: 'deny' }, { ruleNumber: 100, ...outbound }]), 'inbound', '198.51.100.7', 22)).toBe(false);
  expect(networkAclAllows(acl([{ ruleNumber: 100, ...inbound, protocol: '17' }, { ruleNumber: 100, ...outbound }]), 'inbound', '198.51.100.7', 22)).toBe(false);
});

test('a security group rule for a group lets in the members of that group and nobody else', () => {
  const group: DemoSecurityGroup = { groupId: 'sg-1', groupName: 'web', description: '', vpcId: 'vpc-1', inbound: [{ protocol: 'tcp', ports: [20, 25], peer: { groupId: 'sg-2' } }], outbound: [], tags: {} };
  expect(securityGroupsAllow([group], 'inbound', { address: '10.0.0.1', groupIds: ['sg-2'] }, 22)).toBe(true);
  expect(securityGroupsAllow([group], 'inbound', { address: '10.0.0.1', groupIds: ['sg-2'] }, 26)).toBe(false);
  expect(securityGroupsAllow([group], 'inbound', { address: '10.0.0.1', groupIds: ['sg-1'] }, 22)).toBe(false);
  expect(securityGroupsAllow([group], 'outbound', { address: '10.0.0.1', groupIds: ['sg-2'] }, 22)).toBe(false);
});
