/**
 * The calls about what a VPC tells and names: DNS attributes, DHCP options, prefix lists, egress-only gateways, peerings.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Welcome.html
 */
import { AwsError } from './awsError.ts';
import { toTagSet } from './ec2Instances.ts';
import type { Ec2Context } from './ec2Instances.ts';
import { PAGES, byId } from './ec2Network.ts';
import type { Listing } from './ec2Query.ts';
import { describe } from './ec2Query.ts';
import type { DemoPrefixList, RegionEstate } from './estateModel.ts';
import type { XmlElements } from './xml.ts';

/** Every VPC here resolves names and has public ones, as public DNS names of instances show. */
export function describeVpcAttribute(query: URLSearchParams, region: RegionEstate): XmlElements {
  const vpcId = query.get('VpcId') ?? '';
  if (!region.vpcs.some((vpc) => vpc.vpcId === vpcId)) throw new AwsError('InvalidVpcID.NotFound', `The vpc ID '${vpcId}' does not exist`);
  const attribute = query.get('Attribute') ?? '';
  if (!['enableDnsSupport', 'enableDnsHostnames', 'enableNetworkAddressUsageMetrics'].includes(attribute)) throw new AwsError('InvalidParameterValue', `Value (${attribute}) for parameter attribute is invalid.`);
  return { vpcId, [attribute]: { value: attribute !== 'enableNetworkAddressUsageMetrics' } };
}

export function dhcpOptions(context: Ec2Context, region: string): Listing<{ readonly dhcpOptionsId: string }> {
  return {
    setName: 'dhcpOptionsSet',
    toXml: ({ dhcpOptionsId }) => ({
      ownerId: context.accountId,
      dhcpOptionsId,
      dhcpConfigurationSet: [
        { key: 'domain-name', valueSet: [{ value: `${region}.compute.internal` }] },
        { key: 'domain-name-servers', valueSet: [{ value: 'AmazonProvidedDNS' }] },
      ],
      tagSet: [],
    }),
    ids: byId('DhcpOptionsId', ({ dhcpOptionsId }) => dhcpOptionsId, 'InvalidDhcpOptionID.NotFound', 'dhcpOption ID'),
    pages: PAGES,
    filters: { 'dhcp-options-id': ({ dhcpOptionsId }) => [dhcpOptionsId] },
  };
}

export const prefixLists: Listing<DemoPrefixList> = {
  setName: 'prefixListSet',
  toXml: (list) => ({
    prefixListId: list.prefixListId,
    addressFamily: list.addressFamily,
    state: 'create-complete',
    prefixListName: list.prefixListName,
    maxEntries: list.ownerId === 'AWS' ? undefined : Math.max(10, list.entries.length),
    version: list.ownerId === 'AWS' ? undefined : 1,
    tagSet: toTagSet({}),
    ownerId: list.ownerId,
  }),
  ids: byId('PrefixListId', ({ prefixListId }) => prefixListId, 'InvalidPrefixListID.NotFound', 'prefix list ID'),
  pages: { min: 1, max: 100 },
  filters: { 'owner-id': ({ ownerId }) => [ownerId], 'prefix-list-id': ({ prefixListId }) => [prefixListId], 'prefix-list-name': ({ prefixListName }) => [prefixListName] },
};

const prefixListEntries: Listing<DemoPrefixList['entries'][number]> = { setName: 'entrySet', toXml: ({ cidr, description }) => ({ cidr, description }), ids: [], pages: { min: 1, max: 100 }, filters: {} };

export function getPrefixListEntries(query: URLSearchParams, region: RegionEstate): XmlElements {
  const prefixListId = query.get('PrefixListId') ?? '';
  const list = region.prefixLists.find((one) => one.prefixListId === prefixListId);
  if (list === undefined) throw new AwsError('InvalidPrefixListID.NotFound', `The prefix list ID '${prefixListId}' does not exist`);
  return describe(prefixListEntries, list.entries, query);
}

/** The demo's VPCs have none of these; the calls answer as for an account without them. */
export const egressOnlyInternetGateways: Listing<never> = { setName: 'egressOnlyInternetGatewaySet', toXml: () => ({}), ids: [], pages: { min: 5, max: 255 }, filters: {} };
export const peeringConnections: Listing<never> = { setName: 'vpcPeeringConnectionSet', toXml: () => ({}), ids: [], pages: PAGES, filters: { 'vpc-peering-connection-id': () => [] } };
