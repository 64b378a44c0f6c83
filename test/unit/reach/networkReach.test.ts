import { expect, test } from 'vitest';
import type { Instance, NetworkInterface } from '../../../src/contract/instance.ts';
import type { NetworkFacts, SecurityGroupRule } from '../../../src/contract/network.ts';
import type { NetworkAcl, NetworkDetail, RouteTable, VpcEndpoint, VpcRoute } from '../../../src/contract/networkDetail.ts';
import { NetworkReach, type ReachDoor } from '../../../src/contract/networkReach.ts';
import { judgeReach } from '../../../src/services/reach/networkReach.ts';
import { reservedAddresses, resolverOf } from '../../../src/services/reach/reservedAddresses.ts';

const scope = { profile: 'prod', region: 'eu-west-1' };
const PERSON = '198.51.100.7';
const everything: SecurityGroupRule = { ipProtocol: '-1', cidrBlocks: ['0.0.0.0/0'], ipv6CidrBlocks: [], prefixListIds: [], groupIds: [] };
const rule = (part: Partial<SecurityGroupRule>): SecurityGroupRule => ({ ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrBlocks: [], ipv6CidrBlocks: [], prefixListIds: [], groupIds: [], ...part });
const local: VpcRoute = { destinationCidrBlock: '10.0.0.0/16', gatewayId: 'local', state: 'active' };
const toInternet: VpcRoute = { destinationCidrBlock: '0.0.0.0/0', gatewayId: 'igw-1', state: 'active' };
const table = (routes: readonly VpcRoute[], associations: RouteTable['associations'] = [{ main: true }], routeTableId = 'rtb-1'): RouteTable => ({ routeTableId, vpcId: 'vpc-1', routes: [...routes], associations, tags: {} });
const openAcl: NetworkAcl = {
  networkAclId: 'acl-1',
  isDefault: true,
  subnetIds: ['subnet-1'],
  entries: [false, true].flatMap((egress) => [
    { ruleNumber: 100, egress, ruleAction: 'allow', protocol: '-1', cidrBlock: '0.0.0.0/0' },
    { ruleNumber: 101, egress, ruleAction: 'allow', protocol: '-1', ipv6CidrBlock: '::/0' },
    { ruleNumber: 32_767, egress, ruleAction: 'deny', protocol: '-1', cidrBlock: '0.0.0.0/0' },
  ]),
  tags: {},
};
const endpoint = (service: string, part: Partial<VpcEndpoint> = {}): VpcEndpoint => ({
  vpcEndpointId: `vpce-${service}`,
  vpcEndpointType: 'Interface',
  serviceName: `com.amazonaws.eu-west-1.${service}`,
  state: 'available',
  privateDnsEnabled: true,
  routeTableIds: [],
  subnetIds: ['subnet-1'],
  groupIds: ['sg-endpoints'],
  networkInterfaceIds: [],
  tags: {},
  ...part,
});

interface World {
  readonly inbound?: readonly SecurityGroupRule[];
  readonly outbound?: readonly SecurityGroupRule[];
  readonly endpointRules?: readonly SecurityGroupRule[];
  readonly detail?: Partial<NetworkDetail>;
  readonly instance?: Partial<Instance>;
  readonly eni?: Partial<NetworkInterface>;
  readonly person?: string | undefined;
  readonly network?: Partial<NetworkFacts>;
  readonly routeTablesUnread?: boolean;
}

