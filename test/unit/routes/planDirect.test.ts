import { expect, test } from 'vitest';
import type { Instance } from '../../../src/contract/instance.ts';
import type { SecurityGroup } from '../../../src/contract/network.ts';
import type { NetworkAclEntry, NetworkDetail, VpcRoute } from '../../../src/contract/networkDetail.ts';
import { planDirect } from '../../../src/services/routes/planDirect.ts';

const scope = { profile: 'prod', region: 'ap-northeast-1' };
const instance: Instance = {
  instanceId: 'i-1',
  scope,
  state: 'running',
  vpcId: 'vpc-1',
  networkInterfaces: [{ networkInterfaceId: 'eni-1', subnetId: 'subnet-1', privateIpAddresses: [{ privateIpAddress: '10.0.1.20', primary: true, association: { publicIp: '203.0.113.9' } }], ipv6Addresses: [], ipv4Prefixes: [], ipv6Prefixes: [], groups: [{ groupId: 'sg-1' }], tags: {} }],
  securityGroups: [],
  ssmKnown: true,
  tags: {},
};
const securityGroups: SecurityGroup[] = [{ groupId: 'sg-1', scope, inbound: [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrBlocks: ['198.51.100.0/24'], ipv6CidrBlocks: [], prefixListIds: [], groupIds: [] }], outbound: [], tags: {} }];
const toInternet: VpcRoute = { destinationCidrBlock: '0.0.0.0/0', gatewayId: 'igw-1' };
const allowAll = [false, true].map((egress): NetworkAclEntry => ({ ruleNumber: 100, egress, ruleAction: 'allow', protocol: '-1', cidrBlock: '0.0.0.0/0' }));

function detail(route: VpcRoute = toInternet, entries: NetworkAclEntry[] = allowAll): NetworkDetail {
  return { scope, vpcId: 'vpc-1', readAt: '', routeTables: [{ routeTableId: 'rtb-1', routes: [route], associations: [{ main: true }], tags: {} }], networkAcls: [{ networkAclId: 'acl-1', entries, subnetIds: ['subnet-1'], tags: {} }], problems: [], denied: [] };
}

function told(known: { detail?: NetworkDetail; person?: string }): unknown {
  const [plan] = planDirect(instance, { securityGroups, now: 0, ...known });
  return [plan?.usable, plan?.reason];
}

test('a person whose address was looked up is let in by a rule for it, or told that none lets them in', () => {
  expect(told({ detail: detail(), person: '198.51.100.7' })).toEqual(['yes', 'SSH to the public address 203.0.113.9: sg-1 198.51.100.0/24 lets your address 198.51.100.7 in on port 22.']);
  expect(told({ detail: detail(), person: '192.0.2.1' })).toEqual(['no', 'SSH to the public address 203.0.113.9: no rule of sg-1 lets your address 192.0.2.1 in on port 22.']);
});

test('a route table and a network ACL in the way are a no, with the rule it rests on', () => {
  expect(told({ detail: detail({ destinationCidrBlock: '0.0.0.0/0', natGatewayId: 'nat-1' }) })).toEqual(['no', 'SSH to the public address 203.0.113.9: no route to an internet gateway leads back (rtb-1 0.0.0.0/0 nat-1).']);
  expect(told({ detail: detail(toInternet, allowAll.filter(({ egress }) => egress)) })).toEqual(['no', 'SSH to the public address 203.0.113.9: the network ACL denies it (acl-1 *).']);
  expect(told({ detail: detail(toInternet, allowAll.filter(({ egress }) => !egress)) })).toEqual(['no', 'SSH to the public address 203.0.113.9: the network ACL denies the answers (acl-1 *).']);
});

test('what is not known changes nothing', () => {
  const open = ['unknown', 'SSH to the public address 203.0.113.9: sg-1 lets 198.51.100.0/24 in on port 22; whether that is you is not known here.'];
  expect(told({})).toEqual(open);
  expect(told({ detail: detail() })).toEqual(open);
  // The person's other family is not known.
  expect(told({ detail: detail(), person: '2001:db8::7' })).toEqual(open);
  expect(told({ detail: { scope, vpcId: 'vpc-1', readAt: '', problems: [], denied: [] }, person: '198.51.100.7' })).toEqual(open);
});

test('an address is called Elastic also where only its owner is told, as with DescribeInstances alone', () => {
  const [eni] = instance.networkInterfaces;
  const labelled = (association: { ipOwnerId: string; allocationId?: string }): string | undefined =>
    planDirect({ ...instance, networkInterfaces: eni === undefined ? [] : [{ ...eni, privateIpAddresses: [{ privateIpAddress: '10.0.1.20', primary: true, association: { publicIp: '203.0.113.9', ...association } }] }] }, { securityGroups, now: 0 })[0]?.reason;
  const openTo = 'sg-1 lets 198.51.100.0/24 in on port 22; whether that is you is not known here.';
  expect(labelled({ ipOwnerId: '111122223333' })).toBe(`SSH to the Elastic IP 203.0.113.9: ${openTo}`);
  expect(labelled({ ipOwnerId: 'amazon' })).toBe(`SSH to the public address 203.0.113.9: ${openTo}`);
  expect(labelled({ ipOwnerId: 'amazon', allocationId: 'eipalloc-1' })).toBe(`SSH to the Elastic IP 203.0.113.9: ${openTo}`);
});
