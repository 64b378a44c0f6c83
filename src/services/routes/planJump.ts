/** Through a bastion found by itself: one that the person may get into, and that the instance lets in. Pure. */
import type { Instance } from '../../contract/instance.ts';
import { isWindows } from '../../contract/instance.ts';
import type { RoutePlan } from '../../contract/route.ts';
import { say } from '../../contract/say.ts';
import type { Bastion } from '../reach/bastions.ts';
import { findBastions } from '../reach/bastions.ts';
import { planDirect } from './planDirect.ts';
import type { PlanFacts } from './verdict.ts';
import { nameOf, SSH_PORT } from './verdict.ts';

/** More of them would be a list, not a choice. */
const MAX_BASTIONS = 2;

/** Nothing where no bastion is found: that is no way that is closed, it is none. */
export function planJump(instance: Instance, facts: PlanFacts): RoutePlan[] {
  const { securityGroups, instances } = facts;
  if (instance.state !== 'running' || securityGroups === undefined || instances === undefined) return [];
  const port = facts.port ?? SSH_PORT;
  const found = findBastions(instance, instances, securityGroups, port).flatMap((bastion) => {
    const open = planDirect(bastion.instance, { ...facts, port: SSH_PORT }).find(({ usable, route }) => usable !== 'no' && route.kind === 'direct' && isPublic(bastion.instance, route.address));
    return open === undefined ? [] : [{ bastion, open }];
  });
  // A rule for a range of addresses that happens to hold one is not what a bastion is made by.
  const meant = found.filter(({ bastion }) => bastion.rule.kind === 'group');
  const rank = ({ bastion, open }: (typeof found)[number]): number => (bastion.instance.statusChecks?.instanceStatus.status === 'impaired' ? 2 : 0) + (open.usable === 'yes' ? 0 : 1);
  return (meant.length > 0 ? meant : found)
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, MAX_BASTIONS)
    .map(({ bastion, open }): RoutePlan => {
      const windows = isWindows(instance) && port === SSH_PORT;
      return {
        route: { kind: 'jump', through: [bastion.instance.instanceId], address: bastion.targetAddress, port },
        usable: windows ? 'unknown' : open.usable,
        reason: say`Through ${nameOf(bastion.instance)}: ${evidence(bastion, port)}. ${open.reason}${windows ? say` Windows seldom runs an SSH server.` : ''}`,
      };
    });
}

function evidence({ rule }: Bastion, port: number): string {
  return say`${rule.groupId} lets ${rule.kind === 'group' ? say`members of ` : ''}${rule.source} in on port ${port}`;
}

function isPublic(instance: Instance, address: string): boolean {
  return instance.networkInterfaces.some((eni) => eni.privateIpAddresses.some(({ association }) => association?.publicIp === address));
}
