/** The network sections with very much and with hostile names, in both languages. With every field missing in turn: everyFieldMissing.test.tsx. */
import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, describe, expect, test } from 'vitest';
import type { NetworkInterface } from '../../../src/contract/instance.ts';
import type { NetworkFacts } from '../../../src/contract/network.ts';
import { NetworkReach, routeTargetKinds } from '../../../src/contract/networkReach.ts';
import { i18n, languages } from '../../../src/renderer/i18n/i18n.ts';
import { ja } from '../../../src/renderer/i18n/ja.ts';
import { NetworkSections } from '../../../src/renderer/network/NetworkSections.tsx';
import { SecurityGroupsSection } from '../../../src/renderer/network/SecurityGroupsSection.tsx';
import { SubnetSection } from '../../../src/renderer/network/SubnetSection.tsx';
import { VpcSection } from '../../../src/renderer/network/VpcSection.tsx';
import { judgeReach } from '../../../src/services/reach/networkReach.ts';
import { instance, networkInterface } from './literals.ts';

beforeAll(() => {
  i18n.addResourceBundle('ja', 'translation', ja);
});

const nothing = (): Promise<void> => Promise.resolve();
const whole = (reach: NetworkReach): ReactElement => (
  <>
    <SecurityGroupsSection reach={reach} onLookUp={nothing} />
    <SubnetSection reach={reach} />
    <VpcSection reach={reach} />
  </>
);

function text(element: ReactElement): string {
  return renderToStaticMarkup(element)
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#x27;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
}

const full: NetworkReach = {
  instanceId: 'i-1',
  groups: [
    {
      groupId: 'sg-1',
      groupName: 'web',
      description: 'Web servers',
      networkInterfaceIds: ['eni-1'],
      known: true,
      inbound: [
        { protocol: 'tcp', fromPort: 22, toPort: 22, peer: { kind: 'cidr', cidr: '10.0.0.0/16', of: { id: 'vpc-1', name: 'main' }, everyone: false }, description: 'inside', doors: [22], you: 'no' },
        { protocol: 'tcp', fromPort: 22, toPort: 22, peer: { kind: 'prefix-list', prefixListId: 'pl-1', name: 'offices', cidrs: ['198.51.100.0/24'], everyone: false }, doors: [22], you: 'yes' },
        { protocol: '-1', peer: { kind: 'cidr', cidr: '0.0.0.0/0', everyone: true }, doors: [22, 3389], you: 'yes' },
        { protocol: 'udp', fromPort: 1000, toPort: 2000, peer: { kind: 'group', groupId: 'sg-2', name: 'bastion', memberCount: 2 }, doors: [], you: 'no' },
        { protocol: 'icmp', fromPort: 8, toPort: -1, peer: { kind: 'cidr', cidr: '::/0', everyone: true }, doors: [], you: 'yes' },
        { protocol: '50', peer: { kind: 'group', groupId: 'sg-far' }, doors: [], you: 'no' },
      ],
      outbound: [{ protocol: 'tcp', fromPort: 0, toPort: 65_535, peer: { kind: 'cidr', cidr: '0.0.0.0/0', everyone: true }, doors: [22] }],
    },
  ],
  subnets: [
    {
      subnetId: 'subnet-1',
      name: 'public-a',
      availabilityZone: 'eu-west-1a',
      cidrBlock: '10.0.0.0/24',
      networkInterfaceIds: ['eni-1'],
      routeTable: { routeTableId: 'rtb-1', name: 'public', explicit: true },
      routes: [...routeTargetKinds.map((kind, index) => ({ destination: `10.${index}.0.0/16`, destinationName: 'far', target: { kind, id: `x-${index}`, name: `door ${index}`, detail: '203.0.113.9' }, blackhole: index === 1, propagated: index === 4 }))],
      defaultIpv4: { destination: '0.0.0.0/0', target: { kind: 'internet-gateway', id: 'igw-1' }, blackhole: false, propagated: false },
      defaultIpv6: { destination: '::/0', target: { kind: 'internet-gateway', id: 'igw-1' }, blackhole: false, propagated: false },
      kind: 'public',
      networkAcl: {
        networkAclId: 'acl-1',
        name: 'front',
        isDefault: true,
        inbound: [
          { ruleNumber: 100, action: 'allow', protocol: '6', cidr: '198.51.100.0/24', fromPort: 22, toPort: 22, decides: ['ssh-in'] },
          { action: 'deny', protocol: '-1', cidr: '0.0.0.0/0', decides: [] },
        ],
        outbound: [{ ruleNumber: 100, action: 'allow', protocol: '6', cidr: '0.0.0.0/0', fromPort: 1024, toPort: 65_535, decides: ['answers-out'] }],
        sshIn: 'yes',
        answersOut: 'yes',
      },
      endpoints: [
        { service: 'ssm', vpcEndpointId: 'vpce-1', name: 'ssm door', usable: 'yes' },
        { service: 'ec2messages', usable: 'no', because: 'no-endpoint' },
      ],
      agentWay: { by: 'endpoints', outbound443: 'unknown' },
    },
  ],
  vpc: {
    vpcId: 'vpc-1',
    name: 'main',
    known: true,
    isDefault: true,
    cidrBlocks: ['10.0.0.0/16', '10.9.0.0/16'],
    ipv6CidrBlocks: ['2001:db8::/56'],
    resolver: '10.0.0.2',
    enableDnsSupport: true,
    enableDnsHostnames: false,
    dhcpOptions: { dhcpOptionsId: 'dopt-1', name: 'own', options: [{ key: 'ntp-servers', values: ['10.0.0.7', '10.0.0.8'] }] },
    subnets: [
      { subnetId: 'subnet-1', name: 'public-a', availabilityZone: 'eu-west-1a', cidrBlock: '10.0.0.0/24', ipv6CidrBlocks: ['2001:db8::/64'], reserved: { network: '10.0.0.0', router: '10.0.0.1', dns: '10.0.0.2', future: '10.0.0.3', broadcast: '10.0.0.255' }, free: 200, total: 251, own: true },
      { subnetId: 'subnet-2', name: 'public-c', cidrBlock: '10.0.1.0/24', ipv6CidrBlocks: [], reserved: { network: '10.0.1.0', router: '10.0.1.1', dns: '10.0.1.2', future: '10.0.1.3', broadcast: '10.0.1.255' }, free: 250, total: 251, own: false },
    ],
  },
  doors: [{ port: 22, address: '203.0.113.4', verdict: 'no', steps: [{ check: 'state', result: 'yes', evidence: 'running' }, { check: 'route', result: 'no', evidence: 'rtb-1' }, { check: 'security-group', result: 'unknown' }] }],
  person: { address: '198.51.100.7', lookedUpAt: '2026-11-22T12:00:00Z' },
  addressSource: 'checkip.amazonaws.com',
  readAt: '2026-11-22T12:00:00Z',
  problems: [],
  denied: [],
};

