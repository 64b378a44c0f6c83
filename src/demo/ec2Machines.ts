/**
 * What EC2 tells around an instance: its type, its image, its volumes, its credit mode and a picture of its console.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html
 */
import { AwsError } from './awsError.ts';
import type { Actions } from './awsService.ts';
import { LINUX_CONSOLE_JPEG, WINDOWS_CONSOLE_JPEG } from './consolePictures.ts';
import { toEc2Date, toTagSet } from './ec2Instances.ts';
import { describe, type Listing } from './ec2Query.ts';
import { createIds } from './estateIds.ts';
import type { DemoInstance, RegionEstate } from './estateModel.ts';
import { volumesOf, type DemoVolume } from './volumes.ts';
import type { XmlElements } from './xml.ts';

interface DemoType {
  readonly instanceType: string;
  readonly vCpus: number;
  readonly memoryMib: number;
  readonly clockGhz: number;
  readonly network: string;
  readonly arm?: true;
  /** Of the generation before. */
  readonly old?: true;
}

const types: readonly DemoType[] = [
  { instanceType: 't2.micro', vCpus: 1, memoryMib: 1024, clockGhz: 2.5, network: 'Low to Moderate', old: true },
  { instanceType: 't3.nano', vCpus: 2, memoryMib: 512, clockGhz: 2.5, network: 'Up to 5 Gigabit' },
  { instanceType: 't3.micro', vCpus: 2, memoryMib: 1024, clockGhz: 2.5, network: 'Up to 5 Gigabit' },
  { instanceType: 't3.small', vCpus: 2, memoryMib: 2048, clockGhz: 2.5, network: 'Up to 5 Gigabit' },
  { instanceType: 't3.medium', vCpus: 2, memoryMib: 4096, clockGhz: 2.5, network: 'Up to 5 Gigabit' },
  { instanceType: 't3.large', vCpus: 2, memoryMib: 8192, clockGhz: 2.5, network: 'Up to 5 Gigabit' },
  { instanceType: 't4g.nano', vCpus: 2, memoryMib: 512, clockGhz: 2.5, network: 'Up to 5 Gigabit', arm: true },
  { instanceType: 't4g.micro', vCpus: 2, memoryMib: 1024, clockGhz: 2.5, network: 'Up to 5 Gigabit', arm: true },
  { instanceType: 't4g.small', vCpus: 2, memoryMib: 2048, clockGhz: 2.5, network: 'Up to 5 Gigabit', arm: true },
  { instanceType: 'm6i.large', vCpus: 2, memoryMib: 8192, clockGhz: 3.5, network: 'Up to 12.5 Gigabit' },
  { instanceType: 'r6i.large', vCpus: 2, memoryMib: 16384, clockGhz: 3.5, network: 'Up to 12.5 Gigabit' },
  { instanceType: 'c6i.xlarge', vCpus: 4, memoryMib: 8192, clockGhz: 3.5, network: 'Up to 12.5 Gigabit' },
  { instanceType: 'c6in.large', vCpus: 2, memoryMib: 4096, clockGhz: 3.5, network: 'Up to 25 Gigabit' },
];

const isBurstable = (instanceType: string): boolean => /^t\d/.test(instanceType);

const instanceTypes: Listing<DemoType> = {
  setName: 'instanceTypeSet',
  toXml: (type) => ({
    instanceType: type.instanceType,
    currentGeneration: type.old !== true,
    freeTierEligible: type.instanceType === 't2.micro',
    bareMetal: false,
    hypervisor: type.old === true ? 'xen' : 'nitro',
    processorInfo: { supportedArchitectures: [type.arm === true ? 'arm64' : 'x86_64'], sustainedClockSpeedInGhz: type.clockGhz },
    vCpuInfo: { defaultVCpus: type.vCpus, defaultCores: type.arm === true ? type.vCpus : Math.max(1, type.vCpus / 2), defaultThreadsPerCore: type.arm === true || type.vCpus === 1 ? 1 : 2 },
    memoryInfo: { sizeInMiB: type.memoryMib },
    instanceStorageSupported: false,
    networkInfo: { networkPerformance: type.network, maximumNetworkInterfaces: 3, ipv4AddressesPerInterface: 10, ipv6Supported: true },
    hibernationSupported: type.arm !== true,
    burstablePerformanceSupported: isBurstable(type.instanceType),
    dedicatedHostsSupported: !isBurstable(type.instanceType) || type.instanceType.startsWith('t3.'),
  }),
  ids: [{ name: 'InstanceType', idOf: (type) => type.instanceType, notFoundCode: 'InvalidInstanceType', noun: 'instance type' }],
  pages: { min: 5, max: 100 },
  filters: { 'instance-type': (type) => [type.instanceType] },
};