function reach({ inbound = [rule({ cidrBlocks: ['198.51.100.0/24'] })], outbound = [everything], endpointRules = [rule({ fromPort: 443, toPort: 443, cidrBlocks: ['10.0.0.0/16'] })], detail, instance, eni, person, network, routeTablesUnread = false }: World = {}): NetworkReach {
  const networkInterface: NetworkInterface = {
    networkInterfaceId: 'eni-1',
    vpcId: 'vpc-1',
    subnetId: 'subnet-1',
    privateIpAddresses: [{ privateIpAddress: '10.0.0.4', primary: true, association: { publicIp: '203.0.113.4' } }],
    ipv6Addresses: [],
    ipv4Prefixes: [],
    ipv6Prefixes: [],
    groups: [{ groupId: 'sg-1', groupName: 'ssh' }],
    tags: {},
    ...eni,
  };
  const known: NetworkDetail = { scope, vpcId: 'vpc-1', readAt: '2026-11-22T12:00:00Z', routeTables: [table([local, toInternet])], networkAcls: [openAcl], internetGateways: [{ internetGatewayId: 'igw-1', name: 'door', vpcIds: ['vpc-1'], tags: {} }], natGateways: [], vpcEndpoints: [], prefixLists: [], enableDnsSupport: true, enableDnsHostnames: true, problems: [], denied: [], ...detail };
  if (routeTablesUnread) delete known.routeTables;
  const judged = judgeReach(
    { instanceId: 'i-1', scope, state: 'running', vpcId: 'vpc-1', subnetId: 'subnet-1', networkInterfaces: [networkInterface], securityGroups: [], ssmKnown: true, tags: {}, ...instance },
    {
      network: {
        scope,
        vpcs: [{ vpcId: 'vpc-1', name: 'main', scope, cidrBlocks: ['10.0.0.0/16', '10.9.0.0/16'], ipv6CidrBlocks: [], tags: {} }],
        subnets: [
          { subnetId: 'subnet-2', scope, vpcId: 'vpc-1', cidrBlock: '10.0.1.0/28', availableIpAddressCount: 11, tags: {} },
          { subnetId: 'subnet-1', scope, vpcId: 'vpc-1', cidrBlock: '10.0.0.0/24', availableIpAddressCount: 200, tags: {} },
        ],
        securityGroups: [
          { groupId: 'sg-1', groupName: 'ssh', scope, vpcId: 'vpc-1', inbound: [...inbound], outbound: [...outbound], tags: {} },
          { groupId: 'sg-endpoints', groupName: 'endpoints', scope, vpcId: 'vpc-1', inbound: [...endpointRules], outbound: [], tags: {} },
        ],
        ec2KeyPairs: [],
        ...network,
      },
      detail: known,
      memberCount: () => 3,
      person: person === undefined ? undefined : { address: person, lookedUpAt: '2026-11-22T12:00:00Z' },
      addressSource: 'example.com',
      denied: [],
    },
  );
  expect(NetworkReach.parse(judged)).toEqual(judged);
  return judged;
}

const door = (world: World = {}): ReachDoor | undefined => reach(world).doors[0];
/** The verdict and the first thing that is no plain yes. */
const verdict = (world: World = {}): unknown => {
  const found = door({ person: PERSON, ...world });
  const doubt = found?.steps.find(({ result }) => result !== 'yes');
  return [found?.verdict, ...(doubt === undefined ? [] : [`${doubt.check} ${doubt.result}`, doubt.evidence])];
};

test('a public address, an internet gateway, an open ACL and a rule for the person: they get in', () => {
  expect(verdict()).toEqual(['yes']);
  expect(door({ person: PERSON })?.steps.map(({ check, evidence }) => [check, evidence])).toEqual([
    ['state', 'running'],
    ['public-address', '203.0.113.4'],
    ['route', 'rtb-1 0.0.0.0/0 igw-1'],
    ['acl-in', 'acl-1 100'],
    ['security-group', 'sg-1 198.51.100.0/24'],
    ['acl-out', 'acl-1 100'],
  ]);
});

test.each<[string, World, unknown]>([
  ['the instance is stopped', { instance: { state: 'stopped' } }, ['no', 'state no', 'stopped']],
  ['there is no public address', { eni: { privateIpAddresses: [{ privateIpAddress: '10.0.0.4', primary: true }] } }, ['no', 'public-address no', undefined]],
  ['no rule for the person', { inbound: [rule({ cidrBlocks: ['192.0.2.0/24'] })] }, ['no', 'security-group no', 'sg-1']],
  ['a rule for another port', { inbound: [rule({ fromPort: 80, toPort: 443, cidrBlocks: ['0.0.0.0/0'] })] }, ['no', 'security-group no', 'sg-1']],
  ['members of a group only', { inbound: [rule({ groupIds: ['sg-2'] })] }, ['no', 'security-group no', 'sg-1']],
  ['no inbound rule at all', { inbound: [] }, ['no', 'security-group no', 'sg-1']],
  ['a private block only, which no public address is in', { inbound: [rule({ cidrBlocks: ['10.0.0.0/8'] })], person: undefined }, ['no', 'security-group no', 'sg-1']],
  ['a subnet behind a NAT gateway', { detail: { routeTables: [table([local, { destinationCidrBlock: '0.0.0.0/0', natGatewayId: 'nat-1' }])] } }, ['no', 'route no', 'rtb-1 0.0.0.0/0 nat-1']],
  ['no default route', { detail: { routeTables: [table([local])] } }, ['no', 'route no', 'rtb-1']],
  ['a route whose gateway is gone', { detail: { routeTables: [table([local, { ...toInternet, state: 'blackhole' }])] } }, ['no', 'route no', 'rtb-1 0.0.0.0/0 igw-1']],
  ['a more specific route to a transit gateway', { detail: { routeTables: [table([local, toInternet, { destinationCidrBlock: '198.51.100.0/24', transitGatewayId: 'tgw-1' }])] } }, ['unknown', 'route unknown', 'rtb-1 198.51.100.0/24 tgw-1']],
  ['an ACL without a rule for the answers', { detail: { networkAcls: [{ ...openAcl, entries: openAcl.entries.filter(({ egress, ruleNumber }) => !egress || ruleNumber === 32_767) }] } }, ['no', 'acl-out no', 'acl-1 *']],
  ['an ACL that denies before it allows', { detail: { networkAcls: [{ ...openAcl, entries: [{ ruleNumber: 50, egress: false, ruleAction: 'deny', protocol: '6', cidrBlock: '198.51.100.0/24', fromPort: 22, toPort: 22 }, ...openAcl.entries] }] } }, ['no', 'acl-in no', 'acl-1 50']],
  ['route tables that are not known', { routeTablesUnread: true }, ['unknown', 'route unknown', undefined]],
  ['groups that are not known', { network: { securityGroups: [] } }, ['unknown', 'security-group unknown', undefined]],
  ['a prefix list of unknown entries', { inbound: [rule({ prefixListIds: ['pl-1'] })] }, ['unknown', 'security-group unknown', 'sg-1 pl-1']],
  ['an unknown address and a rule for somebody', { person: undefined }, ['unknown', 'security-group unknown', 'sg-1 198.51.100.0/24']],
])('%s is said', (_what, world, expected) => {
  expect(verdict(world)).toEqual(expected);
});

