/**
 * DescribeNetworkInterfaces: the interfaces of instances, NAT gateways and endpoints. Unlike DescribeInstances it names the ids of Elastic IPs.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
 */
import { prefixSets, toEc2Date, toGroupSet, toTagSet } from './ec2Instances.ts';
import type { Ec2Context } from './ec2Instances.ts';
import type { Listing } from './ec2Query.ts';
import type { DemoAssociation, DemoNetworkInterface } from './estateModel.ts';
import type { XmlElements } from './xml.ts';

export function networkInterfaces(context: Ec2Context): Listing<DemoNetworkInterface> {
  const toAssociation = (association: DemoAssociation | undefined): XmlElements | undefined =>
    association === undefined
      ? undefined
      : { publicIp: association.publicIp, publicDnsName: association.publicDnsName, ipOwnerId: association.ipOwnerId, allocationId: association.allocationId, associationId: association.associationId };
  return {
    setName: 'networkInterfaceSet',
    toXml: (one) => {
      const primary = one.privateIpAddresses[0];
      return {
        networkInterfaceId: one.networkInterfaceId,
        subnetId: one.subnetId,
        vpcId: one.vpcId,
        availabilityZone: one.availabilityZone,
        description: one.description,
        ownerId: context.accountId,
        requesterId: one.requesterId,
        requesterManaged: one.requesterId !== undefined,
        status: 'in-use',
        macAddress: one.macAddress,
        privateIpAddress: primary?.privateIpAddress,
        privateDnsName: primary?.privateDnsName,
        publicDnsName: primary?.association?.publicDnsName,
        sourceDestCheck: one.sourceDestCheck,
        groupSet: toGroupSet(one.groupIds, context),
        attachment: {
          attachmentId: one.attachment.attachmentId,
          instanceId: one.attachment.instanceId,
          instanceOwnerId: one.attachment.instanceOwnerId,
          deviceIndex: one.attachment.deviceIndex,
          networkCardIndex: 0,
          status: 'attached',
          attachTime: toEc2Date(one.attachment.attachTime),
          deleteOnTermination: one.attachment.deleteOnTermination,
        },
        association: toAssociation(primary?.association),
        tagSet: toTagSet(one.tags),
        privateIpAddressesSet: one.privateIpAddresses.map((address) => ({
          privateIpAddress: address.privateIpAddress,
          privateDnsName: address.privateDnsName,
          primary: address.primary,
          association: toAssociation(address.association),
        })),
        ipv6AddressesSet: one.ipv6Addresses.map((ipv6Address) => ({ ipv6Address, isPrimaryIpv6: false })),
        ...prefixSets(one),
        interfaceType: one.interfaceType,
        denyAllIgwTraffic: false,
        operator: { managed: false },
      };
    },
    ids: [{ name: 'NetworkInterfaceId', idOf: (one) => one.networkInterfaceId, notFoundCode: 'InvalidNetworkInterfaceID.NotFound', noun: 'networkInterface ID', prefix: 'eni', malformedCode: 'InvalidNetworkInterfaceId.Malformed' }],
    pages: { min: 5, max: 1000 },
    tagsOf: (one) => one.tags,
    filters: {
      'addresses.private-ip-address': (one) => one.privateIpAddresses.map((address) => address.privateIpAddress),
      'association.public-ip': (one) => one.privateIpAddresses.map((address) => address.association?.publicIp),
      'association.allocation-id': (one) => one.privateIpAddresses.map((address) => address.association?.allocationId),
      'attachment.instance-id': (one) => [one.attachment.instanceId],
      'availability-zone': (one) => [one.availabilityZone],
      description: (one) => [one.description],
      'group-id': (one) => one.groupIds,
      'interface-type': (one) => [one.interfaceType],
      'network-interface-id': (one) => [one.networkInterfaceId],
      'private-ip-address': (one) => one.privateIpAddresses.map((address) => address.privateIpAddress),
      'requester-managed': (one) => [String(one.requesterId !== undefined)],
      status: () => ['in-use'],
      'subnet-id': (one) => [one.subnetId],
      'vpc-id': (one) => [one.vpcId],
    },
  };
}