interface DemoImage {
  readonly imageId: string;
  readonly name: string;
  readonly description: string;
  readonly ownerId: string;
  readonly ownerAlias?: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly creationDate: string;
  readonly deprecationTime: string;
}

/** Made before the first instance of each was launched; AWS deprecates its images two years later at most. */
const images: readonly DemoImage[] = [
  { imageId: 'ami-0c1638aa346a43fe8', name: 'al2023-ami-2023.3.20240219.0-kernel-6.1-x86_64', description: 'Amazon Linux 2023 AMI 2023.3.20240219.0 x86_64 HVM kernel-6.1', ownerId: '137112412989', ownerAlias: 'amazon', architecture: 'x86_64', creationDate: '2024-02-17T01:43:41.000Z', deprecationTime: '2026-02-17T01:43:41.000Z' },
  { imageId: 'ami-0a71e3eb8b23101ed', name: 'al2023-ami-2023.10.20260216.0-kernel-6.1-arm64', description: 'Amazon Linux 2023 AMI 2023.10.20260216.0 arm64 HVM kernel-6.1', ownerId: '137112412989', ownerAlias: 'amazon', architecture: 'arm64', creationDate: '2026-02-13T19:05:12.000Z', deprecationTime: '2028-02-13T19:05:12.000Z' },
  { imageId: 'ami-0d52744d6551d851e', name: 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20251212', description: 'Canonical, Ubuntu, 24.04, amd64 noble image', ownerId: '099720109477', architecture: 'x86_64', creationDate: '2025-12-12T07:11:08.000Z', deprecationTime: '2027-12-12T07:11:08.000Z' },
  { imageId: 'ami-0b20f552f63953f0e', name: 'Windows_Server-2022-English-Full-Base-2026.10.14', description: 'Microsoft Windows Server 2022 Full Locale English AMI provided by Amazon', ownerId: '801119661308', ownerAlias: 'amazon', architecture: 'x86_64', creationDate: '2026-10-14T08:22:36.000Z', deprecationTime: '2028-10-14T08:22:36.000Z' },
];

const machineImages: Listing<DemoImage> = {
  setName: 'imagesSet',
  toXml: (image) => ({
    imageId: image.imageId,
    imageLocation: `${image.ownerAlias ?? image.ownerId}/${image.name}`,
    imageState: 'available',
    imageOwnerId: image.ownerId,
    imageOwnerAlias: image.ownerAlias,
    isPublic: true,
    architecture: image.architecture,
    imageType: 'machine',
    name: image.name,
    description: image.description,
    rootDeviceType: 'ebs',
    virtualizationType: 'hvm',
    hypervisor: 'xen',
    creationDate: image.creationDate,
    deprecationTime: image.deprecationTime,
  }),
  ids: [{ name: 'ImageId', idOf: (image) => image.imageId, notFoundCode: 'InvalidAMIID.NotFound', noun: 'image id' }],
  pages: { min: 5, max: 1000 },
  filters: { 'image-id': (image) => [image.imageId], name: (image) => [image.name], 'owner-id': (image) => [image.ownerId] },
};

interface AttachedVolume {
  readonly instance: DemoInstance;
  readonly volume: DemoVolume;
}

function volumes(accountId: string): Listing<AttachedVolume> {
  return {
    setName: 'volumeSet',
    toXml: ({ instance, volume }) => ({
      volumeId: volume.volumeId,
      size: volume.sizeGib,
      snapshotId: volume.snapshotId ?? '',
      availabilityZone: instance.availabilityZone,
      status: 'in-use',
      createTime: toEc2Date(instance.launchTime),
      attachmentSet: [{ volumeId: volume.volumeId, instanceId: instance.instanceId, device: volume.deviceName, status: 'attached', attachTime: toEc2Date(instance.launchTime), deleteOnTermination: volume.deleteOnTermination }],
      volumeType: volume.volumeType,
      iops: volume.iops,
      throughput: volume.throughput,
      encrypted: volume.encrypted,
      kmsKeyId: volume.encrypted ? `arn:aws:kms:${instance.region}:${accountId}:key/${uuidOf(instance.region)}` : undefined,
      multiAttachEnabled: false,
      tagSet: toTagSet(volume.name === undefined ? {} : { Name: volume.name }),
    }),
    ids: [{ name: 'VolumeId', idOf: ({ volume }) => volume.volumeId, notFoundCode: 'InvalidVolume.NotFound', noun: 'volume' }],
    pages: { min: 5, max: 1000, withoutIds: true },
    tagsOf: ({ volume }) => (volume.name === undefined ? {} : { Name: volume.name }),
    filters: {
      'attachment.instance-id': ({ instance }) => [instance.instanceId],
      'attachment.device': ({ volume }) => [volume.deviceName],
      'availability-zone': ({ instance }) => [instance.availabilityZone],
      encrypted: ({ volume }) => [String(volume.encrypted)],
      'volume-id': ({ volume }) => [volume.volumeId],
      'volume-type': ({ volume }) => [volume.volumeType],
    },
  };
}

/** The region's aws/ebs key. */
function uuidOf(region: string): string {
  const digits = createIds(region, 'aws/ebs').id('').slice(1) + createIds(region, 'aws/ebs').id('', 1).slice(2);
  return [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `a${digits.slice(17, 20)}`, digits.slice(20, 32)].join('-');
}

const creditSpecifications: Listing<DemoInstance> = {
  setName: 'instanceCreditSpecificationSet',
  toXml: (instance) => ({ instanceId: instance.instanceId, cpuCredits: instance.instanceType.startsWith('t2.') ? 'standard' : 'unlimited' }),
  ids: [{ name: 'InstanceId', idOf: (instance) => instance.instanceId, notFoundCode: 'InvalidInstanceID.NotFound', noun: 'instance ID', prefix: 'i', malformedCode: 'InvalidInstanceID.Malformed' }],
  pages: { min: 5, max: 1000, withoutIds: true },
  filters: { 'instance-id': (instance) => [instance.instanceId] },
};

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleScreenshot.html */
function getConsoleScreenshot(query: URLSearchParams, region: RegionEstate): XmlElements {
  const instanceId = query.get('InstanceId');
  if (instanceId === null) throw new AwsError('MissingParameter', 'The request must contain the parameter InstanceId');
  const instance = region.instances.find((one) => one.instanceId === instanceId);
  if (instance === undefined) throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${instanceId}' does not exist`);
  if (instance.state !== 'running') throw new AwsError('IncorrectInstanceState', `The instance '${instanceId}' is not in the 'running' state.`);
  return { instanceId, imageData: instance.windows ? WINDOWS_CONSOLE_JPEG : LINUX_CONSOLE_JPEG };
}

export function createMachineActions(accountId: string): Actions<URLSearchParams, XmlElements> {
  return {
    DescribeInstanceTypes: (query) => describe(instanceTypes, types, query),
    DescribeImages: (query) => describe(machineImages, images, query),
    DescribeVolumes: (query, region) => describe(volumes(accountId), region.instances.flatMap((instance) => volumesOf(instance).map((volume) => ({ instance, volume }))), query),
    DescribeInstanceCreditSpecifications: (query, region) => describe(creditSpecifications, region.instances.filter(({ instanceType, state }) => isBurstable(instanceType) && state !== 'terminated'), query),
    GetConsoleScreenshot: getConsoleScreenshot,
  };
}
