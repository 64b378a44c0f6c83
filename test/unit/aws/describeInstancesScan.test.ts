import { EC2Client, DescribeInstancesCommand, DescribeNetworkInterfacesCommand, type Instance as SdkInstance, type NetworkInterface as SdkNetworkInterface } from '@aws-sdk/client-ec2';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { Instance, NetworkInterface } from '../../../src/contract/instance.ts';
import { scanAnswer, type Ec2Call, type RowOf } from '../../../src/services/aws/ec2Answers.ts';
import { XmlScanError } from '../../../src/services/aws/xmlScan.ts';
import { createRandom, describeInstancesXml, networkInterfaceXml } from './ec2Xml.ts';

const scope = { profile: 'p', region: 'eu-west-1' };

function scanAll<C extends Ec2Call>(call: C, xml: string): { rows: RowOf<C>[]; nextToken: string | undefined } {
  const rows: RowOf<C>[] = [];
  const scan = scanAnswer(call, xml, scope);
  for (let next = scan.next(); ; next = scan.next()) {
    if (next.done === true) return { rows, nextToken: next.value };
    rows.push(next.value);
  }
}

/** The SDK's own reading of the same bytes. */
function sdkReading(xml: string): EC2Client {
  return new EC2Client({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' },
    requestHandler: { handle: async () => ({ response: { statusCode: 200, headers: {}, body: Readable.from([Buffer.from(xml)]) } }) },
  });
}

/** Absent and empty are the same to a person. */
const filled = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

function sdkTags(tags: { Key?: string | undefined; Value?: string | undefined }[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

function sdkEni(eni: SdkNetworkInterface & { TagSet?: { Key?: string | undefined; Value?: string | undefined }[] | undefined }): unknown {
  return {
    networkInterfaceId: eni.NetworkInterfaceId,
    description: filled(eni.Description),
    status: filled(eni.Status),
    interfaceType: filled(eni.InterfaceType),
    attachment: { id: eni.Attachment?.AttachmentId, index: eni.Attachment?.DeviceIndex, time: eni.Attachment?.AttachTime?.getTime(), delete: eni.Attachment?.DeleteOnTermination },
    addresses: (eni.PrivateIpAddresses ?? []).map((address) => [address.PrivateIpAddress, address.Primary, address.Association?.PublicIp, filled(address.Association?.PublicDnsName), address.Association?.AllocationId]),
    ipv6: (eni.Ipv6Addresses ?? []).map((address) => [address.Ipv6Address, address.IsPrimaryIpv6]),
    prefixes: (eni.Ipv4Prefixes ?? []).map((prefix) => prefix.Ipv4Prefix),
    groups: (eni.Groups ?? []).map((group) => [group.GroupId, filled(group.GroupName)]),
    sourceDestCheck: eni.SourceDestCheck,
    tags: sdkTags(eni.TagSet),
  };
}

function ourEni(eni: NetworkInterface): unknown {
  return {
    networkInterfaceId: eni.networkInterfaceId,
    description: eni.description,
    status: eni.status,
    interfaceType: eni.interfaceType,
    attachment: { id: eni.attachment?.attachmentId, index: eni.attachment?.deviceIndex, time: eni.attachment?.attachTime === undefined ? undefined : Date.parse(eni.attachment.attachTime), delete: eni.attachment?.deleteOnTermination },
    addresses: eni.privateIpAddresses.map((address) => [address.privateIpAddress, address.primary, address.association?.publicIp, address.association?.publicDnsName, address.association?.allocationId]),
    ipv6: eni.ipv6Addresses.map((address) => [address.ipv6Address, address.isPrimaryIpv6]),
    prefixes: eni.ipv4Prefixes,
    groups: eni.groups.map((group) => [group.groupId, group.groupName]),
    sourceDestCheck: eni.sourceDestCheck,
    tags: eni.tags,
  };
}

function sdkInstance(instance: SdkInstance): unknown {
  return {
    instanceId: instance.InstanceId,
    name: filled(sdkTags(instance.Tags)['Name']),
    state: instance.State?.Name,
    reason: filled(instance.StateTransitionReason),
    stateReason: instance.StateReason?.Message,
    type: instance.InstanceType,
    image: instance.ImageId,
    platformDetails: instance.PlatformDetails,
    launched: instance.LaunchTime?.getTime(),
    zone: filled(instance.Placement?.AvailabilityZone),
    vpc: instance.VpcId,
    addresses: [instance.PrivateIpAddress, instance.PublicIpAddress, filled(instance.PublicDnsName)],
    keyName: filled(instance.KeyName),
    profile: instance.IamInstanceProfile?.Arn,
    groups: (instance.SecurityGroups ?? []).map((group) => [group.GroupId, filled(group.GroupName)]),
    enis: (instance.NetworkInterfaces ?? []).map((eni) => sdkEni(eni as SdkNetworkInterface)),
    tags: sdkTags(instance.Tags),
  };
}

function ourInstance(instance: Instance): unknown {
  return {
    instanceId: instance.instanceId,
    name: instance.name,
    state: instance.state,
    reason: instance.stateTransitionReason,
    stateReason: instance.stateReason?.message,
    type: instance.instanceType,
    image: instance.imageId,
    platformDetails: instance.platformDetails,
    launched: instance.launchTime === undefined ? undefined : Date.parse(instance.launchTime),
    zone: instance.availabilityZone,
    vpc: instance.vpcId,
    addresses: [instance.privateIpAddress, instance.publicIpAddress, instance.publicDnsName],
    keyName: instance.keyName,
    profile: instance.iamInstanceProfileArn,
    groups: instance.securityGroups.map((group) => [group.groupId, group.groupName]),
    enis: instance.networkInterfaces.map(ourEni),
    tags: instance.tags,
  };
}

/** Ours are ordered by device index. */
function ordered(reading: unknown): unknown {
  const instance = reading as { enis: { attachment: { index?: number } }[] };
  return { ...instance, enis: instance.enis.toSorted((a, b) => (a.attachment.index ?? Infinity) - (b.attachment.index ?? Infinity) || 0) };
}

test('every answer the scan reads means what the SDK reads in it, over 300 seeds of awkward XML', async () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const xml = describeInstancesXml(6, createRandom(seed), seed % 2 === 0 ? `token-${seed}&=` : undefined);
    const ours = scanAll('DescribeInstances', xml);
    const client = sdkReading(xml);
    const theirs = await client.send(new DescribeInstancesCommand({}));
    client.destroy();
    expect(ours.rows.map((row) => ordered(ourInstance(row))), `seed ${seed}`).toEqual((theirs.Reservations ?? []).flatMap((reservation) => reservation.Instances ?? []).map((instance) => ordered(sdkInstance(instance))));
    expect(ours.nextToken).toBe(theirs.NextToken);
    expect(ours.rows.every((row) => row.scope.accountId === '111122223333')).toBe(true);
    for (const row of ours.rows) expect(Instance.parse(row)).toEqual(row);
  }
});

