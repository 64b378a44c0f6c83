import { expect, test } from 'vitest';
import type { Instance } from '../../../src/contract/instance.ts';
import { arranging } from '../../../src/renderer/state/hostGroups.ts';
import { toHostRows, type HostRowsInput } from '../../../src/renderer/state/hostRows.ts';
import { instance, networkFacts, scope, scopeStatus } from './literals.ts';

function rows(change: Partial<HostRowsInput>): string[] {
  const input: HostRowsInput = { instances: [], ranked: false, scopes: [], network: new Map(), folded: new Set(), ...change };
  const list = toHostRows(input);
  return Array.from({ length: list.count }, (_, index) => list.at(index)).map((row) => {
    switch (row?.kind) {
      case undefined:
        return 'nothing';
      case 'group':
        return `${'  '.repeat(row.level)}${row.folded ? '>' : 'v'} ${row.label}${row.note === undefined ? '' : ` (${row.note})`} ${row.count}`;
      case 'instance':
        return `${'  '.repeat(row.level)}${row.instance.name ?? row.instance.instanceId}`;
      case 'scope':
        return `scope ${row.status.scope.region} ${row.status.state}`;
    }
  });
}

const hosts = [
  instance({ instanceId: 'i-1', name: 'web-10' }),
  instance({ instanceId: 'i-2', name: 'web-9' }),
  instance({ instanceId: 'i-3', name: 'db', vpcId: 'vpc-2' }),
  instance({ instanceId: 'i-4', name: undefined, scope: { profile: 'stage', region: 'us-east-2' }, vpcId: 'vpc-3' }),
];

test('hosts stand under account, region and VPC, numbers in names counted as numbers', () => {
  expect(rows({ instances: hosts, network: new Map([['prod/ap-northeast-1', networkFacts]]), scopes: [scopeStatus()] })).toEqual([
    'v prod (123456789012) 3',
    '  v ap-northeast-1 (Tokyo) 3',
    '    v main (vpc-1) 2',
    '      web-9',
    '      web-10',
    '    v vpc-2 1',
    '      db',
    'v stage 1',
    '  v us-east-2 (Ohio) 1',
    '    v vpc-3 1',
    '      i-4',
  ]);
});

test('a folded group hides what is under it and keeps its count', () => {
  expect(rows({ instances: hosts, folded: new Set(['account:stage', 'region:123456789012/ap-northeast-1']) })).toEqual(['v prod (123456789012) 3', '  > ap-northeast-1 (Tokyo) 3', '> stage 1']);
});

test('a scope that loads, failed or holds nothing says so in its place, and harms no other', () => {
  const failed = scopeStatus({ scope: { ...scope, region: 'eu-west-1' }, state: 'failed', instanceCount: 0 });
  const empty = scopeStatus({ scope: { ...scope, region: 'eu-west-2' }, instanceCount: 0 });
  expect(rows({ instances: hosts.slice(0, 1), scopes: [scopeStatus({ state: 'loading' }), failed, empty] })).toEqual([
    'v prod (123456789012) 1',
    '  v ap-northeast-1 (Tokyo) 1',
    'scope ap-northeast-1 loading',
    '    v vpc-1 1',
    '      web-10',
    '  v eu-west-1 (Ireland) 0',
    'scope eu-west-1 failed',
    '  v eu-west-2 (London) 0',
    'scope eu-west-2 ready',
  ]);
});

test('with a query there are no groups, and the order of the search stays', () => {
  expect(rows({ instances: hosts.slice(0, 3), ranked: true, scopes: [scopeStatus()] })).toEqual(['web-10', 'web-9', 'db']);
});

test('two profiles of one account are one group with both names', () => {
  const other = instance({ instanceId: 'i-9', scope: { ...scope, profile: 'admin' } });
  expect(rows({ instances: [hosts[0] ?? other, other], folded: new Set(['account:123456789012']) })).toEqual(['> admin, prod (123456789012) 2']);
});

test('hosts can stand under one level alone, or under none', () => {
  expect(rows({ instances: hosts, groupBy: 'region', scopes: [scopeStatus(), scopeStatus({ scope: { ...scope, region: 'eu-west-1' }, state: 'failed', instanceCount: 0 })] })).toEqual(['scope eu-west-1 failed', 'v ap-northeast-1 (Tokyo) 3', '  db', '  web-9', '  web-10', 'v us-east-2 (Ohio) 1', '  i-4']);
  expect(rows({ instances: hosts, groupBy: 'account', accountLabels: new Map([['123456789012', 'Customers']]), folded: new Set(['account:stage']) })).toEqual(['v Customers (123456789012) 3', '  db', '  web-9', '  web-10', '> stage 1']);
  expect(rows({ instances: hosts, groupBy: 'none' })).toEqual(['db', 'web-9', 'web-10', 'i-4']);
});

