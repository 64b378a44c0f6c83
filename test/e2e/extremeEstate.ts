/** An estate of a host with all that AWS allows at once: 15 interfaces of 50 addresses and more, and names that attack whoever shows them. */
import { allow, type EstateDeclaration, type InterfaceDeclaration } from '../../src/demo/estateDeclaration.ts';

/** Runs in a page that takes a text for markup or for a script. */
const PAYLOAD = `window.pwned=1`;

export const hostileTags: Readonly<Record<string, string>> = {
  markup: `<img src=x onerror="${PAYLOAD}"><script>${PAYLOAD}</script><svg/onload=${PAYLOAD}>`,
  quotes: `"' autofocus onfocus='${PAYLOAD}' x="`,
  link: `javascript:${PAYLOAD}//https://example.com/`,
  style: `</style><style>*{display:none!important}</style>`,
  template: `{{constructor.constructor('${PAYLOAD}')()}}\${${PAYLOAD}}[peer]`,
  control: 'one\u0000two\u0007\u0008\u007f\u009b31m',
  ansi: '\u001b[2J\u001b[31mred\u001b]0;owned\u0007\u001b]8;;http://example.com\u001b\\',
  bidi: 'gnp.\u202e\u2066exe\u2069\u200f\u061c',
  zeroWidth: 'ro\u200b\u200c\u2060\ufeffot\u00ad',
  lines: 'first\r\nsecond\u2028third',
  emoji: '\u{1f9d1}\u200d\u{1f680}'.repeat(85),
  emoji256: '\u{1f600}'.repeat(256),
  long: 'W'.repeat(256),
  cjk: '漢'.repeat(256),
  marks: `Z${'\u0301\u0323'.repeat(127)}`,
  [`<b onclick=${PAYLOAD}>key</b>`]: '',
  ['K'.repeat(128)]: 'a long key',
  __proto__x: 'prototype',
  constructor: 'x',
};

const NAME = `<img src=x onerror=${PAYLOAD}>\u202e${'W'.repeat(180)}`;
const GROUPS = 5;
const SUBNETS = 4;
/** As many as the largest instance types take, and as many addresses as each of theirs. */
export const INTERFACES = 15;
export const ADDRESSES = 50;

function networkInterface(index: number): InterfaceDeclaration {
  const subnet = index % SUBNETS;
  const first = 4 + 60 * Math.floor(index / SUBNETS);
  const addresses = Array.from({ length: ADDRESSES }, (_one, at) => ({
    privateIp: `10.0.${subnet}.${first + at}`,
    // One that AWS gave, and an Elastic one on every fifth.
    ...(at === 0 && index === 0 ? { publicIp: '203.0.113.7' } : at % 5 === 1 ? { elasticIp: `198.18.${index}.${at}` } : {}),
  }));
  const [primary = { privateIp: '' }, ...others] = addresses;
  return {
    subnet: `${subnet} ${hostileTags['markup'] ?? ''}`,
    groups: Array.from({ length: GROUPS }, (_one, group) => groupName(group)),
    addresses: [primary, ...others],
    ipv6: Array.from({ length: ADDRESSES }, (_one, at) => `2001:db8:1234:5600:aaaa:bbbb:${index.toString(16).padStart(4, '0')}:${(0xf000 + at).toString(16)}`),
    ipv4Prefixes: [`10.0.${subnet + 100}.${16 * (index % 8)}/28`],
    ipv6Prefixes: [`2001:db8:1234:5600:${index}::/80`],
    description: hostileTags['long'] ?? '',
    sourceDestCheck: false,
    tags: hostileTags,
  };
}

function groupName(index: number): string {
  return `group-${index} ${hostileTags['markup'] ?? ''}`;
}

const subnets = Array.from({ length: SUBNETS }, (_one, index) => ({ name: `${index} ${hostileTags['markup'] ?? ''}`, zone: index % 2 === 0 ? 'a' : 'b', cidrBlock: `10.0.${index}.0/24`, ipv6CidrBlock: `2001:db8:1234:56${index}0::/64`, public: index === 0 }));

export const extremeEstate: EstateDeclaration = {
  accountId: '111122223333',
  userName: 'demo',
  regions: [
    {
      region: 'eu-west-1',
      zones: { a: 'euw1-az1', b: 'euw1-az2' },
      vpcs: [{ name: NAME, cidrBlock: '10.0.0.0/16', ipv6CidrBlock: '2001:db8:1234:5600::/56', internetGateway: true, subnets, s3Endpoint: true }],
      securityGroups: Array.from({ length: GROUPS }, (_one, index) => ({
        name: groupName(index),
        vpc: NAME,
        description: hostileTags['ansi'] ?? '',
        inbound: [allow('tcp', 22, '0.0.0.0/0', hostileTags['markup']), allow('-1', 'all', `group:${groupName(0)}`, hostileTags['bidi']), ...Array.from({ length: 50 }, (_other, rule) => allow('tcp', [1000 + rule, 2000 + rule], `198.51.100.${rule}/32`, hostileTags['long']))],
      })),
      idleElasticIps: [],
      instances: [
        {
          name: 'extreme',
          nameTag: NAME,
          image: 'amazon-linux',
          instanceType: 'm5.24xlarge',
          zone: 'a',
          launchTime: '2026-11-01T00:00:00Z',
          interfaces: Array.from({ length: INTERFACES }, (_one, index) => networkInterface(index)),
          keyName: 'demo-key',
          agent: 'Online',
          impairedForMinutes: 9,
          event: { code: 'instance-retirement', description: hostileTags['markup'] ?? '', inDays: 2 },
          tags: hostileTags,
        },
        { name: 'plain', image: 'windows', instanceType: 't3.small', zone: 'a', launchTime: '2026-11-01T00:00:00Z', interfaces: [{ subnet: subnets[0]?.name ?? '', groups: [groupName(0)], addresses: [{ privateIp: '10.0.0.250' }] }], keyName: 'demo-key', tags: {} },
      ],
    },
  ],
};
