/**
 * What is asked about one instance when its panel's sections are opened: machine, access and storage, in EC2's own words.
 *
 * Absent means absent. Everything is a stranger's text: names of images, groups and roles are whoever's who made them.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
 */
import * as z from 'zod';
import { part } from './part.ts';

/** How the instance metadata service may be asked. */
export const MetadataOptions = z.object({
  /** `required` (IMDSv2 only) or `optional` (IMDSv1 too). */
  httpTokens: z.string().optional(),
  /** How many network hops an answer may take: 1 keeps containers out. */
  httpPutResponseHopLimit: z.number().int().optional(),
  /** `enabled`, `disabled`. */
  httpEndpoint: z.string().optional(),
  instanceMetadataTags: z.string().optional(),
  /** `applied`, `pending`. */
  state: z.string().optional(),
});
export type MetadataOptions = z.infer<typeof MetadataOptions>;

export const BlockDevice = z.object({
  deviceName: z.string(),
  volumeId: z.string().optional(),
  status: z.string().optional(),
  attachTime: z.string().optional(),
  deleteOnTermination: z.boolean().optional(),
});
export type BlockDevice = z.infer<typeof BlockDevice>;

/** What DescribeInstances says of one instance and the list does not keep. */
export const DescribedInstance = z.object({
  /** `default`, `dedicated`, `host`. */
  tenancy: z.string().optional(),
  hostId: z.string().optional(),
  placementGroup: z.string().optional(),
  /** Metrics every minute instead of every five. */
  detailedMonitoring: z.boolean().optional(),
  hibernationConfigured: z.boolean().optional(),
  enclaveEnabled: z.boolean().optional(),
  /** `spot`, `scheduled`, `capacity-block`; absent: On-Demand. */
  lifecycle: z.string().optional(),
  bootMode: z.string().optional(),
  virtualizationType: z.string().optional(),
  ebsOptimized: z.boolean().optional(),
  coreCount: z.number().int().optional(),
  threadsPerCore: z.number().int().optional(),
  autoRecovery: z.string().optional(),
  rootDeviceType: z.string().optional(),
  rootDeviceName: z.string().optional(),
  metadataOptions: MetadataOptions.optional(),
  blockDevices: z.array(BlockDevice),
});
export type DescribedInstance = z.infer<typeof DescribedInstance>;

export const InstanceStore = z.object({ totalSizeGb: z.number().optional(), disks: z.array(z.object({ count: z.number().int(), sizeGb: z.number(), type: z.string().optional() })) });
export type InstanceStore = z.infer<typeof InstanceStore>;

export const InstanceTypeFacts = z.object({
  instanceType: z.string(),
  vCpus: z.number().int().optional(),
  memoryMib: z.number().int().optional(),
  clockGhz: z.number().optional(),
  /** In AWS's words, e.g. `Up to 5 Gigabit`. */
  networkPerformance: z.string().optional(),
  /** `nitro`, `xen`; absent: bare metal. */
  hypervisor: z.string().optional(),
  bareMetal: z.boolean().optional(),
  burstable: z.boolean().optional(),
  currentGeneration: z.boolean().optional(),
  hibernationSupported: z.boolean().optional(),
  gpus: z.array(z.string()),
  instanceStore: InstanceStore.optional(),
});
export type InstanceTypeFacts = z.infer<typeof InstanceTypeFacts>;

export const ImageFacts = z.object({
  imageId: z.string(),
  name: z.string().optional(),
  description: z.string().optional(),
  ownerId: z.string().optional(),
  /** `amazon`, `aws-marketplace`, ... where the owner has one. */
  ownerAlias: z.string().optional(),
  creationDate: z.string().optional(),
  deprecationTime: z.string().optional(),
  state: z.string().optional(),
});
export type ImageFacts = z.infer<typeof ImageFacts>;

export const LaunchTemplate = z.object({ launchTemplateId: z.string().optional(), launchTemplateName: z.string().optional(), version: z.string().optional() });
export type LaunchTemplate = z.infer<typeof LaunchTemplate>;

export const AutoScalingFacts = z.object({
  autoScalingGroupName: z.string(),
  lifecycleState: z.string().optional(),
  healthStatus: z.string().optional(),
  protectedFromScaleIn: z.boolean().optional(),
  launchTemplate: LaunchTemplate.optional(),
  launchConfigurationName: z.string().optional(),
});
export type AutoScalingFacts = z.infer<typeof AutoScalingFacts>;

