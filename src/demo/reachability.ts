/**
 * Decides where a TCP connection into the demo's network ends: at an instance that answers, or nowhere.
 */
import type { DemoInstance, DemoNetworkAcl, DemoNetworkInterface, DemoRouteTable, DemoSecurityGroup, Estate, RegionEstate } from './estateModel.ts';
import { cidrContains, networkAclAllows, routeTo, securityGroupsAllow } from './packetRules.ts';
import type { Peer } from './packetRules.ts';
import { PERSON_IPV4, PERSON_IPV6 } from './person.ts';

export interface Reachability {
  /** The instance that answers a connection from the person; undefined: no answer, ever. */
  fromPerson(address: string, port: number): DemoInstance | undefined;
  /** The same for a connection made on an instance. */
  fromInstance(instanceId: string, address: string, port: number): DemoInstance | undefined;
  /** The same for a connection of an EC2 Instance Connect Endpoint, which leaves by its own interface. */
  fromEndpoint(instanceConnectEndpointId: string, address: string, port: number): DemoInstance | undefined;
}

/** An interface with all that decides about it. */
interface Source {
  readonly networkInterface: DemoNetworkInterface;
  readonly groups: readonly DemoSecurityGroup[];
  readonly networkAcl: DemoNetworkAcl;
  readonly routeTable: DemoRouteTable;
  readonly region: RegionEstate;
}

interface Place extends Source {
  readonly instance: DemoInstance;
}

export function createReachability(estate: Estate): Reachability {
  const placesByPublicAddress = new Map<string, Place>();
  const placesByInstance = new Map<string, Place[]>();
  const sourcesByEndpoint = new Map<string, Source>();
  for (const region of estate.regions) {
    const groups = new Map(region.securityGroups.map((group) => [group.groupId, group]));
    const networkAcls = new Map(region.networkAcls.flatMap((acl) => acl.associations.map(({ subnetId }) => [subnetId, acl] as const)));
    const routeTables = new Map(region.routeTables.flatMap((table) => table.associations.map(({ subnetId }) => [subnetId ?? table.vpcId, table] as const)));
    const toSource = (networkInterface: DemoNetworkInterface | undefined): Source[] => {
      if (networkInterface === undefined) return [];
      const networkAcl = networkAcls.get(networkInterface.subnetId);
      const routeTable = routeTables.get(networkInterface.subnetId) ?? routeTables.get(networkInterface.vpcId);
      if (networkAcl === undefined || routeTable === undefined) return [];
      return [{ networkInterface, networkAcl, routeTable, region, groups: networkInterface.groupIds.flatMap((groupId) => groups.get(groupId) ?? []) }];
    };
    for (const endpoint of region.instanceConnectEndpoints) {
      const [source] = toSource(region.networkInterfaces.find(({ networkInterfaceId }) => networkInterfaceId === endpoint.networkInterfaceId));
      if (source !== undefined) sourcesByEndpoint.set(endpoint.instanceConnectEndpointId, source);
    }
    for (const instance of region.instances) {
      const places = instance.networkInterfaces.flatMap((networkInterface) => toSource(networkInterface).map((source): Place => ({ ...source, instance })));
      placesByInstance.set(instance.instanceId, places);
      for (const place of places) {
        for (const { association } of place.networkInterface.privateIpAddresses) {
          if (association === undefined) continue;
          placesByPublicAddress.set(association.publicIp, place);
          placesByPublicAddress.set(association.publicDnsName, place);
        }
        for (const address of place.networkInterface.ipv6Addresses) placesByPublicAddress.set(address, place);
      }
    }
  }

  const fromInternet = (source: { ipv4: string; ipv6?: string }, address: string, port: number): DemoInstance | undefined => {
    const place = placesByPublicAddress.get(address);
    const peerAddress = address.includes(':') ? source.ipv6 : source.ipv4;
    if (place === undefined || peerAddress === undefined) return undefined;
    // Answers leave by the subnet's route table: a private subnet has no way back to the internet.
    if (!leavesByInternetGateway(place, peerAddress)) return undefined;
    return admits(place, { address: peerAddress, groupIds: [] }, port) ? place.instance : undefined;
  };

  const fromPlace = (source: Source, address: string, port: number): DemoInstance | undefined => {
    const sourceAddress = address.includes(':') ? source.networkInterface.ipv6Addresses[0] : source.networkInterface.privateIpAddresses[0]?.privateIpAddress;
    if (sourceAddress === undefined) return undefined;
    const target = insideVpc(source, address, placesByInstance);
    const peer: Peer = { address, groupIds: target?.networkInterface.groupIds ?? [] };
    if (!securityGroupsAllow(source.groups, 'outbound', peer, port)) return undefined;
    const sameSubnet = target?.networkInterface.subnetId === source.networkInterface.subnetId;
    // Network ACLs stand at the edge of a subnet.
    if (!sameSubnet && !networkAclAllows(source.networkAcl, 'outbound', address, port)) return undefined;
    if (target !== undefined) {
      const admitted = admits(target, { address: sourceAddress, groupIds: source.networkInterface.groupIds }, port, sameSubnet);
      return admitted ? target.instance : undefined;
    }
    const publicSource = publicSourceOf(source, address);
    return publicSource === undefined ? undefined : fromInternet(publicSource, address, port);
  };

  return {
    fromPerson: (address, port) => fromInternet({ ipv4: PERSON_IPV4, ipv6: PERSON_IPV6 }, address, port),
    fromInstance(instanceId, address, port) {
      for (const place of placesByInstance.get(instanceId) ?? []) {
        const reached = fromPlace(place, address, port);
        if (reached !== undefined) return reached;
      }
      return undefined;
    },
    fromEndpoint(instanceConnectEndpointId, address, port) {
      const source = sourcesByEndpoint.get(instanceConnectEndpointId);
      return source === undefined ? undefined : fromPlace(source, address, port);
    },
  };
}

