/**
 * VPCs, subnets, security groups and EC2 key pairs: what surrounds an instance, in EC2's own words.
 */
import * as z from 'zod';
import { Tags } from './instance.ts';
import { Scope } from './scope.ts';

export const Vpc = z.object({
  vpcId: z.string(),
  name: z.string().optional(),
  scope: Scope,
  cidrBlocks: z.array(z.string()),
  ipv6CidrBlocks: z.array(z.string()),
  isDefault: z.boolean().optional(),
  dhcpOptionsId: z.string().optional(),
  tags: Tags,
});
export type Vpc = z.infer<typeof Vpc>;

export const Subnet = z.object({
  subnetId: z.string(),
  name: z.string().optional(),
  scope: Scope,
  vpcId: z.string(),
  availabilityZone: z.string().optional(),
  cidrBlock: z.string().optional(),
  ipv6CidrBlocks: z.array(z.string()).optional(),
  mapPublicIpOnLaunch: z.boolean().optional(),
  availableIpAddressCount: z.number().int().optional(),
  tags: Tags,
});
export type Subnet = z.infer<typeof Subnet>;

/** One allow rule. Ports absent means all ports; protocol `-1` means all protocols. */
export const SecurityGroupRule = z.object({
  ipProtocol: z.string(),
  fromPort: z.number().int().optional(),
  toPort: z.number().int().optional(),
  cidrBlocks: z.array(z.string()),
  ipv6CidrBlocks: z.array(z.string()),
  prefixListIds: z.array(z.string()),
  groupIds: z.array(z.string()),
  /** What somebody wrote beside a source, by the source: a block or an id. */
  descriptions: z.record(z.string(), z.string()).optional(),
});
export type SecurityGroupRule = z.infer<typeof SecurityGroupRule>;

export const SecurityGroup = z.object({
  groupId: z.string(),
  groupName: z.string().optional(),
  description: z.string().optional(),
  scope: Scope,
  vpcId: z.string().optional(),
  inbound: z.array(SecurityGroupRule),
  outbound: z.array(SecurityGroupRule),
  tags: Tags,
});
export type SecurityGroup = z.infer<typeof SecurityGroup>;

/** A key pair as EC2 keeps it: the public half only. */
export const Ec2KeyPair = z.object({
  keyPairId: z.string().optional(),
  keyName: z.string(),
  scope: Scope,
  keyType: z.string().optional(),
  /** EC2's own form, which differs by key type and by origin. */
  ec2KeyFingerprint: z.string().optional(),
  createTime: z.string().optional(),
});
export type Ec2KeyPair = z.infer<typeof Ec2KeyPair>;

/** A door of a VPC for TCP to private addresses, opened with IAM alone. */
export const InstanceConnectEndpoint = z.object({
  instanceConnectEndpointId: z.string(),
  scope: Scope,
  /** `create-complete`, `create-in-progress`, `delete-failed`, ... */
  state: z.string().optional(),
  stateMessage: z.string().optional(),
  /** Where tunnels are opened. */
  dnsName: z.string().optional(),
  fipsDnsName: z.string().optional(),
  vpcId: z.string().optional(),
  subnetId: z.string().optional(),
  availabilityZone: z.string().optional(),
  securityGroupIds: z.array(z.string()),
  /** Instances see the person's own address instead of the endpoint's. */
  preserveClientIp: z.boolean().optional(),
});
export type InstanceConnectEndpoint = z.infer<typeof InstanceConnectEndpoint>;

/** All that is known around the instances of one scope. */
export const NetworkFacts = z.object({
  scope: Scope,
  vpcs: z.array(Vpc),
  subnets: z.array(Subnet),
  securityGroups: z.array(SecurityGroup),
  /** Absent: not known, as the call failed or has not answered yet. */
  ec2KeyPairs: z.array(Ec2KeyPair).optional(),
  /** Absent: not known, as the call failed or has not answered yet. */
  instanceConnectEndpoints: z.array(InstanceConnectEndpoint).optional(),
});
export type NetworkFacts = z.infer<typeof NetworkFacts>;