test('a prefix list lets in whoever is in one of its blocks', () => {
  const lists = (cidr: string): World => ({ inbound: [rule({ prefixListIds: ['pl-1'] })], detail: { prefixLists: [{ prefixListId: 'pl-1', prefixListName: 'offices', entries: [{ cidr }] }] } });
  expect([verdict(lists('198.51.100.0/28')), verdict(lists('192.0.2.0/24'))]).toEqual([['yes'], ['no', 'security-group no', 'sg-1']]);
  expect(reach({ ...lists('198.51.100.0/28'), person: PERSON }).groups[0]?.inbound[0]).toMatchObject({ peer: { kind: 'prefix-list', name: 'offices', cidrs: ['198.51.100.0/28'], everyone: false }, you: 'yes', doors: [22] });
});

test('everyone is let in without an address being known', () => {
  expect(verdict({ inbound: [rule({ cidrBlocks: ['0.0.0.0/0'] })], person: undefined })).toEqual(['yes']);
});

test('an IPv6 address needs a rule and a route of its family; an egress-only gateway lets nobody in', () => {
  const eni = { ipv6Addresses: [{ ipv6Address: '2001:db8:1::4' }] };
  const inbound = [rule({ ipv6CidrBlocks: ['2001:db8:ffff::/48'] })];
  const by = (route: VpcRoute): World => ({ eni, inbound, person: '2001:db8:ffff::7', detail: { routeTables: [table([local, route])] } });
  expect(verdict(by({ destinationIpv6CidrBlock: '::/0', gatewayId: 'igw-1' }))).toEqual(['yes']);
  expect(verdict(by({ destinationIpv6CidrBlock: '::/0', egressOnlyInternetGatewayId: 'eigw-1' }))).toEqual(['no', 'route no', 'rtb-1 ::/0 eigw-1']);
});

test('of several addresses the best one is told, and Windows is asked about 3389 first', () => {
  const eni = { privateIpAddresses: [{ privateIpAddress: '10.0.0.4', primary: true }, { privateIpAddress: '10.0.0.5', primary: false, association: { publicIp: '203.0.113.5' } }] };
  expect(door({ eni, person: PERSON })).toMatchObject({ verdict: 'yes', address: '203.0.113.5' });
  expect(reach({ instance: { platformDetails: 'Windows' }, person: PERSON }).doors.map(({ port, verdict: told }) => [port, told])).toEqual([[3389, 'no'], [22, 'yes']]);
});

