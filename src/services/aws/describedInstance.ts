/** What DescribeInstances says of one instance beyond what the list keeps: asked when it is looked at, so that 50,000 rows stay small. */
import type { Instance as Ec2Instance } from '@aws-sdk/client-ec2';
import type { DescribedInstance, LaunchTemplate } from '../../contract/hostDetail.ts';
import type { Part } from '../../contract/part.ts';
import { readPart, told, type PartReading } from './readPart.ts';
import { withoutAbsent } from './withoutAbsent.ts';

/**
 * By instance id; one that is gone is left out.
 *
 * @param instanceIds at most 200, as many values as a filter takes
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
 */
export async function readDescribedInstances(reading: PartReading, instanceIds: readonly string[]): Promise<Part<ReadonlyMap<string, DescribedInstance>>> {
  return readPart(reading, 'ec2', 'DescribeInstances', async () => {
    const [client, { DescribeInstancesCommand }] = await Promise.all([reading.clients.ec2(), import('@aws-sdk/client-ec2')]);
    // By filter and not by id: an instance that is gone fails nothing.
    const { Reservations: reservations } = await client.send(new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values: [...instanceIds] }] }), { abortSignal: reading.signal });
    return new Map(told(reservations).flatMap(({ Instances: instances }) => told(instances).map((instance) => [told(instance.InstanceId), toDescribedInstance(instance)] as const)));
  });
}

export function toDescribedInstance(instance: Ec2Instance): DescribedInstance {
  const { Placement: placement, MetadataOptions: metadata, CpuOptions: cpu } = instance;
  return withoutAbsent({
    tenancy: placement?.Tenancy,
    hostId: placement?.HostId,
    placementGroup: placement?.GroupName,
    detailedMonitoring: instance.Monitoring?.State === undefined ? undefined : instance.Monitoring.State === 'enabled' || instance.Monitoring.State === 'pending',
    hibernationConfigured: instance.HibernationOptions?.Configured,
    enclaveEnabled: instance.EnclaveOptions?.Enabled,
    lifecycle: instance.InstanceLifecycle,
    bootMode: instance.CurrentInstanceBootMode ?? instance.BootMode,
    virtualizationType: instance.VirtualizationType,
    ebsOptimized: instance.EbsOptimized,
    coreCount: cpu?.CoreCount,
    threadsPerCore: cpu?.ThreadsPerCore,
    autoRecovery: instance.MaintenanceOptions?.AutoRecovery,
    rootDeviceType: instance.RootDeviceType,
    rootDeviceName: instance.RootDeviceName,
    metadataOptions:
      metadata === undefined
        ? undefined
        : withoutAbsent({ httpTokens: metadata.HttpTokens, httpPutResponseHopLimit: metadata.HttpPutResponseHopLimit, httpEndpoint: metadata.HttpEndpoint, instanceMetadataTags: metadata.InstanceMetadataTags, state: metadata.State }),
    blockDevices: (instance.BlockDeviceMappings ?? []).flatMap(({ DeviceName: deviceName, Ebs: ebs }) =>
      deviceName === undefined ? [] : [withoutAbsent({ deviceName, volumeId: ebs?.VolumeId, status: ebs?.Status, attachTime: ebs?.AttachTime?.toISOString(), deleteOnTermination: ebs?.DeleteOnTermination })],
    ),
  });
}

/** EC2 tells the template in tags of its own. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-templates.html */
export function launchTemplateOf(tags: Readonly<Record<string, string>>): LaunchTemplate | undefined {
  const launchTemplateId = tags['aws:ec2launchtemplate:id'];
  return launchTemplateId === undefined ? undefined : withoutAbsent({ launchTemplateId, version: tags['aws:ec2launchtemplate:version'] });
}
