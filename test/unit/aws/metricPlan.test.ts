import { expect, test } from 'vitest';
import { toAgentQueries } from '../../../src/services/aws/cloudWatch.ts';
import { periodSeconds, publishedEvery, wholeSpan } from '../../../src/services/aws/metricPlan.ts';
import { toQueries } from '../../../src/services/metrics.ts';
import { toConsoleText } from '../../../src/services/aws/instanceConsole.ts';

const NOW_MS = Date.parse('2026-11-22T09:07:31Z');

test('a span is of whole periods: the one under way would look like a fall', () => {
  const spans = (['1h', '12h', '2w'] as const).map((range) => Object.values(wholeSpan(range, NOW_MS)).map((seconds) => new Date(seconds * 1000).toISOString().slice(5, 16)));
  expect(spans).toEqual([['11-22T08:05', '11-22T09:07'], ['11-21T21:05', '11-22T09:05'], ['11-08T09:00', '11-22T09:00']]);
});

test('a period is never finer than what is published, and CloudWatch takes it for its age', () => {
  expect([periodSeconds('1h', publishedEvery(true)), periodSeconds('1h', publishedEvery(false)), periodSeconds('1h', publishedEvery(undefined)), periodSeconds('2w', publishedEvery(true))]).toEqual([60, 300, 300, 3600]);
});

test('credits are asked of burstable types only, volumes of a single host only: each metric costs', () => {
  const described = { blockDevices: [{ deviceName: '/dev/sda1', volumeId: 'vol-1' }, { deviceName: 'ephemeral0' }], detailedMonitoring: true };
  const names = (instanceType: string, single: boolean) => toQueries({ instanceId: 'i-1', instanceType }, described, [], '1h', single).map(({ metric, of }) => `${metric}${of === undefined ? '' : ` ${of}`}`);
  expect(names('m6i.large', false)).toHaveLength(14);
  expect(names('t3.small', false).filter((name) => name.startsWith('credit'))).toEqual(['credit-balance', 'credit-usage']);
  expect(names('m6i.large', true).slice(14)).toEqual(['volume-queue vol-1', 'volume-burst vol-1']);
});

test('of what the agent publishes each thing is asked once, file systems in memory never', () => {
  const own = { Name: 'InstanceId', Value: 'i-1' };
  const disk = (path: string, fstype: string) => ({ name: 'disk_used_percent', dimensions: [own, { Name: 'path', Value: path }, { Name: 'fstype', Value: fstype }] });
  const published = [disk('/var', 'xfs'), disk('/', 'xfs'), disk('/dev/shm', 'tmpfs'), { name: 'mem_used_percent', dimensions: [own, { Name: 'ImageId', Value: 'ami-1' }] }, { name: 'mem_used_percent', dimensions: [own] }, { name: 'LogicalDisk % Free Space', dimensions: [own, { Name: 'instance', Value: 'C:' }] }, { name: 'cpu_usage_idle', dimensions: [own] }];
  expect(toAgentQueries('i-1', published, 60).map(({ metric, of, dimensions, inverted }) => [metric, of, dimensions.length, inverted])).toEqual([['memory', undefined, 1, undefined], ['disk-used', '/', 3, undefined], ['disk-used', '/var', 3, undefined], ['disk-used', 'C:', 2, true]]);
});

test('a console tells text: colours, titles and carriage returns are taken out', () => {
  const raw = '\u001b[0;32m  OK  \u001b[0m\u001b]0;owned\u0007 up\r\r\nnext\rover\u001b[2J\n';
  expect(toConsoleText(Buffer.from(raw).toString('base64'))).toBe('  OK   up\nnext\nover\n');
  expect([toConsoleText(undefined), toConsoleText('')]).toEqual([undefined, undefined]);
});
