/**
 * What CloudWatch would have seen of the demo's instances: the same numbers for the same moment in every run, and no data where
 * there would be none (before the launch, after a stop, while a patched host reboots, where no agent runs).
 */
import { hash } from 'node:crypto';
import type { DemoInstance } from './estateModel.ts';
import { volumesOf } from './volumes.ts';

export interface DemoMetric {
  readonly namespace: 'AWS/EC2' | 'AWS/EBS' | 'CWAgent';
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly instance: DemoInstance;
  /** How often a value is published. */
  readonly everySeconds: number;
  /** The value published at a moment; a sum covers the time until the next. */
  readonly valueAt: (seconds: number) => number;
}

const DAY = 86_400;
const MINUTE = 60;
/** These hosts are patched and rebooted every night at 03:10 UTC, which takes 25 minutes. */
const PATCH_START = (3 * 60 + 10) * MINUTE;
const PATCH_SECONDS = 25 * MINUTE;
const isPatched = (instance: DemoInstance): boolean => instance.name === 'web-2' || instance.name === 'batch-1';

/** Metrics every minute: what is worth it to its owner. */
export function hasDetailedMonitoring(instance: DemoInstance): boolean {
  return instance.tags['role'] === 'web' || instance.tags['role'] === 'db';
}

/** The CloudWatch agent is installed where the role says so, and never on Windows. */
export function hasMetricsAgent(instance: DemoInstance): boolean {
  return !instance.windows && ['web', 'db', 'batch', 'cache'].includes(instance.tags['role'] ?? '') && instance.name !== 'web-4';
}

/** Of all moments, those at which the instance ran and its metrics were published. */
export function isPublishedAt(instance: DemoInstance, seconds: number): boolean {
  if (seconds * 1000 < Date.parse(instance.launchTime) || instance.state === 'pending') return false;
  const stopped = /\((\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) GMT\)/.exec(instance.stateTransitionReason);
  if (instance.state !== 'running' && (stopped === null || seconds * 1000 >= Date.parse(`${stopped[1] ?? ''}T${stopped[2] ?? ''}Z`))) return false;
  const ofDay = seconds % DAY;
  return !isPatched(instance) || ofDay < PATCH_START || ofDay >= PATCH_START + PATCH_SECONDS;
}

