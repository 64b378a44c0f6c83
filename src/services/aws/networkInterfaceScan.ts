/** Reads a network interface out of DescribeInstances and DescribeNetworkInterfaces, which tell different halves of it. */
import type { AddressAssociation, NetworkInterface, PrivateIpAddress } from '../../contract/instance.ts';
import { fields, flag, integer, list, note, text, type Scanned } from './xmlShape.ts';

export const tagSet = list(fields({ key: note, value: note }));
export const groupSet = list(fields({ groupId: text, groupName: text }));

const association = fields({ publicIp: text, publicDnsName: text, allocationId: text, associationId: text, ipOwnerId: text, carrierIp: text, customerOwnedIp: text });

/** Both calls' elements. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html */
export const networkInterface = fields({
  networkInterfaceId: text,
  description: text,
  status: text,
  interfaceType: text,
  attachment: fields({ attachmentId: text, status: text, attachTime: text, deleteOnTermination: flag, deviceIndex: integer, networkCardIndex: integer, instanceOwnerId: text }),
  vpcId: text,
  subnetId: text,
  availabilityZone: text,
  macAddress: text,
  sourceDestCheck: flag,
  association,
  privateIpAddress: text,
  privateIpAddressesSet: list(fields({ privateIpAddress: text, primary: flag, privateDnsName: text, association })),
  ipv6AddressesSet: list(fields({ ipv6Address: text, isPrimaryIpv6: flag })),
  ipv4PrefixSet: list(fields({ ipv4Prefix: text })),
  ipv6PrefixSet: list(fields({ ipv6Prefix: text })),
  privateDnsName: text,
  publicDnsName: text,
  groupSet,
  ownerId: text,
  requesterId: text,
  requesterManaged: flag,
  outpostArn: text,
  denyAllIgwTraffic: flag,
  tagSet,
});

/** Absent when the answer holds no id: nothing could be shown or merged by. */
export function toNetworkInterface(scanned: Scanned<typeof networkInterface>): NetworkInterface | undefined {
  const { networkInterfaceId, association: primaryAssociation, privateIpAddress, privateIpAddressesSet, ipv6AddressesSet, ipv4PrefixSet, ipv6PrefixSet, groupSet: groups, tagSet: tags, ...same } = scanned;
  if (networkInterfaceId === undefined) return undefined;
  return {
    ...same,
    networkInterfaceId,
    privateIpAddresses: toPrivateIpAddresses(privateIpAddressesSet ?? [], privateIpAddress, primaryAssociation),
    ipv6Addresses: (ipv6AddressesSet ?? []).flatMap(({ ipv6Address, ...rest }) => (ipv6Address === undefined ? [] : [{ ipv6Address, ...rest }])),
    ipv4Prefixes: (ipv4PrefixSet ?? []).flatMap(({ ipv4Prefix }) => ipv4Prefix ?? []),
    ipv6Prefixes: (ipv6PrefixSet ?? []).flatMap(({ ipv6Prefix }) => ipv6Prefix ?? []),
    groups: toGroups(groups),
    tags: toTags(tags),
  };
}

export function toGroups(groups: Scanned<typeof groupSet> = []): { groupId: string; groupName?: string }[] {
  return groups.flatMap(({ groupId, ...rest }) => (groupId === undefined ? [] : [{ groupId, ...rest }]));
}

export function toTags(tags: Scanned<typeof tagSet> = []): Record<string, string> {
  const record: Record<string, string> = {};
  for (const { key, value = '' } of tags) {
    if (key === undefined) continue;
    // A plain assignment to this one name would set the prototype and lose the tag.
    if (key === '__proto__') Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
    else record[key] = value;
  }
  return record;
}

/** The Name tag, absent when empty. */
export function nameOf(tags: Readonly<Record<string, string>>): { name?: string } {
  const name = tags['Name'];
  return name === undefined || name === '' ? {} : { name };
}

type ScannedAssociation = Scanned<typeof association>;

function toPrivateIpAddresses(
  addresses: NonNullable<Scanned<typeof networkInterface>['privateIpAddressesSet']>,
  primaryAddress: string | undefined,
  primaryAssociation: ScannedAssociation | undefined,
): PrivateIpAddress[] {
  const found = addresses.flatMap(({ privateIpAddress, primary, privateDnsName, association: own }) =>
    privateIpAddress === undefined
      ? []
      : [{ privateIpAddress, primary: primary ?? privateIpAddress === primaryAddress, ...(privateDnsName === undefined ? {} : { privateDnsName }), ...toAssociation(own) }],
  );
  if (found.length > 0 || primaryAddress === undefined) return found;
  return [{ privateIpAddress: primaryAddress, primary: true, ...toAssociation(primaryAssociation) }];
}

/** In a Wavelength zone or on an Outpost the outer address is a carrier or customer-owned one. */
function toAssociation(scanned: ScannedAssociation | undefined): { association?: AddressAssociation } {
  const publicIp = scanned?.publicIp ?? scanned?.carrierIp ?? scanned?.customerOwnedIp;
  return publicIp === undefined ? {} : { association: { ...scanned, publicIp } };
}
