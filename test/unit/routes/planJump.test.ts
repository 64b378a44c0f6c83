import { expect, test } from 'vitest';
import type { Instance } from '../../../src/contract/instance.ts';
import type { SecurityGroup, SecurityGroupRule } from '../../../src/contract/network.ts';
import { planRoutes } from '../../../src/services/routes/plan.ts';

const scope = { profile: 'prod', region: 'ap-northeast-1' };
const now = Date.parse('2026-11-22T00:00:00Z');

function rule(part: Partial<SecurityGroupRule>): SecurityGroupRule {
  return { ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrBlocks: [], ipv6CidrBlocks: [], prefixListIds: [], groupIds: [], ...part };
}

function group(groupId: string, ...inbound: SecurityGroupRule[]): SecurityGroup {
  return { groupId, scope, inbound, outbound: [], tags: {} };
}

function host(instanceId: string, groupId: string, address: string, publicIp?: string, part: Partial<Instance> = {}): Instance {
  const association = publicIp === undefined ? {} : { association: { publicIp } };
  const eni = { networkInterfaceId: `eni-${instanceId}`, privateIpAddresses: [{ privateIpAddress: address, primary: true, ...association }], ipv6Addresses: [], ipv4Prefixes: [], ipv6Prefixes: [], groups: [{ groupId }], tags: {} };
  return { instanceId, scope, state: 'running', vpcId: 'vpc-1', networkInterfaces: [eni], securityGroups: [{ groupId }], ssmKnown: true, tags: {}, ...part };
}

const target = host('i-db', 'sg-db', '10.0.20.5');
const bastion = host('i-bastion', 'sg-bastion', '10.0.0.10', '203.0.113.10', { name: 'bastion' });
const groups = [group('sg-db', rule({ groupIds: ['sg-bastion'] })), group('sg-bastion', rule({ cidrBlocks: ['198.51.100.0/24'] })), group('sg-open', rule({ cidrBlocks: ['0.0.0.0/0'] }))];

function jumps(instances: readonly Instance[], securityGroups: readonly SecurityGroup[] = groups, to = target) {
  return planRoutes(to, { securityGroups, instances, now }).filter(({ route }) => route.kind === 'jump');
}

test('a bastion is found by the rule that lets its group in, and the reason names both rules', () => {
  expect(jumps([target, bastion])).toEqual([
    {
      route: { kind: 'jump', through: ['i-bastion'], address: '10.0.20.5', port: 22 },
      usable: 'unknown',
      reason: 'Through bastion (i-bastion): sg-db lets members of sg-bastion in on port 22. SSH to the public address 203.0.113.10: sg-bastion lets 198.51.100.0/24 in on port 22; whether that is you is not known here.',
    },
  ]);
});

test('a bastion that everyone may enter is a way in that should work', () => {
  const open = [group('sg-db', rule({ groupIds: ['sg-open'] })), ...groups.slice(1)];
  expect(jumps([host('i-open', 'sg-open', '10.0.0.11', '203.0.113.11')], open)).toMatchObject([{ usable: 'yes', route: { through: ['i-open'] } }]);
});

test.each([
  ['is stopped', host('i-b', 'sg-bastion', '10.0.0.10', '203.0.113.10', { state: 'stopped' })],
  ['has no public address', host('i-b', 'sg-bastion', '10.0.0.10')],
  ['is in another VPC', host('i-b', 'sg-bastion', '10.0.0.10', '203.0.113.10', { vpcId: 'vpc-2' })],
  ['is in a group the target does not let in', host('i-b', 'sg-open', '10.0.0.10', '203.0.113.10')],
])('an instance that %s is no bastion', (_what, instance) => {
  expect(jumps([target, instance])).toEqual([]);
});

test('an instance that lets nobody in is no bastion', () => {
  expect(jumps([bastion], [group('sg-db', rule({ groupIds: ['sg-bastion'] })), group('sg-bastion')])).toEqual([]);
});

test('a host that the instance lets in by its address is a bastion where none is meant by its group', () => {
  const byAddress = [group('sg-db', rule({ cidrBlocks: ['10.0.0.0/24'] })), ...groups.slice(1)];
  expect(jumps([bastion], byAddress)).toMatchObject([{ route: { through: ['i-bastion'] }, reason: expect.stringContaining('sg-db lets 10.0.0.0/24 in on port 22') }]);
  const both = [group('sg-db', rule({ cidrBlocks: ['10.0.0.0/24'], groupIds: ['sg-bastion'] })), ...groups.slice(1)];
  expect(jumps([host('i-web', 'sg-open', '10.0.0.12', '203.0.113.12'), bastion], both).map(({ route }) => route)).toMatchObject([{ through: ['i-bastion'] }]);
});

test('a bastion whose status check fails comes after one that is well', () => {
  const check = (status: string) => ({ statusChecks: { instanceStatus: { status }, systemStatus: { status: 'ok' }, scheduledEvents: [], seenAt: '2026-11-22T00:00:00Z' } });
  const ill = host('i-ill', 'sg-bastion', '10.0.0.70', '203.0.113.70', check('impaired'));
  const well = host('i-well', 'sg-bastion', '10.0.0.10', '203.0.113.10', check('ok'));
  expect(jumps([ill, well]).map(({ route }) => route)).toMatchObject([{ through: ['i-well'] }, { through: ['i-ill'] }]);
});

test('nothing is proposed while the groups are not known, nor for a stopped instance', () => {
  expect(planRoutes(target, { instances: [bastion], now }).filter(({ route }) => route.kind === 'jump')).toEqual([]);
  expect(jumps([bastion], groups, { ...target, state: 'stopped' })).toEqual([]);
});
