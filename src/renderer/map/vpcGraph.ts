/**
 * What the map of one VPC shows: zones as columns, subnets in rows, hosts, gateways and endpoints in their places. Pure.
 *
 * Names are made safe to read here. A fact that is not known (a denied call, or one that has not answered) takes away only itself:
 * without route tables a subnet is `unknown` instead of public or private.
 */
import type { Instance, NetworkInterface } from '../../contract/instance.ts';
import type { NetworkFacts, Subnet } from '../../contract/network.ts';
import type { NetworkDetail, VpcEndpoint } from '../../contract/networkDetail.ts';
import { safeText } from '../ui/safeText.ts';
import { defaultTargets, routeTableOf, subnetKind, type RouteTarget, type SubnetKind } from './subnetRoutes.ts';

export type ItemKind = 'host' | 'interface' | 'nat-gateway' | 'endpoint' | 'connect-endpoint' | 'internet-gateway' | 'egress-only-internet-gateway' | 'virtual-private-gateway' | 'transit-gateway' | 'peering' | 'gateway-endpoint';

/** One thing that can be selected. */
export interface MapItem {
  /** Of one place on the map: an interface endpoint has a place in each of its subnets. */
  readonly id: string;
  readonly kind: ItemKind;
  /** As AWS calls it. */
  readonly resourceId: string;
  readonly name: string;
  /** The line below the name: an address, a service. */
  readonly note: string;
  readonly subnetId?: string;
  readonly instance?: Instance;
  /** Of a host: its interfaces in the subnet it is drawn in. */
  readonly interfaces?: readonly MapInterface[];
  /** Of an endpoint: the service's own name, e.g. `ssmmessages`. */
  readonly service?: string;
  /** Not available: being made, failed or being deleted. */
  readonly down?: boolean;
}

export interface MapInterface {
  readonly networkInterfaceId: string;
  readonly address: string;
}

export interface MapSubnet {
  readonly subnetId: string;
  readonly name: string;
  readonly cidrBlock: string | undefined;
  readonly kind: SubnetKind;
  readonly routeTableId: string | undefined;
  /** Where what is not local goes, IPv4 first; empty: nowhere, or not known. */
  readonly exits: readonly RouteTarget[];
  readonly freeAddresses: number | undefined;
  readonly hostCount: number;
  readonly items: readonly MapItem[];
}

export interface MapZone {
  /** Empty: not known. */
  readonly zone: string;
  /** By row; a zone without a subnet in a row has a hole. */
  readonly rows: readonly (MapSubnet | undefined)[];
}

export interface VpcGraph {
  readonly vpcId: string;
  readonly name: string;
  readonly cidrBlocks: readonly string[];
  readonly gateways: readonly MapItem[];
  readonly zones: readonly MapZone[];
  /** Every item of it by its id. */
  readonly items: ReadonlyMap<string, MapItem>;
  readonly subnets: ReadonlyMap<string, MapSubnet>;
  readonly hostCount: number;
  /** Interfaces that are drawn away from their host. */
  readonly interfaceLinks: readonly { readonly from: string; readonly to: string }[];
}

export interface VpcGraphInput {
  readonly vpcId: string;
  readonly facts: NetworkFacts | undefined;
  readonly detail: NetworkDetail | undefined;
  /** Those of other VPCs are passed over. */
  readonly instances: Iterable<Instance>;
}

export const natural = new Intl.Collator('en', { numeric: true });

export function toVpcGraph({ vpcId, facts, detail, instances }: VpcGraphInput): VpcGraph {
  const known = new Map((facts?.subnets ?? []).filter((subnet) => subnet.vpcId === vpcId).map((subnet) => [subnet.subnetId, subnet]));
  const places = new Map<string, Place>();
  const placeOf = (subnetId: string, zone: string | undefined): Place => {
    let place = places.get(subnetId);
    if (place === undefined) {
      place = { subnet: known.get(subnetId), zone: known.get(subnetId)?.availabilityZone ?? zone ?? '', items: [] };
      places.set(subnetId, place);
    }
    return place;
  };
  for (const subnet of known.values()) placeOf(subnet.subnetId, subnet.availabilityZone);
  for (const item of doors(vpcId, facts, detail)) placeOf(item.subnetId, undefined).items.push(item);
  const interfaceLinks: { from: string; to: string }[] = [];
  for (const instance of instances) {
    const home = homeOf(instance, vpcId);
    if (home !== undefined) placeOf(home.subnetId, home.zone).items.push(hostItem(instance, home.subnetId));
    for (const away of interfacesAway(instance, home?.subnetId, vpcId)) {
      placeOf(away.subnetId, away.eni.availabilityZone).items.push(interfaceItem(instance, away.eni, away.subnetId));
      if (home !== undefined) interfaceLinks.push({ from: instance.instanceId, to: away.eni.networkInterfaceId });
    }
  }
  const subnets = [...places].map(([subnetId, place]) => ({ zone: place.zone, subnet: toSubnet(subnetId, place, detail) }));
  const gateways = toGateways(vpcId, detail);
  const items = new Map([...gateways, ...subnets.flatMap(({ subnet }) => subnet.items)].map((item) => [item.id, item]));
  const vpc = facts?.vpcs.find((one) => one.vpcId === vpcId);
  return {
    vpcId,
    name: safeText(vpc?.name ?? vpcId),
    cidrBlocks: [...(vpc?.cidrBlocks ?? []), ...(vpc?.ipv6CidrBlocks ?? [])],
    gateways,
    zones: toZones(subnets),
    items,
    subnets: new Map(subnets.map(({ subnet }) => [subnet.subnetId, subnet])),
    hostCount: subnets.reduce((sum, { subnet }) => sum + subnet.hostCount, 0),
    interfaceLinks,
  };
}

