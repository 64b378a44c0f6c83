/** Reads the metrics of a few hosts: one GetMetricData a scope, with what EC2 publishes and what each host's agent does. */
import type { Instance } from '../contract/instance.ts';
import type { DescribedInstance } from '../contract/hostDetail.ts';
import type { MetricRange, MetricsReading, ReadMetrics } from '../contract/metrics.ts';
import type { MissingPart } from '../contract/part.ts';
import { scopeKey } from '../contract/scope.ts';
import type { AwsClients } from './aws/clients.ts';
import { listAgentMetrics, readMetricData, toAgentQueries, type MetricQuery, type PublishedMetric } from './aws/cloudWatch.ts';
import { readDescribedInstances } from './aws/describedInstance.ts';
import { EC2_METRICS, MAX_VOLUMES, periodSeconds, publishedEvery, VOLUME_METRICS, wholeSpan } from './aws/metricPlan.ts';
import { isoTime, type Clock } from './base/clock.ts';

/** Nothing waits for a chart but the chart. */
const ANSWER_TIMEOUT_MS = 30_000;
/** How often the agent publishes unless it is told otherwise. */
const AGENT_SECONDS = 60;

export interface MetricsOptions {
  readonly clients: Pick<AwsClients, 'ready'>;
  readonly instanceOf: (instanceId: string) => Instance;
  readonly clock: Clock;
}

/**
 * @throws PosternError `instance.not-found`, and what getting credentials throws; a denied or failed call is in `missing`
 */
export function createMetricsReader({ clients, instanceOf, clock }: MetricsOptions): (input: ReadMetrics) => Promise<MetricsReading> {
  return async ({ instanceIds, range }) => {
    const instances = [...new Set(instanceIds)].map(instanceOf);
    const span = wholeSpan(range, clock.now());
    const readAt = isoTime(clock);
    const byScope = Map.groupBy(instances, ({ scope }) => scopeKey(scope));
    const readings = await Promise.all([...byScope.values()].map((group) => readScope(clients, group, range, span, instances.length === 1)));
    const missing = new Map(readings.flatMap((reading) => reading.missing).map((one) => [one.permission, one]));
    return {
      range,
      ...span,
      readAt,
      hosts: readings.flatMap(({ hosts }) => hosts),
      series: readings.flatMap(({ series }) => series),
      missing: [...missing.values()],
      metricsAsked: readings.reduce((sum, { metricsAsked }) => sum + metricsAsked, 0),
    };
  };
}

type ScopeReading = Pick<MetricsReading, 'hosts' | 'series' | 'missing' | 'metricsAsked'>;

async function readScope(clients: MetricsOptions['clients'], instances: readonly Instance[], range: MetricRange, span: { startSeconds: number; endSeconds: number }, single: boolean): Promise<ScopeReading> {
  const [first] = instances;
  if (first === undefined) return { hosts: [], series: [], missing: [], metricsAsked: 0 };
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const reading = { clients: await clients.ready(first.scope, signal), signal };
  const missing: MissingPart[] = [];
  const [described, ...published] = await Promise.all([readDescribedInstances(reading, instances.map(({ instanceId }) => instanceId)), ...instances.map(({ instanceId }) => listAgentMetrics(reading, instanceId))]);
  if (!described.known) missing.push(described);
  const hosts = instances.map((instance, index) => {
    const facts = described.known ? described.value.get(instance.instanceId) : undefined;
    const listed = published[index];
    if (listed?.known === false) missing.push(listed);
    return { instance, facts, published: listed?.known === true ? listed.value : [] };
  });
  const queries = hosts.flatMap((host) => toQueries(host.instance, host.facts, host.published, range, single));
  const data = await readMetricData(reading, queries, span);
  if (!data.known) missing.push(data);
  return {
    hosts: hosts.map(({ instance, facts, published: own }) => ({ instanceId: instance.instanceId, ...(facts?.detailedMonitoring === undefined ? {} : { detailedMonitoring: facts.detailedMonitoring }), agent: own.length > 0 })),
    series: data.known ? data.value : [],
    missing,
    metricsAsked: data.known ? queries.length : 0,
  };
}

/** What is asked about one host. Pure. */
export function toQueries(instance: Pick<Instance, 'instanceId' | 'instanceType'>, facts: DescribedInstance | undefined, published: readonly PublishedMetric[], range: MetricRange, single: boolean): MetricQuery[] {
  const { instanceId, instanceType } = instance;
  // Each metric costs: credits are asked of the types that have them.
  const burstable = instanceType === undefined || /^t\d/.test(instanceType);
  const every = publishedEvery(facts?.detailedMonitoring);
  const own = EC2_METRICS.filter((metric) => metric.burstable === undefined || burstable).map(
    ({ metric, name, statistic, perSeconds, everySeconds }): MetricQuery => ({
      instanceId,
      metric,
      namespace: 'AWS/EC2',
      name,
      dimensions: [{ Name: 'InstanceId', Value: instanceId }],
      statistic,
      periodSeconds: periodSeconds(range, everySeconds ?? every),
      ...(perSeconds === undefined ? {} : { perSeconds }),
    }),
  );
  const volumes = single ? (facts?.blockDevices ?? []).flatMap(({ volumeId }) => volumeId ?? []).slice(0, MAX_VOLUMES) : [];
  const ofVolumes = volumes.flatMap((volumeId) =>
    VOLUME_METRICS.map(({ metric, name, statistic, everySeconds = every }): MetricQuery => ({ instanceId, metric, of: volumeId, namespace: 'AWS/EBS', name, dimensions: [{ Name: 'VolumeId', Value: volumeId }], statistic, periodSeconds: periodSeconds(range, everySeconds) })),
  );
  return [...own, ...ofVolumes, ...toAgentQueries(instanceId, published, periodSeconds(range, AGENT_SECONDS))];
}
