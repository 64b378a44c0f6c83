/** One network interface with every field AWS gives for it; what is absent is not shown. */
import type { AddressAssociation, NetworkInterface, PrivateIpAddress } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import { subnetName, vpcName } from '../state/names.ts';
import { momentText } from '../ui/age.ts';
import { Fact, Facts } from '../ui/Facts.tsx';
import { safeText } from '../ui/safeText.ts';
import { TagList } from './TagList.tsx';

export interface InterfaceCardProps {
  readonly eni: NetworkInterface;
  readonly network: NetworkFacts | undefined;
}

export function InterfaceCard({ eni, network }: InterfaceCardProps) {
  const { attachment } = eni;
  return (
    <section className="interface-card" aria-label={`Network interface ${eni.networkInterfaceId}`} data-eni={eni.networkInterfaceId}>
      <h4>
        {attachment?.deviceIndex === undefined ? 'Interface' : `Device ${attachment.deviceIndex}`}
        {eni.status === undefined ? undefined : <span className="note">{safeText(eni.status)}</span>}
      </h4>
      <Facts>
        <Fact name="Id" value={eni.networkInterfaceId} mono />
        <Fact name="Description" value={eni.description} />
        <Fact name="Type" value={eni.interfaceType} />
        <Fact name="MAC" value={eni.macAddress} mono />
        <Fact name="VPC" value={eni.vpcId} mono note={vpcName(network, eni.vpcId)} />
        <Fact name="Subnet" value={eni.subnetId} mono note={subnetName(network, eni.subnetId)} />
        <Fact name="Zone" value={eni.availabilityZone} />
        <Fact name="Source/dest. check" value={onOff(eni.sourceDestCheck)} note={eni.sourceDestCheck === false ? 'forwards for others: NAT, router or firewall' : undefined} />
      </Facts>
      {eni.privateIpAddresses.map((address) => (
        <PrivateAddress key={address.privateIpAddress} address={address} />
      ))}
      <Facts>
        {eni.ipv6Addresses.map(({ ipv6Address, isPrimaryIpv6 }) => (
          <Fact key={ipv6Address} name="IPv6" value={ipv6Address} mono note={isPrimaryIpv6 === true ? 'primary' : undefined} />
        ))}
        {eni.ipv4Prefixes.map((prefix) => (
          <Fact key={prefix} name="IPv4 prefix" value={prefix} mono />
        ))}
        {eni.ipv6Prefixes.map((prefix) => (
          <Fact key={prefix} name="IPv6 prefix" value={prefix} mono />
        ))}
        <Fact name="Private DNS" value={eni.privateDnsName} mono />
        <Fact name="Public DNS" value={eni.publicDnsName} mono />
        {eni.groups.map(({ groupId, groupName }) => (
          <Fact key={groupId} name="Security group" value={groupId} mono note={groupName === undefined ? undefined : safeText(groupName)} />
        ))}
        <Fact name="Attachment" value={attachment?.attachmentId} mono note={attachment?.status === undefined ? undefined : safeText(attachment.status)} />
        <Fact name="Attached" value={attachment?.attachTime === undefined ? undefined : momentText(attachment.attachTime)} />
        <Fact name="Device index" value={numberText(attachment?.deviceIndex)} />
        <Fact name="Network card" value={numberText(attachment?.networkCardIndex)} />
        <Fact name="Attachment owner" value={attachment?.instanceOwnerId} mono />
        <Fact name="On termination" value={attachment?.deleteOnTermination === undefined ? undefined : attachment.deleteOnTermination ? 'deleted' : 'kept'} />
        <Fact name="Owner" value={eni.ownerId} mono />
        <Fact name="Requester" value={eni.requesterId} mono />
        <Fact name="Requester-managed" value={yesNo(eni.requesterManaged)} />
        <Fact name="EFA" value={eni.interfaceType?.startsWith('efa') === true ? 'yes' : undefined} />
        <Fact name="Outpost" value={eni.outpostArn} mono />
        <Fact name="Internet gateway traffic" value={eni.denyAllIgwTraffic === undefined ? undefined : eni.denyAllIgwTraffic ? 'denied' : 'allowed'} />
      </Facts>
      {Object.keys(eni.tags).length === 0 ? undefined : <TagList tags={eni.tags} empty="" />}
    </section>
  );
}

function PrivateAddress({ address }: { readonly address: PrivateIpAddress }) {
  return (
    <Facts>
      <Fact name={address.primary ? 'Private IPv4' : 'Secondary IPv4'} value={address.privateIpAddress} mono note={address.primary ? 'primary' : undefined} />
      <Fact name="Its DNS name" value={address.privateDnsName} mono />
      {address.association === undefined ? undefined : <Association association={address.association} />}
    </Facts>
  );
}

function Association({ association }: { readonly association: AddressAssociation }) {
  const elastic = association.allocationId !== undefined;
  return (
    <>
      <Fact name={elastic ? 'Elastic IP' : 'Public IPv4'} value={association.publicIp} mono note={association.name === undefined ? undefined : safeText(association.name)} />
      <Fact name="Its public DNS" value={association.publicDnsName} mono />
      <Fact name="Allocation" value={association.allocationId} mono />
      <Fact name="Association" value={association.associationId} mono />
      <Fact name="Address owner" value={association.ipOwnerId} mono note={association.ipOwnerId === 'amazon' ? 'automatic' : undefined} />
      <Fact name="Carrier IP" value={association.carrierIp} mono />
      <Fact name="Customer-owned IP" value={association.customerOwnedIp} mono />
    </>
  );
}

function onOff(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? 'on' : 'off';
}

function yesNo(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? 'yes' : 'no';
}

function numberText(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
