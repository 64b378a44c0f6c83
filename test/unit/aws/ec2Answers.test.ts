import { expect, test } from 'vitest';
import { scanAnswer, type Ec2Call, type RowOf } from '../../../src/services/aws/ec2Answers.ts';
import { XmlScanError } from '../../../src/services/aws/xmlScan.ts';

const scope = { profile: 'p', region: 'eu-west-1', accountId: '111122223333' };

function rows<C extends Ec2Call>(call: C, rowSet: string, items: string): RowOf<C>[] {
  return [...scanAnswer(call, `<${call}Response><${rowSet}>${items}</${rowSet}></${call}Response>`, scope)];
}

function without(element: string, item: string): string {
  return item.replace(new RegExp(`<${element}>.*?</${element}>|<${element}/>`), '');
}

test('rows without the id they are known by are passed over, in every answer but that of route tables', () => {
  const sets: Record<Exclude<Ec2Call, 'DescribeRouteTables'>, string> = { DescribeInstances: 'reservationSet', DescribeNetworkInterfaces: 'networkInterfaceSet', DescribeAddresses: 'addressesSet', DescribeInstanceStatus: 'instanceStatusSet', DescribeSubnets: 'subnetSet', DescribeVpcs: 'vpcSet', DescribeSecurityGroups: 'securityGroupInfo', DescribeKeyPairs: 'keySet', DescribeRegions: 'regionInfo', DescribeInstanceConnectEndpoints: 'instanceConnectEndpointSet', DescribeNetworkAcls: 'networkAclSet', DescribeInternetGateways: 'internetGatewaySet', DescribeEgressOnlyInternetGateways: 'egressOnlyInternetGatewaySet', DescribeNatGateways: 'natGatewaySet', DescribeVpcEndpoints: 'vpcEndpointSet', DescribeManagedPrefixLists: 'prefixListSet', DescribeVpcPeeringConnections: 'vpcPeeringConnectionSet', DescribeDhcpOptions: 'dhcpOptionsSet' };
  for (const [call, rowSet] of Object.entries(sets)) expect(rows(call as Ec2Call, rowSet, '<item/><item><tagSet/></item>'), call).toEqual([]);
});

test('absent optional fields stay absent', () => {
  expect(rows('DescribeSubnets', 'subnetSet', '<item><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId></item>')).toEqual([{ subnetId: 'subnet-1', vpcId: 'vpc-1', scope, tags: {} }]);
  expect(rows('DescribeVpcs', 'vpcSet', '<item><vpcId>vpc-1</vpcId></item>')).toEqual([{ vpcId: 'vpc-1', scope, cidrBlocks: [], ipv6CidrBlocks: [], tags: {} }]);
  expect(rows('DescribeSecurityGroups', 'securityGroupInfo', '<item><groupId>sg-1</groupId><ipPermissions/><ipPermissionsEgress/></item>')).toEqual([{ groupId: 'sg-1', scope, inbound: [], outbound: [], tags: {} }]);
  expect(rows('DescribeKeyPairs', 'keySet', '<item><keyName>k</keyName></item>')).toEqual([{ keyName: 'k', scope }]);
  expect(rows('DescribeAddresses', 'addressesSet', '<item><publicIp>203.0.113.9</publicIp></item>')).toEqual([{ publicIp: '203.0.113.9' }]);
  expect(rows('DescribeInstanceStatus', 'instanceStatusSet', '<item><instanceId>i-1</instanceId></item>')).toEqual([{ instanceId: 'i-1', checks: { instanceStatus: { status: 'unknown' }, systemStatus: { status: 'unknown' }, scheduledEvents: [] } }]);
  expect(rows('DescribeNetworkInterfaces', 'networkInterfaceSet', '<item><networkInterfaceId>eni-1</networkInterfaceId></item>')).toEqual([{ networkInterfaceId: 'eni-1', privateIpAddresses: [], ipv6Addresses: [], ipv4Prefixes: [], ipv6Prefixes: [], groups: [], tags: {} }]);
  expect(rows('DescribeInstances', 'reservationSet', '<item><instancesSet><item><instanceId>i-1</instanceId></item></instancesSet></item>')).toEqual([{ instanceId: 'i-1', scope, state: 'unknown', networkInterfaces: [], securityGroups: [], ssmKnown: false, tags: {} }]);
});

