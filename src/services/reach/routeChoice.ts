/**
 * Where a subnet's packets go: its route table, the most specific route, and whether the subnet is public. Pure.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html (explicit and main tables, longest prefix)
 */
import type { NetworkDetail, RouteTable, VpcRoute } from '../../contract/networkDetail.ts';
import type { ReachRoute, ReachSubnet } from '../../contract/networkReach.ts';
import { cidrContains } from './cidr.ts';

type Gateways = Pick<NetworkDetail, 'internetGateways' | 'egressOnlyInternetGateways' | 'natGateways' | 'vpcEndpoints' | 'vpcPeeringConnections' | 'prefixLists' | 'vpcId'>;

/** The table a subnet is associated with, else the VPC's main one. */
export function routeTableOf(subnetId: string, routeTables: readonly RouteTable[]): { readonly table: RouteTable; readonly explicit: boolean } | undefined {
  const own = routeTables.find(({ associations }) => associations.some((association) => association.subnetId === subnetId));
  if (own !== undefined) return { table: own, explicit: true };
  const main = routeTables.find(({ associations }) => associations.some((association) => association.main === true));
  return main === undefined ? undefined : { table: main, explicit: false };
}

/** A table's routes, the most specific first; IPv4, prefix lists (which may hold anything), IPv6. */
export function toReachRoutes(table: RouteTable, gateways: Gateways): ReachRoute[] {
  return table.routes
    .map((route): ReachRoute => {
      const destination = destinationOf(route);
      const list = gateways.prefixLists?.find(({ prefixListId }) => prefixListId === route.destinationPrefixListId);
      return {
        destination,
        ...(list?.prefixListName === undefined ? {} : { destinationName: list.prefixListName }),
        target: targetOf(route, gateways),
        blackhole: route.state === 'blackhole',
        propagated: route.origin === 'EnableVgwRoutePropagation',
      };
    })
    .toSorted((a, b) => Number(a.destination.includes(':')) - Number(b.destination.includes(':')) || bitsOf(b.destination) - bitsOf(a.destination) || Number(a.propagated) - Number(b.propagated));
}

/** The route an address takes; undefined: none, or only a prefix list of unknown entries might hold it. */
export function routeTo(routes: readonly ReachRoute[], address: string, prefixLists: NetworkDetail['prefixLists'] = []): ReachRoute | undefined {
  let best: { readonly route: ReachRoute; readonly bits: number } | undefined;
  for (const route of routes) {
    const cidrs = prefixLists.find(({ prefixListId }) => prefixListId === route.destination)?.entries?.map(({ cidr }) => cidr) ?? [route.destination];
    for (const cidr of cidrs) if (cidrContains(cidr, address) && bitsOf(cidr) > (best?.bits ?? -1)) best = { route, bits: bitsOf(cidr) };
  }
  return best?.route;
}

/** The routes of some subnets, as far as their tables are known. */
export function subnetRoutes(subnetIds: Iterable<string>, detail: NetworkDetail): Map<string, Pick<ReachSubnet, 'routeTable' | 'routes'>> {
  return new Map(
    [...subnetIds].flatMap((subnetId) => {
      const found = routeTableOf(subnetId, detail.routeTables ?? []);
      return found === undefined ? [] : [[subnetId, { routeTable: { routeTableId: found.table.routeTableId, explicit: found.explicit }, routes: toReachRoutes(found.table, detail) }] as const];
    }),
  );
}

export function defaultRoute(routes: readonly ReachRoute[], family: 4 | 6): ReachRoute | undefined {
  return routes.find(({ destination }) => destination === (family === 4 ? '0.0.0.0/0' : '::/0'));
}

/** Public is a subnet with a route to an internet gateway, whatever its name says. */
export function kindOf(routes: readonly ReachRoute[]): ReachSubnet['kind'] {
  const ways = routes.filter(({ blackhole, target }) => !blackhole && target.kind !== 'local' && target.kind !== 'gateway-endpoint');
  if (ways.some(({ target }) => target.kind === 'internet-gateway')) return 'public';
  return ways.length > 0 ? 'private' : 'isolated';
}

function destinationOf({ destinationCidrBlock, destinationIpv6CidrBlock, destinationPrefixListId }: VpcRoute): string {
  return destinationCidrBlock ?? destinationIpv6CidrBlock ?? destinationPrefixListId ?? '';
}

function bitsOf(destination: string): number {
  const [, bits] = destination.split('/');
  return bits === undefined ? -1 : Number(bits);
}

function targetOf(route: VpcRoute, gateways: Gateways): ReachRoute['target'] {
  const { gatewayId, natGatewayId, egressOnlyInternetGatewayId, transitGatewayId, vpcPeeringConnectionId, networkInterfaceId, instanceId } = route;
  const called = (kind: ReachRoute['target']['kind'], id: string, found: { readonly name?: string | undefined } | undefined, detail?: string): ReachRoute['target'] => ({
    kind,
    id,
    ...(found?.name === undefined ? {} : { name: found.name }),
    ...(detail === undefined || detail === '' ? {} : { detail }),
  });
  if (gatewayId === 'local') return { kind: 'local' };
  if (natGatewayId !== undefined) {
    const nat = gateways.natGateways?.find((one) => one.natGatewayId === natGatewayId);
    return called('nat-gateway', natGatewayId, nat, nat?.addresses.flatMap(({ publicIp }) => publicIp ?? []).join(', '));
  }
  if (egressOnlyInternetGatewayId !== undefined) return called('egress-only-internet-gateway', egressOnlyInternetGatewayId, gateways.egressOnlyInternetGateways?.find((one) => one.internetGatewayId === egressOnlyInternetGatewayId));
  if (transitGatewayId !== undefined) return { kind: 'transit-gateway', id: transitGatewayId };
  if (vpcPeeringConnectionId !== undefined) {
    const peering = gateways.vpcPeeringConnections?.find((one) => one.vpcPeeringConnectionId === vpcPeeringConnectionId);
    const far = peering?.vpcs.find(({ vpcId }) => vpcId !== gateways.vpcId);
    return called('peering', vpcPeeringConnectionId, peering, [far?.vpcId, far?.cidrBlock].flatMap((part) => part ?? []).join(' '));
  }
  if (gatewayId?.startsWith('igw-') === true) return called('internet-gateway', gatewayId, gateways.internetGateways?.find((one) => one.internetGatewayId === gatewayId));
  if (gatewayId?.startsWith('vgw-') === true) return { kind: 'virtual-private-gateway', id: gatewayId };
  if (gatewayId?.startsWith('vpce-') === true) {
    const endpoint = gateways.vpcEndpoints?.find((one) => one.vpcEndpointId === gatewayId);
    return called('gateway-endpoint', gatewayId, endpoint, endpoint?.serviceName);
  }
  if (networkInterfaceId !== undefined) return called('network-interface', networkInterfaceId, undefined, instanceId);
  const other = gatewayId ?? instanceId ?? route.localGatewayId ?? route.carrierGatewayId ?? route.coreNetworkArn;
  return { kind: 'other', ...(other === undefined ? {} : { id: other }) };
}
