/**
 * The EC2 calls about what packets of a VPC pass, as a part of the table in ec2Answers.ts.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Welcome.html
 */
import type { DhcpOptions, InternetGateway, NatGateway, NetworkAcl, NetworkAclEntry, PrefixList, RouteTable, VpcEndpoint, VpcPeeringConnection, VpcRoute } from '../../contract/networkDetail.ts';
import { answer } from './answer.ts';
import { groupSet, nameOf, tagSet, toTags } from './networkInterfaceScan.ts';
import { XmlScanError } from './xmlScan.ts';
import { fields, flag, integer, list, named, text, type Scanned } from './xmlShape.ts';

const attachmentSet = list(fields({ vpcId: text }));
const aclEntry = fields({
  ruleNumber: integer,
  protocol: text,
  ruleAction: text,
  egress: flag,
  cidrBlock: text,
  ipv6CidrBlock: text,
  portRange: fields({ from: integer, to: integer }),
});
const peeredVpc = fields({ vpcId: text, ownerId: text, region: text, cidrBlock: text });

export const networkAnswers = {
  DescribeRouteTables: answer(
    'routeTableSet',
    fields({
      routeTableId: text,
      vpcId: text,
      routeSet: named(
        'routes',
        list(
          fields({
            destinationCidrBlock: text,
            destinationIpv6CidrBlock: text,
            destinationPrefixListId: text,
            gatewayId: text,
            natGatewayId: text,
            egressOnlyInternetGatewayId: text,
            transitGatewayId: text,
            vpcPeeringConnectionId: text,
            networkInterfaceId: text,
            instanceId: text,
            localGatewayId: text,
            carrierGatewayId: text,
            coreNetworkArn: text,
            state: text,
            origin: text,
          }),
        ),
      ),
      associationSet: list(fields({ main: flag, subnetId: text, gatewayId: text, publicIpv4Pool: text, associationState: fields({ state: text }) })),
      tagSet,
    }),
    ({ routeTableId, routes, associationSet, tagSet: tagItems, ...same }): RouteTable[] => {
      // An association that is being taken away or failed decides nothing.
      const inForce = associationSet?.filter(({ associationState }) => associationState?.state === undefined || associationState.state === 'associated');
      // Every table has a route at least. Without one table, its subnets would seem to have the main one: then none is known.
      if (routeTableId === undefined || routes === undefined || !routes.every(hasDestination) || inForce?.every(hasPurpose) !== true) throw new XmlScanError('the answer leaves out what a route table holds or is for');
      const tags = toTags(tagItems);
      const associations = inForce.map(({ associationState: _state, publicIpv4Pool: _pool, ...association }) => association);
      return [{ ...same, routeTableId, ...nameOf(tags), routes: [...routes], associations, tags }];
    },
  ),
  DescribeNetworkAcls: answer(
    'networkAclSet',
    fields({ networkAclId: text, vpcId: text, default: named('isDefault', flag), entrySet: list(aclEntry), associationSet: list(fields({ subnetId: text })), tagSet }),
    ({ networkAclId, entrySet, associationSet = [], tagSet: tagItems, ...same }): NetworkAcl[] => {
      const read = entrySet?.flatMap(toAclEntry);
      // Every list ends in an entry for all; without one that could not be read it would decide otherwise: such a list is not known.
      if (networkAclId === undefined || read === undefined || read.length < (entrySet?.length ?? 0)) return [];
      const tags = toTags(tagItems);
      const entries = read.toSorted((a, b) => a.ruleNumber - b.ruleNumber);
      return [{ ...same, networkAclId, ...nameOf(tags), entries, subnetIds: associationSet.flatMap(({ subnetId }) => subnetId ?? []), tags }];
    },
  ),
  DescribeInternetGateways: answer('internetGatewaySet', fields({ internetGatewayId: text, attachmentSet, tagSet }), toInternetGateway),
  DescribeEgressOnlyInternetGateways: answer('egressOnlyInternetGatewaySet', fields({ egressOnlyInternetGatewayId: named('internetGatewayId', text), attachmentSet, tagSet }), toInternetGateway),
  DescribeNatGateways: answer(
    'natGatewaySet',
    fields({
      natGatewayId: text,
      vpcId: text,
      subnetId: text,
      state: text,
      connectivityType: text,
      natGatewayAddressSet: list(fields({ publicIp: text, privateIp: text, networkInterfaceId: text, allocationId: text })),
      tagSet,
    }),
    ({ natGatewayId, natGatewayAddressSet = [], tagSet: tagItems, ...same }): NatGateway[] => {
      const tags = toTags(tagItems);
      return natGatewayId === undefined ? [] : [{ ...same, natGatewayId, ...nameOf(tags), addresses: [...natGatewayAddressSet], tags }];
    },
  ),
  DescribeVpcEndpoints: answer(
    'vpcEndpointSet',
    fields({
      vpcEndpointId: text,
      vpcEndpointType: text,
      vpcId: text,
      serviceName: text,
      state: text,
      privateDnsEnabled: flag,
      routeTableIdSet: list(text),
      subnetIdSet: list(text),
      groupSet,
      networkInterfaceIdSet: list(text),
      tagSet,
    }),
    ({ vpcEndpointId, routeTableIdSet = [], subnetIdSet = [], groupSet: groups = [], networkInterfaceIdSet = [], tagSet: tagItems, ...same }): VpcEndpoint[] => {
      if (vpcEndpointId === undefined) return [];
      const tags = toTags(tagItems);
      return [
        {
          ...same,
          vpcEndpointId,
          ...nameOf(tags),
          routeTableIds: [...routeTableIdSet],
          subnetIds: [...subnetIdSet],
          groupIds: groups.flatMap(({ groupId }) => groupId ?? []),
          networkInterfaceIds: [...networkInterfaceIdSet],
          tags,
        },
      ];
    },
  ),
  DescribeManagedPrefixLists: answer('prefixListSet', fields({ prefixListId: text, prefixListName: text, ownerId: text, addressFamily: text }), ({ prefixListId, ...same }): PrefixList[] =>
    prefixListId === undefined ? [] : [{ ...same, prefixListId }],
  ),
  DescribeVpcPeeringConnections: answer(
    'vpcPeeringConnectionSet',
    fields({ vpcPeeringConnectionId: text, requesterVpcInfo: peeredVpc, accepterVpcInfo: peeredVpc, status: fields({ code: text }), tagSet }),
    ({ vpcPeeringConnectionId, requesterVpcInfo, accepterVpcInfo, status, tagSet: tagItems }): VpcPeeringConnection[] =>
      vpcPeeringConnectionId === undefined
        ? []
        : [{ vpcPeeringConnectionId, ...nameOf(toTags(tagItems)), ...(status?.code === undefined ? {} : { status: status.code }), vpcs: [requesterVpcInfo ?? {}, accepterVpcInfo ?? {}] }],
  ),
  DescribeDhcpOptions: answer(
    'dhcpOptionsSet',
    fields({ dhcpOptionsId: text, dhcpConfigurationSet: list(fields({ key: text, valueSet: list(fields({ value: text })) })), tagSet }),
    ({ dhcpOptionsId, dhcpConfigurationSet = [], tagSet: tagItems }): DhcpOptions[] =>
      dhcpOptionsId === undefined
        ? []
        : [
            {
              dhcpOptionsId,
              ...nameOf(toTags(tagItems)),
              options: dhcpConfigurationSet.flatMap(({ key, valueSet = [] }) => (key === undefined ? [] : [{ key, values: valueSet.flatMap(({ value }) => value ?? []) }])),
            },
          ],
  ),
} as const;