test('a rule stands once for each end, with what the end is', () => {
  const { groups } = reach({ inbound: [rule({ cidrBlocks: ['10.0.0.0/16', '10.0.1.0/28', '0.0.0.0/0'], groupIds: ['sg-endpoints', 'sg-far'], descriptions: { 'sg-far': 'a peer', '10.0.0.0/16': 'inside' } })], person: PERSON });
  expect(groups[0]?.inbound.map(({ peer, you, description }) => [peer, you, description])).toEqual([
    [{ kind: 'cidr', cidr: '10.0.0.0/16', of: { id: 'vpc-1', name: 'main' }, everyone: false }, 'no', 'inside'],
    [{ kind: 'cidr', cidr: '10.0.1.0/28', of: { id: 'subnet-2' }, everyone: false }, 'no', undefined],
    [{ kind: 'cidr', cidr: '0.0.0.0/0', everyone: true }, 'yes', undefined],
    [{ kind: 'group', groupId: 'sg-endpoints', name: 'endpoints', memberCount: 3 }, 'no', undefined],
    [{ kind: 'group', groupId: 'sg-far' }, 'no', 'a peer'],
  ]);
});

test('the explicit table counts before the main one, and the subnet is what its routes make it', () => {
  const own = table([local, { destinationCidrBlock: '0.0.0.0/0', natGatewayId: 'nat-1' }], [{ subnetId: 'subnet-1' }], 'rtb-own');
  const natGateways = [{ natGatewayId: 'nat-1', name: 'out', addresses: [{ publicIp: '203.0.113.200' }], tags: {} }];
  expect(reach({ detail: { routeTables: [table([local, toInternet]), own], natGateways } }).subnets[0]).toMatchObject({ kind: 'private', routeTable: { routeTableId: 'rtb-own', explicit: true }, defaultIpv4: { target: { kind: 'nat-gateway', id: 'nat-1', name: 'out', detail: '203.0.113.200' } } });
  expect(reach().subnets[0]).toMatchObject({ kind: 'public', routeTable: { routeTableId: 'rtb-1', explicit: false }, defaultIpv4: { target: { kind: 'internet-gateway', id: 'igw-1', name: 'door' } } });
  expect(reach({ detail: { routeTables: [table([local])] } }).subnets[0]?.kind).toBe('isolated');
  expect(reach({ detail: { routeTables: [table([local, { ...toInternet, state: 'blackhole' }])] } }).subnets[0]?.kind).toBe('isolated');
  expect(reach({ detail: { routeTables: [] } }).subnets[0]?.kind).toBe('unknown');
});

test('a peering names its far end, and routes stand the most specific first', () => {
  const routes: VpcRoute[] = [toInternet, { destinationCidrBlock: '10.9.0.0/16', vpcPeeringConnectionId: 'pcx-1' }, { destinationPrefixListId: 'pl-s3', gatewayId: 'vpce-s3' }, { destinationIpv6CidrBlock: '::/0', gatewayId: 'igw-1' }, { destinationCidrBlock: '10.8.0.0/24', gatewayId: 'vgw-1', origin: 'EnableVgwRoutePropagation' }, local];
  const detail = {
    routeTables: [table(routes)],
    vpcPeeringConnections: [{ vpcPeeringConnectionId: 'pcx-1', name: 'shared', vpcs: [{ vpcId: 'vpc-1' }, { vpcId: 'vpc-9', cidrBlock: '10.9.0.0/16' }] }],
    prefixLists: [{ prefixListId: 'pl-s3', prefixListName: 'com.amazonaws.eu-west-1.s3', entries: [] }],
    vpcEndpoints: [endpoint('s3', { vpcEndpointType: 'Gateway', routeTableIds: ['rtb-1'] })],
  };
  expect(reach({ detail }).subnets[0]?.routes.map(({ destination, destinationName, target, propagated }) => [destination, destinationName, target.kind, target.detail, propagated])).toEqual([
    ['10.8.0.0/24', undefined, 'virtual-private-gateway', undefined, true],
    ['10.9.0.0/16', undefined, 'peering', 'vpc-9 10.9.0.0/16', false],
    ['10.0.0.0/16', undefined, 'local', undefined, false],
    ['0.0.0.0/0', undefined, 'internet-gateway', undefined, false],
    ['pl-s3', 'com.amazonaws.eu-west-1.s3', 'gateway-endpoint', 'com.amazonaws.eu-west-1.s3', false],
    ['::/0', undefined, 'internet-gateway', undefined, false],
  ]);
});

const isolated = { routeTables: [table([local])] };
const agent = (world: World): unknown => {
  const [subnet] = reach(world).subnets;
  return [subnet?.agentWay.by, subnet?.endpoints.find(({ service }) => service === 'ssm')?.because];
};

