/** The way in to a host as legs over the map: each leg is one connection, drawn from who opens it to who answers. Pure. */
import type { Instance } from '../../contract/instance.ts';
import type { Route } from '../../contract/route.ts';
import type { MapItem, VpcGraph } from './vpcGraph.ts';

/** Outside the VPC: the person, and AWS's own services (Systems Manager, Instance Connect, the serial console). */
export const PERSON = 'person';
export const SERVICES = 'aws';

export interface Leg {
  /** Places, in the order packets pass them. */
  readonly stops: readonly string[];
  /** False: something on it is not on this map, or which way it takes is not known. */
  readonly sure: boolean;
}

export interface Way {
  readonly legs: readonly Leg[];
  readonly places: ReadonlySet<string>;
}

export function toWay(route: Route, instance: Instance, graph: VpcGraph): Way {
  const legs = legsOf(route, instance, graph).map(({ stops, sure }) => ({ stops: stops.filter((stop, index) => stop !== stops[index - 1]), sure }));
  return { legs, places: new Set(legs.flatMap(({ stops }) => stops)) };
}

function legsOf(route: Route, instance: Instance, graph: VpcGraph): Leg[] {
  const host = instance.instanceId;
  switch (route.kind) {
    case 'direct':
      return [{ stops: [PERSON, ...doorTo(instance, route.address, graph), ...interfaceOf(instance, route.address, graph), host], sure: true }];
    case 'jump': {
      const bastions = route.through.flatMap((id) => graph.items.get(id) ?? []);
      const first = bastions[0]?.instance;
      const door = first === undefined || first.instanceId !== route.through[0] ? [] : doorTo(first, publicAddressOf(first), graph);
      return [{ stops: [PERSON, ...door, ...bastions.map(({ id }) => id), ...interfaceOf(instance, route.address, graph), host], sure: bastions.length === route.through.length }];
    }
    case 'eice': {
      const endpoint = graph.items.has(route.instanceConnectEndpointId) ? [route.instanceConnectEndpointId] : [];
      return [{ stops: [PERSON, SERVICES, ...endpoint, ...interfaceOf(instance, route.privateIpAddress, graph), host], sure: endpoint.length > 0 }];
    }
    case 'session-manager':
    case 'ssm': {
      const out = wayOut(instance, graph);
      return [
        { stops: [PERSON, SERVICES], sure: true },
        { stops: [host, ...(out ?? []), SERVICES], sure: out !== undefined },
      ];
    }
    case 'serial':
      return [{ stops: [PERSON, SERVICES, host], sure: true }];
  }
}

/** The internet gateway, for an address of the internet. */
function doorTo(instance: Instance, address: string | undefined, graph: VpcGraph): string[] {
  if (address === undefined || !internetAddresses(instance).includes(address)) return [];
  const gateway = exitsOf(instance, graph).find(({ id }) => id.startsWith('igw-'))?.id ?? graph.gateways.find(({ kind }) => kind === 'internet-gateway')?.id;
  return gateway === undefined ? [] : [gateway];
}

function publicAddressOf(instance: Instance): string | undefined {
  return internetAddresses(instance)[0];
}

function internetAddresses({ publicIpAddress, ipv6Address, networkInterfaces }: Instance): string[] {
  const more = networkInterfaces.flatMap((eni) => [...eni.privateIpAddresses.flatMap(({ association }) => association?.publicIp ?? []), ...eni.ipv6Addresses.map((one) => one.ipv6Address)]);
  return [publicIpAddress, ...more, ipv6Address].filter((address) => address !== undefined);
}

/** The interface with the address, where it is drawn away from its host. */
function interfaceOf(instance: Instance, address: string, graph: VpcGraph): string[] {
  const holder = instance.networkInterfaces.find((eni) => eni.privateIpAddresses.some((one) => one.privateIpAddress === address || one.association?.publicIp === address) || eni.ipv6Addresses.some((one) => one.ipv6Address === address));
  return holder !== undefined && graph.items.has(holder.networkInterfaceId) ? [holder.networkInterfaceId] : [];
}

/** How the agent gets to Systems Manager: by an endpoint of the VPC, which its own name leads to, else by the subnet's default route. Undefined: not known. */
function wayOut(instance: Instance, graph: VpcGraph): string[] | undefined {
  const subnetId = graph.items.get(instance.instanceId)?.subnetId;
  const endpoints = [...graph.items.values()].filter(({ kind, service, down }) => kind === 'endpoint' && service === 'ssmmessages' && down !== true);
  const endpoint = endpoints.find((one) => one.subnetId === subnetId) ?? endpoints.find((one) => zoneOf(one, graph) === zoneOf(graph.items.get(instance.instanceId), graph)) ?? endpoints[0];
  if (endpoint !== undefined) return [endpoint.id];
  const exits = exitsOf(instance, graph);
  const exit = exits.find(({ ipVersion }) => ipVersion === 4) ?? exits[0];
  const item = exit === undefined ? undefined : graph.items.get(exit.id);
  if (item === undefined) return undefined;
  if (item.kind !== 'nat-gateway') return [item.id];
  const outside = graph.subnets.get(item.subnetId ?? '')?.exits.find(({ id }) => graph.items.has(id))?.id;
  return outside === undefined ? [item.id] : [item.id, outside];
}

function exitsOf(instance: Instance, graph: VpcGraph) {
  return graph.subnets.get(graph.items.get(instance.instanceId)?.subnetId ?? '')?.exits ?? [];
}

function zoneOf(item: MapItem | undefined, graph: VpcGraph): string | undefined {
  return graph.zones.find(({ rows }) => rows.some((subnet) => subnet !== undefined && subnet.subnetId === item?.subnetId))?.zone;
}
