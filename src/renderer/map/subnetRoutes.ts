/** What a subnet's route table makes of it: where packets to anywhere go. Pure. */
import type { NetworkDetail, RouteTable, VpcRoute } from '../../contract/networkDetail.ts';

/** `public`: a route to an internet gateway. `private`: another way out. `isolated`: none. */
export type SubnetKind = 'public' | 'private' | 'isolated' | 'unknown';

export interface RouteTarget {
  readonly id: string;
  readonly ipVersion: 4 | 6;
}

/** The subnet's own table, else the VPC's main one; undefined: not known. */
export function routeTableOf(detail: NetworkDetail | undefined, subnetId: string): RouteTable | undefined {
  const tables = detail?.routeTables?.filter((table) => table.vpcId === undefined || table.vpcId === detail.vpcId);
  return tables?.find(({ associations }) => associations.some((one) => one.subnetId === subnetId)) ?? tables?.find(({ associations }) => associations.some(({ main }) => main === true));
}

/** Where `0.0.0.0/0` and `::/0` go; a route whose target is gone goes nowhere. */
export function defaultTargets({ routes }: Pick<RouteTable, 'routes'>): RouteTarget[] {
  const going = routes.filter(({ state }) => state !== 'blackhole');
  const toAnywhere = [...going.filter((route) => route.destinationCidrBlock === '0.0.0.0/0'), ...going.filter((route) => route.destinationIpv6CidrBlock === '::/0')];
  return toAnywhere.flatMap((route) => {
    const id = targetOf(route);
    return id === undefined ? [] : [{ id, ipVersion: route.destinationCidrBlock === undefined ? 6 : 4 }];
  });
}

export function subnetKind(table: Pick<RouteTable, 'routes'> | undefined): SubnetKind {
  if (table === undefined) return 'unknown';
  const targets = defaultTargets(table);
  if (targets.some(({ id }) => id.startsWith('igw-'))) return 'public';
  return targets.length > 0 ? 'private' : 'isolated';
}

function targetOf(route: VpcRoute): string | undefined {
  return route.gatewayId ?? route.natGatewayId ?? route.egressOnlyInternetGatewayId ?? route.transitGatewayId ?? route.vpcPeeringConnectionId ?? route.networkInterfaceId ?? route.instanceId ?? route.localGatewayId ?? route.carrierGatewayId ?? route.coreNetworkArn;
}
