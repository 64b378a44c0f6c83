import { expect, test } from 'vitest';
import type { Instance, NetworkInterface } from '../../../src/contract/instance.ts';
import type { SecurityGroup, SecurityGroupRule } from '../../../src/contract/network.ts';
import { planRoutes } from '../../../src/services/routes/plan.ts';

const scope = { profile: 'prod', region: 'ap-northeast-1' };
const now = Date.parse('2026-11-22T00:00:00Z');

function rule(part: Partial<SecurityGroupRule>): SecurityGroupRule {
  return { ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrBlocks: [], ipv6CidrBlocks: [], prefixListIds: [], groupIds: [], ...part };
}

function group(...inbound: SecurityGroupRule[]): SecurityGroup {
  return { groupId: 'sg-1', scope, inbound, outbound: [], tags: {} };
}

const eni: NetworkInterface = {
  networkInterfaceId: 'eni-1',
  privateIpAddresses: [{ privateIpAddress: '10.0.1.20', primary: true, association: { publicIp: '203.0.113.9', allocationId: 'eipalloc-1' } }],
  ipv6Addresses: [{ ipv6Address: '2001:db8::20' }],
  ipv4Prefixes: [],
  ipv6Prefixes: [],
  groups: [{ groupId: 'sg-1' }],
  tags: {},
};

function instance(part: Partial<Instance> = {}): Instance {
  return { instanceId: 'i-1', scope, state: 'running', networkInterfaces: [eni], securityGroups: [{ groupId: 'sg-1' }], ssmKnown: true, tags: {}, ...part };
}

const online = { pingStatus: 'Online', agentVersion: '3.3.987.0', lastPingDateTime: '2026-11-21T23:59:48Z', seenAt: '2026-11-22T00:00:00Z' };

test('an online agent makes Session Manager the best way in, with the age of its last ping', () => {
  const [best] = planRoutes(instance({ ssm: online }), { securityGroups: [group()], now });
  expect(best).toEqual({ route: { kind: 'session-manager', instanceId: 'i-1' }, usable: 'yes', reason: 'SSM agent 3.3.987.0 is online, last heard 12 s ago.' });
});

test('an agent that lost its connection is no way in, and says so', () => {
  const plans = planRoutes(instance({ ssm: { ...online, pingStatus: 'ConnectionLost', lastPingDateTime: '2026-11-21T20:00:00Z' } }), { securityGroups: [], now });
  expect(plans.find((plan) => plan.route.kind === 'session-manager')).toMatchObject({ usable: 'no', reason: 'SSM agent is not answering (ConnectionLost, last heard 4 h ago).' });
});

test('while Systems Manager has not answered its route is unknown, not refused', () => {
  const plans = planRoutes(instance({ ssmKnown: false }), { securityGroups: [group()], now });
  expect(plans[0]).toMatchObject({ route: { kind: 'session-manager' }, usable: 'unknown' });
});

test('port 22 open to the world on an Elastic IP is a way in', () => {
  const plans = planRoutes(instance(), { securityGroups: [group(rule({ cidrBlocks: ['0.0.0.0/0'] }))], now });
  expect(plans[0]).toEqual({ route: { kind: 'direct', address: '203.0.113.9', port: 22 }, usable: 'yes', reason: 'SSH to the Elastic IP 203.0.113.9: sg-1 lets everyone in on port 22.' });
});

test('a rule for a known network leaves the answer open and names the rule', () => {
  const plans = planRoutes(instance(), { securityGroups: [group(rule({ cidrBlocks: ['198.51.100.0/24'] }))], now });
  expect(plans[0]).toEqual({
    route: { kind: 'direct', address: '203.0.113.9', port: 22 },
    usable: 'unknown',
    reason: 'SSH to the Elastic IP 203.0.113.9: sg-1 lets 198.51.100.0/24 in on port 22; whether that is you is not known here.',
  });
});

test('a rule for private addresses opens a public address to nobody outside', () => {
  const plans = planRoutes(instance(), { securityGroups: [group(rule({ cidrBlocks: ['10.0.0.0/16'] }))], now });
  expect(plans.find((plan) => plan.route.kind === 'direct' && plan.route.address === '203.0.113.9')).toMatchObject({ usable: 'no', reason: 'Port 22 is open to 10.0.0.0/16 only.' });
  const wide = planRoutes(instance(), { securityGroups: [group(rule({ cidrBlocks: ['10.0.0.0/16', '8.0.0.0/6'] }))], now });
  expect(wide.find((plan) => plan.route.kind === 'direct' && plan.route.address === '203.0.113.9')).toMatchObject({ usable: 'unknown' });
});

test('an IPv4 rule lets nobody in by IPv6', () => {
  const plans = planRoutes(instance(), { securityGroups: [group(rule({ cidrBlocks: ['0.0.0.0/0'] }))], now });
  expect(plans.find((plan) => plan.route.kind === 'direct' && plan.route.address === '2001:db8::20')).toMatchObject({ usable: 'no' });
});

test('no rule for port 22 is a no that names the groups', () => {
  const plans = planRoutes(instance(), { securityGroups: [group(rule({ fromPort: 443, toPort: 443, cidrBlocks: ['0.0.0.0/0'] }))], now });
  expect(plans.filter((plan) => plan.route.kind === 'direct').map((plan) => [plan.usable, plan.reason])).toEqual([
    ['no', 'No rule of sg-1 lets anybody in on port 22.'],
    ['no', 'No rule of sg-1 lets anybody in on port 22.'],
    ['no', 'No rule of sg-1 lets anybody in on port 22.'],
  ]);
});

