/** Every address of an instance and what it means for its life, in the words of domain.md. Pure. */
import type { Instance, NetworkInterface } from '../../contract/instance.ts';

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

const PRIVATE_MEANING = "Kept for the interface's life, through stop and start.";

export function instanceAddresses(instance: Instance): InstanceAddresses {
  const several = instance.networkInterfaces.length > 1;
  const addresses = instance.networkInterfaces.flatMap((eni) => interfaceAddresses(eni, several));
  const known = new Set(addresses.map(({ address }) => address));
  const add = (address: string | undefined, kind: AddressMeaning['kind'], label: string, meaning: string): void => {
    if (address === undefined || address === '' || known.has(address)) return;
    known.add(address);
    addresses.push({ address, kind, label, meaning, details: [] });
  };
  add(instance.privateIpAddress, 'private', 'Private IPv4', PRIVATE_MEANING);
  add(instance.publicIpAddress, 'public', 'Public IPv4', 'Released when the instance stops, unless it is an Elastic IP; its interface was not told.');
  add(instance.ipv6Address, 'ipv6', 'IPv6', 'Kept while it is assigned to the interface.');
  add(instance.privateDnsName, 'dns', 'Private DNS name', 'Resolves inside the VPC.');
  add(instance.publicDnsName, 'dns', 'Public DNS name', 'Follows the public address; resolves to the private one inside the VPC.');
  return { addresses, missing: missingReasons(instance, addresses) };
}

function interfaceAddresses(eni: NetworkInterface, several: boolean): AddressMeaning[] {
  const where = several ? ` (${eni.attachment?.deviceIndex === undefined ? eni.networkInterfaceId : `device ${eni.attachment.deviceIndex}`})` : '';
  const found: AddressMeaning[] = [];
  for (const { privateIpAddress, primary, association } of eni.privateIpAddresses) {
    found.push({
      address: privateIpAddress,
      kind: primary ? 'private' : 'secondary-private',
      label: `${primary ? 'Private IPv4' : 'Secondary private IPv4'}${where}`,
      meaning: primary ? PRIVATE_MEANING : 'Stays on the interface until someone moves or removes it.',
      details: [],
    });
    if (association === undefined) continue;
    const elastic = association.allocationId !== undefined;
    const details = [
      detail('allocation', association.allocationId),
      detail('association', association.associationId),
      detail('owner', association.ipOwnerId),
      detail('name', association.name),
      detail('for', several || !primary ? privateIpAddress : undefined),
    ].flat();
    found.push({
      address: association.publicIp,
      kind: elastic ? 'elastic' : 'public',
      label: `${elastic ? 'Elastic IP' : 'Public IPv4'}${where}`,
      meaning: elastic ? 'Fixed: kept until it is released, through stop and start.' : 'Released when the instance stops; a new one at the next start.',
      details,
    });
    if (association.carrierIp !== undefined) found.push({ address: association.carrierIp, kind: 'carrier', label: `Carrier IP${where}`, meaning: 'From the Wavelength zone; released with its association.', details: [] });
    if (association.customerOwnedIp !== undefined) found.push({ address: association.customerOwnedIp, kind: 'customer-owned', label: `Customer-owned IP${where}`, meaning: "From your own pool on the Outpost; kept until it is released.", details: [] });
  }
  for (const { ipv6Address, isPrimaryIpv6 } of eni.ipv6Addresses) {
    found.push({ address: ipv6Address, kind: 'ipv6', label: `${isPrimaryIpv6 === true ? 'Primary IPv6' : 'IPv6'}${where}`, meaning: 'Kept while it is assigned to the interface, through stop and start.', details: [] });
  }
  return found;
}

function hasPublicName(instance: Instance): boolean {
  const named = (name: string | undefined): boolean => name !== undefined && name !== '';
  return named(instance.publicDnsName) || instance.networkInterfaces.some((eni) => named(eni.publicDnsName) || eni.privateIpAddresses.some(({ association }) => named(association?.publicDnsName)));
}

function detail(name: string, value: string | undefined): { readonly name: string; readonly value: string }[] {
  return value === undefined ? [] : [{ name, value }];
}

function missingReasons(instance: Instance, addresses: readonly AddressMeaning[]): string[] {
  if (addresses.length === 0) {
    return [instance.state === 'terminated' || instance.state === 'shutting-down' ? 'A terminated instance has given its addresses back.' : 'EC2 told no address for this instance.'];
  }
  const missing: string[] = [];
  const has = (kind: AddressMeaning['kind']): boolean => addresses.some((address) => address.kind === kind);
  if (!has('public') && !has('elastic')) {
    missing.push(
      instance.state === 'stopped' || instance.state === 'stopping'
        ? 'No public address: an automatic one is released at stop; it may get a new one at the next start.'
        : 'No public address: neither its subnet nor its launch asked for one, and no Elastic IP is associated.',
    );
  } else if (!hasPublicName(instance)) {
    missing.push('No public DNS name: the VPC has DNS hostnames switched off.');
  }
  if (instance.privateDnsName === undefined || instance.privateDnsName === '') missing.push('No private DNS name: the VPC has DNS switched off.');
  return missing;
}
