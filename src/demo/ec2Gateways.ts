/**
 * The Describe calls of what packets pass: route tables, gateways, network ACLs and endpoints.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Welcome.html
 */
import { toEc2Date, toGroupSet, toTagSet } from './ec2Instances.ts';
import type { Ec2Context } from './ec2Instances.ts';
import { PAGES, byId, tagsOf } from './ec2Network.ts';
import type { Listing } from './ec2Query.ts';
import type { DemoInstanceConnectEndpoint, DemoInternetGateway, DemoNatGateway, DemoNetworkAcl, DemoRouteTable, DemoVpcEndpoint } from './estateModel.ts';
import { s3PrefixListIdOf } from './expandPrefixLists.ts';

/** @param endpoints whose gateways stand in route tables as a route to their service's prefix list */
export function routeTables(context: Ec2Context, endpoints: readonly DemoVpcEndpoint[], region: string): Listing<DemoRouteTable> {
  return {
    setName: 'routeTableSet',
    toXml: (table) => ({
      routeTableId: table.routeTableId,
      vpcId: table.vpcId,
      ownerId: context.accountId,
      routeSet: [
        ...table.routes.map((route) => ({
          ...(route.destination.includes(':') ? { destinationIpv6CidrBlock: route.destination } : { destinationCidrBlock: route.destination }),
          gatewayId: route.gatewayId,
          natGatewayId: route.natGatewayId,
          state: 'active',
          origin: route.origin,
        })),
        ...endpoints
          .filter(({ type, routeTableIds }) => type === 'Gateway' && routeTableIds.includes(table.routeTableId))
          .map(({ vpcEndpointId }) => ({ destinationPrefixListId: s3PrefixListIdOf(region), gatewayId: vpcEndpointId, state: 'active', origin: 'CreateRoute' })),
      ],
      associationSet: table.associations.map((association) => ({
        routeTableAssociationId: association.associationId,
        routeTableId: table.routeTableId,
        subnetId: association.subnetId,
        main: association.main,
        associationState: { state: 'associated' },
      })),
      propagatingVgwSet: [],
      tagSet: toTagSet(table.tags),
    }),
    ids: byId('RouteTableId', (table) => table.routeTableId, 'InvalidRouteTableID.NotFound', 'routeTable ID'),
    pages: PAGES,
    tagsOf,
    filters: {
      'association.main': (table) => table.associations.map((association) => String(association.main)),
      'association.subnet-id': (table) => table.associations.map((association) => association.subnetId),
      'route-table-id': (table) => [table.routeTableId],
      'vpc-id': (table) => [table.vpcId],
    },
  };
}

export function internetGateways(context: Ec2Context): Listing<DemoInternetGateway> {
  return {
    setName: 'internetGatewaySet',
    toXml: (gateway) => ({ internetGatewayId: gateway.internetGatewayId, ownerId: context.accountId, attachmentSet: [{ vpcId: gateway.vpcId, state: 'available' }], tagSet: toTagSet(gateway.tags) }),
    ids: byId('InternetGatewayId', (gateway) => gateway.internetGatewayId, 'InvalidInternetGatewayID.NotFound', 'internetGateway ID'),
    pages: PAGES,
    tagsOf,
    filters: { 'attachment.vpc-id': (gateway) => [gateway.vpcId], 'internet-gateway-id': (gateway) => [gateway.internetGatewayId] },
  };
}

export const natGateways: Listing<DemoNatGateway> = {
  setName: 'natGatewaySet',
  toXml: (gateway) => ({
    natGatewayId: gateway.natGatewayId,
    subnetId: gateway.subnetId,
    vpcId: gateway.vpcId,
    state: 'available',
    createTime: toEc2Date(gateway.createTime),
    natGatewayAddressSet: [
      {
        allocationId: gateway.allocationId,
        networkInterfaceId: gateway.networkInterfaceId,
        privateIp: gateway.privateIpAddress,
        publicIp: gateway.publicIp,
        associationId: gateway.associationId,
        isPrimary: true,
        status: 'succeeded',
      },
    ],
    connectivityType: 'public',
    tagSet: toTagSet(gateway.tags),
  }),
  ids: byId('NatGatewayId', (gateway) => gateway.natGatewayId, 'NatGatewayNotFound', 'Nat Gateway'),
  pages: PAGES,
  tagsOf,
  filters: { 'nat-gateway-id': (gateway) => [gateway.natGatewayId], state: () => ['available'], 'subnet-id': (gateway) => [gateway.subnetId], 'vpc-id': (gateway) => [gateway.vpcId] },
};

