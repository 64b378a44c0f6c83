import { expect, test } from 'vitest';
import { createCallGate, type GatedCall } from '../../../src/services/aws/callGate.ts';

const call = (operation: string, more: Partial<GatedCall> = {}): GatedCall => ({ profile: 'p', region: 'eu-west-1', service: 'ec2', operation, narrowed: true, ...more });
const throttling = (): Error => Object.assign(new Error('no'), { name: 'RequestLimitExceeded' });
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('while all places are taken, the list waits before everything else and agents behind everything else', async () => {
  const gate = createCallGate(() => 0);
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const running = Array.from({ length: 64 }, (_, index) => gate.run(call('DescribeVpcs', { region: `r-${index}` }), () => held));
  await settle();
  const order: string[] = [];
  const waiting = ['DescribeInstanceInformation', 'DescribeVpcs', 'DescribeInstances'].map((operation) => gate.run(call(operation), async () => void order.push(operation)));
  await settle();
  expect(order).toEqual([]);
  release();
  await Promise.all([...running, ...waiting]);
  expect(order).toEqual(['DescribeInstances', 'DescribeVpcs', 'DescribeInstanceInformation']);
});

test('what a person waits for is never held up', async () => {
  const gate = createCallGate(() => 0);
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const running = Array.from({ length: 64 }, (_, index) => gate.run(call('DescribeVpcs', { region: `r-${index}` }), () => held));
  await settle();
  expect(await gate.run(call('StartSession', { service: 'ssm' }), async () => 'started')).toBe('started');
  release();
  await Promise.all(running);
});

test('a throttled action waits in its own region and account; the others go on', async () => {
  let now = 0;
  const gate = createCallGate(() => now);
  await expect(gate.run(call('DescribeInstances'), () => Promise.reject(throttling()))).rejects.toThrow('no');
  const sent: string[] = [];
  const again = gate.run(call('DescribeInstances'), async () => void sent.push('the same again'));
  await gate.run(call('DescribeVpcs'), async () => void sent.push('another action'));
  await gate.run(call('DescribeInstances', { region: 'us-east-1' }), async () => void sent.push('another region'));
  await gate.run(call('DescribeInstances', { profile: 'q' }), async () => void sent.push('another account'));
  expect(sent).toEqual(['another action', 'another region', 'another account']);
  now = 10_000;
  await again;
  expect(sent.at(-1)).toBe('the same again');
});

test('profiles of one account share its buckets', async () => {
  let now = 0;
  const gate = createCallGate(() => now);
  gate.setAccount('p', '111122223333');
  gate.setAccount('q', '111122223333');
  await expect(gate.run(call('DescribeInstances'), () => Promise.reject(throttling()))).rejects.toThrow('no');
  const sent: string[] = [];
  const other = gate.run(call('DescribeInstances', { profile: 'q' }), async () => void sent.push('q'));
  await settle();
  expect(sent).toEqual([]);
  now = 10_000;
  await other;
  expect(sent).toEqual(['q']);
});
