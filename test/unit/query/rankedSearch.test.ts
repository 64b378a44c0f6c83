import { expect, test } from 'vitest';
import type { Instance } from '../../../src/contract/instance.ts';
import { emptyContext, parseHostFilter, searchText } from '../../../src/query/hostFilter.ts';
import { createHostSearch } from '../../../src/query/rankedSearch.ts';
import { instance, networkInterface } from '../renderer/literals.ts';

function byId(instances: readonly Instance[]): Map<string, Instance> {
  return new Map(instances.map((one) => [one.instanceId, one]));
}

function names(instances: readonly Instance[], query: string): (string | undefined)[] {
  return createHostSearch()(byId(instances), parseHostFilter(query)).map(({ name }) => name);
}

/** What a filter finds where its words are, without any order and without the letters of the last resort. */
function plainly(instances: readonly Instance[], query: string): string[] {
  const { words, holds } = parseHostFilter(query);
  return instances.filter((one) => holds(one) && words.every((word) => searchText(one).includes(word))).map(({ instanceId }) => instanceId).toSorted();
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

test('a search that remembers finds what one without a memory finds, while the query grows, shrinks and hosts come, go and change', () => {
  const remembering = createHostSearch();
  const come = instance({ instanceId: 'i-7', name: 'a-web' });
  const stopped = estate.map((host) => (host.instanceId === 'i-3' ? { ...host, state: 'stopped' } : host));
  for (const hosts of [estate, [...estate, come], stopped, [...estate.slice(1), come]].map(byId)) {
    for (const query of ['w', 'we', 'web', 'web p', 'web pr', 'we', 'prdwb', 'prdw', 'state:running web', 'state:running webx', 'state:stopped c', 'web we', 'web', '-prod web', '-prod state:running', '']) {
      const filter = parseHostFilter(query);
      expect(remembering(hosts, filter), query).toEqual(createHostSearch()(new Map(hosts), filter));
    }
  }
});

test('thousands of hosts are found as each is by itself, in the order of their score, whether they run, and their names', () => {
  const roles = ['web', 'Db', 'batch', 'cache', 'ﬁn', '東京'];
  const hosts = Array.from({ length: 3000 }, (_, index) => instance({ instanceId: `i-${index.toString(16).padStart(4, '0')}`, name: `${roles[index % 6] ?? ''}-${(index * 7919) % 3000}`, state: index % 5 === 0 ? 'stopped' : 'running', tags: { team: `t${index % 30}` }, networkInterfaces: [] }));
  const search = createHostSearch();
  for (const query of ['w', 'web', 'web-1', 'i-0a', 'team=t1', '東', 'ﬁ', 'db 12', '-web 9', 'state:stopped b', 'nothing has this']) {
    const found = search(byId(hosts), parseHostFilter(query));
    expect(found.map(({ instanceId }) => instanceId).toSorted(), query).toEqual(plainly(hosts, query));
    const order = found.map(({ name = '', state }) => {
      const words = parseHostFilter(query).words;
      const score = words.reduce((sum, word) => sum + (!name.toLowerCase().includes(word) ? 300 : name.toLowerCase() === word ? 0 : name.toLowerCase().startsWith(word) ? 10 : /[a-z0-9]/.test(name.toLowerCase().charAt(name.toLowerCase().indexOf(word) - 1)) ? 100 : 50), 0);
      return `${String(score).padStart(4, '0')} ${state === 'running' ? 0 : 1} ${name.toLowerCase()}`;
    });
    expect(order, query).toEqual(order.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  }
});

test('without words hosts can stay as they came', () => {
  const search = createHostSearch({ withoutWords: 'as-they-came' });
  expect(search(byId(estate), parseHostFilter('state:running')).map(({ instanceId }) => instanceId)).toEqual(['i-1', 'i-2', 'i-3', 'i-4', 'i-5']);
  expect(search(byId(estate), parseHostFilter('state:running web')).map(({ name }) => name)).toEqual(['web', 'web-prod', 'prod-web-2', 'cobweb', 'db']);
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

test('what was found before is told with the hosts as they are now, and a field that changed is judged anew', () => {
  const search = createHostSearch();
  const find = (hosts: readonly Instance[], query: string): readonly Instance[] => search(byId(hosts), parseHostFilter(query));
  const ping = (pingStatus: string): Instance[] => estate.map((host) => (host.name === 'web' ? { ...host, ssm: { pingStatus, seenAt: '2026-11-22T00:00:00.000Z' } } : host));
  for (const status of ['Online', 'ConnectionLost', 'Online']) {
    const hosts = ping(status);
    expect(find(hosts, 'web').map((host) => hosts.indexOf(host))).toEqual(find(estate, 'web').map((host) => estate.indexOf(host)));
    expect(find(hosts, 'web')).toHaveLength(5);
    expect(find(hosts, 'ssm:online').map(({ name }) => name)).toEqual(status === 'Online' ? ['web'] : []);
    expect(find(hosts, 'web ssm:online').map(({ name }) => name)).toEqual(status === 'Online' ? ['web'] : []);
  }
});

test('where an agent reported only its host is judged anew, unless the filter asks what hosts have in common', () => {
  let judged: string[] = [];
  // No text that is searched: who asks for it judges.
  const host = (index: number, pingStatus: string): Instance => ({
    ...instance({ instanceId: `i-${index}`, name: `web-${index}`, networkInterfaces: [], ssm: { pingStatus, seenAt: '2026-11-22T00:00:00.000Z' } }),
    get imageId() {
      judged.push(`i-${index}`);
      return index % 2 === 0 ? 'ami-1' : 'ami-2';
    },
  });
  const search = createHostSearch({ withoutWords: 'as-they-came' });
  const find = (among: ReadonlyMap<string, Instance>, query: string, pinned: readonly string[] = []) => {
    judged = [];
    return search(among, parseHostFilter(query, { ...emptyContext, pinned: new Set(pinned) })).length;
  };
  const hosts = byId(Array.from({ length: 600 }, (_, index) => host(index, 'Online')));
  expect(find(hosts, 'image:ami-1 ssm:online')).toBe(300);
  expect(judged).toHaveLength(600);
  expect(find(hosts, 'image:ami-1 -web-1 ssm:online')).toBe(245);
  expect(judged).toEqual([]);
  const lost = new Map(hosts).set('i-2', host(2, 'ConnectionLost')).set('i-3', host(3, 'ConnectionLost')).set('i-10', host(10, 'ConnectionLost'));
  expect(find(lost, 'image:ami-1 ssm:online')).toBe(298);
  // By both filters that were asked before.
  expect(judged).toEqual(['i-2', 'i-3', 'i-10', 'i-2', 'i-3', 'i-10']);
  expect(find(lost, 'image:ami-1 -web-1 ssm:online')).toBe(244);
  expect(judged).toEqual([]);
  // Every host could stand otherwise now.
  expect(find(lost, 'image:ami-1 is:pinned', ['i-4', 'i-5'])).toBe(1);
  expect(find(lost, 'image:ami-1 is:pinned', ['i-4', 'i-6'])).toBe(2);
});
