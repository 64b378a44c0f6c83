/**
 * What packets of one VPC pass, read when somebody looks at it: route tables, network ACLs, gateways, endpoints, prefix lists,
 * DNS and DHCP, in EC2's own words. A list that is absent is not known: its call was denied or failed, which `problems` says.
 */
import * as z from 'zod';
import { Tags } from './instance.ts';
import { DeniedPermission, Scope, ScopeProblem } from './scope.ts';

/** Where a destination goes: one destination and one target of those are there. */
export const VpcRoute = z.object({
  destinationCidrBlock: z.string().optional(),
  destinationIpv6CidrBlock: z.string().optional(),
  destinationPrefixListId: z.string().optional(),
  /** `local`, or the id of an internet gateway (`igw-`), virtual private gateway (`vgw-`) or gateway endpoint (`vpce-`). */
  gatewayId: z.string().optional(),
  natGatewayId: z.string().optional(),
  egressOnlyInternetGatewayId: z.string().optional(),
  transitGatewayId: z.string().optional(),
  vpcPeeringConnectionId: z.string().optional(),
  networkInterfaceId: z.string().optional(),
  instanceId: z.string().optional(),
  localGatewayId: z.string().optional(),
  carrierGatewayId: z.string().optional(),
  coreNetworkArn: z.string().optional(),
  /** `active`, or `blackhole` when the target is gone. */
  state: z.string().optional(),
  /** `CreateRouteTable`, `CreateRoute`, `EnableVgwRoutePropagation`. */
  origin: z.string().optional(),
});
export type VpcRoute = z.infer<typeof VpcRoute>;

export const RouteTable = z.object({
  routeTableId: z.string(),
  name: z.string().optional(),
  vpcId: z.string().optional(),
  routes: z.array(VpcRoute),
  /** Without a subnet: the VPC's main table, or a gateway's. */
  associations: z.array(z.object({ main: z.boolean().optional(), subnetId: z.string().optional(), gatewayId: z.string().optional() })),
  tags: Tags,
});
export type RouteTable = z.infer<typeof RouteTable>;

export const NetworkAclEntry = z.object({
  /** 32767 is `*`, the last one for IPv4; 32768 for IPv6. */
  ruleNumber: z.number().int(),
  egress: z.boolean(),
  /** `allow` or `deny`. */
  ruleAction: z.string(),
  /** IANA's number as text; `-1` is all. */
  protocol: z.string(),
  cidrBlock: z.string().optional(),
  ipv6CidrBlock: z.string().optional(),
  /** Absent: all ports. */
  fromPort: z.number().int().optional(),
  toPort: z.number().int().optional(),
});
export type NetworkAclEntry = z.infer<typeof NetworkAclEntry>;

export const NetworkAcl = z.object({
  networkAclId: z.string(),
  name: z.string().optional(),
  vpcId: z.string().optional(),
  isDefault: z.boolean().optional(),
  /** In the order they are tried, inbound and outbound mixed. */
  entries: z.array(NetworkAclEntry),
  subnetIds: z.array(z.string()),
  tags: Tags,
});
export type NetworkAcl = z.infer<typeof NetworkAcl>;

/** An internet gateway or an egress-only one. */
export const InternetGateway = z.object({
  internetGatewayId: z.string(),
  name: z.string().optional(),
  /** VPCs it is attached to. */
  vpcIds: z.array(z.string()),
  tags: Tags,
});
export type InternetGateway = z.infer<typeof InternetGateway>;

export const NatGateway = z.object({
  natGatewayId: z.string(),
  name: z.string().optional(),
  vpcId: z.string().optional(),
  subnetId: z.string().optional(),
  /** `available`, `pending`, `failed`, `deleting`, `deleted`. */
  state: z.string().optional(),
  /** `public` or `private`. */
  connectivityType: z.string().optional(),
  addresses: z.array(z.object({ publicIp: z.string().optional(), privateIp: z.string().optional(), networkInterfaceId: z.string().optional(), allocationId: z.string().optional() })),
  tags: Tags,
});
export type NatGateway = z.infer<typeof NatGateway>;

export const VpcEndpoint = z.object({
  vpcEndpointId: z.string(),
  name: z.string().optional(),
  /** `Interface`, `Gateway`, `GatewayLoadBalancer`, ... */
  vpcEndpointType: z.string().optional(),
  vpcId: z.string().optional(),
  /** e.g. `com.amazonaws.ap-northeast-1.ssm`. */
  serviceName: z.string().optional(),
  /** `available`, `pending`, ... ; AWS writes it in either case. */
  state: z.string().optional(),
  /** The service's own name leads to it inside the VPC. */
  privateDnsEnabled: z.boolean().optional(),
  routeTableIds: z.array(z.string()),
  subnetIds: z.array(z.string()),
  groupIds: z.array(z.string()),
  networkInterfaceIds: z.array(z.string()),
  tags: Tags,
});
export type VpcEndpoint = z.infer<typeof VpcEndpoint>;

export const PrefixList = z.object({
  prefixListId: z.string(),
  prefixListName: z.string().optional(),
  /** An account, or `AWS`. */
  ownerId: z.string().optional(),
  /** `IPv4` or `IPv6`. */
  addressFamily: z.string().optional(),
  /** Absent: not known. */
  entries: z.array(z.object({ cidr: z.string(), description: z.string().optional() })).optional(),
});
export type PrefixList = z.infer<typeof PrefixList>;

export const VpcPeeringConnection = z.object({
  vpcPeeringConnectionId: z.string(),
  name: z.string().optional(),
  /** `active`, `pending-acceptance`, `deleted`, ... */
  status: z.string().optional(),
  /** Both ends. */
  vpcs: z.array(z.object({ vpcId: z.string().optional(), ownerId: z.string().optional(), region: z.string().optional(), cidrBlock: z.string().optional() })),
});
export type VpcPeeringConnection = z.infer<typeof VpcPeeringConnection>;

/** What DHCP tells the hosts of a VPC. */
export const DhcpOptions = z.object({
  dhcpOptionsId: z.string(),
  name: z.string().optional(),
  /** e.g. `domain-name`, `domain-name-servers`, `ntp-servers`, with its values. */
  options: z.array(z.object({ key: z.string(), values: z.array(z.string()) })),
});
export type DhcpOptions = z.infer<typeof DhcpOptions>;

export const NetworkDetail = z.object({
  scope: Scope,
  vpcId: z.string(),
  /** When it was read; ISO 8601. */
  readAt: z.string(),
  routeTables: z.array(RouteTable).optional(),
  networkAcls: z.array(NetworkAcl).optional(),
  internetGateways: z.array(InternetGateway).optional(),
  egressOnlyInternetGateways: z.array(InternetGateway).optional(),
  natGateways: z.array(NatGateway).optional(),
  vpcEndpoints: z.array(VpcEndpoint).optional(),
  /** Those that route tables and security groups of the VPC name. */
  prefixLists: z.array(PrefixList).optional(),
  /** Those that route tables of the VPC name. */
  vpcPeeringConnections: z.array(VpcPeeringConnection).optional(),
  dhcpOptions: DhcpOptions.optional(),
  enableDnsSupport: z.boolean().optional(),
  enableDnsHostnames: z.boolean().optional(),
  problems: z.array(ScopeProblem),
  /** Those of `problems` that a policy is the reason for. */
  denied: z.array(DeniedPermission),
});
export type NetworkDetail = z.infer<typeof NetworkDetail>;
