/**
 * An EC2 instance and its network interfaces, in EC2's own words (camelCase).
 *
 * Absent means absent. Enumerated values that AWS may extend (`state`, `interfaceType`, ...) are plain strings:
 * an unknown value is shown as it came, never refused.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html
 */
import * as z from 'zod';
import { Scope } from './scope.ts';

export const Tags = z.record(z.string(), z.string());

export const SecurityGroupReference = z.object({ groupId: z.string(), groupName: z.string().optional() });
export type SecurityGroupReference = z.infer<typeof SecurityGroupReference>;

/** A public or Elastic IPv4 address on a private one. With `allocationId` it is an Elastic IP, without it an automatic public address. */
export const AddressAssociation = z.object({
  publicIp: z.string(),
  publicDnsName: z.string().optional(),
  allocationId: z.string().optional(),
  associationId: z.string().optional(),
  /** Account that owns the address, or `amazon` for an automatic one. */
  ipOwnerId: z.string().optional(),
  carrierIp: z.string().optional(),
  customerOwnedIp: z.string().optional(),
  /** The Name tag of the Elastic IP. */
  name: z.string().optional(),
});
export type AddressAssociation = z.infer<typeof AddressAssociation>;

export const PrivateIpAddress = z.object({
  privateIpAddress: z.string(),
  primary: z.boolean(),
  privateDnsName: z.string().optional(),
  association: AddressAssociation.optional(),
});
export type PrivateIpAddress = z.infer<typeof PrivateIpAddress>;

export const Ipv6Address = z.object({ ipv6Address: z.string(), isPrimaryIpv6: z.boolean().optional() });

export const NetworkInterfaceAttachment = z.object({
  attachmentId: z.string().optional(),
  /** `attaching`, `attached`, `detaching`, `detached`. */
  status: z.string().optional(),
  attachTime: z.string().optional(),
  deleteOnTermination: z.boolean().optional(),
  deviceIndex: z.number().int().optional(),
  networkCardIndex: z.number().int().optional(),
  instanceOwnerId: z.string().optional(),
});
export type NetworkInterfaceAttachment = z.infer<typeof NetworkInterfaceAttachment>;

export const NetworkInterface = z.object({
  networkInterfaceId: z.string(),
  description: z.string().optional(),
  /** `in-use`, `available`, ... */
  status: z.string().optional(),
  /** `interface`, `efa`, `trunk`, ... */
  interfaceType: z.string().optional(),
  attachment: NetworkInterfaceAttachment.optional(),
  vpcId: z.string().optional(),
  subnetId: z.string().optional(),
  availabilityZone: z.string().optional(),
  macAddress: z.string().optional(),
  /** Off for NAT instances, routers and firewalls. */
  sourceDestCheck: z.boolean().optional(),
  privateIpAddresses: z.array(PrivateIpAddress),
  ipv6Addresses: z.array(Ipv6Address),
  ipv4Prefixes: z.array(z.string()),
  ipv6Prefixes: z.array(z.string()),
  privateDnsName: z.string().optional(),
  publicDnsName: z.string().optional(),
  groups: z.array(SecurityGroupReference),
  ownerId: z.string().optional(),
  requesterId: z.string().optional(),
  requesterManaged: z.boolean().optional(),
  outpostArn: z.string().optional(),
  denyAllIgwTraffic: z.boolean().optional(),
  tags: Tags,
});
export type NetworkInterface = z.infer<typeof NetworkInterface>;

/** One of the two status checks. */
export const StatusCheck = z.object({
  /** `ok`, `impaired`, `insufficient-data`, `initializing`, `not-applicable`. */
  status: z.string(),
  /** Since when it is impaired; ISO 8601. */
  impairedSince: z.string().optional(),
  /** The failing detail, e.g. `reachability`. */
  detail: z.string().optional(),
});
export type StatusCheck = z.infer<typeof StatusCheck>;

export const ScheduledEvent = z.object({
  instanceEventId: z.string().optional(),
  /** `instance-reboot`, `system-reboot`, `system-maintenance`, `instance-retirement`, `instance-stop`. */
  code: z.string(),
  description: z.string().optional(),
  notBefore: z.string().optional(),
  notAfter: z.string().optional(),
  notBeforeDeadline: z.string().optional(),
});
export type ScheduledEvent = z.infer<typeof ScheduledEvent>;

