/** One network interface with every field AWS gives for it; what is absent is not shown. */
import { memo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isElastic, type AddressAssociation, type NetworkInterface, type PrivateIpAddress } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import { subnetName, vpcName } from '../state/names.ts';
import { momentText } from '../ui/age.ts';
import { Fact, Facts } from '../ui/Facts.tsx';
import { ShowRest } from '../ui/ShowRest.tsx';
import { safeText } from '../ui/safeText.ts';
import { TagList } from './TagList.tsx';

export interface InterfaceCardProps {
  readonly eni: NetworkInterface;
  readonly network: NetworkFacts | undefined;
}

export const InterfaceCard = memo(function InterfaceCard({ eni, network }: InterfaceCardProps) {
  const { t } = useTranslation();
  const { attachment } = eni;
  return (
    <section className="interface-card" aria-label={t('host.interfaceName', { id: eni.networkInterfaceId })} data-eni={eni.networkInterfaceId}>
      <h4>
        {attachment?.deviceIndex === undefined ? t('host.interface') : t('host.device', { index: attachment.deviceIndex })}
        {eni.status === undefined ? undefined : <span className="note">{safeText(eni.status)}</span>}
      </h4>
      <Facts>
        <Fact name={t('host.id')} value={eni.networkInterfaceId} mono />
        <Fact name={t('host.description')} value={eni.description} />
        <Fact name={t('host.type')} value={eni.interfaceType} />
        <Fact name={t('host.mac')} value={eni.macAddress} mono />
        <Fact name={t('host.vpc')} value={eni.vpcId} mono note={vpcName(network, eni.vpcId)} />
        <Fact name={t('host.subnet')} value={eni.subnetId} mono note={subnetName(network, eni.subnetId)} />
        <Fact name={t('host.zone')} value={eni.availabilityZone} />
        <Fact name={t('host.sourceDestCheck')} value={eitherText(eni.sourceDestCheck, t('host.on'), t('host.off'))} note={eni.sourceDestCheck === false ? t('host.sourceDestCheckOff') : undefined} />
      </Facts>
      <Beginning items={eni.privateIpAddresses.map((address) => <PrivateAddress key={address.privateIpAddress} address={address} />)} />
      <Beginning
        items={eni.ipv6Addresses.map(({ ipv6Address, isPrimaryIpv6 }) => (
          <Facts key={ipv6Address}>
            <Fact name={t('host.ipv6')} value={ipv6Address} mono note={isPrimaryIpv6 === true ? t('host.primary') : undefined} />
          </Facts>
        ))}
      />
      <Facts>
        {eni.ipv4Prefixes.map((prefix) => (
          <Fact key={prefix} name={t('host.ipv4Prefix')} value={prefix} mono />
        ))}
        {eni.ipv6Prefixes.map((prefix) => (
          <Fact key={prefix} name={t('host.ipv6Prefix')} value={prefix} mono />
        ))}
        <Fact name={t('host.privateDns')} value={eni.privateDnsName} mono />
        <Fact name={t('host.publicDns')} value={eni.publicDnsName} mono />
        {eni.groups.map(({ groupId, groupName }) => (
          <Fact key={groupId} name={t('host.group')} value={groupId} mono note={groupName === undefined ? undefined : safeText(groupName)} />
        ))}
        <Fact name={t('host.attachment')} value={attachment?.attachmentId ?? attachment?.status} mono={attachment?.attachmentId !== undefined} note={attachment?.attachmentId === undefined || attachment.status === undefined ? undefined : safeText(attachment.status)} />
        <Fact name={t('host.attached')} value={attachment?.attachTime === undefined ? undefined : momentText(attachment.attachTime)} />
        <Fact name={t('host.deviceIndex')} value={indexText(attachment?.deviceIndex)} />
        <Fact name={t('host.networkCard')} value={indexText(attachment?.networkCardIndex)} />
        <Fact name={t('host.attachmentOwner')} value={attachment?.instanceOwnerId} mono />
        <Fact name={t('host.onTermination')} value={eitherText(attachment?.deleteOnTermination, t('host.deleted'), t('host.kept'))} />
        <Fact name={t('host.owner')} value={eni.ownerId} mono />
        <Fact name={t('host.requester')} value={eni.requesterId} mono />
        <Fact name={t('host.requesterManaged')} value={eitherText(eni.requesterManaged, t('host.yes'), t('host.no'))} />
        <Fact name={t('host.efa')} value={eni.interfaceType?.startsWith('efa') === true ? t('host.yes') : undefined} />
        <Fact name={t('host.outpost')} value={eni.outpostArn} mono />
        <Fact name={t('host.gatewayTraffic')} value={eitherText(eni.denyAllIgwTraffic, t('host.denied'), t('host.allowed'))} />
      </Facts>
      {Object.keys(eni.tags).length === 0 ? undefined : <TagList tags={eni.tags} empty="" />}
    </section>
  );
});

/** Of fifty addresses on each of fifteen cards nobody would find the end. */
const SHOWN_AT_FIRST = 8;

function Beginning({ items }: { readonly items: readonly ReactNode[] }) {
  const [whole, setWhole] = useState(false);
  const shown = whole || items.length <= SHOWN_AT_FIRST + 1 ? items : items.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      {shown}
      {shown.length === items.length ? undefined : (
        <p>
          <ShowRest count={items.length - shown.length} onShow={() => setWhole(true)} />
        </p>
      )}
    </>
  );
}

function PrivateAddress({ address }: { readonly address: PrivateIpAddress }) {
  const { t } = useTranslation();
  return (
    <Facts>
      <Fact name={t(address.primary ? 'host.privateIpv4' : 'host.secondaryIpv4')} value={address.privateIpAddress} mono note={address.primary ? t('host.primary') : undefined} />
      <Fact name={t('host.itsDns')} value={address.privateDnsName} mono />
      {address.association === undefined ? undefined : <Association association={address.association} />}
    </Facts>
  );
}

function Association({ association }: { readonly association: AddressAssociation }) {
  const { t } = useTranslation();
  const elastic = isElastic(association) === true;
  return (
    <>
      <Fact name={t(elastic ? 'host.elasticIp' : 'host.publicIpv4')} value={association.publicIp} mono note={association.name === undefined ? undefined : safeText(association.name)} />
      <Fact name={t('host.itsPublicDns')} value={association.publicDnsName} mono />
      <Fact name={t('host.allocation')} value={association.allocationId} mono />
      <Fact name={t('host.association')} value={association.associationId} mono />
      <Fact name={t('host.addressOwner')} value={association.ipOwnerId} mono note={association.ipOwnerId === 'amazon' ? t('host.automatic') : undefined} />
      <Fact name={t('host.carrierIp')} value={association.carrierIp} mono />
      <Fact name={t('host.customerOwnedIp')} value={association.customerOwnedIp} mono />
    </>
  );
}

function eitherText(value: boolean | undefined, ifTrue: string, ifFalse: string): string | undefined {
  return value === undefined ? undefined : value ? ifTrue : ifFalse;
}

function indexText(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
