import { expect, test } from 'vitest';
import { emptyContext, parseHostFilter, type FilterContext } from '../../../src/query/hostFilter.ts';
import { instance, networkInterface } from '../renderer/literals.ts';

const web = instance({
  instanceId: 'i-0web',
  name: 'prod web-1',
  state: 'running',
  instanceType: 't3.medium',
  scope: { profile: 'prod', region: 'ap-northeast-1', accountId: '111122223333' },
  availabilityZone: 'ap-northeast-1a',
  vpcId: 'vpc-1',
  subnetId: 'subnet-1',
  imageId: 'ami-0123',
  platformDetails: 'Linux/UNIX',
  keyName: 'prod-2024',
  privateIpAddress: '10.0.1.20',
  publicIpAddress: '203.0.113.9',
  securityGroups: [{ groupId: 'sg-1', groupName: 'web servers' }],
  networkInterfaces: [networkInterface({ networkInterfaceId: 'eni-0feed', privateIpAddresses: [{ privateIpAddress: '10.0.1.20', primary: true, association: { publicIp: '203.0.113.9' } }], ipv6Addresses: [{ ipv6Address: '2001:db8:0:1::7' }] })],
  ssm: { pingStatus: 'Online', seenAt: '2026-11-22T00:00:00Z' },
  ssmKnown: true,
  tags: { env: 'prod', 'cost center': 'a,b', empty: '' },
});
const batch = instance({ instanceId: 'i-0batch', name: 'batch', state: 'stopped', scope: { profile: 'stage', region: 'us-east-2', accountId: '444455556666' }, vpcId: 'vpc-2', privateIpAddress: '10.9.0.4', networkInterfaces: [], securityGroups: [], ssmKnown: true, tags: { env: 'production' } });

const context: FilterContext = {
  networkNames: new Map([['vpc-1', 'main'], ['subnet-1', 'private a']]),
  accountLabels: new Map([['111122223333', 'Customers']]),
  pinned: new Set(['i-0batch']),
  bastions: new Set(['i-0bastion']),
  bastionVpcIds: new Set(['vpc-1']),
  endpointVpcIds: new Set(['vpc-1']),
};

function found(query: string): string[] {
  const { holds } = parseHostFilter(query, context);
  return [web, batch].filter((instance) => holds(instance)).map(({ instanceId }) => instanceId);
}

test.each([
  ['name:web', ['i-0web']],
  ['name:"prod web-1"', ['i-0web']],
  ['name:prod*', ['i-0web']],
  ['name:*web', []],
  ['id:i-0b', ['i-0batch']],
  ['id:eni-0feed', ['i-0web']],
  ['ip:10.0.', ['i-0web']],
  ['ip:10.0.0.0/16', ['i-0web']],
  ['ip:10.0.0.0/8', ['i-0web', 'i-0batch']],
  ['ip:203.0.113.9', ['i-0web']],
  ['ip:2001:db8:0:1::/64', ['i-0web']],
  ['ip:2001:db8:0:2::/64', []],
  ['ip:10.*.4', ['i-0batch']],
  ['tag:env', ['i-0web', 'i-0batch']],
  ['tag:env=prod', ['i-0web']],
  ['tag:env=PROD*', ['i-0web', 'i-0batch']],
  ['tag:Env=prod', []],
  ['tag:"cost center"="a,b"', ['i-0web']],
  ['tag:empty=', ['i-0web']],
  ['tag:constructor', []],
  ['state:running', ['i-0web']],
  ['state:running,stopped', ['i-0web', 'i-0batch']],
  ['state:run', []],
  ['type:t3', ['i-0web']],
  ['region:ap-*', ['i-0web']],
  ['account:stage', ['i-0batch']],
  ['account:444455556666', ['i-0batch']],
  ['account:customers', ['i-0web']],
  ['vpc:main', ['i-0web']],
  ['vpc:vpc-2', ['i-0batch']],
  ['subnet:"private a"', ['i-0web']],
  ['az:ap-northeast-1a', ['i-0web']],
  ['sg:"web servers"', ['i-0web']],
  ['sg:sg-1', ['i-0web']],
  ['key:2024', ['i-0web']],
  ['image:ami-0123', ['i-0web']],
  ['platform:linux', ['i-0web']],
  ['ssm:online', ['i-0web']],
  ['ssm:none', ['i-0batch']],
  ['via:ssm', ['i-0web']],
  ['via:direct', ['i-0web']],
  ['via:eice', ['i-0web']],
  ['via:jump', ['i-0web']],
  ['is:pinned', ['i-0batch']],
  ['is:public', ['i-0web']],
  ['is:bastion', []],
  ['-state:running', ['i-0batch']],
  ['!tag:env=prod', ['i-0batch']],
  ['-batch', ['i-0web']],
  ['STATE:Running', ['i-0web']],
  ['state: type:', ['i-0web', 'i-0batch']],
])('%s finds %j', (query, ids) => {
  expect(found(query)).toEqual(ids);
});

test('field terms all hold together, and the words beside them are left for ranking', () => {
  const { words, hasFields, problems } = parseHostFilter('Web state:running 10.0.1 -is:pinned');
  expect({ words, hasFields, problems }).toEqual({ words: ['web', '10.0.1'], hasFields: true, problems: [] });
});

test('a word with a colon that names no field is free text, so that an IPv6 address can be typed as it is', () => {
  expect(parseHostFilter('2001:db8::7 http://x').words).toEqual(['2001:db8::7', 'http://x']);
});

test('a value that means nothing finds nothing and says what would', () => {
  const filter = parseHostFilter('via:car is:red', emptyContext);
  expect(filter.holds(web)).toBe(false);
  expect(filter.problems).toEqual(['"via:car" is none of via:ssm, via:direct, via:eice, via:jump', '"is:red" is none of is:bastion, is:managed, is:pinned, is:public']);
});

test('a pattern of many stars and a name made for it are answered at once', () => {
  const long = instance({ name: 'a'.repeat(255) });
  expect(parseHostFilter(`name:${'a*'.repeat(120)}b`).holds(long)).toBe(false);
});
