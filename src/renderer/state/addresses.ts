/** Every address of an instance and what it means for its life, in the words of domain.md and the window's language. */
import { isElastic, type Instance, type NetworkInterface } from '../../contract/instance.ts';
import type { en } from '../i18n/en.ts';
import { i18n } from '../i18n/i18n.ts';

export interface AddressMeaning {
  readonly address: string;
  readonly kind: 'private' | 'secondary-private' | 'public' | 'elastic' | 'carrier' | 'customer-owned' | 'ipv6' | 'dns';
  readonly label: string;
  /** How long it lasts and what changes it. */
  readonly meaning: string;
  /** Ids worth a line of their own, e.g. allocation and association of an Elastic IP. */
  readonly details: readonly { readonly name: string; readonly value: string }[];
}

export interface InstanceAddresses {
  readonly addresses: readonly AddressMeaning[];
  /** Sentences for what is missing, and why. */
  readonly missing: readonly string[];
}

export function instanceAddresses(instance: Instance): InstanceAddresses {
  const several = instance.networkInterfaces.length > 1;
  const addresses = instance.networkInterfaces.flatMap((eni) => interfaceAddresses(eni, several));
  const known = new Set(addresses.map(({ address }) => address));
  const add = (address: string | undefined, kind: AddressMeaning['kind'], label: string, meaning: string): void => {
    if (address === undefined || address === '' || known.has(address)) return;
    known.add(address);
    addresses.push({ address, kind, label, meaning, details: [] });
  };
  add(instance.privateIpAddress, 'private', i18n.t('addresses.private'), i18n.t('addresses.meaning.private'));
  add(instance.publicIpAddress, 'public', i18n.t('addresses.public'), i18n.t('addresses.meaning.publicUntold'));
  add(instance.ipv6Address, 'ipv6', i18n.t('addresses.ipv6'), i18n.t('addresses.meaning.ipv6Untold'));
  add(instance.privateDnsName, 'dns', i18n.t('addresses.privateDns'), i18n.t('addresses.meaning.privateDns'));
  add(instance.publicDnsName, 'dns', i18n.t('addresses.publicDns'), i18n.t('addresses.meaning.publicDns'));
  return { addresses, missing: missingReasons(instance, addresses) };
}

function interfaceAddresses(eni: NetworkInterface, several: boolean): AddressMeaning[] {
  const index = eni.attachment?.deviceIndex;
  const labelled = (label: string): string => (!several ? label : index === undefined ? i18n.t('addresses.onInterface', { label, id: eni.networkInterfaceId }) : i18n.t('addresses.onDevice', { label, index }));
  const found: AddressMeaning[] = [];
  for (const { privateIpAddress, primary, association } of eni.privateIpAddresses) {
    found.push({
      address: privateIpAddress,
      kind: primary ? 'private' : 'secondary-private',
      label: labelled(i18n.t(primary ? 'addresses.private' : 'addresses.secondaryPrivate')),
      meaning: i18n.t(primary ? 'addresses.meaning.private' : 'addresses.meaning.secondaryPrivate'),
      details: [],
    });
    if (association === undefined) continue;
    const elastic = isElastic(association);
    const details = [
      detail('allocation', association.allocationId),
      detail('association', association.associationId),
      detail('owner', association.ipOwnerId),
      detail('name', association.name),
      detail('for', several || !primary ? privateIpAddress : undefined),
    ].flat();
    found.push({
      address: association.publicIp,
      kind: elastic === true ? 'elastic' : 'public',
      label: labelled(i18n.t(elastic === true ? 'addresses.elastic' : 'addresses.public')),
      meaning: i18n.t(elastic === undefined ? 'addresses.meaning.publicUntold' : elastic ? 'addresses.meaning.elastic' : 'addresses.meaning.public'),
      details,
    });
    if (association.carrierIp !== undefined) found.push({ address: association.carrierIp, kind: 'carrier', label: labelled(i18n.t('addresses.carrier')), meaning: i18n.t('addresses.meaning.carrier'), details: [] });
    if (association.customerOwnedIp !== undefined) found.push({ address: association.customerOwnedIp, kind: 'customer-owned', label: labelled(i18n.t('addresses.customerOwned')), meaning: i18n.t('addresses.meaning.customerOwned'), details: [] });
  }
  for (const { ipv6Address, isPrimaryIpv6 } of eni.ipv6Addresses) {
    found.push({ address: ipv6Address, kind: 'ipv6', label: labelled(i18n.t(isPrimaryIpv6 === true ? 'addresses.primaryIpv6' : 'addresses.ipv6')), meaning: i18n.t('addresses.meaning.ipv6'), details: [] });
  }
  return found;
}

function hasPublicName(instance: Instance): boolean {
  const named = (name: string | undefined): boolean => name !== undefined && name !== '';
  return named(instance.publicDnsName) || instance.networkInterfaces.some((eni) => named(eni.publicDnsName) || eni.privateIpAddresses.some(({ association }) => named(association?.publicDnsName)));
}

function detail(name: keyof typeof en.addresses.detail, value: string | undefined): { readonly name: string; readonly value: string }[] {
  return value === undefined ? [] : [{ name: i18n.t(`addresses.detail.${name}`), value }];
}

function missingReasons(instance: Instance, addresses: readonly AddressMeaning[]): string[] {
  if (addresses.length === 0) {
    return [i18n.t(instance.state === 'terminated' || instance.state === 'shutting-down' ? 'addresses.noneTerminated' : 'addresses.none')];
  }
  const missing: string[] = [];
  const has = (kind: AddressMeaning['kind']): boolean => addresses.some((address) => address.kind === kind);
  if (!has('public') && !has('elastic')) {
    missing.push(i18n.t(instance.state === 'stopped' || instance.state === 'stopping' ? 'addresses.noPublicStopped' : 'addresses.noPublic'));
  } else if (!hasPublicName(instance)) {
    missing.push(i18n.t('addresses.noPublicDns'));
  }
  if (instance.privateDnsName === undefined || instance.privateDnsName === '') missing.push(i18n.t('addresses.noPrivateDns'));
  return missing;
}