test.each<[string, World, unknown]>([
  ['endpoints that let the host in on 443', { detail: { ...isolated, vpcEndpoints: [endpoint('ssm'), endpoint('ssmmessages')] } }, ['endpoints', undefined]],
  ['one of the two is missing', { detail: { ...isolated, vpcEndpoints: [endpoint('ssm')] } }, ['none', undefined]],
  ['the endpoints let nobody in', { detail: { ...isolated, vpcEndpoints: [endpoint('ssm'), endpoint('ssmmessages')] }, endpointRules: [] }, ['none', 'group-closed']],
  ['the endpoints let the group of the host in', { detail: { ...isolated, vpcEndpoints: [endpoint('ssm'), endpoint('ssmmessages')] }, endpointRules: [rule({ fromPort: 443, toPort: 443, groupIds: ['sg-1'] })] }, ['endpoints', undefined]],
  ['their names lead elsewhere', { detail: { ...isolated, vpcEndpoints: [endpoint('ssm', { privateDnsEnabled: false }), endpoint('ssmmessages')] } }, ['none', 'no-private-dns']],
  ['the VPC resolves no private names', { detail: { ...isolated, enableDnsHostnames: false, vpcEndpoints: [endpoint('ssm'), endpoint('ssmmessages')] } }, ['none', 'dns-off']],
  ['they are being made', { detail: { ...isolated, vpcEndpoints: [endpoint('ssm', { state: 'pending' }), endpoint('ssmmessages')] } }, ['none', 'not-available']],
  ['their group is not known', { detail: { ...isolated, vpcEndpoints: [endpoint('ssm', { groupIds: ['sg-hidden'] }), endpoint('ssmmessages')] } }, ['unknown', 'group-unknown']],
  ['no endpoint, but a NAT gateway', { detail: { routeTables: [table([local, { destinationCidrBlock: '0.0.0.0/0', natGatewayId: 'nat-1' }])] } }, ['nat-gateway', 'no-endpoint']],
  ['an internet gateway and a public address', {}, ['internet-gateway', 'no-endpoint']],
  ['an internet gateway without a public address', { eni: { privateIpAddresses: [{ privateIpAddress: '10.0.0.4', primary: true }] } }, ['none', 'no-endpoint']],
])('the SSM agent and its way out: %s', (_what, world, expected) => {
  expect(agent(world)).toEqual(expected);
});

test('groups that let nothing out on 443 are told beside the way', () => {
  expect([[], [rule({ fromPort: 443, toPort: 443, cidrBlocks: ['10.0.0.0/16'] })], [everything]].map((outbound) => reach({ outbound }).subnets[0]?.agentWay.outbound443)).toEqual(['no', 'unknown', 'yes']);
});

test('a gateway endpoint for S3 counts where the route table has it', () => {
  const s3 = (routeTableIds: string[]): unknown => reach({ detail: { vpcEndpoints: [endpoint('s3', { vpcEndpointType: 'Gateway', routeTableIds, groupIds: [] })] } }).subnets[0]?.endpoints.find(({ service }) => service === 's3');
  expect([s3(['rtb-1']), s3(['rtb-2'])]).toMatchObject([{ usable: 'yes' }, { usable: 'no', because: 'not-in-route-table' }]);
});

test('the VPC has all its blocks, and its own subnets first with the five addresses AWS keeps', () => {
  expect(reach().vpc).toMatchObject({ name: 'main', known: true, cidrBlocks: ['10.0.0.0/16', '10.9.0.0/16'], resolver: '10.0.0.2', subnets: [{ subnetId: 'subnet-1', own: true, free: 200, total: 251 }, { subnetId: 'subnet-2', own: false, free: 11, total: 11, reserved: { network: '10.0.1.0', broadcast: '10.0.1.15' } }] });
});

test.each([
  ['10.0.0.0/24', { network: '10.0.0.0', router: '10.0.0.1', dns: '10.0.0.2', future: '10.0.0.3', broadcast: '10.0.0.255' }, 251],
  ['172.31.240.0/20', { network: '172.31.240.0', router: '172.31.240.1', dns: '172.31.240.2', future: '172.31.240.3', broadcast: '172.31.255.255' }, 4091],
  ['192.168.255.240/28', { network: '192.168.255.240', router: '192.168.255.241', dns: '192.168.255.242', future: '192.168.255.243', broadcast: '192.168.255.255' }, 11],
])('AWS keeps five addresses of %s', (cidrBlock, reserved, total) => {
  expect(reservedAddresses(cidrBlock)).toEqual({ reserved, total });
});

test('what is no subnet of IPv4 has no such addresses', () => {
  expect(['', '10.0.0.0', '10.0.0.0/29', '10.0.0.0/33', '10.0.0/24', '2001:db8::/64', '10.0.0.0/x'].map(reservedAddresses)).toEqual(Array(7).fill(undefined));
  expect([resolverOf('10.0.0.0/16'), resolverOf('2001:db8::/56')]).toEqual(['10.0.0.2', undefined]);
});
