/**
 * Which instances may stand between a person and a host that lets nobody in from outside. Pure: facts in, answer with its
 * evidence out.
 */
import type { Instance, NetworkInterface } from '../../contract/instance.ts';
import type { SecurityGroup } from '../../contract/network.ts';
import { cidrContains } from './cidr.ts';
import type { AllowedSource } from './inboundTcp.ts';
import { allowedSources } from './inboundTcp.ts';

export interface Bastion {
  readonly instance: Instance;
  /** The private address of the target that it may connect to. */
  readonly targetAddress: string;
  /** The rule that lets it: the target's group, and the bastion's group or the CIDR block with its private address. */
  readonly rule: AllowedSource;
}

/**
 * Running instances of the target's VPC with a public IPv4 address that a rule of the target lets in on the port.
 *
 * Those named by their group come first: somebody meant them. Whether the person gets into one of them is not asked here.
 */
export function findBastions(target: Instance, instances: Iterable<Instance>, securityGroups: readonly SecurityGroup[], port: number): Bastion[] {
  const doors = doorsOf(target, securityGroups, port);
  if (doors.length === 0) return [];
  const bastions: Bastion[] = [];
  for (const instance of instances) {
    if (instance.instanceId === target.instanceId || instance.state !== 'running' || instance.vpcId !== target.vpcId || !hasPublicAddress(instance)) continue;
    const found = doors.flatMap(({ targetAddress, sources }) => {
      const rule = sources.find((source) => lets(source, instance.networkInterfaces));
      return rule === undefined ? [] : [{ instance, targetAddress, rule }];
    });
    const best = found.find(({ rule }) => rule.kind === 'group') ?? found[0];
    if (best !== undefined) bastions.push(best);
  }
  const rank = ({ rule }: Bastion): number => (rule.kind === 'group' ? 0 : 1);
  return bastions.toSorted((a, b) => rank(a) - rank(b));
}

/** Each interface of the target that lets somebody in, by its primary private address. Groups first. */
function doorsOf(target: Instance, securityGroups: readonly SecurityGroup[], port: number): { readonly targetAddress: string; readonly sources: readonly AllowedSource[] }[] {
  return target.networkInterfaces.flatMap((eni) => {
    const targetAddress = (eni.privateIpAddresses.find(({ primary }) => primary) ?? eni.privateIpAddresses[0])?.privateIpAddress;
    const groupIds = new Set(eni.groups.map(({ groupId }) => groupId));
    const sources = allowedSources(securityGroups.filter(({ groupId }) => groupIds.has(groupId)), port).filter(({ kind }) => kind === 'group' || kind === 'ipv4');
    return targetAddress === undefined || sources.length === 0 ? [] : [{ targetAddress, sources: sources.toSorted((a, b) => Number(b.kind === 'group') - Number(a.kind === 'group')) }];
  });
}

function hasPublicAddress(instance: Instance): boolean {
  return instance.networkInterfaces.some((eni) => eni.privateIpAddresses.some(({ association }) => association !== undefined));
}

function lets(source: AllowedSource, networkInterfaces: readonly NetworkInterface[]): boolean {
  return networkInterfaces.some((eni) =>
    source.kind === 'group' ? eni.groups.some(({ groupId }) => groupId === source.source) : eni.privateIpAddresses.some(({ privateIpAddress }) => cidrContains(source.source, privateIpAddress)),
  );
}
