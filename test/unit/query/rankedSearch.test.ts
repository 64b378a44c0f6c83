import { expect, test } from 'vitest';
import type { Instance } from '../../../src/contract/instance.ts';
import { parseHostFilter } from '../../../src/query/hostFilter.ts';
import { createHostSearch, filterEntries, filterInstances } from '../../../src/query/rankedSearch.ts';
import { instance, networkInterface } from '../renderer/literals.ts';

function names(instances: readonly Instance[], query: string): (string | undefined)[] {
  return filterInstances(filterEntries(instances), query).map(({ name }) => name);
}

const estate = [
  instance({ instanceId: 'i-1', name: 'prod-web-2' }),
  instance({ instanceId: 'i-2', name: 'web' }),
  instance({ instanceId: 'i-3', name: 'web-prod' }),
  instance({ instanceId: 'i-4', name: 'cobweb' }),
  instance({ instanceId: 'i-5', name: 'db', tags: { role: 'web backend' } }),
  instance({ instanceId: 'i-6', name: 'cache', state: 'stopped' }),
];

test('the whole name comes first, then its beginning, a word in it, any part of it, and last any other field', () => {
  expect(names(estate, 'web')).toEqual(['web', 'web-prod', 'prod-web-2', 'cobweb', 'db']);
});

test('every term must be found, in any field and any order', () => {
  expect(names(estate, 'web prod-')).toEqual(['prod-web-2']);
  expect(names(estate, 'WEB   running role=web')).toEqual(['db']);
});

test('letters in order find a name when no text holds the word', () => {
  expect(names(estate, 'prdwb')).toEqual(['prod-web-2']);
  expect(names(estate, 'bwx')).toEqual([]);
});

test('a running host stands before a stopped one with the same match', () => {
  const hosts = [instance({ instanceId: 'i-1', name: 'job-a', state: 'stopped' }), instance({ instanceId: 'i-2', name: 'job-b' })];
  expect(names(hosts, 'job')).toEqual(['job-b', 'job-a']);
});

test('ids, every address of every interface, state, type and tags can be searched', () => {
  const host = instance({
    instanceType: 't3.medium',
    tags: { env: 'prod' },
    networkInterfaces: [
      networkInterface({
        networkInterfaceId: 'eni-0feed',
        privateIpAddresses: [{ privateIpAddress: '10.9.8.7', primary: true, association: { publicIp: '203.0.113.9' } }],
        ipv6Addresses: [{ ipv6Address: '2001:db8::7' }],
      }),
    ],
  });
  for (const query of ['i-0aaa', '10.9.8.7', '203.0.113.9', '2001:db8', 'eni-0feed', 'running', 't3.med', 'env=prod', '123456789012', 'ap-northeast']) {
    expect(names([host], query), query).toEqual(['web-1']);
  }
});

test('an empty query lists everything by name', () => {
  expect(names(estate, '  ')).toEqual(['cache', 'cobweb', 'db', 'prod-web-2', 'web', 'web-prod']);
});

test('a search that remembers finds what one without a memory finds, while the query grows, shrinks and hosts come and go', () => {
  const remembering = createHostSearch();
  const come = instance({ instanceId: 'i-7', name: 'a-web' });
  const lists = [estate, [...estate, come], [...estate.slice(1), come]].map((hosts) => new Map(hosts.map((host) => [host.instanceId, host])));
  for (const hosts of lists) {
    for (const query of ['w', 'we', 'web', 'web p', 'web pr', 'we', 'prdwb', 'prdw', 'state:running web', 'state:running webx', 'state:stopped c', '']) {
      const filter = parseHostFilter(query);
      expect(remembering(hosts, filter), query).toEqual(filterInstances(filterEntries(hosts.values()), filter));
    }
  }
});

test('a search that lost a letter, or has its words otherwise, finds what it found before; other fields and other hosts are searched anew', () => {
  const hosts = new Map(['web-1', 'web-2', 'web 1', 'db-1'].map((name) => [name, instance({ instanceId: name, name, state: name === 'db-1' ? 'stopped' : 'running', networkInterfaces: [], tags: {} })]));
  const search = createHostSearch();
  const names = (query: string, among: ReadonlyMap<string, ReturnType<typeof instance>> = hosts): string[] => search(among, parseHostFilter(query)).map(({ instanceId }) => instanceId);
  const first = names('web');
  expect(names('web-1')).toEqual(['web-1']);
  expect(names('web')).toEqual(first);
  expect(names('"web 1"')).toEqual(['web 1']);
  // Each of them has a 1 somewhere.
  expect(names('web 1').toSorted()).toEqual(['web 1', 'web-1', 'web-2']);
  expect(names('1 state:stopped')).toEqual(['db-1']);
  expect(names('1').toSorted()).toEqual(['db-1', 'web 1', 'web-1', 'web-2']);
  expect(names('web', new Map([...hosts].filter(([name]) => name !== 'web-2'))).toSorted()).toEqual(['web 1', 'web-1']);
});