export const StatusChecks = z.object({
  /** The OS's side. */
  instanceStatus: StatusCheck,
  /** AWS's side: hardware, power, network. */
  systemStatus: StatusCheck,
  /** Attached EBS volumes, where AWS reports them. */
  attachedEbsStatus: StatusCheck.optional(),
  scheduledEvents: z.array(ScheduledEvent),
  /** When Postern read them; ISO 8601. */
  seenAt: z.string(),
});
export type StatusChecks = z.infer<typeof StatusChecks>;

/** What Systems Manager knows of the agent on the instance. */
export const SsmFacts = z.object({
  /** `Online`, `ConnectionLost`, `Inactive`. */
  pingStatus: z.string(),
  lastPingDateTime: z.string().optional(),
  agentVersion: z.string().optional(),
  isLatestVersion: z.boolean().optional(),
  /** `Linux`, `Windows`, `MacOS`. */
  platformType: z.string().optional(),
  platformName: z.string().optional(),
  platformVersion: z.string().optional(),
  computerName: z.string().optional(),
  /** When Postern read them; ISO 8601. */
  seenAt: z.string(),
});
export type SsmFacts = z.infer<typeof SsmFacts>;

/** What Systems Manager alone knows: a server, an edge device or a virtual machine outside EC2, or a container of ECS. */
export const ManagedNode = z.object({
  /** `ManagedInstance` for what was registered by an activation; `EcsContainer` for a container that was named on the command line. */
  resourceType: z.string(),
  /** The role its agent has. */
  iamRole: z.string().optional(),
  registrationDate: z.string().optional(),
});
export type ManagedNode = z.infer<typeof ManagedNode>;

export const StateReason = z.object({ code: z.string().optional(), message: z.string().optional() });

export const Instance = z.object({
  /** `i-...`; of a managed node `mi-...` or `ecs:CLUSTER_TASK_RUNTIME`. */
  instanceId: z.string(),
  /** Present: it is no EC2 instance, and only Session Manager leads to it. What EC2 alone tells is absent or empty then. */
  managedNode: ManagedNode.optional(),
  /** The Name tag. Untrusted text. */
  name: z.string().optional(),
  scope: Scope,
  /** `pending`, `running`, `stopping`, `stopped`, `shutting-down`, `terminated`; of a managed node `running` while its agent answers, else `connection-lost` or `inactive`. */
  state: z.string(),
  stateReason: StateReason.optional(),
  /** AWS's sentence for the last change, e.g. `User initiated (2026-11-20 09:00:00 GMT)`. */
  stateTransitionReason: z.string().optional(),
  instanceType: z.string().optional(),
  imageId: z.string().optional(),
  /** `Linux/UNIX`, `Windows`, `Red Hat Enterprise Linux`, ... */
  platformDetails: z.string().optional(),
  architecture: z.string().optional(),
  launchTime: z.string().optional(),
  availabilityZone: z.string().optional(),
  vpcId: z.string().optional(),
  subnetId: z.string().optional(),
  privateIpAddress: z.string().optional(),
  publicIpAddress: z.string().optional(),
  privateDnsName: z.string().optional(),
  publicDnsName: z.string().optional(),
  ipv6Address: z.string().optional(),
  keyName: z.string().optional(),
  iamInstanceProfileArn: z.string().optional(),
  /** Empty once terminated. Ordered by device index. */
  networkInterfaces: z.array(NetworkInterface),
  securityGroups: z.array(SecurityGroupReference),
  /** Absent until DescribeInstanceStatus answered; a stopped instance has none. */
  statusChecks: StatusChecks.optional(),
  /** Absent when the instance is not registered with Systems Manager or that is not known yet: see `ssmKnown`. */
  ssm: SsmFacts.optional(),
  /** Whether Systems Manager was asked and answered for this scope. */
  ssmKnown: z.boolean(),
  tags: Tags,
});
export type Instance = z.infer<typeof Instance>;

/** Whether an address is an Elastic one. DescribeInstances alone tells no allocation, but whose the address is; undefined: neither is told. */
export function isElastic({ allocationId, ipOwnerId }: Pick<AddressAssociation, 'allocationId' | 'ipOwnerId'>): boolean | undefined {
  if (allocationId !== undefined) return true;
  return ipOwnerId === undefined ? undefined : ipOwnerId !== 'amazon';
}

/** True when the image is Windows, as far as EC2 says. */
export function isWindows(instance: Pick<Instance, 'platformDetails'>): boolean {
  return instance.platformDetails?.toLowerCase().includes('windows') ?? false;
}