/** A target group the instance is in. */
export const TargetGroup = z.object({
  targetGroupName: z.string(),
  targetGroupArn: z.string(),
  protocol: z.string().optional(),
  /** The port the instance is asked on. */
  port: z.number().int().optional(),
  /** `healthy`, `unhealthy`, `initial`, `draining`, `unused`, ...; absent: it may not be read. */
  health: z.string().optional(),
  reason: z.string().optional(),
});
export type TargetGroup = z.infer<typeof TargetGroup>;

export const InstanceDetails = z.object({
  instanceId: z.string(),
  /** ISO 8601. */
  readAt: z.string(),
  /** Absent: the instance is not described any more. */
  described: part(DescribedInstance.optional()),
  type: part(InstanceTypeFacts.optional()),
  /** Absent: the image is gone, or is not shared any more. */
  image: part(ImageFacts.optional()),
  protection: part(z.object({ termination: z.boolean(), stop: z.boolean() })),
  /** `standard` or `unlimited`; absent: no burstable type. */
  creditMode: part(z.string().optional()),
  /** Absent: in no group. */
  autoScaling: part(AutoScalingFacts.optional()),
  targetGroups: part(z.object({ groups: z.array(TargetGroup), /** Of so many the targets were not looked at: there are too many groups. */ notLookedAt: z.number().int() })),
  /** As its tags tell. */
  launchTemplate: LaunchTemplate.optional(),
});
export type InstanceDetails = z.infer<typeof InstanceDetails>;

export const Role = z.object({ roleName: z.string(), roleArn: z.string(), permissionsBoundaryArn: z.string().optional() });
export type Role = z.infer<typeof Role>;

/** Whether the instance's own credentials allow the agent to open Session Manager sessions, and how that is known. */
export const SessionManagerVerdict = z.object({
  allowed: z.enum(['yes', 'no', 'unknown']),
  /**
   * `simulated`: IAM evaluated every policy of the role. `managed-policy`: a policy that is known to allow it is attached.
   * `default-host-management`: the account gives it to every instance. `no-role`: there is no role at all.
   * `not-told`: the calls that would tell are denied or failed.
   */
  because: z.enum(['simulated', 'managed-policy', 'default-host-management', 'no-role', 'not-told']),
  /** The policy or role it comes from. */
  from: z.string().optional(),
  /** What the role does not allow. */
  deniedActions: z.array(z.string()),
});
export type SessionManagerVerdict = z.infer<typeof SessionManagerVerdict>;

export const InstanceAccess = z.object({
  instanceId: z.string(),
  readAt: z.string(),
  sessionManager: SessionManagerVerdict,
  /** Absent: the instance has no profile; empty: the profile has no role. */
  roles: part(z.array(Role).optional()),
  policies: part(z.array(z.object({ policyName: z.string(), policyArn: z.string() }))),
  /** What IAM's simulation denies; absent: there is no role. */
  simulation: part(z.object({ deniedActions: z.array(z.string()) }).optional()),
  /** The role of the account's Default Host Management Configuration; absent: it is off. */
  defaultHostManagement: part(z.string().optional()),
  metadataOptions: part(MetadataOptions.optional()),
  serialConsole: part(z.boolean()),
  image: part(ImageFacts.optional()),
});
export type InstanceAccess = z.infer<typeof InstanceAccess>;

export const Volume = z.object({
  volumeId: z.string(),
  name: z.string().optional(),
  deviceName: z.string().optional(),
  sizeGib: z.number().int().optional(),
  volumeType: z.string().optional(),
  iops: z.number().int().optional(),
  throughputMibPerSecond: z.number().int().optional(),
  encrypted: z.boolean().optional(),
  kmsKeyId: z.string().optional(),
  state: z.string().optional(),
  snapshotId: z.string().optional(),
  createTime: z.string().optional(),
  multiAttach: z.boolean().optional(),
  deleteOnTermination: z.boolean().optional(),
});
export type Volume = z.infer<typeof Volume>;

export const InstanceStorage = z.object({
  instanceId: z.string(),
  readAt: z.string(),
  described: part(DescribedInstance.optional()),
  volumes: part(z.array(Volume)),
  type: part(InstanceTypeFacts.optional()),
});
export type InstanceStorage = z.infer<typeof InstanceStorage>;

export const ConsoleOutput = z.object({
  /** Escape sequences are taken out; absent: there is none. */
  text: z.string().optional(),
  /** When EC2 kept it; ISO 8601. */
  timestamp: z.string().optional(),
  /** As it is now; otherwise as EC2 kept it after the last start: only instances on Nitro tell it as it is. */
  latest: z.boolean(),
  readAt: z.string(),
});
export type ConsoleOutput = z.infer<typeof ConsoleOutput>;

export const ConsoleScreenshot = z.object({ jpegBase64: z.string(), readAt: z.string() });
export type ConsoleScreenshot = z.infer<typeof ConsoleScreenshot>;
