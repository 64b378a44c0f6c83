import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Instance } from '../../../src/contract/instance.ts';
import { createLiveStatus, defaultRates, type LiveStatus } from '../../../src/services/aws/liveStatus.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const host = (instanceId: string, state = 'running', region = 'eu-west-1'): Instance => ({ instanceId, scope: { profile: 'p', region }, state, networkInterfaces: [], securityGroups: [], ssmKnown: true, tags: {} });

function open(hosts: readonly Instance[], options: { alsoShown?: readonly string[]; statusAllowed?: boolean } = {}): { live: LiveStatus; asked: string[]; hosts: Map<string, Instance> } {
  const asked: string[] = [];
  const known = new Map(hosts.map((one) => [one.instanceId, one]));
  const note = (kind: string, region: string, ids: readonly string[]): void => void asked.push(`${kind} ${region} ${ids.length > 3 ? ids.length : ids.join(',')}`);
  const live = createLiveStatus({
    reader: {
      readInstances: async ({ region }, ids) => note('instances', region, ids),
      readStatus: async ({ region }, ids) => {
        note('status', region, ids);
        return options.statusAllowed ?? true;
      },
      readAgents: async ({ region }, ids) => note('agents', region, ids),
    },
    instance: (instanceId) => known.get(instanceId),
    alsoShown: () => options.alsoShown ?? [],
  });
  return { live, asked, hosts: known };
}

const seconds = (count: number): Promise<unknown> => vi.advanceTimersByTimeAsync(count * 1000);

test('what a window shows is asked for at the rate AWS renews it, each region in one call of each kind', async () => {
  const { live, asked } = open([host('i-1'), host('i-2'), host('i-3', 'stopped'), host('i-4', 'running', 'us-east-2')]);
  live.watch('window', ['i-1', 'i-2', 'i-3', 'i-4']);
  await seconds(2);
  expect(asked).toEqual(['status eu-west-1 i-1,i-2,i-3', 'agents eu-west-1 i-1,i-2', 'status us-east-2 i-4', 'agents us-east-2 i-4']);
  asked.length = 0;
  await seconds(26);
  expect(asked).toEqual([]);
  await seconds(4);
  expect(asked).toEqual(['status eu-west-1 i-1,i-2,i-3', 'status us-east-2 i-4']);
});

test('nothing is asked before a window shows something, when it shows nothing any more, and a minute after it is gone', async () => {
  const { live, asked } = open([host('i-1')], { alsoShown: ['i-1'] });
  await seconds(100);
  expect(asked).toEqual([]);
  live.watch('window', ['i-1']);
  await seconds(2);
  live.watch('window', []);
  asked.length = 0;
  await seconds(100);
  expect(asked).toEqual([]);
  live.watch('window', ['i-1']);
  await seconds(defaultRates.leaseMs / 1000);
  asked.length = 0;
  await seconds(300);
  expect(asked).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test('the hosts of open tabs are kept fresh with what a window shows', async () => {
  const { live, asked } = open([host('i-1'), host('i-2')], { alsoShown: ['i-2'] });
  live.watch('window', ['i-1']);
  await seconds(1);
  expect(asked).toContain('status eu-west-1 i-1,i-2');
});

test('a host on its way to another state is asked for every three seconds until it stands', async () => {
  const { live, asked, hosts } = open([host('i-1', 'stopping')]);
  live.watch('window', ['i-1']);
  await seconds(10);
  expect(asked).toEqual(['instances eu-west-1 i-1', 'instances eu-west-1 i-1', 'instances eu-west-1 i-1', 'instances eu-west-1 i-1']);
  hosts.set('i-1', host('i-1', 'stopped'));
  asked.length = 0;
  await seconds(20);
  expect(asked).toEqual(['status eu-west-1 i-1']);
});

test('after an action a host is followed at once and for a while, window or not', async () => {
  const { live, asked } = open([host('i-1')]);
  live.follow(['i-1']);
  await seconds(60);
  expect(asked.filter((one) => one.startsWith('instances')).length).toBe(5);
  expect(vi.getTimerCount()).toBe(0);
});

test('where status checks are not allowed, the state is asked for by listing instead, and ten minutes later they are tried again', async () => {
  const { live, asked } = open([host('i-1')], { statusAllowed: false });
  live.watch('window', ['i-1']);
  await seconds(3);
  expect(asked).toEqual(['status eu-west-1 i-1', 'agents eu-west-1 i-1', 'instances eu-west-1 i-1']);
  asked.length = 0;
  for (let minute = 0; minute < 11; minute += 1) {
    live.watch('window', ['i-1']);
    await seconds(50);
  }
  expect(asked.filter((one) => one.startsWith('status'))).toEqual([]);
  live.watch('window', ['i-1']);
  await seconds(58);
  expect(asked.filter((one) => one.startsWith('status'))).toEqual(['status eu-west-1 i-1']);
});

test('more hosts than a call takes are several calls', async () => {
  const many = Array.from({ length: 250 }, (_, index) => host(`i-${index}`));
  const { live, asked } = open(many);
  live.watch('window', many.map(({ instanceId }) => instanceId));
  await seconds(1);
  expect(asked.filter((one) => one.startsWith('status'))).toEqual(['status eu-west-1 100', 'status eu-west-1 100', 'status eu-west-1 50']);
});
