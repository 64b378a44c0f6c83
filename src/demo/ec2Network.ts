/**
 * The Describe calls of what surrounds instances: Elastic IPs, VPCs, subnets, security groups, key pairs, regions.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Welcome.html
 */
import { toEc2Date, toTagSet } from './ec2Instances.ts';
import type { Ec2Context } from './ec2Instances.ts';
import type { IdParameter, Listing } from './ec2Query.ts';
import type { DemoElasticIp, DemoKeyPair, DemoSecurityGroup, DemoSecurityGroupRule, DemoSubnet, DemoVpc, Tagged } from './estateModel.ts';
import type { XmlElements } from './xml.ts';

export const PAGES = { min: 5, max: 1000 };
export const tagsOf = (item: Tagged): Tagged['tags'] => item.tags;

export function byId<T>(name: string, idOf: (item: T) => string, notFoundCode: string, noun: string): readonly IdParameter<T>[] {
  return [{ name, idOf, notFoundCode, noun }];
}

export function addresses(context: Ec2Context, region: string): Listing<DemoElasticIp> {
  return {
    setName: 'addressesSet',
    toXml: (address) => ({
      publicIp: address.publicIp,
      allocationId: address.allocationId,
      domain: 'vpc',
      instanceId: address.instanceId,
      associationId: address.associationId,
      networkInterfaceId: address.networkInterfaceId,
      networkInterfaceOwnerId: address.networkInterfaceId === undefined ? undefined : context.accountId,
      privateIpAddress: address.privateIpAddress,
      tagSet: toTagSet(address.tags),
      publicIpv4Pool: 'amazon',
      networkBorderGroup: region,
    }),
    ids: [
      { name: 'AllocationId', idOf: (address) => address.allocationId, notFoundCode: 'InvalidAllocationID.NotFound', noun: 'allocation ID' },
      { name: 'PublicIp', idOf: (address) => address.publicIp, notFoundCode: 'InvalidAddress.NotFound', noun: 'address' },
    ],
    tagsOf,
    filters: {
      'allocation-id': (address) => [address.allocationId],
      'association-id': (address) => [address.associationId],
      'instance-id': (address) => [address.instanceId],
      'network-interface-id': (address) => [address.networkInterfaceId],
      'private-ip-address': (address) => [address.privateIpAddress],
      'public-ip': (address) => [address.publicIp],
    },
  };
}

export function vpcs(context: Ec2Context): Listing<DemoVpc> {
  return {
    setName: 'vpcSet',
    toXml: (vpc) => ({
      vpcId: vpc.vpcId,
      ownerId: context.accountId,
      state: 'available',
      cidrBlock: vpc.cidrBlock,
      cidrBlockAssociationSet: [{ associationId: vpc.cidrAssociationId, cidrBlock: vpc.cidrBlock, cidrBlockState: { state: 'associated' } }],
      ipv6CidrBlockAssociationSet: vpc.ipv6CidrBlock === undefined ? undefined : [{ associationId: vpc.ipv6AssociationId, ipv6CidrBlock: vpc.ipv6CidrBlock, ipv6CidrBlockState: { state: 'associated' }, ipv6Pool: 'Amazon' }],
      dhcpOptionsId: vpc.dhcpOptionsId,
      instanceTenancy: 'default',
      isDefault: vpc.isDefault,
      tagSet: toTagSet(vpc.tags),
    }),
    ids: byId('VpcId', (vpc) => vpc.vpcId, 'InvalidVpcID.NotFound', 'vpc ID'),
    pages: PAGES,
    tagsOf,
    filters: { cidr: (vpc) => [vpc.cidrBlock], 'is-default': (vpc) => [String(vpc.isDefault)], 'owner-id': () => [context.accountId], state: () => ['available'], 'vpc-id': (vpc) => [vpc.vpcId] },
  };
}

export function subnets(context: Ec2Context, region: string): Listing<DemoSubnet> {
  return {
    setName: 'subnetSet',
    toXml: (subnet) => ({
      subnetId: subnet.subnetId,
      subnetArn: `arn:aws:ec2:${region}:${context.accountId}:subnet/${subnet.subnetId}`,
      state: 'available',
      ownerId: context.accountId,
      vpcId: subnet.vpcId,
      cidrBlock: subnet.cidrBlock,
      ipv6CidrBlockAssociationSet: subnet.ipv6CidrBlock === undefined ? [] : [{ ipv6CidrBlock: subnet.ipv6CidrBlock, associationId: subnet.ipv6AssociationId, ipv6CidrBlockState: { state: 'associated' } }],
      availableIpAddressCount: subnet.availableIpAddressCount,
      availabilityZone: subnet.availabilityZone,
      availabilityZoneId: subnet.availabilityZoneId,
      defaultForAz: false,
      mapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
      mapCustomerOwnedIpOnLaunch: false,
      assignIpv6AddressOnCreation: false,
      enableDns64: false,
      ipv6Native: false,
      privateDnsNameOptionsOnLaunch: { hostnameType: 'ip-name', enableResourceNameDnsARecord: false, enableResourceNameDnsAAAARecord: false },
      tagSet: toTagSet(subnet.tags),
    }),
    ids: byId('SubnetId', (subnet) => subnet.subnetId, 'InvalidSubnetID.NotFound', 'subnet ID'),
    pages: PAGES,
    tagsOf,
    filters: {
      'availability-zone': (subnet) => [subnet.availabilityZone],
      'cidr-block': (subnet) => [subnet.cidrBlock],
      'map-public-ip-on-launch': (subnet) => [String(subnet.mapPublicIpOnLaunch)],
      state: () => ['available'],
      'subnet-id': (subnet) => [subnet.subnetId],
      'vpc-id': (subnet) => [subnet.vpcId],
    },
  };
}

