/**
 * Facts around one instance that EC2 tells one call each: its type, image, volumes, protection, credit mode.
 *
 * Small answers, so the SDK parses them. User data is never asked for: it may hold secrets.
 */
import type { Image, InstanceTypeInfo, Volume as Ec2Volume } from '@aws-sdk/client-ec2';
import type { ImageFacts, InstanceTypeFacts, Volume } from '../../contract/hostDetail.ts';
import type { Part } from '../../contract/part.ts';
import { readPart, told, type PartReading } from './readPart.ts';
import { withoutAbsent } from './withoutAbsent.ts';

/** More volumes than an instance can have attached. */
const MAX_VOLUMES = 500;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html */
export function readInstanceType(reading: PartReading, instanceType: string | undefined): Promise<Part<InstanceTypeFacts | undefined>> {
  return readPart(reading, 'ec2', 'DescribeInstanceTypes', async () => {
    if (instanceType === undefined) return undefined;
    const [client, { DescribeInstanceTypesCommand }] = await Promise.all([reading.clients.ec2(), import('@aws-sdk/client-ec2')]);
    // By filter: a type that the region does not offer any more fails nothing.
    const { InstanceTypes: types } = await client.send(new DescribeInstanceTypesCommand({ Filters: [{ Name: 'instance-type', Values: [instanceType] }] }), { abortSignal: reading.signal });
    const [type] = told(types);
    return type === undefined ? undefined : toInstanceType(type, instanceType);
  });
}

function toInstanceType(type: InstanceTypeInfo, instanceType: string): InstanceTypeFacts {
  const store = type.InstanceStorageInfo;
  return withoutAbsent({
    instanceType,
    vCpus: type.VCpuInfo?.DefaultVCpus,
    memoryMib: type.MemoryInfo?.SizeInMiB,
    clockGhz: type.ProcessorInfo?.SustainedClockSpeedInGhz,
    networkPerformance: type.NetworkInfo?.NetworkPerformance,
    hypervisor: type.Hypervisor,
    bareMetal: type.BareMetal,
    burstable: type.BurstablePerformanceSupported,
    currentGeneration: type.CurrentGeneration,
    hibernationSupported: type.HibernationSupported,
    gpus: (type.GpuInfo?.Gpus ?? []).map(({ Count: count = 1, Manufacturer: maker = '', Name: name = '' }) => `${count} × ${maker} ${name}`.trim()),
    instanceStore:
      store === undefined
        ? // That it has none is said in so many words.
          type.InstanceStorageSupported === false
          ? undefined
          : { disks: [] }
        : withoutAbsent({ totalSizeGb: store.TotalSizeInGB, disks: (store.Disks ?? []).flatMap(({ Count: count, SizeInGB: sizeGb, Type: kind }) => (count === undefined || sizeGb === undefined ? [] : [withoutAbsent({ count, sizeGb, type: kind })])) }),
  });
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html */
export function readImage(reading: PartReading, imageId: string | undefined): Promise<Part<ImageFacts | undefined>> {
  return readPart(reading, 'ec2', 'DescribeImages', async () => {
    if (imageId === undefined) return undefined;
    const [client, { DescribeImagesCommand }] = await Promise.all([reading.clients.ec2(), import('@aws-sdk/client-ec2')]);
    const { Images: images } = await client.send(new DescribeImagesCommand({ Filters: [{ Name: 'image-id', Values: [imageId] }], IncludeDeprecated: true }), { abortSignal: reading.signal });
    const [image] = told(images);
    return image === undefined ? undefined : toImage(image, imageId);
  });
}

function toImage(image: Image, imageId: string): ImageFacts {
  return withoutAbsent({
    imageId,
    name: image.Name,
    description: image.Description,
    ownerId: image.OwnerId,
    ownerAlias: image.ImageOwnerAlias,
    creationDate: image.CreationDate,
    deprecationTime: image.DeprecationTime,
    state: image.State,
  });
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html */
export function readVolumes(reading: PartReading, instanceId: string): Promise<Part<Volume[]>> {
  return readPart(reading, 'ec2', 'DescribeVolumes', async () => {
    const [client, { DescribeVolumesCommand }] = await Promise.all([reading.clients.ec2(), import('@aws-sdk/client-ec2')]);
    const { Volumes: volumes } = await client.send(new DescribeVolumesCommand({ Filters: [{ Name: 'attachment.instance-id', Values: [instanceId] }], MaxResults: MAX_VOLUMES }), { abortSignal: reading.signal });
    return told(volumes).map((volume) => toVolume(volume, instanceId)).sort((a, b) => ((a.deviceName ?? '') < (b.deviceName ?? '') ? -1 : 1));
  });
}

function toVolume(volume: Ec2Volume, instanceId: string): Volume {
  const volumeId = told(volume.VolumeId);
  // A volume of several instances has a device for each.
  const attachment = volume.Attachments?.find((one) => one.InstanceId === instanceId);
  return withoutAbsent({
    volumeId,
    name: volume.Tags?.find(({ Key: key }) => key === 'Name')?.Value,
    deviceName: attachment?.Device,
    sizeGib: volume.Size,
    volumeType: volume.VolumeType,
    iops: volume.Iops,
    throughputMibPerSecond: volume.Throughput,
    encrypted: volume.Encrypted,
    kmsKeyId: volume.KmsKeyId,
    state: volume.State,
    snapshotId: volume.SnapshotId === '' ? undefined : volume.SnapshotId,
    createTime: volume.CreateTime?.toISOString(),
    multiAttach: volume.MultiAttachEnabled,
    deleteOnTermination: attachment?.DeleteOnTermination,
  });
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceAttribute.html */
export function readProtection(reading: PartReading, instanceId: string): Promise<Part<{ termination: boolean; stop: boolean }>> {
  return readPart(reading, 'ec2', 'DescribeInstanceAttribute', async () => {
    const [client, { DescribeInstanceAttributeCommand }] = await Promise.all([reading.clients.ec2(), import('@aws-sdk/client-ec2')]);
    const options = { abortSignal: reading.signal };
    const [termination, stop] = await Promise.all([
      client.send(new DescribeInstanceAttributeCommand({ InstanceId: instanceId, Attribute: 'disableApiTermination' }), options),
      client.send(new DescribeInstanceAttributeCommand({ InstanceId: instanceId, Attribute: 'disableApiStop' }), options),
    ]);
    return { termination: told(termination.DisableApiTermination?.Value), stop: told(stop.DisableApiStop?.Value) };
  });
}

/** Absent for types that have no credits. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceCreditSpecifications.html */
export function readCreditMode(reading: PartReading, instanceId: string): Promise<Part<string | undefined>> {
  return readPart(reading, 'ec2', 'DescribeInstanceCreditSpecifications', async () => {
    const [client, { DescribeInstanceCreditSpecificationsCommand }] = await Promise.all([reading.clients.ec2(), import('@aws-sdk/client-ec2')]);
    // By filter: other types are left out instead of being an error.
    const { InstanceCreditSpecifications: found } = await client.send(new DescribeInstanceCreditSpecificationsCommand({ Filters: [{ Name: 'instance-id', Values: [instanceId] }] }), { abortSignal: reading.signal });
    const one = told(found).find((candidate) => told(candidate.InstanceId) === instanceId);
    return one === undefined ? undefined : told(one.CpuCredits);
  });
}
