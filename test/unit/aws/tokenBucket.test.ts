import { expect, test } from 'vitest';
import { apiRate } from '../../../src/services/aws/apiRates.ts';
import { createTokenBucket } from '../../../src/services/aws/tokenBucket.ts';

test('a full bucket lets its capacity through at once, then one call for each refill', () => {
  const bucket = createTokenBucket({ capacity: 3, refillPerSecond: 10 }, 0);
  expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, 0]);
  expect(bucket.take(0)).toBe(100);
  expect(bucket.take(50)).toBe(50);
  expect(bucket.take(100)).toBe(0);
  expect(bucket.take(100)).toBe(100);
});

test('a bucket that was throttled is empty and half as fast, and finds back with the calls that pass', () => {
  const bucket = createTokenBucket({ capacity: 10, refillPerSecond: 10 }, 0);
  bucket.throttled(0);
  expect([bucket.rate(), bucket.take(0), bucket.take(200)]).toEqual([5, 200, 0]);
  for (let calls = 0; calls < 10; calls += 1) bucket.passed();
  expect(bucket.rate()).toBe(10);
});

test('where AWS publishes no rate it becomes faster with each call that passes, and stays below what was once too fast', () => {
  const bucket = createTokenBucket({ capacity: 10, refillPerSecond: 20, mostPerSecond: 100 }, 0);
  for (let calls = 0; calls < 40; calls += 1) bucket.passed();
  expect(bucket.rate()).toBe(60);
  for (let calls = 0; calls < 100; calls += 1) bucket.passed();
  expect(bucket.rate()).toBe(100);
  bucket.throttled(0);
  expect(bucket.rate()).toBe(50);
  for (let calls = 0; calls < 100; calls += 1) bucket.passed();
  expect(bucket.rate()).toBe(80);
});

test('a bucket throttled for ever still asks every two seconds', () => {
  const bucket = createTokenBucket({ capacity: 1, refillPerSecond: 10 }, 0);
  for (let calls = 0; calls < 100; calls += 1) bucket.throttled(0);
  expect(bucket.take(0)).toBe(2000);
});

test('a clock that goes back takes and gives nothing', () => {
  const bucket = createTokenBucket({ capacity: 1, refillPerSecond: 1 }, 1000);
  expect([bucket.take(1000), bucket.take(0), bucket.take(1500), bucket.take(2000)]).toEqual([0, 1000, 500, 0]);
});

test('each action has what AWS publishes for it, less a fifth for other tools', () => {
  expect(apiRate('ec2', 'DescribeInstances', true)).toEqual({ capacity: 80, refillPerSecond: 16 });
  expect(apiRate('ec2', 'DescribeInstances', false)).toEqual({ capacity: 40, refillPerSecond: 8 });
  expect(apiRate('ec2', 'DescribeKeyPairs', false)).toEqual({ capacity: 80, refillPerSecond: 16 });
  expect(apiRate('ssm', 'DescribeInstanceInformation', true)).toEqual({ capacity: 32, refillPerSecond: 20, mostPerSecond: 100 });
  expect(apiRate('ec2', 'StopInstances', false)).toEqual({ capacity: 40, refillPerSecond: 4 });
});
