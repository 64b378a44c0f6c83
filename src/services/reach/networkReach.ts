/** Puts together what the network says about one instance: its groups' rules, its subnets' ways, its VPC, and the way in. Pure. */
import type { Instance, NetworkInterface } from '../../contract/instance.ts';
import { isWindows } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import type { NetworkAclEntry, NetworkDetail } from '../../contract/networkDetail.ts';
import type { NetworkReach, PersonAddress, ReachAclEntry, ReachSubnet, ReachVpc, SubnetAddresses } from '../../contract/networkReach.ts';
import type { DeniedPermission } from '../../contract/scope.ts';
import { judgeDoor, LAST_ACL_RULE } from './doors.ts';
import { toReachGroup } from './groupRules.ts';
import { EPHEMERAL_PORTS, judgeAcl } from './networkAcl.ts';
import { reservedAddresses, resolverOf } from './reservedAddresses.ts';
import { defaultRoute, kindOf, routeTableOf, toReachRoutes } from './routeChoice.ts';
import { judgeAgentWay, judgeEndpoints } from './serviceEndpoints.ts';

const SSH_PORT = 22;
const RDP_PORT = 3389;

export interface ReachFacts {
  /** Absent: not read yet. */
  readonly network: NetworkFacts | undefined;
  readonly detail: NetworkDetail;
  readonly memberCount: (groupId: string) => number;
  readonly person: PersonAddress | undefined;
  readonly addressSource: string;
  /** What the list's own calls were denied. */
  readonly denied: readonly DeniedPermission[];
}

export function judgeReach(instance: Instance, { network, detail, memberCount, person, addressSource, denied }: ReachFacts): NetworkReach {
  const { vpcId } = instance;
  const interfacesBy = (has: (eni: NetworkInterface) => boolean): NetworkInterface[] => instance.networkInterfaces.filter(has);
  const groupNames = new Map(instance.networkInterfaces.flatMap(({ groups }) => groups).concat(instance.securityGroups).map(({ groupId, groupName }) => [groupId, groupName]));
  const ofInterfaces = instance.networkInterfaces.flatMap(({ subnetId }) => subnetId ?? []);
  const subnetIds = [...new Set(ofInterfaces.length > 0 ? ofInterfaces : [instance.subnetId ?? []].flat())];
  const subnets = subnetIds.map((subnetId) => toReachSubnet(subnetId, interfacesBy((eni) => eni.subnetId === subnetId), { network, detail, person: person?.address }));
  const doorFacts = { securityGroups: network?.securityGroups ?? [], detail, subnets: new Map(subnets.map((subnet) => [subnet.subnetId, subnet])), person: person?.address };
  const facts = { network, prefixLists: detail.prefixLists, vpcId, memberCount, person: person?.address };
  return {
    instanceId: instance.instanceId,
    groups: [...groupNames].map(([groupId, groupName]) => {
      const members = interfacesBy(({ groups }) => groups.some((group) => group.groupId === groupId));
      return toReachGroup(groupId, groupName, members.map(({ networkInterfaceId }) => networkInterfaceId), facts);
    }),
    subnets,
    ...(vpcId === undefined ? {} : { vpc: toReachVpc(vpcId, subnetIds, network, detail) }),
    doors: (isWindows(instance) ? [RDP_PORT, SSH_PORT] : [SSH_PORT]).map((port) => judgeDoor(instance, port, doorFacts)),
    ...(person === undefined ? {} : { person }),
    addressSource,
    readAt: detail.readAt,
    problems: detail.problems,
    denied: [...denied, ...detail.denied],
  };
}

interface SubnetFacts {
  readonly network: NetworkFacts | undefined;
  readonly detail: NetworkDetail;
  readonly person: string | undefined;
}

function toReachSubnet(subnetId: string, networkInterfaces: readonly NetworkInterface[], { network, detail, person }: SubnetFacts): ReachSubnet {
  const subnet = network?.subnets.find((one) => one.subnetId === subnetId);
  const found = detail.routeTables === undefined ? undefined : routeTableOf(subnetId, detail.routeTables);
  const routes = found === undefined ? [] : toReachRoutes(found.table, detail);
  const acl = detail.networkAcls?.find(({ subnetIds }) => subnetIds.includes(subnetId));
  const defaultIpv4 = defaultRoute(routes, 4);
  const defaultIpv6 = defaultRoute(routes, 6);
  const endpointFacts = { detail, securityGroups: network?.securityGroups ?? [], networkInterfaces, routeTableId: found?.table.routeTableId };
  const endpoints = judgeEndpoints(endpointFacts);
  const { name, availabilityZone, cidrBlock } = subnet ?? {};
  return {
    subnetId,
    ...(name === undefined ? {} : { name }),
    ...(availabilityZone === undefined ? {} : { availabilityZone }),
    ...(cidrBlock === undefined ? {} : { cidrBlock }),
    networkInterfaceIds: networkInterfaces.map(({ networkInterfaceId }) => networkInterfaceId),
    ...(found === undefined ? {} : { routeTable: { routeTableId: found.table.routeTableId, ...(found.table.name === undefined ? {} : { name: found.table.name }), explicit: found.explicit } }),
    routes,
    ...(defaultIpv4 === undefined ? {} : { defaultIpv4 }),
    ...(defaultIpv6 === undefined ? {} : { defaultIpv6 }),
    kind: found === undefined ? 'unknown' : kindOf(routes),
    ...(acl === undefined ? {} : { networkAcl: toReachAcl(acl, person) }),
    endpoints,
    agentWay: judgeAgentWay(endpoints, defaultIpv4, found !== undefined, endpointFacts),
  };
}

