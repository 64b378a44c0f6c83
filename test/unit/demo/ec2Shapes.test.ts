import * as ec2 from '@aws-sdk/client-ec2';
import { NormalizedSchema } from '@smithy/core/schema';
import { expect, test } from 'vitest';
import { demoEstate } from '../../../src/demo/estate.ts';
import { instanceStatuses, instances } from '../../../src/demo/ec2Instances.ts';
import type { Ec2Context } from '../../../src/demo/ec2Instances.ts';
import { instanceConnectEndpoints, internetGateways, natGateways, networkAcls, routeTables, vpcEndpoints } from '../../../src/demo/ec2Gateways.ts';
import { addresses, keyPairs, regions, securityGroups, subnets, vpcs } from '../../../src/demo/ec2Network.ts';
import { describeVpcAttribute, dhcpOptions, getPrefixListEntries, prefixLists } from '../../../src/demo/ec2VpcDetail.ts';
import { networkInterfaces } from '../../../src/demo/ec2NetworkInterfaces.ts';
import { describe } from '../../../src/demo/ec2Query.ts';
import type { RegionEstate } from '../../../src/demo/estateModel.ts';
import { expandEstate } from '../../../src/demo/expandEstate.ts';
import { createLentKey, lostKeyPair } from '../../../src/demo/keyPairs.ts';
import type { XmlElements, XmlValue } from '../../../src/demo/xml.ts';

const estate = expandEstate(demoEstate, [createLentKey().keyPair, lostKeyPair], Date.parse('2026-11-22T07:00:00Z'));
const context: Ec2Context = { accountId: estate.accountId, groupName: () => 'group', zoneId: () => 'apne1-az4' };
const query = new URLSearchParams({ IncludePublicKey: 'true' });

const answers: readonly [string, typeof ec2.DescribeInstancesResult$, (region: RegionEstate) => XmlElements][] = [
  ['DescribeInstances', ec2.DescribeInstancesResult$, (region) => describe(instances(context), region.instances, query)],
  ['DescribeInstanceStatus', ec2.DescribeInstanceStatusResult$, (region) => describe(instanceStatuses(context), region.instances, query)],
  ['DescribeNetworkInterfaces', ec2.DescribeNetworkInterfacesResult$, (region) => describe(networkInterfaces(context), region.networkInterfaces, query)],
  ['DescribeAddresses', ec2.DescribeAddressesResult$, (region) => describe(addresses(context, region.region), region.elasticIps, query)],
  ['DescribeVpcs', ec2.DescribeVpcsResult$, (region) => describe(vpcs(context), region.vpcs, query)],
  ['DescribeSubnets', ec2.DescribeSubnetsResult$, (region) => describe(subnets(context, region.region), region.subnets, query)],
  ['DescribeSecurityGroups', ec2.DescribeSecurityGroupsResult$, (region) => describe(securityGroups(context, region.region), region.securityGroups, query)],
  ['DescribeKeyPairs', ec2.DescribeKeyPairsResult$, (region) => describe(keyPairs(), region.keyPairs, query)],
  ['DescribeRegions', ec2.DescribeRegionsResult$, () => describe(regions, estate.regions, query)],
  ['DescribeRouteTables', ec2.DescribeRouteTablesResult$, (region) => describe(routeTables(context, region.vpcEndpoints, region.region), region.routeTables, query)],
  ['DescribeInternetGateways', ec2.DescribeInternetGatewaysResult$, (region) => describe(internetGateways(context), region.internetGateways, query)],
  ['DescribeNatGateways', ec2.DescribeNatGatewaysResult$, (region) => describe(natGateways, region.natGateways, query)],
  ['DescribeNetworkAcls', ec2.DescribeNetworkAclsResult$, (region) => describe(networkAcls(context), region.networkAcls, query)],
  ['DescribeInstanceConnectEndpoints', ec2.DescribeInstanceConnectEndpointsResult$, (region) => describe(instanceConnectEndpoints(context, region.region), region.instanceConnectEndpoints, query)],
  ['DescribeManagedPrefixLists', ec2.DescribeManagedPrefixListsResult$, (region) => describe(prefixLists, region.prefixLists, query)],
  ['GetManagedPrefixListEntries', ec2.GetManagedPrefixListEntriesResult$, (region) => getPrefixListEntries(new URLSearchParams({ PrefixListId: region.prefixLists[0]?.prefixListId ?? '' }), region)],
  ['DescribeDhcpOptions', ec2.DescribeDhcpOptionsResult$, (region) => describe(dhcpOptions(context, region.region), region.vpcs, query)],
  ['DescribeVpcAttribute', ec2.DescribeVpcAttributeResult$, (region) => describeVpcAttribute(new URLSearchParams({ VpcId: region.vpcs[0]?.vpcId ?? '', Attribute: 'enableDnsSupport' }), region)],
  ['DescribeVpcEndpoints', ec2.DescribeVpcEndpointsResult$, (region) => describe(vpcEndpoints(context), region.vpcEndpoints, query)],
];

test.each(answers)('%s writes only elements that EC2 has, with values of their kind', (_action, schema, answer) => {
  for (const region of estate.regions) expect(strangers(answer(region), NormalizedSchema.of(schema), '')).toEqual([]);
});

test('an element that EC2 does not have, and one of another kind, would be found', () => {
  const answer = { reservationSet: [{ instancesSet: [{ instanceId: 'i-1', shoeSize: '44', amiLaunchIndex: true }] }], nextToken: { deep: 'x' } };
  expect(strangers(answer, NormalizedSchema.of(ec2.DescribeInstancesResult$), '')).toEqual([
    '/reservationSet[]/instancesSet[]/shoeSize is unknown',
    '/reservationSet[]/instancesSet[]/amiLaunchIndex is no boolean',
    '/nextToken is no structure',
  ]);
});

/** Paths of elements that the model of EC2 does not have, or has as something else. */
function strangers(value: XmlValue, schema: NormalizedSchema, path: string): string[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return schema.isListSchema() ? value.flatMap((item: XmlValue) => strangers(item, schema.getValueSchema(), `${path}[]`)) : [`${path} is no list`];
  if (typeof value === 'object') {
    if (!schema.isStructSchema()) return [`${path} is no structure`];
    const members = new Map([...schema.structIterator()].map(([name, member]) => [String(member.getMergedTraits().xmlName ?? name), member]));
    return Object.entries(value).flatMap(([name, item]: [string, XmlValue]) => {
      const member = members.get(name);
      return member === undefined ? (item === undefined ? [] : [`${path}/${name} is unknown`]) : strangers(item, member, `${path}/${name}`);
    });
  }
  const fits = typeof value === 'boolean' ? schema.isBooleanSchema() : typeof value === 'number' ? schema.isNumericSchema() : schema.isStringSchema() || (schema.isTimestampSchema() && !Number.isNaN(Date.parse(value)));
  return fits ? [] : [`${path} is no ${typeof value}`];
}