test('a group or an ACL of which a rule is not wholly told is not known, rather than said to have fewer rules', () => {
  const whole = {
    DescribeSecurityGroups: ['securityGroupInfo', '<item><groupId>sg-1</groupId><ipPermissions><item><ipProtocol>tcp</ipProtocol><fromPort>22</fromPort><toPort>22</toPort></item></ipPermissions><ipPermissionsEgress/></item>', ['ipPermissions', 'ipPermissionsEgress', 'ipProtocol', 'fromPort', 'toPort']],
    DescribeNetworkAcls: ['networkAclSet', '<item><networkAclId>acl-1</networkAclId><entrySet><item><ruleNumber>100</ruleNumber><protocol>6</protocol><ruleAction>deny</ruleAction><egress>false</egress><cidrBlock>0.0.0.0/0</cidrBlock><portRange><from>22</from><to>22</to></portRange></item></entrySet></item>', ['entrySet', 'ruleNumber', 'protocol', 'ruleAction', 'egress', 'cidrBlock', 'from', 'to']],
  } as const;
  for (const call of ['DescribeSecurityGroups', 'DescribeNetworkAcls'] as const) {
    const [set, item, needed] = whole[call];
    expect(rows(call, set, item)).toHaveLength(1);
    for (const element of needed) expect([element, rows(call, set, without(element, item))]).toEqual([element, []]);
  }
});

test('where a route table is not wholly told none is known: its subnets would seem to have the main one', () => {
  const main = '<item><routeTableId>rtb-1</routeTableId><routeSet><item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><gatewayId>igw-1</gatewayId></item></routeSet><associationSet><item><main>true</main></item></associationSet></item>';
  const own = '<item><routeTableId>rtb-2</routeTableId><routeSet><item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId></item></routeSet><associationSet/></item>';
  expect(rows('DescribeRouteTables', 'routeTableSet', main + own)).toHaveLength(2);
  for (const element of ['routeTableId', 'routeSet', 'destinationCidrBlock', 'associationSet']) expect(() => rows('DescribeRouteTables', 'routeTableSet', main + without(element, own)), element).toThrow(XmlScanError);
});

test('an association that does not say what it is for may be any subnet\'s: then no table is known, but one that does not stand decides nothing', () => {
  const tables = (association: string): RowOf<'DescribeRouteTables'>[] => rows('DescribeRouteTables', 'routeTableSet', `<item><routeTableId>rtb-1</routeTableId><routeSet><item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock></item></routeSet><associationSet><item>${association}</item></associationSet></item>`);
  for (const association of ['<main>false</main>', '', '<main>false</main><associationState><state>associated</state></associationState>']) expect(() => tables(association), association).toThrow(XmlScanError);
  expect(tables('<main>false</main><associationState><state>disassociated</state></associationState>')[0]?.associations).toEqual([]);
  for (const [association, read] of [
    ['<main>true</main>', { main: true }],
    ['<main>false</main><subnetId>subnet-1</subnetId>', { main: false, subnetId: 'subnet-1' }],
    ['<main>false</main><gatewayId>igw-1</gatewayId>', { main: false, gatewayId: 'igw-1' }],
    ['<main>false</main><publicIpv4Pool>ipv4pool-ec2-1</publicIpv4Pool>', { main: false }],
  ] as const) expect(tables(association)[0]?.associations, association).toEqual([read]);
});

test('values AWS may add are shown as they came', () => {
  const [status] = rows('DescribeInstanceStatus', 'instanceStatusSet', '<item><instanceId>i-1</instanceId><systemStatus><status>dreaming</status></systemStatus><attachedEbsStatus><status>foggy</status></attachedEbsStatus></item>');
  expect([status?.checks.systemStatus, status?.checks.attachedEbsStatus]).toEqual([{ status: 'dreaming' }, { status: 'foggy' }]);
  const [eni] = rows('DescribeNetworkInterfaces', 'networkInterfaceSet', '<item><networkInterfaceId>eni-1</networkInterfaceId><interfaceType>quantum</interfaceType><status>odd</status></item>');
  expect([eni?.interfaceType, eni?.status]).toEqual(['quantum', 'odd']);
});

test('numbers and flags that are none are absent', () => {
  const [subnet] = rows('DescribeSubnets', 'subnetSet', '<item><subnetId>s</subnetId><vpcId>v</vpcId><availableIpAddressCount>many</availableIpAddressCount><mapPublicIpOnLaunch>maybe</mapPublicIpOnLaunch></item>');
  expect([subnet?.availableIpAddressCount, subnet?.mapPublicIpOnLaunch]).toEqual([undefined, undefined]);
});

