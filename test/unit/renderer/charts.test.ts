import { expect, test } from 'vitest';
import type { MetricSeries } from '../../../src/contract/metrics.ts';
import { toCharts } from '../../../src/renderer/panels/hostDetail/charts.ts';
import { utcText, valueText } from '../../../src/renderer/panels/hostDetail/chartTexts.ts';
import { DASHES } from '../../../src/renderer/panels/hostDetail/lineLooks.tsx';

const series = (instanceId: string, metric: MetricSeries['metric'], periodSeconds: number, points: [number, number][], of?: string): MetricSeries => ({ instanceId, metric, periodSeconds, points, ...(of === undefined ? {} : { of }) });

test('a gap is a gap, and a slower line is not broken by the times of a faster one', () => {
  const [chart] = toCharts({ series: [series('a', 'cpu', 60, [[0, 1], [60, 2], [240, 3], [300, 4]]), series('b', 'cpu', 300, [[0, 10], [300, 20]])] }, ['a', 'b']);
  expect(chart?.times).toEqual([0, 60, 120, 240, 300]);
  expect(chart?.lines.map(({ values }) => values)).toEqual([[1, 2, null, 3, 4], [10, undefined, undefined, undefined, 20]]);
});

test('a host that stopped publishing ends where it did, beside one that goes on', () => {
  const [chart] = toCharts({ series: [series('a', 'cpu', 60, [[0, 1], [60, 2]]), series('b', 'cpu', 60, [[0, 1], [60, 2], [120, 3], [180, 4]])] }, ['a', 'b']);
  expect(chart?.lines[0]?.values).toEqual([1, 2, null, null]);
});

test('the numbers beside a chart are of the points alone', () => {
  const [chart] = toCharts({ series: [series('a', 'network-in', 60, [[0, 4], [600, 1], [660, 7]])] }, ['a']);
  expect(chart?.lines[0]?.statistics).toEqual({ last: 7, min: 1, max: 7, average: 4 });
});

test('one host has a colour a line; several have a colour a host, and no two lines look the same', () => {
  const all = ['a', 'b'].flatMap((id) => [series(id, 'disk-used', 60, [[0, 1]], '/'), series(id, 'disk-used', 60, [[0, 1]], '/var')]);
  const alone = toCharts({ series: all.slice(0, 2) }, ['a'])[0]?.lines;
  expect(alone?.map(({ colour, dash }) => [colour, dash])).toEqual([[0, 0], [1, 1]]);
  const compared = toCharts({ series: all }, ['a', 'b'])[0]?.lines ?? [];
  expect(compared.map(({ colour, of }) => [colour, of])).toEqual([[0, '/'], [0, '/var'], [1, '/'], [1, '/var']]);
  expect(new Set(compared.map(({ dash }) => dash % DASHES.length)).size).toBe(4);
});

test('what was not published makes no chart, and the order is always the same', () => {
  expect(toCharts({ series: [] }, ['a'])).toEqual([]);
  expect(toCharts({ series: [series('a', 'failed-system', 60, [[0, 0]]), series('a', 'memory', 60, [[0, 5]]), series('a', 'cpu', 60, [[0, 5]])] }, ['a']).map(({ id }) => id)).toEqual(['cpu', 'memory', 'failedChecks']);
});

test('values are told in their units, times in UTC', () => {
  expect([valueText('percent', 12.345), valueText('bytes-a-second', 0), valueText('bytes-a-second', 52_340), valueText('operations-a-second', 0.456), valueText('credits', 576)]).toEqual(['12.3 %', '0 B/s', '52 kB/s', '0.46/s', '576']);
  expect(utcText(1_763_807_700)).toBe('2025-11-22 10:35');
});
