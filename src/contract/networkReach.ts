/**
 * What security groups, network ACLs and route tables say about one instance: judged facts, each with the rule it rests on.
 * No sentences: the window puts them in the person's language.
 */
import * as z from 'zod';
import { DeniedPermission, ScopeProblem } from './scope.ts';

/** `unknown` where a fact is missing or depends on an address that is not known. */
export const Judgement = z.enum(['yes', 'no', 'unknown']);
export type Judgement = z.infer<typeof Judgement>;

/** The other end of a rule, with what is known of it. */
export const RulePeer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('cidr'),
    cidr: z.string(),
    /** The VPC or subnet whose block it is. */
    of: z.object({ id: z.string(), name: z.string().optional() }).optional(),
    /** `0.0.0.0/0` and `::/0`. */
    everyone: z.boolean(),
  }),
  z.object({ kind: z.literal('group'), groupId: z.string(), name: z.string().optional(), /** Listed instances with an interface in it; absent: the group is not known. */ memberCount: z.number().int().optional() }),
  z.object({ kind: z.literal('prefix-list'), prefixListId: z.string(), name: z.string().optional(), /** Absent: not known. */ cidrs: z.array(z.string()).optional(), everyone: z.boolean() }),
]);
export type RulePeer = z.infer<typeof RulePeer>;

/** One allow rule for one other end. */
export const ReachRule = z.object({
  /** `tcp`, `udp`, `icmp`, a protocol number, or `-1` for all. */
  protocol: z.string(),
  /** Absent: all ports. With ICMP: type and code. */
  fromPort: z.number().int().optional(),
  toPort: z.number().int().optional(),
  peer: RulePeer,
  description: z.string().optional(),
  /** Which of 22 and 3389 it covers over TCP. */
  doors: z.array(z.number().int()),
  /** Whether the person's public address is let in; inbound only. */
  you: Judgement.optional(),
});
export type ReachRule = z.infer<typeof ReachRule>;

export const ReachGroup = z.object({
  groupId: z.string(),
  groupName: z.string().optional(),
  description: z.string().optional(),
  /** Interfaces of the instance in it. */
  networkInterfaceIds: z.array(z.string()),
  /** False: its rules are not known. */
  known: z.boolean(),
  inbound: z.array(ReachRule),
  outbound: z.array(ReachRule),
});
export type ReachGroup = z.infer<typeof ReachGroup>;

export const routeTargetKinds = ['local', 'internet-gateway', 'egress-only-internet-gateway', 'nat-gateway', 'virtual-private-gateway', 'gateway-endpoint', 'transit-gateway', 'peering', 'network-interface', 'other'] as const;

export const ReachRoute = z.object({
  /** A block or a prefix list's id. */
  destination: z.string(),
  /** Of a prefix list. */
  destinationName: z.string().optional(),
  target: z.object({ kind: z.enum(routeTargetKinds), id: z.string().optional(), name: z.string().optional(), /** Public addresses of a NAT gateway; the VPC at the far end of a peering. */ detail: z.string().optional() }),
  blackhole: z.boolean(),
  propagated: z.boolean(),
});
export type ReachRoute = z.infer<typeof ReachRoute>;

/** One entry of a network ACL, and which question it decides. */
export const ReachAclEntry = z.object({
  /** Absent for `*`. */
  ruleNumber: z.number().int().optional(),
  action: z.string(),
  protocol: z.string(),
  cidr: z.string(),
  fromPort: z.number().int().optional(),
  toPort: z.number().int().optional(),
  /** `ssh-in`: TCP 22 inbound; `answers-out`: TCP 1024-65535 outbound, where answers go. */
  decides: z.array(z.enum(['ssh-in', 'answers-out'])),
});
export type ReachAclEntry = z.infer<typeof ReachAclEntry>;

export const ReachEndpoint = z.object({
  /** `ssm`, `ssmmessages`, `ec2messages` or `s3`. */
  service: z.string(),
  vpcEndpointId: z.string().optional(),
  name: z.string().optional(),
  /** Whether the instance gets to the service by it: `no` also where there is none. */
  usable: Judgement,
  /** Why it is not, or may not be. */
  because: z.enum(['no-endpoint', 'not-available', 'no-private-dns', 'dns-off', 'group-closed', 'group-unknown', 'not-in-route-table']).optional(),
});
export type ReachEndpoint = z.infer<typeof ReachEndpoint>;