test('hosts can stand under the values of a tag, those without it last', () => {
  const tagged = [instance({ instanceId: 'i-1', name: 'a', tags: { env: 'stage' } }), instance({ instanceId: 'i-2', name: 'b' }), instance({ instanceId: 'i-3', name: 'c', tags: { env: 'prod' } })];
  expect(rows({ instances: tagged, groupBy: 'tag:env' })).toEqual(['v prod 1', '  c', 'v stage 1', '  a', 'v No tag env 1', '  b']);
});

test('pinned hosts come first and keep their place', () => {
  const list = toHostRows({ instances: hosts, ranked: false, scopes: [], network: new Map(), folded: new Set(), groupBy: 'none', pinned: new Set(['i-2']) });
  expect(Array.from({ length: list.count }, (_, index) => list.at(index)?.key)).toEqual(['pinned', 'pin:i-2', 'i-3', 'i-2', 'i-1', 'i-4']);
});

test('a row is found by its key, wherever it stands', () => {
  const list = toHostRows({ instances: hosts, ranked: false, scopes: [scopeStatus({ state: 'loading' })], network: new Map(), folded: new Set(), pinned: new Set(['i-2']) });
  const keys = Array.from({ length: list.count }, (_, index) => list.at(index)?.key ?? '');
  expect(keys.map((key) => list.indexOf(key))).toEqual(keys.map((_, index) => index));
  expect(list.indexOf('i-none')).toBe(-1);
  expect(list.at(list.count)).toBeUndefined();
});

test('hosts that a filter chose from all stand as they would by themselves, and a scope says how it stands beside them', () => {
  const all = [...hosts, instance({ instanceId: 'i-5', name: 'web-1', scope: { ...scope, region: 'eu-west-1' }, vpcId: 'vpc-9' })];
  const scopes = [scopeStatus({ scope: { ...scope, region: 'eu-west-2' }, state: 'failed', instanceCount: 0 })];
  for (const groupBy of ['place', 'account', 'region', 'vpc', 'none', 'tag:env']) {
    for (const instances of [all, all.filter(({ name }) => name?.startsWith('web') === true), all.slice(3, 4), []]) expect(rows({ instances, all, groupBy, scopes })).toEqual(rows({ instances: [...instances], groupBy, scopes }));
  }
});

/** As nobody would see it who had seen none of it before. */
function fresh(instances: readonly Instance[]): string[] {
  rows({ instances: [], groupBy: 'none' });
  return rows({ instances: [...instances] });
}

test('a list that goes on from the one before has the groups and the order of one that is seen for the first time', () => {
  const many = Array.from({ length: 60 }, (_, number) => instance({ instanceId: `i-${number}`, name: `web-${(number * 7) % 50}`, vpcId: `vpc-${number % 3}`, scope: { ...scope, region: number % 5 === 0 ? 'eu-west-1' : 'eu-west-2' } }));
  const renamed = many.map((host, place) => (place === 7 ? { ...host, name: 'a-first' } : place === 8 ? { ...host, state: 'stopped' as const } : host));
  const moved = renamed.map((host, place) => (place === 9 ? { ...host, vpcId: 'vpc-new' } : host));
  const named = moved.map((host) => ({ ...host, scope: { ...host.scope, accountId: '210987654321' } }));
  const lists = [many.slice(0, 10), many.slice(0, 35), many, renamed, moved, named, named.slice(1)];
  rows({ instances: [], groupBy: 'none' });
  const seen = lists.map((instances) => rows({ instances }));
  expect(seen).toEqual(lists.map(fresh));
  // And the one before, should it be drawn once more.
  expect(rows({ instances: many })).toEqual(seen[2]);
});

test('groups that are put in order beforehand, step by step, read as those that are when they are looked at, also when somebody looks in between', () => {
  const named = Array.from({ length: 9000 }, (_, number) => instance({ instanceId: `i-${number}`, name: `web-${(number * 7919) % 4001}`, vpcId: `vpc-${number % 2}` }));
  const renamed = named.map((host, place) => (place === 4000 ? { ...host, name: 'a-first' } : host));
  const wanted = [named, renamed].map(fresh);
  for (const stepsBefore of [0, 1, 2, 3, 5, 8, 13, 1000]) {
    rows({ instances: [], groupBy: 'none' });
    const steps = arranging(named, 'place');
    for (let step = 0; step < stepsBefore && steps.next().done !== true; step += 1);
    expect(rows({ instances: named })).toEqual(wanted[0]);
    expect(rows({ instances: renamed })).toEqual(wanted[1]);
    // Nobody had told it.
    while (steps.next().done !== true);
    expect(rows({ instances: renamed })).toEqual(wanted[1]);
  }
});
