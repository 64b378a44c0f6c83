import { expect, test } from 'vitest';
import type { Instance } from '../../../src/contract/instance.ts';
import type { InstanceConnectEndpoint, SecurityGroup, SecurityGroupRule, Subnet } from '../../../src/contract/network.ts';
import { planRoutes } from '../../../src/services/routes/plan.ts';

const scope = { profile: 'prod', region: 'ap-northeast-1' };
const subnets: Subnet[] = [{ subnetId: 'subnet-a', scope, vpcId: 'vpc-1', cidrBlock: '10.0.10.0/24', tags: {} }];
const endpoint: InstanceConnectEndpoint = { instanceConnectEndpointId: 'eice-1', scope, state: 'create-complete', dnsName: 'eice-1.example', vpcId: 'vpc-1', subnetId: 'subnet-a', securityGroupIds: ['sg-eice'] };

function rule(part: Partial<SecurityGroupRule>): SecurityGroupRule {
  return { ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrBlocks: [], ipv6CidrBlocks: [], prefixListIds: [], groupIds: [], ...part };
}

function target(part: Partial<Instance> = {}): Instance {
  const eni = { networkInterfaceId: 'eni-1', privateIpAddresses: [{ privateIpAddress: '10.0.11.80', primary: true }], ipv6Addresses: [], ipv4Prefixes: [], ipv6Prefixes: [], groups: [{ groupId: 'sg-1' }], tags: {} };
  return { instanceId: 'i-1', scope, state: 'running', vpcId: 'vpc-1', subnetId: 'subnet-c', networkInterfaces: [eni], securityGroups: [], ssmKnown: true, tags: {}, ...part };
}

function eice(inbound: readonly SecurityGroupRule[], endpoints: readonly InstanceConnectEndpoint[] | undefined = [endpoint], instance = target(), port?: number) {
  const securityGroups: SecurityGroup[] = [{ groupId: 'sg-1', scope, inbound: [...inbound], outbound: [], tags: {} }];
  return planRoutes(instance, { securityGroups, subnets, instanceConnectEndpoints: endpoints, now: 0, ...(port === undefined ? {} : { port }) }).filter(({ route }) => route.kind === 'eice');
}

test('an endpoint whose group is let in is a way in, and the reason names the rule and the limit', () => {
  expect(eice([rule({ groupIds: ['sg-eice'] })])).toEqual([
    {
      route: { kind: 'eice', instanceConnectEndpointId: 'eice-1', privateIpAddress: '10.0.11.80', port: 22 },
      usable: 'yes',
      reason: 'Through the endpoint eice-1: sg-1 lets members of sg-eice in on port 22. A tunnel lasts an hour at most.',
    },
  ]);
});

test.each([
  ['the whole subnet of the endpoint', '10.0.0.0/16', 'yes'],
  ['one address of that subnet, which may be the endpoint', '10.0.10.5/32', 'unknown'],
  ['another subnet', '10.0.20.0/24', 'no'],
  ['everyone', '0.0.0.0/0', 'yes'],
])('a rule for %s (%s): %s', (_what, cidrBlock, usable) => {
  expect(eice([rule({ cidrBlocks: [cidrBlock] })])).toMatchObject([{ usable }]);
});

test('no rule for the endpoint is a no that names both groups', () => {
  expect(eice([rule({ groupIds: ['sg-bastion'] })])).toMatchObject([{ usable: 'no', reason: 'Through the endpoint eice-1: no rule of sg-1 lets the endpoint (sg-eice) in on port 22.' }]);
});

test('an endpoint that keeps the client address needs a rule for that address, not for its group', () => {
  const keeping = [{ ...endpoint, preserveClientIp: true }];
  expect(eice([rule({ groupIds: ['sg-eice'] })], keeping)).toMatchObject([{ usable: 'no' }]);
  expect(eice([rule({ cidrBlocks: ['198.51.100.0/24'] })], keeping)).toMatchObject([{ usable: 'unknown', reason: 'Through the endpoint eice-1: sg-1 lets 198.51.100.0/24 in on port 22; whether that is your own address shows when it is tried.' }]);
});

test('the endpoint of the same subnet is preferred, one that is not ready is said so', () => {
  const here = { ...endpoint, instanceConnectEndpointId: 'eice-here', subnetId: 'subnet-c' };
  expect(eice([rule({ groupIds: ['sg-eice'] })], [endpoint, here])).toMatchObject([{ route: { instanceConnectEndpointId: 'eice-here' } }]);
  expect(eice([rule({ groupIds: ['sg-eice'] })], [{ ...endpoint, state: 'create-in-progress' }])).toMatchObject([{ usable: 'no', reason: 'Through the endpoint eice-1: it is create-in-progress.' }]);
});

test('nothing is proposed without an endpoint in the VPC, for other ports, or while endpoints are not known', () => {
  const open = [rule({ groupIds: ['sg-eice'], fromPort: 0, toPort: 65_535 })];
  expect(eice(open, [{ ...endpoint, vpcId: 'vpc-2' }])).toEqual([]);
  expect(eice(open, [endpoint], target(), 5432)).toEqual([]);
  expect(eice(open, [endpoint], target(), 3389)).toMatchObject([{ usable: 'yes' }]);
  expect(planRoutes(target(), { now: 0 }).some(({ route }) => route.kind === 'eice')).toBe(false);
});

test('for long work it ranks below Session Manager', () => {
  const ssm = { pingStatus: 'Online', seenAt: '2026-11-22T00:00:00Z' };
  const kinds = planRoutes(target({ ssm }), { securityGroups: [{ groupId: 'sg-1', scope, inbound: [rule({ groupIds: ['sg-eice'] })], outbound: [], tags: {} }], subnets, instanceConnectEndpoints: [endpoint], now: 0 }).filter(({ usable }) => usable === 'yes');
  expect(kinds.map(({ route }) => route.kind)).toEqual(['session-manager', 'ssm', 'eice']);
});