test('rules, routes, entries and addresses stand in words', () => {
  const shown = text(whole(full));
  for (const part of [
    'Your address: 198.51.100.7', 'Port 22 at 203.0.113.4, from your address: ✕ closed to you', 'Route for the answers none to an internet gateway rtb-1', 'Security group not known for certain',
    'TCP 22 (SSH) from 10.0.0.0/16 (main) inside', 'TCP 22 (SSH) from prefix list offices 1 block 198.51.100.0/24 ● lets you in', 'All traffic from 0.0.0.0/0 (anywhere) ▲ open to the world ● lets you in',
    'UDP 1000–2000 from group bastion (2 hosts)', 'ICMP type 8 from ::/0 (anywhere) ▲ open to the world', 'Protocol 50 from group sg-far', 'TCP, all ports to 0.0.0.0/0 (anywhere)',
    '◉ Public : its route table leads to an internet gateway', 'Route table rtb-1 public, associated with the subnet', '10.1.0.0/16 (far) → internet gateway door 1 (203.0.113.9) ✕ blackhole: the target is gone',
    'ssm ● reached ssm door', 'ec2messages no endpoint in the VPC; wanted by agents before 3.3.40.0 only', 'SSM agent: ◐ reaches Systems Manager by the endpoints whether its security groups let it out on 443 is not certain',
    'front the VPC’s default', '100 ● allow TCP 22 (SSH) from 198.51.100.0/24 ◄ decides TCP 22 in', '* ✕ deny All traffic from 0.0.0.0/0', '100 ● allow TCP 1024–65535 to 0.0.0.0/0 ◄ decides the answers out',
    'DNS hostnames off instances get no public DNS names', 'DNS server 10.0.0.2', 'dopt-1 own ntp-servers 10.0.0.7, 10.0.0.8', '200 of 251 addresses free', 'network 10.0.0.0 router 10.0.0.1 DNS 10.0.0.2 future use 10.0.0.3 broadcast 10.0.0.255', '1 other subnet public-c 10.0.1.0/24 250 of 251 addresses free 10.0.1.0–3, 10.0.1.255',
  ]) expect(shown).toContain(part);
});

test('what a policy hides is named by its permission in the section that rests on it, and a failure by its error', () => {
  const reach: NetworkReach = {
    ...full,
    denied: ['ec2:DescribeSecurityGroups', 'ec2:DescribeRouteTables', 'ec2:DescribeVpcAttribute', 'ec2:DescribeRouteTables'].map((permission) => ({ permission, feature: 'network' })),
    problems: [{ action: 'ec2:DescribeNetworkAcls', error: { code: 'aws.throttled', message: 'It is throttled.', retryable: true } }],
  };
  expect([<SecurityGroupsSection key="1" reach={reach} onLookUp={nothing} />, <SubnetSection key="2" reach={reach} />, <VpcSection key="3" reach={reach} />].map((element) => text(element).match(/Needs ec2:\w+|It is throttled\./g))).toEqual([['Needs ec2:DescribeSecurityGroups'], ['Needs ec2:DescribeRouteTables', 'It is throttled.'], ['Needs ec2:DescribeVpcAttribute']]);
});