test('port 22 open to the bastion group only is a no that names the bastion group', () => {
  const plans = planRoutes(instance(), { securityGroups: [group(rule({ groupIds: ['sg-bastion'] }))], now });
  expect(plans.find((plan) => plan.route.kind === 'direct')).toMatchObject({ usable: 'no', reason: 'Port 22 is open to members of sg-bastion only.' });
});

test('a private address with an open rule may work from inside its network', () => {
  const plans = planRoutes(instance(), { securityGroups: [group(rule({ ipProtocol: '-1', cidrBlocks: ['10.0.0.0/8'] }))], now });
  expect(plans.find((plan) => plan.route.kind === 'direct' && plan.route.address === '10.0.1.20')).toMatchObject({ usable: 'unknown' });
});

test('groups that could not be read leave every address open', () => {
  const plans = planRoutes(instance(), { now });
  expect(plans.filter((plan) => plan.route.kind === 'direct').map((plan) => plan.usable)).toEqual(['unknown', 'unknown', 'unknown']);
});

test('nothing leads into a stopped instance', () => {
  const plans = planRoutes(instance({ state: 'stopped', ssm: online }), { securityGroups: [group(rule({ cidrBlocks: ['0.0.0.0/0'] }))], now });
  expect(new Set(plans.map((plan) => `${plan.usable}: ${plan.reason}`))).toEqual(new Set(['no: i-1 is stopped.']));
});

test('SSH over Session Manager is a way in where its agent is online, after a direct one that is sure and before one that is not', () => {
  const ranked = (inbound: SecurityGroupRule): string[] => planRoutes(instance({ ssm: online }), { securityGroups: [group(inbound)], now }).map(({ route, usable }) => `${route.kind} ${usable}`);
  expect(ranked(rule({ cidrBlocks: ['0.0.0.0/0'] })).slice(0, 3)).toEqual(['session-manager yes', 'direct yes', 'ssm yes']);
  expect(ranked(rule({ cidrBlocks: ['198.51.100.0/24'] })).slice(0, 3)).toEqual(['session-manager yes', 'ssm yes', 'direct unknown']);
  expect(planRoutes(instance({ ssm: online }), { securityGroups: [group()], now })[1]).toEqual({
    route: { kind: 'ssm', instanceId: 'i-1', port: 22 },
    usable: 'yes',
    reason: 'SSM agent 3.3.987.0 is online, last heard 12 s ago. SSH through it needs a key and no inbound rule.',
  });
});

test('another port than SSH is reached over Session Manager too, and on Windows SSH may not be there', () => {
  const ssm = (part: Partial<Instance>, port?: number) => planRoutes(instance({ ssm: online, ...part }), { now, ...(port === undefined ? {} : { port }) }).find((plan) => plan.route.kind === 'ssm');
  expect(ssm({}, 5432)).toMatchObject({ route: { port: 5432 }, usable: 'yes', reason: 'SSM agent 3.3.987.0 is online, last heard 12 s ago. Port 5432 through it needs no inbound rule.' });
  expect(ssm({ platformDetails: 'Windows' })).toMatchObject({ usable: 'unknown', reason: 'SSM agent 3.3.987.0 is online, last heard 12 s ago. Windows seldom runs an SSH server.' });
  expect(ssm({ platformDetails: 'Windows' }, 3389)).toMatchObject({ usable: 'yes' });
});

test('an instance without any interface or agent has no way in but its serial console', () => {
  expect(planRoutes(instance({ networkInterfaces: [] }), { securityGroups: [], now }).map((plan) => `${plan.route.kind} ${plan.usable}`)).toEqual(['serial unknown', 'session-manager no', 'ssm no']);
});

test('the serial console is proposed for types that have one, and never for another port', () => {
  const serial = (instanceType: string, port?: number) => planRoutes(instance({ instanceType }), { now, ...(port === undefined ? {} : { port }) }).find(({ route }) => route.kind === 'serial');
  expect(serial('t3.small')).toMatchObject({ usable: 'unknown' });
  expect(serial('t2.micro')).toMatchObject({ usable: 'no', reason: 'Serial console: t2.micro is not built on the Nitro system.' });
  expect(serial('p3dn.24xlarge')).toMatchObject({ usable: 'unknown' });
  expect(serial('t3.small', 80)).toBeUndefined();
});

const node: Instance = { instanceId: 'mi-0123456789abcdef0', managedNode: { resourceType: 'ManagedInstance' }, scope, state: 'running', privateIpAddress: '192.168.10.20', networkInterfaces: [], securityGroups: [], ssm: online, ssmKnown: true, tags: {} };

test('Session Manager alone leads to a managed node, and its silence is told by the agent and not as a stopped instance', () => {
  expect(planRoutes(node, { securityGroups: [group(rule({ cidrBlocks: ['0.0.0.0/0'] }))], instances: [instance(), node], now }).map(({ route, usable }) => [route.kind, usable])).toEqual([
    ['session-manager', 'yes'],
    ['ssm', 'yes'],
  ]);
  const silent = planRoutes({ ...node, state: 'connection-lost', ssm: { ...online, pingStatus: 'ConnectionLost' } }, { now });
  expect(silent.map(({ usable, reason }) => [usable, reason])).toEqual(Array.from({ length: 2 }, () => ['no', 'SSM agent is not answering (ConnectionLost, last heard 12 s ago).']));
});

test('whether a container of ECS answers shows when it is tried', () => {
  const { ssm: _ssm, ...container } = { ...node, instanceId: 'ecs:shop_1_2', managedNode: { resourceType: 'EcsContainer' }, ssmKnown: false };
  expect(planRoutes(container, { now }).map(({ route, usable }) => [route.kind, usable])).toEqual([
    ['session-manager', 'unknown'],
    ['ssm', 'unknown'],
  ]);
});