function toAclEntry({ ruleNumber, protocol, ruleAction, egress, portRange, ...blocks }: Scanned<typeof aclEntry>): NetworkAclEntry[] {
  const { from, to } = portRange ?? {};
  // What it decides about is not told; none of AWS's lacks any of it.
  if (ruleNumber === undefined || egress === undefined || ruleAction === undefined || protocol === undefined || (from === undefined) !== (to === undefined) || (blocks.cidrBlock ?? blocks.ipv6CidrBlock) === undefined) return [];
  return [{ ruleNumber, egress, ruleAction, protocol, ...blocks, ...(from === undefined ? {} : { fromPort: from }), ...(to === undefined ? {} : { toPort: to }) }];
}

function hasDestination({ destinationCidrBlock, destinationIpv6CidrBlock, destinationPrefixListId }: VpcRoute): boolean {
  return (destinationCidrBlock ?? destinationIpv6CidrBlock ?? destinationPrefixListId) !== undefined;
}

/** Of no subnet that is named, it may be any one's. Public addresses of one's own go through a gateway's table, which is no subnet's. */
function hasPurpose({ main, subnetId, gatewayId, publicIpv4Pool }: { readonly main?: boolean; readonly subnetId?: string; readonly gatewayId?: string; readonly publicIpv4Pool?: string }): boolean {
  return main === true || (subnetId ?? gatewayId ?? publicIpv4Pool) !== undefined;
}

interface ScannedGateway { readonly internetGatewayId?: string; readonly attachmentSet?: readonly { readonly vpcId?: string }[]; readonly tagSet?: Scanned<typeof tagSet> }

function toInternetGateway({ internetGatewayId, attachmentSet: attachments = [], tagSet: tagItems }: ScannedGateway): InternetGateway[] {
  const tags = toTags(tagItems);
  return internetGatewayId === undefined ? [] : [{ internetGatewayId, ...nameOf(tags), vpcIds: attachments.flatMap(({ vpcId }) => vpcId ?? []), tags }];
}
