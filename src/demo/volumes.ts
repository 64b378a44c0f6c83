/** The EBS volumes of the demo's instances: the root, and the data volume of a database. */
import { createIds } from './estateIds.ts';
import type { DemoInstance } from './estateModel.ts';

export interface DemoVolume {
  readonly volumeId: string;
  readonly deviceName: string;
  readonly sizeGib: number;
  readonly volumeType: 'gp2' | 'gp3' | 'io2';
  readonly iops: number;
  /** MiB/s; gp3 only. */
  readonly throughput?: number;
  readonly encrypted: boolean;
  readonly deleteOnTermination: boolean;
  readonly snapshotId?: string;
  readonly name?: string;
}

/** In the order of their devices; none once terminated. */
export function volumesOf(instance: DemoInstance): readonly DemoVolume[] {
  if (instance.state === 'terminated') return [];
  const old = instance.instanceType.startsWith('t2.');
  const root: DemoVolume = {
    volumeId: instance.rootVolumeId,
    deviceName: instance.rootDeviceName,
    sizeGib: instance.windows ? 30 : 8,
    ...(old ? { volumeType: 'gp2', iops: 100 } : { volumeType: 'gp3', iops: 3000, throughput: 125 }),
    encrypted: !old,
    deleteOnTermination: true,
    snapshotId: createIds(instance.region, 'snapshot', instance.imageId).id('snap'),
  };
  if (instance.tags['role'] !== 'db') return [root];
  const data: DemoVolume = { volumeId: createIds(instance.region, 'data-volume', instance.instanceId).id('vol'), deviceName: '/dev/sdf', sizeGib: 200, volumeType: 'gp3', iops: 6000, throughput: 250, encrypted: true, deleteOnTermination: false, name: `${instance.name}-data` };
  return [root, data];
}
