import { expect, test } from 'vitest';
import type { NetworkAclEntry } from '../../../src/contract/networkDetail.ts';
import { EPHEMERAL_PORTS, judgeAcl } from '../../../src/services/reach/networkAcl.ts';

type Ports = readonly [number, number] | 'all';
const entry = (ruleNumber: number, ruleAction: 'allow' | 'deny', cidr: string, ports: Ports = 'all', rest: Partial<NetworkAclEntry> = {}): NetworkAclEntry => ({
  ruleNumber,
  egress: false,
  ruleAction,
  protocol: ports === 'all' ? '-1' : '6',
  ...(cidr.includes(':') ? { ipv6CidrBlock: cidr } : { cidrBlock: cidr }),
  ...(ports === 'all' ? {} : { fromPort: ports[0], toPort: ports[1] }),
  ...rest,
});
const star = entry(32_767, 'deny', '0.0.0.0/0');
const ssh = { egress: false, fromPort: 22, toPort: 22, peer: { address: '198.51.100.7' } } as const;
const judged = (entries: readonly NetworkAclEntry[], question: Parameters<typeof judgeAcl>[1] = ssh): [string, number[]] => {
  const { result, deciding } = judgeAcl(entries, question);
  return [result, deciding.map(({ ruleNumber }) => ruleNumber)];
};

test('the default ACL lets everything in, a new one nothing', () => {
  expect(judged([entry(100, 'allow', '0.0.0.0/0'), star])).toEqual(['yes', [100]]);
  expect(judged([star])).toEqual(['no', [32_767]]);
  expect(judged([])).toEqual(['no', []]);
});

test('the first entry that fits decides, in the order of the numbers and not of the list', () => {
  expect(judged([star, entry(200, 'allow', '0.0.0.0/0', [22, 22]), entry(90, 'deny', '198.51.100.0/24', [20, 30])])).toEqual(['no', [90]]);
  expect(judged([entry(100, 'allow', '198.51.100.0/24', [22, 22]), entry(110, 'deny', '0.0.0.0/0'), star])).toEqual(['yes', [100]]);
});

test('entries of the other direction, of other protocols, ports, families and addresses do not count', () => {
  expect(judged([entry(1, 'allow', '0.0.0.0/0', 'all', { egress: true }), entry(2, 'allow', '0.0.0.0/0', [22, 22], { protocol: '17' }), entry(3, 'allow', '0.0.0.0/0', [23, 80]), entry(4, 'allow', '::/0'), entry(5, 'allow', '10.0.0.0/8'), star])).toEqual(['no', [32_767]]);
});

test('where no address is known, a narrower entry before the deciding one makes it uncertain, unless both say the same', () => {
  const anybody = { ...ssh, peer: { any: 'all', family: 4 } } as const;
  expect(judged([entry(50, 'deny', '203.0.113.0/24'), entry(100, 'allow', '0.0.0.0/0'), star], anybody)).toEqual(['unknown', [50, 100]]);
  expect(judged([entry(50, 'allow', '203.0.113.0/24'), entry(100, 'allow', '0.0.0.0/0'), star], anybody)).toEqual(['yes', [50, 100]]);
  expect(judged([entry(100, 'allow', '10.0.0.0/16', [22, 22]), star], anybody)).toEqual(['unknown', [100, 32_767]]);
});

test('nobody of the internet has a private address', () => {
  expect(judged([entry(100, 'allow', '10.0.0.0/16', [22, 22]), star], { ...ssh, peer: { any: 'internet', family: 4 } })).toEqual(['no', [32_767]]);
});

test('answers need every ephemeral port: part of them is uncertain, two ranges that fill it are enough', () => {
  const answers = { egress: true, ...EPHEMERAL_PORTS, peer: { address: '198.51.100.7' } } as const;
  const out = (ruleNumber: number, ports: Ports): NetworkAclEntry => entry(ruleNumber, 'allow', '0.0.0.0/0', ports, { egress: true });
  const outStar = { ...star, egress: true };
  expect(judged([out(100, [1024, 65_535]), outStar], answers)).toEqual(['yes', [100]]);
  expect(judged([out(100, [32_768, 65_535]), outStar], answers)).toEqual(['unknown', [100, 32_767]]);
  expect(judged([out(100, [32_768, 65_535]), out(110, [0, 32_767]), outStar], answers)).toEqual(['yes', [100, 110]]);
  expect(judged([out(100, [443, 443]), outStar], answers)).toEqual(['no', [32_767]]);
});

test('IPv6 has entries of its own', () => {
  expect(judged([entry(100, 'deny', '0.0.0.0/0'), entry(101, 'allow', '::/0')], { ...ssh, peer: { address: '2001:db8::7' } })).toEqual(['yes', [101]]);
});
