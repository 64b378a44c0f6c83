/**
 * Metrics of instances over a span of time, as CloudWatch keeps them.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html
 */
import * as z from 'zod';
import { MissingPart } from './part.ts';

export const metricRanges = ['1h', '3h', '12h', '1d', '1w', '2w'] as const;
export const MetricRange = z.enum(metricRanges);
export type MetricRange = z.infer<typeof MetricRange>;

const metricNames = [
  'cpu', 'credit-balance', 'credit-usage',
  'network-in', 'network-out',
  'disk-read', 'disk-write', 'disk-read-ops', 'disk-write-ops',
  'ebs-read', 'ebs-write', 'ebs-read-ops', 'ebs-write-ops', 'volume-queue', 'volume-burst',
  'failed-instance', 'failed-system', 'failed-ebs',
  'memory', 'disk-used', 'swap',
] as const;
export const MetricName = z.enum(metricNames);
export type MetricName = z.infer<typeof MetricName>;

export const MetricSeries = z.object({
  instanceId: z.string(),
  metric: MetricName,
  /** Which of several: a volume id, where a file system is mounted, a drive. */
  of: z.string().optional(),
  /** Seconds from one point to the next; a longer distance is a gap. */
  periodSeconds: z.number().int().positive(),
  /** Begin of the period in seconds since 1970, and the value: percent, bytes or operations a second, credits, credits an hour, 0 or 1. In order of time. */
  points: z.array(z.tuple([z.number(), z.number()])),
});
export type MetricSeries = z.infer<typeof MetricSeries>;

/** More lines than this are no comparison any more. */
export const MAX_COMPARED_HOSTS = 8;

export const ReadMetrics = z.object({ instanceIds: z.array(z.string()).min(1).max(MAX_COMPARED_HOSTS), range: MetricRange });
export type ReadMetrics = z.infer<typeof ReadMetrics>;

export const MetricsReading = z.object({
  range: MetricRange,
  /** Seconds since 1970; whole periods. */
  startSeconds: z.number(),
  endSeconds: z.number(),
  readAt: z.string(),
  hosts: z.array(z.object({ instanceId: z.string(), /** Metrics every minute instead of every five; absent: not known. */ detailedMonitoring: z.boolean().optional(), /** The CloudWatch agent has published something of late. */ agent: z.boolean() })),
  /** Those with points only. */
  series: z.array(MetricSeries),
  /** What could not be asked, one a permission. */
  missing: z.array(MissingPart),
  /** Metrics asked for: each is billed. */
  metricsAsked: z.number().int(),
});
export type MetricsReading = z.infer<typeof MetricsReading>;
