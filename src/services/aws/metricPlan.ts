/**
 * Which metrics are asked of CloudWatch for a span of time, how often, and what their numbers mean. Pure.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/metrics-collected-by-CloudWatch-agent.html
 */
import type { MetricName, MetricRange } from '../../contract/metrics.ts';

const HOUR = 3600;
export const RANGE_SECONDS: Readonly<Record<MetricRange, number>> = { '1h': HOUR, '3h': 3 * HOUR, '12h': 12 * HOUR, '1d': 24 * HOUR, '1w': 168 * HOUR, '2w': 336 * HOUR };

const MINUTE = 60;
const FIVE_MINUTES = 300;
/** About 300 points a line, which is as many as a panel has pixels: a finer one is only slower to fetch. */
const COARSE_PERIODS: Readonly<Record<MetricRange, number>> = { '1h': MINUTE, '3h': MINUTE, '12h': FIVE_MINUTES, '1d': FIVE_MINUTES, '1w': 1800, '2w': HOUR };

/** @param finestSeconds how often the metric is published */
export function periodSeconds(range: MetricRange, finestSeconds: number): number {
  return Math.max(COARSE_PERIODS[range], finestSeconds);
}

/** How often EC2 publishes an instance's metrics. */
export function publishedEvery(detailedMonitoring: boolean | undefined): number {
  return detailedMonitoring === true ? MINUTE : FIVE_MINUTES;
}

export interface Ec2Metric {
  readonly metric: MetricName;
  readonly name: string;
  readonly statistic: 'Average' | 'Sum' | 'Maximum';
  /** Its sum over a period becomes an amount in so many seconds. */
  readonly perSeconds?: number;
  /** Published this often whatever is set. */
  readonly everySeconds?: number;
  /** Only burstable types have it. */
  readonly burstable?: true;
}

/** Of the namespace AWS/EC2, by instance. What an instance does not publish is answered with no points. */
export const EC2_METRICS: readonly Ec2Metric[] = [
  { metric: 'cpu', name: 'CPUUtilization', statistic: 'Average' },
  { metric: 'credit-balance', name: 'CPUCreditBalance', statistic: 'Average', everySeconds: FIVE_MINUTES, burstable: true },
  { metric: 'credit-usage', name: 'CPUCreditUsage', statistic: 'Sum', perSeconds: HOUR, everySeconds: FIVE_MINUTES, burstable: true },
  { metric: 'network-in', name: 'NetworkIn', statistic: 'Sum', perSeconds: 1 },
  { metric: 'network-out', name: 'NetworkOut', statistic: 'Sum', perSeconds: 1 },
  { metric: 'disk-read', name: 'DiskReadBytes', statistic: 'Sum', perSeconds: 1 },
  { metric: 'disk-write', name: 'DiskWriteBytes', statistic: 'Sum', perSeconds: 1 },
  { metric: 'disk-read-ops', name: 'DiskReadOps', statistic: 'Sum', perSeconds: 1 },
  { metric: 'disk-write-ops', name: 'DiskWriteOps', statistic: 'Sum', perSeconds: 1 },
  { metric: 'ebs-read', name: 'EBSReadBytes', statistic: 'Sum', perSeconds: 1 },
  { metric: 'ebs-write', name: 'EBSWriteBytes', statistic: 'Sum', perSeconds: 1 },
  { metric: 'ebs-read-ops', name: 'EBSReadOps', statistic: 'Sum', perSeconds: 1 },
  { metric: 'ebs-write-ops', name: 'EBSWriteOps', statistic: 'Sum', perSeconds: 1 },
  { metric: 'failed-instance', name: 'StatusCheckFailed_Instance', statistic: 'Maximum', everySeconds: MINUTE },
  { metric: 'failed-system', name: 'StatusCheckFailed_System', statistic: 'Maximum', everySeconds: MINUTE },
  { metric: 'failed-ebs', name: 'StatusCheckFailed_AttachedEBS', statistic: 'Maximum', everySeconds: MINUTE },
];

/** Of the namespace AWS/EBS, by volume: cheap for the few volumes of one host. */
export const VOLUME_METRICS: readonly Ec2Metric[] = [
  { metric: 'volume-queue', name: 'VolumeQueueLength', statistic: 'Average', everySeconds: MINUTE },
  { metric: 'volume-burst', name: 'BurstBalance', statistic: 'Average', everySeconds: FIVE_MINUTES },
];
/** Of a host with more volumes, the first ones; of several hosts, none. */
export const MAX_VOLUMES = 4;

export interface AgentMetric {
  readonly metric: MetricName;
  readonly name: string;
  /** The dimension that tells several apart. */
  readonly by?: string;
  /** It counts what is free. */
  readonly inverted?: true;
}

/** Of the namespace CWAgent, where the agent publishes them under its usual names: on Linux, then on Windows. */
export const AGENT_METRICS: readonly AgentMetric[] = [
  { metric: 'memory', name: 'mem_used_percent' },
  { metric: 'disk-used', name: 'disk_used_percent', by: 'path' },
  { metric: 'swap', name: 'swap_used_percent' },
  { metric: 'memory', name: 'Memory % Committed Bytes In Use' },
  { metric: 'disk-used', name: 'LogicalDisk % Free Space', by: 'instance', inverted: true },
  { metric: 'swap', name: 'Paging File % Usage', by: 'instance' },
];
/** File systems shown of one host. */
export const MAX_DISKS = 6;
/** What is always full, or in memory: it tells nothing of a disk. */
export const PSEUDO_FILE_SYSTEMS: ReadonlySet<string> = new Set(['tmpfs', 'devtmpfs', 'overlay', 'squashfs', 'ramfs', 'iso9660', 'efivarfs', 'proc', 'sysfs']);

/** Whole periods only: the one under way would look like a fall to nothing. */
export function wholeSpan(range: MetricRange, nowMs: number): { readonly startSeconds: number; readonly endSeconds: number } {
  const step = COARSE_PERIODS[range] < FIVE_MINUTES ? FIVE_MINUTES : COARSE_PERIODS[range];
  // Up to the last whole minute of a short span: a new status check is seen within a minute.
  const endStep = range === '1h' || range === '3h' ? MINUTE : step;
  const endSeconds = Math.floor(nowMs / 1000 / endStep) * endStep;
  return { startSeconds: Math.floor((endSeconds - RANGE_SECONDS[range]) / step) * step, endSeconds };
}
