/**
 * What a key in the filter costs to compute over many hosts, without a browser: the search, the groups that its result stands in with
 * the rows that a screen shows of them, and the completions. By the clock: on a busy machine the worst is the machine's. Run: node bench/filter.ts [hosts]
 */
import type { Instance } from '../src/contract/instance.ts';
import { completions } from '../src/query/completions.ts';
import { emptyContext, parseHostFilter } from '../src/query/hostFilter.ts';
import { emptyIndex, indexing } from '../src/query/hostIndex.ts';
import { indexOf } from '../src/query/preparedIndex.ts';
import { createHostSearch } from '../src/query/rankedSearch.ts';
import { toHostRows } from '../src/renderer/state/hostRows.ts';
import { median, percentile, toLine, type BenchFigure } from './figure.ts';

/** As bench/largeWindow.ts types them, letter by letter, and takes them back. */
const QUERIES = ['web-1', 'running', 'i-0a', '10.0.12', 'prod web', 'state:running tag:role=web', 'type:t3 -state:running', 'wb01'];
const SCREEN_ROWS = 45;
const ROUNDS = 5;

/** Hosts whose neighbours in the list are of other accounts, regions and VPCs: the hardest to group. */
function scattered(count: number): Map<string, Instance> {
  const roles = ['web', 'db', 'batch', 'cache'];
  const types = ['t3.micro', 'm5.large', 'c6g.xlarge'];
  const regions = ['ap-northeast-1', 'us-east-1', 'eu-west-1', 'us-west-2', 'eu-central-1'];
  const hex = (kind: string, seed: number): string => `${kind}-0${(BigInt(seed + 1) * 0x9e3779b97f4a7c15n & 0xffffffffffffffffn).toString(16).padStart(16, '0')}`;
  // Through JSON, as they come over the link: no text is shared between two hosts.
  const hosts = Array.from({ length: count }, (_, index): string => {
    const role = roles[index % 4] ?? '';
    const region = regions[index % 5] ?? '';
    const address = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
    const dnsName = `ip-${address.replaceAll('.', '-')}.${region}.compute.internal`;
    const vpcId = hex('vpc', index % 40);
    const subnetId = hex('subnet', index % 160);
    const group = { groupId: hex('sg', index % 20), groupName: `${role}-hosts` };
    const host: Instance = {
      instanceId: hex('i', index), name: `${role}-${index}`, state: index % 7 === 0 ? 'stopped' : 'running', instanceType: types[index % 3] ?? '', scope: { profile: `account-${index % 10}`, region, accountId: String(100_000_000_000 + (index % 10)) },
      availabilityZone: `${region}a`, vpcId, subnetId, platformDetails: 'Linux/UNIX', keyName: 'prod', imageId: hex('ami', index % 5), privateIpAddress: address, privateDnsName: dnsName, securityGroups: [group],
      networkInterfaces: [{ networkInterfaceId: hex('eni', index), vpcId, subnetId, privateIpAddresses: [{ privateIpAddress: address, primary: true, privateDnsName: dnsName }], ipv6Addresses: [], ipv4Prefixes: [], ipv6Prefixes: [], groups: [group], tags: {} }],
      tags: { Name: `${role}-${index}`, env: index % 2 === 0 ? 'stage' : 'prod', role, team: `team-${index % 30}`, cost: String(index % 100) }, ssmKnown: true,
    };
    return JSON.stringify(host);
  });
  return new Map(hosts.map((text) => JSON.parse(text) as Instance).map((host) => [host.instanceId, host]));
}

export function benchFilter(count = 50_000): BenchFigure[] {
  const hosts = scattered(count);
  const steps: number[] = [];
  for (const making = indexing(hosts.values(), emptyIndex); ; ) {
    const before = performance.now();
    const { done } = making.next();
    steps.push(performance.now() - before);
    if (done === true) break;
  }
  indexOf(hosts);
  const changed = new Map<string, Instance>([...hosts].map(([id, host], index) => [id, index % 5000 === 7 ? { ...host, state: 'stopping' } : host]));
  const before = performance.now();
  indexOf(changed);
  const changedMs = performance.now() - before;
  const all = [...hosts.values()];
  const arrange = (instances: readonly Instance[], ranked: boolean): void => {
    const rows = toHostRows({ instances, all, ranked, scopes: [], network: new Map(), folded: new Set() });
    for (let row = 0; row < SCREEN_ROWS; row += 1) rows.at(row);
  };
  const spent = { search: [] as number[], groups: [] as number[], completions: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    // A search that remembers nothing of the round before; the first one warms the code up.
    const search = createHostSearch({ withoutWords: 'as-they-came' });
    arrange(all, false);
    for (const query of QUERIES) {
      const typed = Array.from({ length: query.length }, (_, index) => query.slice(0, index + 1));
      for (const text of [...typed, ...typed.slice(0, -1).toReversed()]) {
        const filter = parseHostFilter(text, emptyContext);
        const isFilter = filter.words.length > 0 || filter.hasFields;
        const start = performance.now();
        const found = isFilter ? search(hosts, filter) : all;
        const searched = performance.now();
        arrange(found, filter.words.length > 0);
        const arranged = performance.now();
        completions(text, text.length, hosts, emptyContext);
        if (round === 0) continue;
        spent.search.push(searched - start);
        spent.groups.push(arranged - searched);
        spent.completions.push(performance.now() - arranged);
      }
    }
  }
  const keys = spent.search.map((ms, key) => ms + (spent.groups[key] ?? 0));
  const title = `filter, ${count} hosts`;
  const worst = (values: readonly number[]): string => Math.max(...values).toFixed(1);
  return [
    { name: `${title}: compute of a key, median`, value: median(keys), unit: 'ms', goal: { of: 'value', atMost: 10 }, note: `of ${keys.length} keys; search and groups` },
    { name: `${title}: compute of a key, worst`, value: Math.max(...keys), unit: 'ms', goal: { of: 'value', atMost: 20 }, note: `p99 ${percentile(keys, 99).toFixed(1)} ms; worst search ${worst(spent.search)}, worst groups ${worst(spent.groups)}` },
    { name: `${title}: completions, p99`, value: percentile(spent.completions, 99), unit: 'ms', note: `worst ${worst(spent.completions)} ms; after the paint` },
    { name: `${title}: the index, longest step`, value: Math.max(...steps), unit: 'ms', note: `${steps.reduce((sum, ms) => sum + ms, 0).toFixed(0)} ms in all, while nothing else happens; after ${count / 5000} changed hosts ${changedMs.toFixed(1)} ms` },
  ];
}

if (import.meta.main) for (const figure of benchFilter(process.argv[2] === undefined ? undefined : Number(process.argv[2]))) process.stdout.write(`${toLine(figure)}\n`);