export const ReachSubnet = z.object({
  subnetId: z.string(),
  name: z.string().optional(),
  availabilityZone: z.string().optional(),
  cidrBlock: z.string().optional(),
  networkInterfaceIds: z.array(z.string()),
  /** Absent: not known. */
  routeTable: z.object({ routeTableId: z.string(), name: z.string().optional(), explicit: z.boolean() }).optional(),
  /** IPv4, prefix lists, IPv6; the most specific first. Empty while not known. */
  routes: z.array(ReachRoute),
  /** Where `0.0.0.0/0` and `::/0` go; absent: nowhere, or not known. */
  defaultIpv4: ReachRoute.optional(),
  defaultIpv6: ReachRoute.optional(),
  /** `public`: a route to an internet gateway. `private`: another way out. `isolated`: none. */
  kind: z.enum(['public', 'private', 'isolated', 'unknown']),
  networkAcl: z
    .object({ networkAclId: z.string(), name: z.string().optional(), isDefault: z.boolean(), inbound: z.array(ReachAclEntry), outbound: z.array(ReachAclEntry), sshIn: Judgement, answersOut: Judgement })
    .optional(),
  endpoints: z.array(ReachEndpoint),
  /** How the SSM agent of an instance here gets to Systems Manager, and whether its groups let it out on TCP 443. */
  agentWay: z.object({ by: z.enum(['endpoints', 'nat-gateway', 'internet-gateway', 'other', 'none', 'unknown']), outbound443: Judgement }),
});
export type ReachSubnet = z.infer<typeof ReachSubnet>;

/** One thing that decides whether the person gets in, in the order packets meet it. */
export const ReachStep = z.object({
  check: z.enum(['state', 'public-address', 'route', 'acl-in', 'security-group', 'acl-out']),
  result: Judgement,
  /** The id or rule it rests on, e.g. a group id and its source. */
  evidence: z.string().optional(),
});
export type ReachStep = z.infer<typeof ReachStep>;

/** The way from the person's network straight to a port. */
export const ReachDoor = z.object({
  port: z.number().int(),
  /** The address it is about; absent: the instance has no public one. */
  address: z.string().optional(),
  verdict: Judgement,
  steps: z.array(ReachStep),
});
export type ReachDoor = z.infer<typeof ReachDoor>;

export const SubnetAddresses = z.object({
  subnetId: z.string(),
  name: z.string().optional(),
  availabilityZone: z.string().optional(),
  cidrBlock: z.string().optional(),
  ipv6CidrBlocks: z.array(z.string()),
  /** The five AWS keeps. */
  reserved: z.object({ network: z.string(), router: z.string(), dns: z.string(), future: z.string(), broadcast: z.string() }).optional(),
  free: z.number().int().optional(),
  /** All that instances may have: without the five. */
  total: z.number().int().optional(),
  /** The instance has an interface in it. */
  own: z.boolean(),
});
export type SubnetAddresses = z.infer<typeof SubnetAddresses>;

export const ReachVpc = z.object({
  vpcId: z.string(),
  name: z.string().optional(),
  known: z.boolean(),
  isDefault: z.boolean().optional(),
  cidrBlocks: z.array(z.string()),
  ipv6CidrBlocks: z.array(z.string()),
  /** Amazon's DNS server: the first block's network address plus two. */
  resolver: z.string().optional(),
  enableDnsSupport: z.boolean().optional(),
  enableDnsHostnames: z.boolean().optional(),
  dhcpOptions: z.object({ dhcpOptionsId: z.string(), name: z.string().optional(), options: z.array(z.object({ key: z.string(), values: z.array(z.string()) })) }).optional(),
  /** Those with an interface of the instance first. */
  subnets: z.array(SubnetAddresses),
});
export type ReachVpc = z.infer<typeof ReachVpc>;

/** The person's address as the internet sees it, asked for by them. */
export const PersonAddress = z.object({ address: z.string(), lookedUpAt: z.string() });
export type PersonAddress = z.infer<typeof PersonAddress>;

export const NetworkReach = z.object({
  instanceId: z.string(),
  groups: z.array(ReachGroup),
  subnets: z.array(ReachSubnet),
  vpc: ReachVpc.optional(),
  /** For 22, and 3389 on Windows. */
  doors: z.array(ReachDoor),
  person: PersonAddress.optional(),
  /** Whom the look-up of the person's address asks, e.g. `checkip.amazonaws.com`. */
  addressSource: z.string(),
  readAt: z.string(),
  problems: z.array(ScopeProblem),
  /** What a policy keeps from being shown, the list's own calls among it. */
  denied: z.array(DeniedPermission),
});
export type NetworkReach = z.infer<typeof NetworkReach>;
