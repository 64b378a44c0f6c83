/**
 * CloudWatch: the values of many metrics in one call, and which metrics an instance's CloudWatch agent publishes.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
import type { Dimension, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { MetricName, MetricSeries } from '../../contract/metrics.ts';
import type { Part } from '../../contract/part.ts';
import { AGENT_METRICS, MAX_DISKS, PSEUDO_FILE_SYSTEMS } from './metricPlan.ts';
import { readPart, type PartReading } from './readPart.ts';

/** As many GetMetricData takes at once. */
const QUERIES_A_CALL = 500;
/** No answer has so many; an endpoint that never ends must not be asked for ever. */
const MAX_PAGES = 50;

export interface MetricQuery {
  readonly instanceId: string;
  readonly metric: MetricName;
  readonly of?: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
  readonly statistic: 'Average' | 'Sum' | 'Maximum';
  readonly periodSeconds: number;
  /** The sum of a period becomes an amount in so many seconds. */
  readonly perSeconds?: number;
  /** A percentage of what is free, shown as what is used. */
  readonly inverted?: boolean;
}

export interface Span { readonly startSeconds: number; readonly endSeconds: number }

/** One series a query, in order; those without points are left out. Each query is billed. */
export function readMetricData(reading: PartReading, queries: readonly MetricQuery[], { startSeconds, endSeconds }: Span): Promise<Part<MetricSeries[]>> {
  return readPart(reading, 'cloudwatch', 'GetMetricData', async () => {
    const points = queries.map((): [number, number][] => []);
    const [client, { GetMetricDataCommand }] = await Promise.all([reading.clients.cloudWatch(), import('@aws-sdk/client-cloudwatch')]);
    for (let at = 0; at < queries.length; at += QUERIES_A_CALL) {
      const asked = queries.slice(at, at + QUERIES_A_CALL).map((query, index) => toQuery(query, at + index));
      let nextToken: string | undefined;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const answer = await client.send(
          new GetMetricDataCommand({ MetricDataQueries: asked, StartTime: new Date(startSeconds * 1000), EndTime: new Date(endSeconds * 1000), ScanBy: 'TimestampAscending', ...(nextToken === undefined ? {} : { NextToken: nextToken }) }),
          { abortSignal: reading.signal },
        );
        for (const { Id: id = '', Timestamps: times = [], Values: values = [] } of answer.MetricDataResults ?? []) {
          const index = Number(id.slice(1));
          const query = queries[index];
          if (query === undefined) continue;
          times.forEach((time, place) => {
            const value = values[place];
            if (value !== undefined && Number.isFinite(value)) points[index]?.push([Math.floor(time.getTime() / 1000), toShown(query, value)]);
          });
        }
        nextToken = answer.NextToken === '' ? undefined : answer.NextToken;
        if (nextToken === undefined) break;
      }
    }
    return queries.flatMap(({ instanceId, metric, of, periodSeconds }, index) => {
      const found = points[index] ?? [];
      return found.length === 0 ? [] : [{ instanceId, metric, ...(of === undefined ? {} : { of }), periodSeconds, points: found.sort((a, b) => a[0] - b[0]) }];
    });
  });
}

function toQuery({ namespace, name, dimensions, statistic, periodSeconds }: MetricQuery, index: number): MetricDataQuery {
  return { Id: `m${index}`, MetricStat: { Metric: { Namespace: namespace, MetricName: name, Dimensions: [...dimensions] }, Period: periodSeconds, Stat: statistic } };
}

function toShown({ perSeconds, periodSeconds, inverted }: MetricQuery, value: number): number {
  if (perSeconds !== undefined) return (value * perSeconds) / periodSeconds;
  return inverted === true ? 100 - value : value;
}

/** A metric of the agent on one instance, with the dimensions it was published under. */
export interface PublishedMetric {
  readonly name: string;
  readonly dimensions: readonly Dimension[];
}

/**
 * What the CloudWatch agent on an instance has published in the last two weeks.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html
 */
export function listAgentMetrics(reading: PartReading, instanceId: string): Promise<Part<PublishedMetric[]>> {
  return readPart(reading, 'cloudwatch', 'ListMetrics', async () => {
    const [client, { ListMetricsCommand }] = await Promise.all([reading.clients.cloudWatch(), import('@aws-sdk/client-cloudwatch')]);
    const wanted = new Set(AGENT_METRICS.map(({ name }) => name));
    const found: PublishedMetric[] = [];
    let nextToken: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await client.send(new ListMetricsCommand({ Namespace: 'CWAgent', Dimensions: [{ Name: 'InstanceId', Value: instanceId }], ...(nextToken === undefined ? {} : { NextToken: nextToken }) }), { abortSignal: reading.signal });
      for (const { MetricName: name, Dimensions: dimensions = [] } of answer.Metrics ?? []) if (name !== undefined && wanted.has(name)) found.push({ name, dimensions });
      nextToken = answer.NextToken === '' ? undefined : answer.NextToken;
      if (nextToken === undefined) break;
    }
    return found;
  });
}

/** The queries for what the agent publishes: each metric once, under the fewest dimensions, and one a file system. Pure. */
export function toAgentQueries(instanceId: string, published: readonly PublishedMetric[], periodSeconds: number): MetricQuery[] {
  const queries: MetricQuery[] = [];
  for (const { metric, name, by, inverted } of AGENT_METRICS) {
    const chosen = new Map<string, PublishedMetric>();
    for (const one of published) {
      if (one.name !== name) continue;
      const fileSystem = one.dimensions.find((dimension) => dimension.Name === 'fstype')?.Value;
      if (fileSystem !== undefined && PSEUDO_FILE_SYSTEMS.has(fileSystem)) continue;
      const of = by === undefined ? '' : (one.dimensions.find((dimension) => dimension.Name === by)?.Value ?? '');
      const before = chosen.get(of);
      if (before === undefined || one.dimensions.length < before.dimensions.length) chosen.set(of, one);
    }
    for (const [of, { dimensions }] of [...chosen].toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(0, MAX_DISKS)) {
      queries.push({ instanceId, metric, ...(of === '' ? {} : { of }), namespace: 'CWAgent', name, dimensions, statistic: 'Average', periodSeconds, ...(inverted === undefined ? {} : { inverted }) });
    }
  }
  return queries;
}
