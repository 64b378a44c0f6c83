import { expect, test } from 'vitest';
import type { NetworkFacts, SecurityGroupRule } from '../../../src/contract/network.ts';
import { toFilterContext } from '../../../src/query/filterContext.ts';
import { instance, networkInterface, scope } from '../renderer/literals.ts';

const rule = (change: Partial<SecurityGroupRule>): SecurityGroupRule => ({ ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrBlocks: [], ipv6CidrBlocks: [], prefixListIds: [], groupIds: [], ...change });
const group = (groupId: string, inbound: SecurityGroupRule[]) => ({ groupId, scope, inbound, outbound: [], tags: {} });
const network: NetworkFacts = {
  scope,
  vpcs: [{ vpcId: 'vpc-1', name: 'main', scope, cidrBlocks: [], ipv6CidrBlocks: [], tags: {} }],
  subnets: [{ subnetId: 'subnet-1', name: 'private a', scope, vpcId: 'vpc-1', tags: {} }],
  securityGroups: [group('sg-door', [rule({ cidrBlocks: ['198.51.100.0/24'] })]), group('sg-inside', [rule({ groupIds: ['sg-door', 'sg-inside'] })])],
  ec2KeyPairs: [],
  instanceConnectEndpoints: [
    { instanceConnectEndpointId: 'eice-1', scope, state: 'create-complete', vpcId: 'vpc-1', securityGroupIds: [] },
    { instanceConnectEndpointId: 'eice-2', scope, state: 'create-in-progress', vpcId: 'vpc-2', securityGroupIds: [] },
  ],
};
const door = (instanceId: string, groupId: string, publicIp?: string, state = 'running') =>
  instance({ instanceId, state, networkInterfaces: [networkInterface({ groups: [{ groupId }], privateIpAddresses: [{ privateIpAddress: '10.0.0.5', primary: true, ...(publicIp === undefined ? {} : { association: { publicIp } }) }] })] });

test('a bastion is a running public host that people get into and whose group another group lets in', () => {
  const hosts = [door('i-bastion', 'sg-door', '203.0.113.9'), door('i-private', 'sg-door'), door('i-stopped', 'sg-door', '203.0.113.10', 'stopped'), door('i-inside', 'sg-inside', '203.0.113.11')];
  const context = toFilterContext({ instances: new Map(hosts.map((host) => [host.instanceId, host])), network: [network], accountLabels: new Map(), pinned: new Set() });
  expect(context.bastions).toEqual(new Set(['i-bastion']));
  expect(context.bastionVpcIds).toEqual(new Set(['vpc-1']));
});

test('names are those of VPCs and subnets, and only an endpoint that is ready counts', () => {
  const context = toFilterContext({ instances: new Map(), network: [network], accountLabels: new Map(), pinned: new Set() });
  expect(context.networkNames).toEqual(new Map([['vpc-1', 'main'], ['subnet-1', 'private a']]));
  expect(context.endpointVpcIds).toEqual(new Set(['vpc-1']));
});
