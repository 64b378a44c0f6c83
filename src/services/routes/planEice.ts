/** Through an EC2 Instance Connect Endpoint of the VPC, where the instance lets it in. Pure. */
import type { Instance } from '../../contract/instance.ts';
import { isWindows } from '../../contract/instance.ts';
import type { InstanceConnectEndpoint } from '../../contract/network.ts';
import type { RoutePlan } from '../../contract/route.ts';
import { say } from '../../contract/say.ts';
import { judgeEndpointAccess } from '../reach/endpointAccess.ts';
import type { PlanFacts } from './verdict.ts';
import { listed, SSH_PORT } from './verdict.ts';

const RDP_PORT = 3389;
/** States in which it takes tunnels, as the official client has them. */
const openStates: ReadonlySet<string> = new Set(['create-complete', 'update-in-progress', 'update-failed', 'update-complete']);

/** Nothing where the VPC has no endpoint, or the port is none an endpoint leads to. */
export function planEice(instance: Instance, facts: PlanFacts): RoutePlan[] {
  const port = facts.port ?? SSH_PORT;
  if (instance.state !== 'running' || (port !== SSH_PORT && port !== RDP_PORT)) return [];
  const inVpc = facts.instanceConnectEndpoints?.filter(({ vpcId }) => vpcId !== undefined && vpcId === instance.vpcId) ?? [];
  const open = inVpc.filter(({ state }) => openStates.has(state ?? ''));
  const endpoint = open.find(({ subnetId }) => subnetId === instance.subnetId) ?? open[0] ?? inVpc[0];
  if (endpoint === undefined) return [];
  const access = judgeEndpointAccess(endpoint, instance, { securityGroups: facts.securityGroups ?? [], subnets: facts.subnets ?? [] }, port);
  if (access === undefined) return [];
  const route = { kind: 'eice' as const, instanceConnectEndpointId: endpoint.instanceConnectEndpointId, privateIpAddress: access.privateIpAddress, port };
  const way = say`Through the endpoint ${endpoint.instanceConnectEndpointId}`;
  if (!openStates.has(endpoint.state ?? '')) return [{ route, usable: 'no', reason: say`${way}: it is ${endpoint.state ?? say`in an unknown state`}.` }];
  const { rule } = access;
  if (access.usable === 'no') return [{ route, usable: 'no', reason: say`${way}: no rule of ${listed(groupIdsOf(instance))} lets ${nameOfSource(endpoint)} in on port ${port}.` }];
  if (rule === undefined) return [{ route, usable: 'unknown', reason: say`${way}: the security groups of the instance are not known.` }];
  const evidence = say`${rule.groupId} lets ${rule.kind === 'group' ? say`members of ` : ''}${rule.source} in on port ${port}`;
  if (isWindows(instance) && port === SSH_PORT) return [{ route, usable: 'unknown', reason: say`${way}: ${evidence}. Windows seldom runs an SSH server.` }];
  if (access.usable === 'unknown') return [{ route, usable: 'unknown', reason: say`${way}: ${evidence}; whether that is ${nameOfSource(endpoint)} shows when it is tried.` }];
  return [{ route, usable: 'yes', reason: say`${way}: ${evidence}. A tunnel lasts an hour at most.` }];
}

function nameOfSource({ preserveClientIp, securityGroupIds }: InstanceConnectEndpoint): string {
  return preserveClientIp === true ? say`your own address` : securityGroupIds.length === 0 ? say`the endpoint` : say`the endpoint (${securityGroupIds.join(', ')})`;
}

function groupIdsOf(instance: Instance): string[] {
  return instance.networkInterfaces.flatMap((eni) => eni.groups.map(({ groupId }) => groupId));
}
