/** The charts of a reading: which lines belong together, on one axis of time, with gaps where nothing was published. Pure. */
import type { MetricName, MetricSeries, MetricsReading } from '../../../contract/metrics.ts';

export type ChartUnit = 'percent' | 'bytes-a-second' | 'operations-a-second' | 'credits' | 'number' | 'failed';

interface ChartPlan {
  /** Also the name of its title among the texts. */
  readonly id: 'cpu' | 'memory' | 'swap' | 'diskUsed' | 'creditBalance' | 'creditUsage' | 'network' | 'ebs' | 'ebsOps' | 'disk' | 'diskOps' | 'volumeQueue' | 'volumeBurst' | 'failedChecks';
  readonly unit: ChartUnit;
  /** With the text that tells them apart, where there are several. */
  readonly metrics: readonly (readonly [MetricName, LineText?])[];
}
export type LineText = 'in' | 'out' | 'read' | 'write' | 'instanceCheck' | 'systemCheck' | 'ebsCheck';

const plans: readonly ChartPlan[] = [
  { id: 'cpu', unit: 'percent', metrics: [['cpu']] },
  { id: 'memory', unit: 'percent', metrics: [['memory']] },
  { id: 'diskUsed', unit: 'percent', metrics: [['disk-used']] },
  { id: 'swap', unit: 'percent', metrics: [['swap']] },
  { id: 'network', unit: 'bytes-a-second', metrics: [['network-in', 'in'], ['network-out', 'out']] },
  { id: 'ebs', unit: 'bytes-a-second', metrics: [['ebs-read', 'read'], ['ebs-write', 'write']] },
  { id: 'ebsOps', unit: 'operations-a-second', metrics: [['ebs-read-ops', 'read'], ['ebs-write-ops', 'write']] },
  { id: 'disk', unit: 'bytes-a-second', metrics: [['disk-read', 'read'], ['disk-write', 'write']] },
  { id: 'diskOps', unit: 'operations-a-second', metrics: [['disk-read-ops', 'read'], ['disk-write-ops', 'write']] },
  { id: 'creditBalance', unit: 'credits', metrics: [['credit-balance']] },
  { id: 'creditUsage', unit: 'credits', metrics: [['credit-usage']] },
  { id: 'volumeQueue', unit: 'number', metrics: [['volume-queue']] },
  { id: 'volumeBurst', unit: 'percent', metrics: [['volume-burst']] },
  { id: 'failedChecks', unit: 'failed', metrics: [['failed-instance', 'instanceCheck'], ['failed-system', 'systemCheck'], ['failed-ebs', 'ebsCheck']] },
];

export interface ChartLine {
  readonly instanceId: string;
  readonly text: LineText | undefined;
  readonly of: string | undefined;
  /** Which colour: the host's where several are compared, else the line's own. */
  readonly colour: number;
  readonly dash: number;
  /** One for each time: undefined between its own points, null where it has a gap (as uPlot draws them). */
  readonly values: readonly (number | null | undefined)[];
  readonly statistics: LineStatistics;
}

export interface LineStatistics {
  readonly last: number;
  readonly min: number;
  readonly max: number;
  readonly average: number;
}

export interface Chart {
  readonly id: ChartPlan['id'];
  readonly unit: ChartUnit;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
}

/** @param instanceIds in the order of their colours */
export function toCharts(reading: Pick<MetricsReading, 'series'>, instanceIds: readonly string[]): Chart[] {
  return plans.flatMap(({ id, unit, metrics }) => {
    const chosen = instanceIds.flatMap((instanceId) => metrics.flatMap(([metric, text]) => reading.series.filter((series) => series.instanceId === instanceId && series.metric === metric).map((series) => ({ series, text }))));
    if (chosen.length === 0) return [];
    const times = timesOf(chosen.map(({ series }) => series));
    const several = instanceIds.length > 1;
    const seen = new Map<string, number>();
    const lines = chosen.map(({ series, text }): ChartLine => {
      const ofHost = seen.get(series.instanceId) ?? 0;
      seen.set(series.instanceId, ofHost + 1);
      const host = instanceIds.indexOf(series.instanceId);
      return { instanceId: series.instanceId, text, of: series.of, colour: several ? host : ofHost, dash: several ? host + ofHost * 3 : ofHost, values: valuesAt(times, series), statistics: statisticsOf(series) };
    });
    return [{ id, unit, times, lines }];
  });
}

/** A distance of more than this many periods is a gap. */
const GAP_PERIODS = 1.5;

/** Every time a line has a point, and in each gap one at which it has none. */
function timesOf(all: readonly MetricSeries[]): number[] {
  const times = new Set<number>();
  for (const { points, periodSeconds } of all) {
    let before: number | undefined;
    for (const [time] of points) {
      if (before !== undefined && time - before > GAP_PERIODS * periodSeconds) times.add(before + periodSeconds);
      times.add(time);
      before = time;
    }
  }
  return [...times].sort((a, b) => a - b);
}

function valuesAt(times: readonly number[], { points, periodSeconds }: MetricSeries): (number | null | undefined)[] {
  const known = new Map(points);
  let before: number | undefined;
  return times.map((time) => {
    const value = known.get(time);
    if (value !== undefined) {
      before = time;
      return value;
    }
    return before !== undefined && time - before >= periodSeconds ? null : undefined;
  });
}

function statisticsOf({ points }: MetricSeries): LineStatistics {
  const values = points.map(([, value]) => value);
  return { last: values.at(-1) ?? 0, min: Math.min(...values), max: Math.max(...values), average: values.reduce((sum, value) => sum + value, 0) / values.length };
}