/** Everything that is published about an instance, under the dimensions CloudWatch keeps it by. */
export function metricsOf(instance: DemoInstance): readonly DemoMetric[] {
  const seed = Number.parseInt(hash('sha256', instance.instanceId, 'hex').slice(0, 8), 16);
  const load = loadOf(instance, seed);
  const every = hasDetailedMonitoring(instance) ? MINUTE : 5 * MINUTE;
  const wave = (salt: number, seconds: number): number => smooth(seed + salt, seconds);
  const impairedSince = instance.impairedSince === undefined ? Infinity : Date.parse(instance.impairedSince) / 1000;
  const own = (name: string, everySeconds: number, valueAt: (seconds: number) => number): DemoMetric => ({ namespace: 'AWS/EC2', name, dimensions: { InstanceId: instance.instanceId }, instance, everySeconds, valueAt });
  // Bytes and operations of the time until the next value.
  const rate = (name: string, salt: number, perSecond: number): DemoMetric => own(name, every, (seconds) => Math.round(perSecond * every * (0.2 + load(seconds) / 40) * (0.6 + 0.8 * wave(salt, seconds))));
  const bytes = instance.tags['role'] === 'db' ? 900_000 : 60_000;
  const metrics: DemoMetric[] = [
    own('CPUUtilization', every, (seconds) => Math.min(99.9, load(seconds))),
    rate('NetworkIn', 11, 42_000),
    rate('NetworkOut', 12, 130_000),
    own('StatusCheckFailed_Instance', MINUTE, (seconds) => (seconds >= impairedSince ? 1 : 0)),
    own('StatusCheckFailed_System', MINUTE, () => 0),
    own('StatusCheckFailed_AttachedEBS', MINUTE, () => 0),
  ];
  // What is built on Nitro tells its volumes' work itself; Xen's instances tell instance store, of which the demo has none.
  if (!instance.instanceType.startsWith('t2.')) metrics.push(rate('EBSReadBytes', 21, bytes / 3), rate('EBSWriteBytes', 22, bytes), rate('EBSReadOps', 23, bytes / 24_000), rate('EBSWriteOps', 24, bytes / 9_000));
  if (/^t\d/.test(instance.instanceType)) {
    const earned = instance.instanceType.endsWith('micro') || instance.instanceType.endsWith('nano') ? 6 : 24;
    metrics.push(own('CPUCreditUsage', 5 * MINUTE, (seconds) => (load(seconds) / 100) * 2 * 5), own('CPUCreditBalance', 5 * MINUTE, (seconds) => Math.max(0, earned * 24 - load(seconds) * earned * 0.2)));
  }
  for (const volume of volumesOf(instance)) {
    const ofVolume = (name: string, everySeconds: number, valueAt: (seconds: number) => number): DemoMetric => ({ namespace: 'AWS/EBS', name, dimensions: { VolumeId: volume.volumeId }, instance, everySeconds, valueAt });
    metrics.push(ofVolume('VolumeQueueLength', MINUTE, (seconds) => (load(seconds) / 60) * wave(31, seconds)));
    if (volume.volumeType === 'gp2') metrics.push(ofVolume('BurstBalance', 5 * MINUTE, (seconds) => Math.min(100, 101 - load(seconds) * 0.3)));
  }
  if (hasMetricsAgent(instance)) {
    const base = { ImageId: instance.imageId, InstanceId: instance.instanceId, InstanceType: instance.instanceType };
    // An agent on a host that hangs says nothing.
    const ofAgent = (name: string, dimensions: Readonly<Record<string, string>>, valueAt: (seconds: number) => number): DemoMetric => ({ namespace: 'CWAgent', name, dimensions: { ...base, ...dimensions }, instance, everySeconds: MINUTE, valueAt: (seconds) => (seconds >= impairedSince ? Number.NaN : valueAt(seconds)) });
    const full = 25 + (seed % 40);
    metrics.push(
      ofAgent('mem_used_percent', {}, (seconds) => Math.min(97, 38 + (seed % 23) + load(seconds) * 0.35 + 2 * wave(41, seconds))),
      ofAgent('swap_used_percent', {}, (seconds) => Math.max(0, 4 * wave(42, seconds) - 1)),
      ofAgent('disk_used_percent', { path: '/', device: 'nvme0n1p1', fstype: 'xfs' }, (seconds) => full + ((seconds % (7 * DAY)) / (7 * DAY)) * 6),
      ofAgent('disk_used_percent', { path: '/dev/shm', device: 'tmpfs', fstype: 'tmpfs' }, () => 0),
    );
    if (instance.tags['role'] === 'db') metrics.push(ofAgent('disk_used_percent', { path: '/var/lib/pgsql', device: 'nvme1n1', fstype: 'xfs' }, (seconds) => 71 + ((seconds % (14 * DAY)) / (14 * DAY)) * 12));
  }
  return metrics;
}

/** Percent of its CPU: a floor, the working day in Tokyo, jobs at full hours for batch hosts, and noise. */
function loadOf(instance: DemoInstance, seed: number): (seconds: number) => number {
  const role = instance.tags['role'] ?? '';
  const [floor, day, noise] = role === 'batch' ? [4, 6, 5] : role === 'db' ? [14, 22, 9] : role === 'web' || role === 'www' ? [7, 26, 8] : [1.5, 4, 2];
  return (seconds) => {
    const hour = ((seconds + 9 * 3600) % DAY) / 3600;
    const busy = Math.max(0, Math.sin(((hour - 6) / 24) * 2 * Math.PI)) ** 1.5;
    const job = role === 'batch' && (seconds % 14_400) < 2_400 ? 72 : 0;
    return Math.max(0.2, floor + day * busy + job + noise * (smooth(seed, seconds) - 0.4));
  };
}

/** Noise between 0 and 1 without jumps: two octaves of random numbers, joined by straight lines. */
function smooth(seed: number, seconds: number): number {
  return 0.65 * between(seed, seconds / 1500) + 0.35 * between(seed ^ 0x5bd1e995, seconds / 240);
}

function between(seed: number, at: number): number {
  const whole = Math.floor(at);
  const part = at - whole;
  return random(seed, whole) * (1 - part) + random(seed, whole + 1) * part;
}

/** A number of [0, 1) for each seed and place: the mixer of MurmurHash3. */
function random(seed: number, place: number): number {
  let mixed = Math.imul(seed ^ place, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 0x1_0000_0000;
}