interface Place {
  readonly subnet: Subnet | undefined;
  readonly zone: string;
  readonly items: MapItem[];
}

/** A host stands where its first interface is. */
function homeOf(instance: Instance, vpcId: string): { readonly subnetId: string; readonly zone: string | undefined } | undefined {
  const subnetId = instance.networkInterfaces[0]?.subnetId ?? instance.subnetId;
  const ofVpc = (instance.networkInterfaces[0]?.vpcId ?? instance.vpcId) === vpcId;
  return ofVpc && subnetId !== undefined ? { subnetId, zone: instance.availabilityZone } : undefined;
}

function interfacesAway(instance: Instance, homeId: string | undefined, vpcId: string): { readonly eni: NetworkInterface; readonly subnetId: string }[] {
  return instance.networkInterfaces.flatMap((eni) => (eni.subnetId !== undefined && eni.subnetId !== homeId && (eni.vpcId ?? instance.vpcId) === vpcId ? [{ eni, subnetId: eni.subnetId }] : []));
}

function hostItem(instance: Instance, subnetId: string): MapItem {
  const home = instance.networkInterfaces.filter((eni) => (eni.subnetId ?? subnetId) === subnetId);
  return {
    id: instance.instanceId,
    kind: 'host',
    resourceId: instance.instanceId,
    name: safeText(instance.name ?? instance.instanceId),
    note: [instance.privateIpAddress ?? instance.ipv6Address, instance.publicIpAddress].filter((address) => address !== undefined).join(' · '),
    subnetId,
    instance,
    interfaces: home.map((eni) => ({ networkInterfaceId: eni.networkInterfaceId, address: addressOf(eni) })),
  };
}

function interfaceItem(instance: Instance, eni: NetworkInterface, subnetId: string): MapItem {
  return { id: eni.networkInterfaceId, kind: 'interface', resourceId: eni.networkInterfaceId, name: safeText(instance.name ?? instance.instanceId), note: addressOf(eni), subnetId, instance };
}

function addressOf(eni: NetworkInterface): string {
  return eni.privateIpAddresses[0]?.privateIpAddress ?? eni.ipv6Addresses[0]?.ipv6Address ?? eni.networkInterfaceId;
}

/** NAT gateways and endpoints: they stand in subnets. */
function doors(vpcId: string, facts: NetworkFacts | undefined, detail: NetworkDetail | undefined): (MapItem & { readonly subnetId: string })[] {
  const items: (MapItem & { readonly subnetId: string })[] = [];
  for (const nat of detail?.natGateways ?? []) {
    if (nat.subnetId === undefined || nat.state === 'deleted') continue;
    items.push({ id: nat.natGatewayId, kind: 'nat-gateway', resourceId: nat.natGatewayId, name: safeText(nat.name ?? nat.natGatewayId), note: nat.addresses.flatMap(({ publicIp, privateIp }) => publicIp ?? privateIp ?? []).join(' · '), subnetId: nat.subnetId, down: nat.state !== undefined && nat.state !== 'available' });
  }
  for (const endpoint of facts?.instanceConnectEndpoints ?? []) {
    if (endpoint.vpcId !== vpcId || endpoint.subnetId === undefined) continue;
    const id = endpoint.instanceConnectEndpointId;
    items.push({ id, kind: 'connect-endpoint', resourceId: id, name: id, note: '', subnetId: endpoint.subnetId, down: endpoint.state !== undefined && endpoint.state !== 'create-complete' });
  }
  for (const endpoint of detail?.vpcEndpoints ?? []) {
    for (const subnetId of endpoint.subnetIds) items.push({ ...endpointItem(endpoint, 'endpoint'), id: `${endpoint.vpcEndpointId}@${subnetId}`, subnetId });
  }
  return items;
}