describe.each(languages)('in %s', (language) => {
  beforeAll(async () => {
    await i18n.changeLanguage(language);
    return async () => void (await i18n.changeLanguage('en'));
  });

  test('hostile names are shown escaped, and none becomes markup', () => {
    const hostile = `<img src=x onerror=alert(1)>\u202egnp.exe\u0007[peer]{{what}}${'🦀'.repeat(256)}`;
    const named = JSON.parse(JSON.stringify(full, (key, value: unknown) => (['name', 'groupName', 'description', 'destinationName', 'detail', 'action', 'evidence', 'protocol', 'prefixListId', 'groupId', 'service'].includes(key) ? hostile : value))) as unknown;
    // Nobody reads data attributes.
    const markup = renderToStaticMarkup(whole(NetworkReach.parse(named))).replace(/ data-[a-z-]+="[^"]*"/g, '');
    // Not the whole of it in a failure's message.
    expect({ markup: markup.includes('<img'), raw: /[\u202e\u0007]/.test(markup), escaped: markup.includes('\\u{202e}'), whole: markup.includes('🦀'.repeat(256)) }).toEqual({ markup: false, raw: false, escaped: true, whole: true });
    expect(markup.match(/\[peer\]\{\{what\}\}/g)?.length).toBeGreaterThan(10);
  });

  test('fifteen interfaces of fifty addresses, five groups of a thousand rules and a hundred subnets stand, and long lists show their beginning', () => {
    const interfaces = Array.from({ length: 15 }, (_one, eni): NetworkInterface =>
      networkInterface({
        networkInterfaceId: `eni-${eni}`,
        vpcId: 'vpc-1',
        subnetId: `subnet-${eni}`,
        privateIpAddresses: Array.from({ length: 50 }, (_other, index) => ({ privateIpAddress: `10.0.${eni}.${index + 4}`, primary: index === 0, association: { publicIp: `203.0.${eni}.${index}` } })),
        groups: Array.from({ length: 5 }, (_other, group) => ({ groupId: `sg-${group}` })),
      }),
    );
    const rule = (index: number) => ({ ipProtocol: 'tcp', fromPort: index, toPort: index, cidrBlocks: [`10.${index % 256}.0.0/16`], ipv6CidrBlocks: [], prefixListIds: [], groupIds: [] });
    const scope = { profile: 'p', region: 'r' };
    const network: NetworkFacts = {
      scope,
      vpcs: [],
      subnets: Array.from({ length: 100 }, (_one, index) => ({ subnetId: `subnet-${index}`, scope, vpcId: 'vpc-1', cidrBlock: `10.0.${index}.0/24`, tags: {} })),
      securityGroups: Array.from({ length: 5 }, (_one, group) => ({ groupId: `sg-${group}`, scope, vpcId: 'vpc-1', inbound: Array.from({ length: 1000 }, (_other, index) => rule(index)), outbound: [], tags: {} })),
      ec2KeyPairs: [],
    };
    const reach = judgeReach(instance({ vpcId: 'vpc-1', networkInterfaces: interfaces, securityGroups: [] }), { network, detail: { scope, vpcId: 'vpc-1', readAt: '2026-11-22T12:00:00Z', problems: [], denied: [] }, memberCount: () => 0, person: undefined, addressSource: 'x', denied: [] });
    const markup = renderToStaticMarkup(whole(reach));
    expect([...markup.matchAll(/data-group="/g)].length).toBe(5);
    expect([...markup.matchAll(/data-subnet="/g)].length).toBe(15);
    expect([...markup.matchAll(/class="rule"/g)].length).toBe(5 * 30 + 30);
    expect(markup).toContain(i18n.t('network.showAll', { count: 970 }));
  });
});

test('an instance outside of any VPC has none of the sections, and folded ones ask nothing', () => {
  const actions = { reach: () => Promise.reject(new Error('asked')), lookUpAddress: nothing };
  const sections = (vpcId: string | undefined): string => renderToStaticMarkup(<NetworkSections instance={instance(vpcId === undefined ? {} : { vpcId })} network={undefined} shown actions={actions} nowMs={0} foldedSections={['Security groups', 'Subnet and routes', 'VPC']} onFold={() => undefined} onRead={() => undefined} />);
  const { vpcId: _vpcId, ...outside } = instance();
  expect(renderToStaticMarkup(<NetworkSections instance={outside} network={undefined} shown actions={actions} nowMs={0} foldedSections={[]} onFold={() => undefined} onRead={() => undefined} />)).toBe('');
  expect([...sections('vpc-1').matchAll(/aria-expanded="false"/g)].length).toBe(3);
});