export function securityGroups(context: Ec2Context, region: string): Listing<DemoSecurityGroup> {
  return {
    setName: 'securityGroupInfo',
    toXml: (group) => ({
      ownerId: context.accountId,
      groupId: group.groupId,
      groupName: group.groupName,
      groupDescription: group.description,
      vpcId: group.vpcId,
      ipPermissions: toPermissions(group.inbound, context),
      ipPermissionsEgress: toPermissions(group.outbound, context),
      tagSet: toTagSet(group.tags),
      securityGroupArn: `arn:aws:ec2:${region}:${context.accountId}:security-group/${group.groupId}`,
    }),
    ids: [
      { name: 'GroupId', idOf: (group) => group.groupId, notFoundCode: 'InvalidGroup.NotFound', noun: 'security group' },
      { name: 'GroupName', idOf: (group) => group.groupName, notFoundCode: 'InvalidGroup.NotFound', noun: 'security group' },
    ],
    pages: PAGES,
    tagsOf,
    filters: { description: (group) => [group.description], 'group-id': (group) => [group.groupId], 'group-name': (group) => [group.groupName], 'owner-id': () => [context.accountId], 'vpc-id': (group) => [group.vpcId] },
  };
}

/** EC2 gathers the rules of one protocol and port range in one permission. */
function toPermissions(rules: readonly DemoSecurityGroupRule[], context: Ec2Context): XmlElements[] {
  const byPorts = new Map<string, DemoSecurityGroupRule[]>();
  for (const rule of rules) {
    const key = `${rule.protocol} ${rule.ports?.join('-') ?? 'all'}`;
    byPorts.set(key, [...(byPorts.get(key) ?? []), rule]);
  }
  return [...byPorts.values()].map((same) => {
    const groups: XmlElements[] = [];
    const ipRanges: XmlElements[] = [];
    const ipv6Ranges: XmlElements[] = [];
    const prefixListIds: XmlElements[] = [];
    for (const { peer, description } of same) {
      if ('groupId' in peer) groups.push({ userId: context.accountId, groupId: peer.groupId, description });
      else if ('prefixListId' in peer) prefixListIds.push({ prefixListId: peer.prefixListId, description });
      else if (peer.cidr.includes(':')) ipv6Ranges.push({ cidrIpv6: peer.cidr, description });
      else ipRanges.push({ cidrIp: peer.cidr, description });
    }
    return { ipProtocol: same[0]?.protocol, fromPort: same[0]?.ports?.[0], toPort: same[0]?.ports?.[1], groups, ipRanges, ipv6Ranges, prefixListIds };
  });
}

export function keyPairs(): Listing<DemoKeyPair> {
  return {
    setName: 'keySet',
    toXml: (pair, query) => ({
      keyPairId: pair.keyPairId,
      keyName: pair.keyName,
      keyFingerprint: pair.keyFingerprint,
      keyType: pair.keyType,
      tagSet: toTagSet(pair.tags),
      publicKey: query.get('IncludePublicKey') === 'true' ? pair.publicKey : undefined,
      createTime: toEc2Date(pair.createTime),
    }),
    ids: [
      { name: 'KeyName', idOf: (pair) => pair.keyName, notFoundCode: 'InvalidKeyPair.NotFound', noun: 'key pair' },
      { name: 'KeyPairId', idOf: (pair) => pair.keyPairId, notFoundCode: 'InvalidKeyPair.NotFound', noun: 'key pair ID' },
    ],
    tagsOf,
    filters: { fingerprint: (pair) => [pair.keyFingerprint], 'key-name': (pair) => [pair.keyName], 'key-pair-id': (pair) => [pair.keyPairId] },
  };
}

export const regions: Listing<{ readonly region: string }> = {
  setName: 'regionInfo',
  toXml: ({ region }) => ({ regionName: region, regionEndpoint: `ec2.${region}.amazonaws.com`, optInStatus: 'opt-in-not-required' }),
  ids: byId('RegionName', ({ region }) => region, 'InvalidParameterValue', 'region'),
  filters: { endpoint: ({ region }) => [`ec2.${region}.amazonaws.com`], 'opt-in-status': () => ['opt-in-not-required'], 'region-name': ({ region }) => [region] },
};
