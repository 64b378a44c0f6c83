/** Writes EC2 answers as AWS does, from a seed, with everything XML allows where it may stand. */

/** Same numbers for the same seed. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export type Random = (below: number) => number;

const awkward = ['', 'plain', 'a&b', '</item><item>', '<instanceId>i-forged</instanceId>', ']]>', '"quoted" \'both\'', 'tab\tand\nline', '日本語 🚪', '&amp;lt;', '<!-- no comment -->', '<![CDATA[x]]>', '  spaces  ', '&#60;', 'x'.repeat(300)];

/** Text as XML, in one of the ways it may be written. */
export function xmlText(value: string, random: Random): string {
  const escaped = value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  switch (random(4)) {
    case 0:
      return [...value].map((character) => (/[&<>]/.test(character) ? `&#x${character.codePointAt(0)?.toString(16)};` : character)).join('');
    case 1:
      return value === '' || value.includes(']]>') ? escaped : `<![CDATA[${value}]]>`;
    case 2:
      return escaped.replace(/"/g, '&quot;').replace(/'/g, '&apos;');
    default:
      return escaped;
  }
}

export function element(name: string, value: string | undefined, random: Random): string {
  if (value === undefined) return '';
  if (value === '' && random(2) === 0) return `<${name}/>`;
  return `<${name}>${xmlText(value, random)}</${name}>`;
}

/** One of: there, there, there, absent. */
function maybe(value: string, random: Random): string | undefined {
  return random(4) === 0 ? undefined : value;
}

function tags(random: Random): string {
  const items = Array.from({ length: random(5) }, (_, index) => `<item>${element('key', index === 0 ? 'Name' : `key-${index}${pick(awkward, random)}`, random)}${element('value', pick(awkward, random), random)}</item>`);
  return items.length === 0 ? '<tagSet/>' : `<tagSet>${items.join('')}</tagSet>`;
}

function pick<T>(from: readonly T[], random: Random): T {
  const value = from[random(from.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}

/** Elements nobody reads, with names of wanted ones inside. */
function unknown(random: Random): string {
  return pick(['', '<futureField>new</futureField>', '<future a="1 > 0" b=\'/>\'><item><instanceId>i-no</instanceId><item/></item></future>', '<!-- <item> -->', '\n    ', '<blockDeviceMapping><item><deviceName>/dev/sda1</deviceName><ebs><status>attached</status></ebs></item></blockDeviceMapping>'], random);
}

export function networkInterfaceXml(index: number, random: Random, detail: boolean): string {
  const association = random(2) === 0 ? '' : `<association>${element('publicIp', `203.0.113.${index % 250}`, random)}${element('publicDnsName', maybe('ec2-203-0-113-9.compute.amazonaws.com', random), random)}${element('ipOwnerId', maybe('amazon', random), random)}${detail ? element('allocationId', maybe(`eipalloc-${index}`, random), random) : ''}</association>`;
  return [
    '<item>',
    element('networkInterfaceId', `eni-${index.toString(16).padStart(17, '0')}`, random),
    element('subnetId', maybe('subnet-1', random), random),
    unknown(random),
    element('vpcId', maybe('vpc-1', random), random),
    element('description', maybe(pick(awkward, random), random), random),
    element('status', maybe(pick(['in-use', 'a-new-status'], random), random), random),
    element('macAddress', '02:00:00:00:00:01', random),
    element('privateIpAddress', `10.0.${(index >> 8) & 255}.${index & 255}`, random),
    element('sourceDestCheck', maybe('true', random), random),
    `<groupSet><item>${element('groupId', 'sg-1', random)}${element('groupName', maybe('web', random), random)}</item></groupSet>`,
    `<attachment>${element('attachmentId', 'eni-attach-1', random)}${element('deviceIndex', maybe(String(random(3)), random), random)}${element('status', 'attached', random)}${element('attachTime', '2026-11-20T09:00:00.000Z', random)}${element('deleteOnTermination', 'true', random)}${element('networkCardIndex', maybe('0', random), random)}</attachment>`,
    association,
    `<privateIpAddressesSet><item>${element('privateIpAddress', `10.0.${(index >> 8) & 255}.${index & 255}`, random)}${element('primary', 'true', random)}${association}</item><item>${element('privateIpAddress', '10.1.2.3', random)}${element('primary', 'false', random)}</item></privateIpAddressesSet>`,
    pick(['', '<ipv6AddressesSet/>', `<ipv6AddressesSet><item>${element('ipv6Address', '2001:db8::1', random)}${element('isPrimaryIpv6', maybe('true', random), random)}</item></ipv6AddressesSet>`], random),
    pick(['', `<ipv4PrefixSet><item><ipv4Prefix>10.9.0.0/28</ipv4Prefix></item></ipv4PrefixSet>`], random),
    element('interfaceType', pick(['interface', 'efa', 'quantum'], random), random),
    detail ? tags(random) : '',
    '</item>',
  ].join('');
}

export function instanceXml(index: number, random: Random): string {
  return [
    '<item>',
    element('instanceId', `i-${index.toString(16).padStart(17, '0')}`, random),
    unknown(random),
    element('imageId', maybe('ami-0abc', random), random),
    `<instanceState><code>16</code>${element('name', pick(['running', 'stopped', 'a-new-state'], random), random)}</instanceState>`,
    element('privateDnsName', maybe('', random), random),
    element('dnsName', maybe('ec2-1.compute.amazonaws.com', random), random),
    element('reason', maybe('User initiated (2026-11-20 09:00:00 GMT)', random), random),
    element('keyName', maybe(pick(awkward, random), random), random),
    '<amiLaunchIndex>0</amiLaunchIndex><productCodes/>',
    element('instanceType', maybe(pick(['t3.micro', 'z9.quantum'], random), random), random),
    element('launchTime', maybe('2026-11-20T09:00:00.000Z', random), random),
    pick(['', `<placement>${element('availabilityZone', maybe('eu-west-1a', random), random)}<groupName/><tenancy>default</tenancy></placement>`], random),
    '<monitoring><state>disabled</state></monitoring>',
    unknown(random),
    element('subnetId', maybe('subnet-1', random), random),
    element('vpcId', maybe('vpc-1', random), random),
    element('privateIpAddress', maybe('10.0.0.4', random), random),
    element('ipAddress', maybe('203.0.113.4', random), random),
    `<groupSet><item>${element('groupId', 'sg-1', random)}${element('groupName', maybe(pick(awkward, random), random), random)}</item></groupSet>`,
    pick(['', '<stateReason><code>Client.UserInitiatedShutdown</code><message>Client.UserInitiatedShutdown: by &lt;user&gt;</message></stateReason>'], random),
    element('architecture', maybe('x86_64', random), random),
    random(3) === 0 ? '' : tags(random),
    pick(['', '<networkInterfaceSet/>', `<networkInterfaceSet>${networkInterfaceXml(index * 2, random, false)}${networkInterfaceXml(index * 2 + 1, random, false)}</networkInterfaceSet>`], random),
    pick(['', '<iamInstanceProfile><arn>arn:aws:iam::111122223333:instance-profile/web</arn><id>AIPA</id></iamInstanceProfile>'], random),
    element('platformDetails', maybe('Linux/UNIX', random), random),
    unknown(random),
    '</item>',
  ].join('');
}

export function describeInstancesXml(count: number, random: Random, nextToken?: string): string {
  const reservations: string[] = [];
  for (let index = 0; index < count; ) {
    const size = Math.min(1 + random(3), count - index);
    const instances = Array.from({ length: size }, (_, offset) => instanceXml(index + offset, random)).join('');
    index += size;
    reservations.push(`<item><reservationId>r-${index}</reservationId><ownerId>111122223333</ownerId><groupSet/><instancesSet>${instances}</instancesSet></item>`);
  }
  const space = random(2) === 0 ? '' : '\n  ';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<!-- a comment -->${space}<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${space}<requestId>8f7724cf-496f-496e-8fe3-example</requestId>${space}<reservationSet>${reservations.join(space)}</reservationSet>${element('nextToken', nextToken, random)}</DescribeInstancesResponse>\n`;
}
