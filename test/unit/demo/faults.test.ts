import { expect, test } from 'vitest';
import { Faults } from '../../../src/demo/faults.ts';

test('a token bucket holds its capacity, refills by the second, and is apart for each action and region', () => {
  const faults = new Faults({ throttle: { capacity: 2, refillPerSecond: 1 } });
  const take = (atMs: number, region = 'us-east-2'): boolean => faults.takeToken('ec2:DescribeInstances', region, atMs);
  expect([take(0), take(0), take(0)]).toEqual([true, true, false]);
  expect(take(0, 'ap-northeast-1')).toBe(true);
  expect(faults.takeToken('ec2:DescribeVpcs', 'us-east-2', 0)).toBe(true);
  expect([take(500), take(1000), take(1000)]).toEqual([false, true, false]);
  expect([take(60_000), take(60_000), take(60_000)]).toEqual([true, true, false]);
});

test('without a throttle every call has a token', () => {
  expect(new Faults().takeToken('ec2:DescribeInstances', 'us-east-2', 0)).toBe(true);
});

test('a chosen call fails as often as told, in the chosen region only, and again when it is told again', () => {
  const failure = { action: 'ec2:DescribeInstances', region: 'us-east-2', code: 'InternalError', status: 500, times: 2 } as const;
  const faults = new Faults({ failures: [failure] });
  const take = (region: string) => faults.takeFailure('ec2:DescribeInstances', region);
  expect(take('ap-northeast-1')).toBeUndefined();
  expect([take('us-east-2'), take('us-east-2'), take('us-east-2')]).toEqual([failure, failure, undefined]);
  faults.failures = [failure];
  expect(take('us-east-2')).toBe(failure);
});