function toReachAcl({ networkAclId, name, isDefault, entries }: NonNullable<NetworkDetail['networkAcls']>[number], person: string | undefined): NonNullable<ReachSubnet['networkAcl']> {
  const peer = person === undefined ? ({ any: 'all', family: 4 } as const) : { address: person };
  const sshIn = judgeAcl(entries, { egress: false, fromPort: SSH_PORT, toPort: SSH_PORT, peer });
  const answersOut = judgeAcl(entries, { egress: true, ...EPHEMERAL_PORTS, peer });
  const toEntry = (entry: NetworkAclEntry): ReachAclEntry => ({
    ...(entry.ruleNumber >= LAST_ACL_RULE ? {} : { ruleNumber: entry.ruleNumber }),
    action: entry.ruleAction,
    protocol: entry.protocol,
    cidr: entry.cidrBlock ?? entry.ipv6CidrBlock ?? '',
    ...(entry.fromPort === undefined ? {} : { fromPort: entry.fromPort }),
    ...(entry.toPort === undefined ? {} : { toPort: entry.toPort }),
    decides: [...(sshIn.deciding.includes(entry) ? ['ssh-in' as const] : []), ...(answersOut.deciding.includes(entry) ? ['answers-out' as const] : [])],
  });
  return {
    networkAclId,
    ...(name === undefined ? {} : { name }),
    isDefault: isDefault ?? false,
    inbound: entries.filter(({ egress }) => !egress).map(toEntry),
    outbound: entries.filter(({ egress }) => egress).map(toEntry),
    sshIn: sshIn.result,
    answersOut: answersOut.result,
  };
}

function toReachVpc(vpcId: string, ownSubnetIds: readonly string[], network: NetworkFacts | undefined, detail: NetworkDetail): ReachVpc {
  const vpc = network?.vpcs.find((one) => one.vpcId === vpcId);
  const resolver = vpc?.cidrBlocks[0] === undefined ? undefined : resolverOf(vpc.cidrBlocks[0]);
  const { enableDnsSupport, enableDnsHostnames, dhcpOptions } = detail;
  const subnets = (network?.subnets.filter((subnet) => subnet.vpcId === vpcId) ?? []).map((subnet): SubnetAddresses => {
    const addresses = subnet.cidrBlock === undefined ? undefined : reservedAddresses(subnet.cidrBlock);
    return {
      subnetId: subnet.subnetId,
      ...(subnet.name === undefined ? {} : { name: subnet.name }),
      ...(subnet.availabilityZone === undefined ? {} : { availabilityZone: subnet.availabilityZone }),
      ...(subnet.cidrBlock === undefined ? {} : { cidrBlock: subnet.cidrBlock }),
      ipv6CidrBlocks: subnet.ipv6CidrBlocks ?? [],
      ...addresses,
      ...(subnet.availableIpAddressCount === undefined ? {} : { free: subnet.availableIpAddressCount }),
      own: ownSubnetIds.includes(subnet.subnetId),
    };
  });
  return {
    vpcId,
    ...(vpc?.name === undefined ? {} : { name: vpc.name }),
    known: vpc !== undefined,
    ...(vpc?.isDefault === undefined ? {} : { isDefault: vpc.isDefault }),
    cidrBlocks: vpc?.cidrBlocks ?? [],
    ipv6CidrBlocks: vpc?.ipv6CidrBlocks ?? [],
    ...(resolver === undefined ? {} : { resolver }),
    ...(enableDnsSupport === undefined ? {} : { enableDnsSupport }),
    ...(enableDnsHostnames === undefined ? {} : { enableDnsHostnames }),
    ...(dhcpOptions === undefined ? {} : { dhcpOptions }),
    subnets: subnets.toSorted((a, b) => Number(b.own) - Number(a.own)),
  };
}