test('network interfaces mean what the SDK reads in them, over 100 seeds', async () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const random = createRandom(seed);
    const xml = `<DescribeNetworkInterfacesResponse><networkInterfaceSet>${Array.from({ length: 5 }, (_, index) => networkInterfaceXml(index, random, true)).join('')}</networkInterfaceSet></DescribeNetworkInterfacesResponse>`;
    const ours = scanAll('DescribeNetworkInterfaces', xml).rows;
    const client = sdkReading(xml);
    const theirs = await client.send(new DescribeNetworkInterfacesCommand({}));
    client.destroy();
    expect(ours.map(ourEni), `seed ${seed}`).toEqual((theirs.NetworkInterfaces ?? []).map(sdkEni));
    for (const row of ours) expect(NetworkInterface.parse(row)).toEqual(row);
  }
});

test('a tag value that looks like markup is text and forges no instance', () => {
  const value = '&lt;/value&gt;&lt;/item&gt;<![CDATA[</tagSet></item><item><instanceId>i-forged</instanceId>]]>';
  const xml = `<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><tagSet><item><key>Name</key><value>${value}</value></item></tagSet></item></instancesSet></item></reservationSet></DescribeInstancesResponse>`;
  expect(scanAll('DescribeInstances', xml).rows).toEqual([
    { instanceId: 'i-1', name: '</value></item></tagSet></item><item><instanceId>i-forged</instanceId>', scope, state: 'unknown', networkInterfaces: [], securityGroups: [], ssmKnown: false, tags: { Name: '</value></item></tagSet></item><item><instanceId>i-forged</instanceId>' } },
  ]);
});

test('a tag called __proto__ is a tag', () => {
  const xml = '<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><tagSet><item><key>__proto__</key><value>x</value></item></tagSet></item></instancesSet></item></reservationSet></DescribeInstancesResponse>';
  expect(Object.entries(scanAll('DescribeInstances', xml).rows[0]?.tags ?? {})).toEqual([['__proto__', 'x']]);
});

test('an answer with no rows, and one whose list closes itself, are empty lists', () => {
  expect(scanAll('DescribeInstances', '<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>')).toEqual({ rows: [], nextToken: undefined });
  expect(scanAll('DescribeInstances', '<DescribeInstancesResponse/>')).toEqual({ rows: [], nextToken: undefined });
  expect(scanAll('DescribeInstances', '\uFEFF<?xml version="1.0"?><DescribeInstancesResponse a=\'>\'><nextToken>t</nextToken></DescribeInstancesResponse >').nextToken).toBe('t');
});

test('what is not an answer to the call is refused: HTML, nothing, another call, XML that breaks off', () => {
  const whole = '<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId></item></instancesSet></item></reservationSet></DescribeInstancesResponse>';
  for (const wrong of ['', '   ', '<!doctype html><html><body>Sign in</body></html>', '{"Reservations":[]}', '<DescribeVpcsResponse/>', `${whole}<more/>`, whole.replace('</instanceId>', '</imageId>')]) {
    expect(() => scanAll('DescribeInstances', wrong), wrong).toThrow(XmlScanError);
  }
  for (let length = 0; length < whole.length; length += 1) expect(() => scanAll('DescribeInstances', whole.slice(0, length)), whole.slice(0, length)).toThrow(XmlScanError);
});

test('a DTD declares nothing: its entities stay as they came', () => {
  const xml = '<!DOCTYPE x><DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>&who;</instanceId></item></instancesSet></item></reservationSet></DescribeInstancesResponse>';
  expect(scanAll('DescribeInstances', xml).rows[0]?.instanceId).toBe('&who;');
});

test('random damage to an answer yields rows or a scan error, and ends', () => {
  const random = createRandom(7);
  let refused = 0;
  for (let round = 0; round < 2000; round += 1) {
    const xml = describeInstancesXml(2, createRandom(round % 20));
    const at = random(xml.length);
    const damaged = xml.slice(0, at) + ['<', '>', '&', '/', '"', ']]>', '<!--', '<![CDATA[', '\0', ''][random(10)] + xml.slice(at + random(3));
    try {
      expect(scanAll('DescribeInstances', damaged).rows.length).toBeLessThan(10);
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(XmlScanError);
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(100);
});
