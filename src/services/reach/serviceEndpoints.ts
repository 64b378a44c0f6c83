/**
 * Whether an instance gets to AWS's services by endpoints of its VPC, and how its SSM agent gets to Systems Manager. Pure.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
 */
import type { NetworkInterface } from '../../contract/instance.ts';
import type { SecurityGroup } from '../../contract/network.ts';
import type { NetworkDetail, VpcEndpoint } from '../../contract/networkDetail.ts';
import type { Judgement, ReachEndpoint, ReachRoute, ReachSubnet } from '../../contract/networkReach.ts';
import { groupsLetIn } from './groupRules.ts';
import { coversTcpPort } from './inboundTcp.ts';

/** Old agents want `ec2messages` too; since version 3.3.40.0 the other two will do. */
const SERVICES = ['ssm', 'ssmmessages', 'ec2messages', 's3'] as const;
const HTTPS_PORT = 443;

export interface EndpointFacts {
  readonly detail: Pick<NetworkDetail, 'vpcEndpoints' | 'prefixLists' | 'enableDnsSupport' | 'enableDnsHostnames'>;
  readonly securityGroups: readonly SecurityGroup[];
  /** Of the instance, in the subnet. */
  readonly networkInterfaces: readonly NetworkInterface[];
  readonly routeTableId: string | undefined;
}

/** Empty where the endpoints are not known. */
export function judgeEndpoints(facts: EndpointFacts): ReachEndpoint[] {
  const { vpcEndpoints } = facts.detail;
  if (vpcEndpoints === undefined) return [];
  return SERVICES.map((service) => {
    const all = vpcEndpoints.filter(({ serviceName }) => serviceName?.endsWith(`.${service}`) === true);
    const judged = all.map((endpoint) => ({ endpoint, ...judgeEndpoint(endpoint, facts) }));
    const best = judged.find(({ usable }) => usable === 'yes') ?? judged.find(({ usable }) => usable === 'unknown') ?? judged[0];
    if (best === undefined) return { service, usable: 'no', because: 'no-endpoint' };
    const { endpoint, usable, because } = best;
    return { service, vpcEndpointId: endpoint.vpcEndpointId, ...(endpoint.name === undefined ? {} : { name: endpoint.name }), usable, ...(because === undefined ? {} : { because }) };
  });
}

function judgeEndpoint(endpoint: VpcEndpoint, { detail, securityGroups, networkInterfaces, routeTableId }: EndpointFacts): Pick<ReachEndpoint, 'usable' | 'because'> {
  // What AWS left out is not known, rather than "no".
  if (endpoint.state === undefined) return { usable: 'unknown' };
  if (endpoint.state.toLowerCase() !== 'available') return { usable: 'no', because: 'not-available' };
  if (endpoint.vpcEndpointType === 'Gateway') return routeTableId !== undefined && endpoint.routeTableIds.includes(routeTableId) ? { usable: 'yes' } : { usable: 'no', because: 'not-in-route-table' };
  if (endpoint.vpcEndpointType === undefined || endpoint.privateDnsEnabled === undefined) return { usable: 'unknown' };
  if (!endpoint.privateDnsEnabled) return { usable: 'no', because: 'no-private-dns' };
  // Private names need both attributes of the VPC.
  if (detail.enableDnsSupport === false || detail.enableDnsHostnames === false) return { usable: 'no', because: 'dns-off' };
  const groups = securityGroups.filter(({ groupId }) => endpoint.groupIds.includes(groupId));
  if (groups.length === 0 || groups.length < endpoint.groupIds.length || networkInterfaces.length === 0) return { usable: 'unknown', because: 'group-unknown' };
  const peer = { addresses: networkInterfaces.flatMap(addressesOf), groupIds: networkInterfaces.flatMap(({ groups: own }) => own.map(({ groupId }) => groupId)) };
  const usable = groupsLetIn(groups, HTTPS_PORT, peer, detail.prefixLists);
  return usable === 'yes' ? { usable } : { usable, because: usable === 'no' ? 'group-closed' : 'group-unknown' };
}

export function judgeAgentWay(endpoints: readonly ReachEndpoint[], route: ReachRoute | undefined, routesKnown: boolean, { securityGroups, networkInterfaces, detail }: EndpointFacts): ReachSubnet['agentWay'] {
  const outbound443 = judgeOutbound(securityGroups, networkInterfaces);
  const needed = ['ssm', 'ssmmessages'].map((service) => endpoints.find((endpoint) => endpoint.service === service)?.usable);
  if (needed.every((usable) => usable === 'yes')) return { by: 'endpoints', outbound443 };
  if (!routesKnown) return { by: 'unknown', outbound443 };
  const doubt = detail.vpcEndpoints === undefined || needed.includes('unknown');
  if (route === undefined || route.blackhole) return { by: doubt ? 'unknown' : 'none', outbound443 };
  switch (route.target.kind) {
    case 'nat-gateway':
      return { by: 'nat-gateway', outbound443 };
    case 'internet-gateway':
      // Without a public address nothing comes back.
      return { by: networkInterfaces.some((eni) => eni.privateIpAddresses.some(({ association }) => association !== undefined)) ? 'internet-gateway' : doubt || networkInterfaces.length === 0 ? 'unknown' : 'none', outbound443 };
    default:
      return { by: 'other', outbound443 };
  }
}

function judgeOutbound(securityGroups: readonly SecurityGroup[], networkInterfaces: readonly NetworkInterface[]): Judgement {
  const groupIds = new Set(networkInterfaces.flatMap(({ groups }) => groups.map(({ groupId }) => groupId)));
  const groups = securityGroups.filter(({ groupId }) => groupIds.has(groupId));
  if (groups.length === 0) return 'unknown';
  const rules = groups.flatMap(({ outbound }) => outbound).filter((rule) => coversTcpPort(rule, HTTPS_PORT));
  if (rules.some(({ cidrBlocks }) => cidrBlocks.includes('0.0.0.0/0'))) return 'yes';
  return rules.length > 0 || groups.length < groupIds.size ? 'unknown' : 'no';
}

function addressesOf({ privateIpAddresses, ipv6Addresses }: NetworkInterface): string[] {
  return [...privateIpAddresses.map(({ privateIpAddress }) => privateIpAddress), ...ipv6Addresses.map(({ ipv6Address }) => ipv6Address)];
}