/** An impaired instance check means that it does not answer on the network. */
function admits(place: Place, peer: Peer, port: number, sameSubnet = false): boolean {
  return (
    place.instance.state === 'running' &&
    place.instance.impairedSince === undefined &&
    (sameSubnet || networkAclAllows(place.networkAcl, 'inbound', peer.address, port)) &&
    securityGroupsAllow(place.groups, 'inbound', peer, port)
  );
}

function leavesByInternetGateway(place: Place, address: string): boolean {
  return routeTo(place.routeTable.routes, address)?.gatewayId?.startsWith('igw-') ?? false;
}

/** The interface of the same VPC that has the private or IPv6 address. Other VPCs may have the same address. */
function insideVpc(source: Source, address: string, placesByInstance: ReadonlyMap<string, readonly Place[]>): Place | undefined {
  const vpc = source.region.vpcs.find(({ vpcId }) => vpcId === source.networkInterface.vpcId);
  const inside = [vpc?.cidrBlock, vpc?.ipv6CidrBlock].some((cidr) => cidr !== undefined && cidrContains(cidr, address));
  if (!inside) return undefined;
  for (const instance of source.region.instances) {
    for (const place of placesByInstance.get(instance.instanceId) ?? []) {
      const { vpcId, privateIpAddresses, ipv6Addresses } = place.networkInterface;
      if (vpcId !== source.networkInterface.vpcId) continue;
      if (ipv6Addresses.includes(address) || privateIpAddresses.some((one) => one.privateIpAddress === address)) return place;
    }
  }
  return undefined;
}

/** What the internet sees of a connection from an instance: its own public address, or the NAT gateway's. */
function publicSourceOf(source: Source, address: string): { ipv4: string; ipv6?: string } | undefined {
  const route = routeTo(source.routeTable.routes, address);
  if (route?.natGatewayId !== undefined) {
    const gateway = source.region.natGateways.find(({ natGatewayId }) => natGatewayId === route.natGatewayId);
    return gateway === undefined ? undefined : { ipv4: gateway.publicIp };
  }
  if (!(route?.gatewayId?.startsWith('igw-') ?? false)) return undefined;
  const ipv4 = source.networkInterface.privateIpAddresses[0]?.association?.publicIp;
  const ipv6 = source.networkInterface.ipv6Addresses[0];
  return ipv4 === undefined ? undefined : { ipv4, ...(ipv6 === undefined ? {} : { ipv6 }) };
}