export function networkAcls(context: Ec2Context): Listing<DemoNetworkAcl> {
  return {
    setName: 'networkAclSet',
    toXml: (acl) => ({
      networkAclId: acl.networkAclId,
      vpcId: acl.vpcId,
      ownerId: context.accountId,
      default: acl.isDefault,
      entrySet: acl.entries.map((entry) => ({
        ruleNumber: entry.ruleNumber,
        protocol: entry.protocol,
        ruleAction: entry.action,
        egress: entry.egress,
        ...(entry.cidrBlock.includes(':') ? { ipv6CidrBlock: entry.cidrBlock } : { cidrBlock: entry.cidrBlock }),
        portRange: entry.ports === undefined ? undefined : { from: entry.ports[0], to: entry.ports[1] },
      })),
      associationSet: acl.associations.map((association) => ({ networkAclAssociationId: association.associationId, networkAclId: acl.networkAclId, subnetId: association.subnetId })),
      tagSet: toTagSet(acl.tags),
    }),
    ids: byId('NetworkAclId', (acl) => acl.networkAclId, 'InvalidNetworkAclID.NotFound', 'networkAcl ID'),
    pages: PAGES,
    tagsOf,
    filters: { 'association.subnet-id': (acl) => acl.associations.map((association) => association.subnetId), default: (acl) => [String(acl.isDefault)], 'network-acl-id': (acl) => [acl.networkAclId], 'vpc-id': (acl) => [acl.vpcId] },
  };
}

/** @param tunnelAddress where this demo opens their tunnels */
export function instanceConnectEndpoints(context: Ec2Context, region: string, tunnelAddress?: string): Listing<DemoInstanceConnectEndpoint> {
  return {
    setName: 'instanceConnectEndpointSet',
    toXml: (endpoint) => ({
      ownerId: context.accountId,
      instanceConnectEndpointId: endpoint.instanceConnectEndpointId,
      instanceConnectEndpointArn: `arn:aws:ec2:${region}:${context.accountId}:instance-connect-endpoint/${endpoint.instanceConnectEndpointId}`,
      state: 'create-complete',
      stateMessage: '',
      dnsName: tunnelAddress ?? endpoint.dnsName,
      networkInterfaceIdSet: [endpoint.networkInterfaceId],
      vpcId: endpoint.vpcId,
      availabilityZone: endpoint.availabilityZone,
      createdAt: toEc2Date(endpoint.createdAt),
      subnetId: endpoint.subnetId,
      preserveClientIp: false,
      securityGroupIdSet: [...endpoint.groupIds],
      tagSet: toTagSet(endpoint.tags),
      ipAddressType: 'ipv4',
    }),
    ids: byId('InstanceConnectEndpointId', (endpoint) => endpoint.instanceConnectEndpointId, 'InvalidInstanceConnectEndpointId.NotFound', 'instance connect endpoint ID'),
    pages: { min: 1, max: 50 },
    tagsOf,
    filters: {
      'availability-zone': (endpoint) => [endpoint.availabilityZone],
      'instance-connect-endpoint-id': (endpoint) => [endpoint.instanceConnectEndpointId],
      state: () => ['create-complete'],
      'subnet-id': (endpoint) => [endpoint.subnetId],
      'vpc-id': (endpoint) => [endpoint.vpcId],
    },
  };
}

export function vpcEndpoints(context: Ec2Context): Listing<DemoVpcEndpoint> {
  return {
    setName: 'vpcEndpointSet',
    toXml: (endpoint) => ({
      vpcEndpointId: endpoint.vpcEndpointId,
      vpcEndpointType: endpoint.type,
      vpcId: endpoint.vpcId,
      serviceName: endpoint.serviceName,
      state: 'available',
      policyDocument: '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
      routeTableIdSet: [...endpoint.routeTableIds],
      subnetIdSet: [...endpoint.subnetIds],
      groupSet: toGroupSet(endpoint.groupIds, context),
      privateDnsEnabled: endpoint.type === 'Interface',
      requesterManaged: false,
      networkInterfaceIdSet: [...endpoint.networkInterfaceIds],
      dnsEntrySet: [],
      creationTimestamp: toEc2Date(endpoint.createTime),
      tagSet: toTagSet(endpoint.tags),
      ownerId: context.accountId,
    }),
    ids: byId('VpcEndpointId', (endpoint) => endpoint.vpcEndpointId, 'InvalidVpcEndpointId.NotFound', 'Vpc Endpoint'),
    pages: { min: 1, max: 1000 },
    tagsOf,
    filters: {
      'service-name': (endpoint) => [endpoint.serviceName],
      'vpc-endpoint-id': (endpoint) => [endpoint.vpcEndpointId],
      'vpc-endpoint-state': () => ['available'],
      'vpc-endpoint-type': (endpoint) => [endpoint.type],
      'vpc-id': (endpoint) => [endpoint.vpcId],
    },
  };
}