test('a VPC has its associated blocks, and the plain one where no set is told', () => {
  const block = (cidr: string, state: string): string => `<item><cidrBlock>${cidr}</cidrBlock><cidrBlockState><state>${state}</state></cidrBlockState></item>`;
  expect(rows('DescribeVpcs', 'vpcSet', `<item><vpcId>a</vpcId><cidrBlock>10.0.0.0/16</cidrBlock><cidrBlockAssociationSet>${block('10.0.0.0/16', 'associated')}${block('10.1.0.0/16', 'disassociating')}</cidrBlockAssociationSet></item><item><vpcId>b</vpcId><cidrBlock>10.2.0.0/16</cidrBlock></item>`).map((vpc) => vpc.cidrBlocks)).toEqual([['10.0.0.0/16'], ['10.2.0.0/16']]);
});

test('a security group keeps each rule whole: protocol, ports and every kind of source', () => {
  const rule = '<item><ipProtocol>tcp</ipProtocol><fromPort>22</fromPort><toPort>22</toPort><ipRanges><item><cidrIp>10.0.0.0/8</cidrIp></item></ipRanges><ipv6Ranges><item><cidrIpv6>::/0</cidrIpv6></item></ipv6Ranges><prefixListIds><item><prefixListId>pl-1</prefixListId></item></prefixListIds><groups><item><groupId>sg-2</groupId><description>administration</description></item></groups></item>';
  expect(rows('DescribeSecurityGroups', 'securityGroupInfo', `<item><groupId>sg-1</groupId><groupName>web</groupName><groupDescription>Web</groupDescription><ipPermissions>${rule}</ipPermissions><ipPermissionsEgress><item><ipProtocol>-1</ipProtocol></item></ipPermissionsEgress></item>`)).toEqual([
    {
      groupId: 'sg-1',
      groupName: 'web',
      description: 'Web',
      scope,
      inbound: [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrBlocks: ['10.0.0.0/8'], ipv6CidrBlocks: ['::/0'], prefixListIds: ['pl-1'], groupIds: ['sg-2'], descriptions: { 'sg-2': 'administration' } }],
      outbound: [{ ipProtocol: '-1', cidrBlocks: [], ipv6CidrBlocks: [], prefixListIds: [], groupIds: [] }],
      tags: {},
    },
  ]);
});

test('an address of a Wavelength zone is the carrier address', () => {
  const [eni] = rows('DescribeNetworkInterfaces', 'networkInterfaceSet', '<item><networkInterfaceId>eni-1</networkInterfaceId><privateIpAddress>10.0.0.4</privateIpAddress><association><carrierIp>198.51.100.7</carrierIp></association></item>');
  expect(eni?.privateIpAddresses).toEqual([{ privateIpAddress: '10.0.0.4', primary: true, association: { carrierIp: '198.51.100.7', publicIp: '198.51.100.7' } }]);
});

test('an old answer that names only the Windows platform is Windows', () => {
  const [instance] = rows('DescribeInstances', 'reservationSet', '<item><instancesSet><item><instanceId>i-1</instanceId><platform>windows</platform></item></instancesSet></item>');
  expect(instance?.platformDetails).toBe('Windows');
});

test('a route table keeps each route with its target, and the associations that stand', () => {
  const routes = '<item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId><state>active</state><origin>CreateRouteTable</origin></item><item><destinationPrefixListId>pl-1</destinationPrefixListId><gatewayId>vpce-1</gatewayId></item><item><destinationIpv6CidrBlock>::/0</destinationIpv6CidrBlock><egressOnlyInternetGatewayId>eigw-1</egressOnlyInternetGatewayId><state>blackhole</state></item>';
  const associations = '<item><main>true</main><associationState><state>associated</state></associationState></item><item><subnetId>subnet-1</subnetId><main>false</main><associationState><state>disassociating</state></associationState></item>';
  expect(rows('DescribeRouteTables', 'routeTableSet', `<item><routeTableId>rtb-1</routeTableId><vpcId>vpc-1</vpcId><routeSet>${routes}</routeSet><associationSet>${associations}</associationSet><tagSet><item><key>Name</key><value>main</value></item></tagSet></item>`)).toEqual([
    {
      routeTableId: 'rtb-1',
      name: 'main',
      vpcId: 'vpc-1',
      routes: [
        { destinationCidrBlock: '10.0.0.0/16', gatewayId: 'local', state: 'active', origin: 'CreateRouteTable' },
        { destinationPrefixListId: 'pl-1', gatewayId: 'vpce-1' },
        { destinationIpv6CidrBlock: '::/0', egressOnlyInternetGatewayId: 'eigw-1', state: 'blackhole' },
      ],
      associations: [{ main: true }],
      tags: { Name: 'main' },
    },
  ]);
});

