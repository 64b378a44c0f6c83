/**
 * CloudWatch's part of the demo: which metrics there are, and their values by period and statistic.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
import type { Clock } from '../services/base/clock.ts';
import { AwsError } from './awsError.ts';
import { awsJson, type AwsProtocol, type JsonObject } from './awsProtocols.ts';
import { createAwsService } from './awsService.ts';
import type { AwsService } from './awsService.ts';
import type { RegionEstate } from './estateModel.ts';
import { readObjects, readOptionalText, readText } from './jsonInput.ts';
import { isPublishedAt, metricsOf, type DemoMetric } from './metricShapes.ts';

const MAX_QUERIES = 500;
const MAX_DATAPOINTS = 100_800;
/** CloudWatch lists what had data in the last two weeks. */
const LIST_SECONDS = 14 * 86_400;
const PAGE_METRICS = 500;

/** As JSON 1.1 but for the content type; times are seconds since 1970. */
const awsJson10: AwsProtocol<JsonObject, JsonObject> = {
  ...awsJson,
  toAnswer: (...answer) => ({ ...awsJson.toAnswer(...answer), contentType: 'application/x-amz-json-1.0' }),
  toErrorAnswer: (...error) => ({ ...awsJson.toErrorAnswer(...error), contentType: 'application/x-amz-json-1.0' }),
};

export function createCloudWatchService(clock: Clock): AwsService {
  const nowSeconds = (): number => Math.floor(clock.now() / 1000);
  return createAwsService(
    'monitoring',
    awsJson10,
    {
      ListMetrics(input, region) {
        const namespace = readOptionalText(input, 'Namespace');
        const name = readOptionalText(input, 'MetricName');
        const filters = readObjects(input, 'Dimensions').map((filter) => ({ name: readText(filter, 'Name'), value: readOptionalText(filter, 'Value') }));
        const since = nowSeconds() - LIST_SECONDS;
        const found = region.instances.flatMap((instance) =>
          metricsOf(instance).filter(
            (metric) =>
              (namespace === undefined || metric.namespace === namespace) &&
              (name === undefined || metric.name === name) &&
              filters.every((filter) => Object.hasOwn(metric.dimensions, filter.name) && (filter.value === undefined || metric.dimensions[filter.name] === filter.value)) &&
              (isPublishedAt(instance, nowSeconds() - 60) || isPublishedAt(instance, since)),
          ),
        );
        const offset = Number(readOptionalText(input, 'NextToken') ?? 0);
        if (!Number.isInteger(offset)) throw new AwsError('InvalidParameterValue', 'The NextToken is not valid.');
        const next = offset + PAGE_METRICS;
        return { Metrics: found.slice(offset, next).map((metric) => ({ Namespace: metric.namespace, MetricName: metric.name, Dimensions: toDimensions(metric) })), ...(next < found.length ? { NextToken: String(next) } : {}) };
      },
      GetMetricData: (input, region) => getMetricData(input, region, nowSeconds()),
    },
    'cloudwatch',
  );
}

function getMetricData(input: JsonObject, region: RegionEstate, nowSeconds: number): JsonObject {
  const queries = readObjects(input, 'MetricDataQueries');
  if (queries.length === 0 || queries.length > MAX_QUERIES) throw new AwsError('ValidationError', `The collection MetricDataQueries must have a size between 1 and ${MAX_QUERIES}.`);
  const start = readTime(input, 'StartTime');
  const end = Math.min(readTime(input, 'EndTime'), nowSeconds);
  if (start >= readTime(input, 'EndTime')) throw new AwsError('ValidationError', 'The parameter StartTime must be less than the parameter EndTime.');
  const descending = readOptionalText(input, 'ScanBy') !== 'TimestampAscending';
  const known = new Map(region.instances.flatMap((instance) => metricsOf(instance).map((metric) => [keyOf(metric.namespace, metric.name, toDimensions(metric)), metric] as const)));
  const first = Number(readOptionalText(input, 'NextToken') ?? 0);
  const results: JsonObject[] = [];
  let datapoints = 0;
  let at = first;
  for (; at < queries.length && datapoints < MAX_DATAPOINTS; at += 1) {
    const query = queries[at] ?? {};
    const stat = readObject(query, 'MetricStat');
    const period = stat['Period'];
    if (typeof period !== 'number' || period <= 0 || period % 60 !== 0) throw new AwsError('ValidationError', 'The parameter Period must be a multiple of 60.');
    const wanted = readObject(stat, 'Metric');
    const metric = known.get(keyOf(readText(wanted, 'Namespace'), readText(wanted, 'MetricName'), readObjects(wanted, 'Dimensions')));
    const points = metric === undefined ? [] : valuesOf(metric, readText(stat, 'Stat'), period, start, end);
    if (descending) points.reverse();
    datapoints += points.length;
    results.push({ Id: readText(query, 'Id'), Label: readOptionalText(query, 'Label') ?? readText(wanted, 'MetricName'), Timestamps: points.map(([time]) => time), Values: points.map(([, value]) => value), StatusCode: 'Complete' });
  }
  return { MetricDataResults: results, Messages: [], ...(at < queries.length ? { NextToken: String(at) } : {}) };
}

/** One value for each period that has any published in it. */
function valuesOf(metric: DemoMetric, statistic: string, period: number, start: number, end: number): [number, number][] {
  const found: [number, number][] = [];
  for (let time = Math.floor(start / period) * period; time < end; time += period) {
    if (time < start) continue;
    const values: number[] = [];
    for (let moment = Math.ceil(time / metric.everySeconds) * metric.everySeconds; moment < Math.min(time + period, end); moment += metric.everySeconds) {
      const value = isPublishedAt(metric.instance, moment) ? metric.valueAt(moment) : Number.NaN;
      if (!Number.isNaN(value)) values.push(value);
    }
    if (values.length > 0) found.push([time, statisticOf(statistic, values)]);
  }
  return found;
}

function statisticOf(statistic: string, values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  switch (statistic) {
    case 'Average':
      return sum / values.length;
    case 'Sum':
      return sum;
    case 'Maximum':
      return Math.max(...values);
    case 'Minimum':
      return Math.min(...values);
    case 'SampleCount':
      return values.length;
    default:
      throw new AwsError('ValidationError', `The value ${statistic} for parameter Stat is not supported.`);
  }
}

function keyOf(namespace: string, name: string, dimensions: readonly JsonObject[]): string {
  return [namespace, name, ...dimensions.map((one) => `${readText(one, 'Name')}=${readText(one, 'Value')}`).toSorted()].join('\n');
}

function toDimensions(metric: DemoMetric): JsonObject[] {
  return Object.entries(metric.dimensions).map(([name, value]) => ({ Name: name, Value: value }));
}

function readObject(input: JsonObject, name: string): JsonObject {
  const value = input[name];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new AwsError('ValidationError', `The parameter ${name} is required.`);
  return value as JsonObject;
}

function readTime(input: JsonObject, name: string): number {
  const value = input[name];
  if (typeof value !== 'number') throw new AwsError('ValidationError', `The parameter ${name} is required.`);
  return value;
}