function endpointItem(endpoint: VpcEndpoint, kind: 'endpoint' | 'gateway-endpoint'): MapItem {
  const service = safeText(endpoint.serviceName?.replace(/^(?:com|cn)\.amazonaws(?:\.[a-z]+)?\.[a-z]+(?:-[a-z]+)+-\d\./, '') ?? '');
  return { id: endpoint.vpcEndpointId, kind, resourceId: endpoint.vpcEndpointId, name: service === '' ? endpoint.vpcEndpointId : service, note: safeText(endpoint.name ?? endpoint.vpcEndpointId), service, down: endpoint.state !== undefined && endpoint.state.toLowerCase() !== 'available' };
}

function toGateways(vpcId: string, detail: NetworkDetail | undefined): MapItem[] {
  if (detail === undefined) return [];
  const items = new Map<string, MapItem>();
  const add = (item: MapItem): void => {
    if (!items.has(item.id)) items.set(item.id, item);
  };
  for (const { internetGatewayId, name, vpcIds } of detail.internetGateways ?? []) if (vpcIds.includes(vpcId)) add(gateway('internet-gateway', internetGatewayId, name));
  for (const { internetGatewayId, name, vpcIds } of detail.egressOnlyInternetGateways ?? []) if (vpcIds.includes(vpcId)) add(gateway('egress-only-internet-gateway', internetGatewayId, name));
  for (const endpoint of detail.vpcEndpoints ?? []) if (endpoint.subnetIds.length === 0) add(endpointItem(endpoint, 'gateway-endpoint'));
  // Known by the routes to them alone, or named by a route while their own list is denied.
  for (const { routes } of detail.routeTables ?? []) {
    for (const route of routes) {
      if (route.gatewayId?.startsWith('igw-') === true) add(gateway('internet-gateway', route.gatewayId, undefined));
      if (route.gatewayId?.startsWith('vgw-') === true) add(gateway('virtual-private-gateway', route.gatewayId, undefined));
      if (route.egressOnlyInternetGatewayId !== undefined) add(gateway('egress-only-internet-gateway', route.egressOnlyInternetGatewayId, undefined));
      if (route.transitGatewayId !== undefined) add(gateway('transit-gateway', route.transitGatewayId, undefined));
      if (route.vpcPeeringConnectionId !== undefined) add(gateway('peering', route.vpcPeeringConnectionId, detail.vpcPeeringConnections?.find((one) => one.vpcPeeringConnectionId === route.vpcPeeringConnectionId)?.name));
    }
  }
  return [...items.values()];
}

function gateway(kind: ItemKind, id: string, name: string | undefined): MapItem {
  return { id, kind, resourceId: id, name: safeText(name ?? id), note: name === undefined ? '' : id };
}

const order: Readonly<Record<ItemKind, number>> = { 'nat-gateway': 0, 'connect-endpoint': 1, endpoint: 2, host: 3, interface: 4, 'internet-gateway': 5, 'egress-only-internet-gateway': 5, 'virtual-private-gateway': 5, 'transit-gateway': 5, peering: 5, 'gateway-endpoint': 5 };

function toSubnet(subnetId: string, { subnet, items }: Place, detail: NetworkDetail | undefined): MapSubnet {
  const table = routeTableOf(detail, subnetId);
  return {
    subnetId,
    name: safeText(subnet?.name ?? subnetId),
    cidrBlock: subnet?.cidrBlock,
    kind: subnetKind(table),
    routeTableId: table?.routeTableId,
    exits: table === undefined ? [] : defaultTargets(table),
    freeAddresses: subnet?.availableIpAddressCount,
    hostCount: items.filter(({ kind }) => kind === 'host').length,
    items: items.toSorted((a, b) => order[a.kind] - order[b.kind] || natural.compare(a.name, b.name) || natural.compare(a.id, b.id)),
  };
}

const kinds: readonly SubnetKind[] = ['public', 'private', 'isolated', 'unknown'];

/** Subnets of a kind stand beside each other, in the order of their blocks: most VPCs give their zones neighbouring ones. */
function toZones(subnets: readonly { readonly zone: string; readonly subnet: MapSubnet }[]): MapZone[] {
  const names = [...new Set(subnets.map(({ zone }) => zone))].toSorted(natural.compare);
  const columns = names.map((name) => kinds.map((kind) => subnets.filter(({ zone, subnet }) => zone === name && subnet.kind === kind).map(({ subnet }) => subnet).toSorted(byBlock)));
  const heights = kinds.map((_, kind) => Math.max(0, ...columns.map((column) => column[kind]?.length ?? 0)));
  return names.map((zone, index) => ({ zone, rows: heights.flatMap((height, kind) => Array.from({ length: height }, (_, row) => columns[index]?.[kind]?.[row])) }));
}

function byBlock(a: MapSubnet, b: MapSubnet): number {
  return natural.compare(a.cidrBlock ?? '~', b.cidrBlock ?? '~') || natural.compare(a.name, b.name) || natural.compare(a.subnetId, b.subnetId);
}