test('the entries of a network ACL stand in the order they are tried', () => {
  const entry = (ruleNumber: number, rest: string): string => `<item><ruleNumber>${ruleNumber}</ruleNumber><protocol>6</protocol><ruleAction>allow</ruleAction><egress>false</egress>${rest}</item>`;
  expect(rows('DescribeNetworkAcls', 'networkAclSet', `<item><networkAclId>acl-1</networkAclId><default>true</default><entrySet>${entry(32767, '<cidrBlock>0.0.0.0/0</cidrBlock>')}${entry(100, '<ipv6CidrBlock>::/0</ipv6CidrBlock><portRange><from>22</from><to>23</to></portRange>')}</entrySet><associationSet><item><subnetId>subnet-1</subnetId></item></associationSet></item>`)).toEqual([
    {
      networkAclId: 'acl-1',
      isDefault: true,
      entries: [
        { ruleNumber: 100, egress: false, ruleAction: 'allow', protocol: '6', ipv6CidrBlock: '::/0', fromPort: 22, toPort: 23 },
        { ruleNumber: 32767, egress: false, ruleAction: 'allow', protocol: '6', cidrBlock: '0.0.0.0/0' },
      ],
      subnetIds: ['subnet-1'],
      tags: {},
    },
  ]);
});

test('gateways, endpoints, peerings and DHCP options are read in their own words', () => {
  expect(rows('DescribeEgressOnlyInternetGateways', 'egressOnlyInternetGatewaySet', '<item><egressOnlyInternetGatewayId>eigw-1</egressOnlyInternetGatewayId><attachmentSet><item><state>attached</state><vpcId>vpc-1</vpcId></item></attachmentSet></item>')).toEqual([{ internetGatewayId: 'eigw-1', vpcIds: ['vpc-1'], tags: {} }]);
  expect(rows('DescribeNatGateways', 'natGatewaySet', '<item><natGatewayId>nat-1</natGatewayId><state>available</state><natGatewayAddressSet><item><publicIp>203.0.113.4</publicIp><privateIp>10.0.0.4</privateIp></item></natGatewayAddressSet></item>')).toEqual([{ natGatewayId: 'nat-1', state: 'available', addresses: [{ publicIp: '203.0.113.4', privateIp: '10.0.0.4' }], tags: {} }]);
  expect(rows('DescribeVpcEndpoints', 'vpcEndpointSet', '<item><vpcEndpointId>vpce-1</vpcEndpointId><vpcEndpointType>Interface</vpcEndpointType><privateDnsEnabled>true</privateDnsEnabled><subnetIdSet><item>subnet-1</item></subnetIdSet><groupSet><item><groupId>sg-1</groupId></item></groupSet></item>')).toEqual([
    { vpcEndpointId: 'vpce-1', vpcEndpointType: 'Interface', privateDnsEnabled: true, routeTableIds: [], subnetIds: ['subnet-1'], groupIds: ['sg-1'], networkInterfaceIds: [], tags: {} },
  ]);
  expect(rows('DescribeVpcPeeringConnections', 'vpcPeeringConnectionSet', '<item><vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId><requesterVpcInfo><vpcId>vpc-1</vpcId></requesterVpcInfo><accepterVpcInfo><vpcId>vpc-2</vpcId><cidrBlock>10.9.0.0/16</cidrBlock></accepterVpcInfo><status><code>active</code></status></item>')).toEqual([
    { vpcPeeringConnectionId: 'pcx-1', status: 'active', vpcs: [{ vpcId: 'vpc-1' }, { vpcId: 'vpc-2', cidrBlock: '10.9.0.0/16' }] },
  ]);
  expect(rows('DescribeDhcpOptions', 'dhcpOptionsSet', '<item><dhcpOptionsId>dopt-1</dhcpOptionsId><dhcpConfigurationSet><item><key>domain-name-servers</key><valueSet><item><value>AmazonProvidedDNS</value></item><item><value>10.0.0.9</value></item></valueSet></item></dhcpConfigurationSet></item>')).toEqual([
    { dhcpOptionsId: 'dopt-1', options: [{ key: 'domain-name-servers', values: ['AmazonProvidedDNS', '10.0.0.9'] }] },
  ]);
});
