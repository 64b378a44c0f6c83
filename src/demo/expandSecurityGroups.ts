/** Gives declared security groups their ids, and each VPC the default group that AWS makes. */
import type { RegionDeclaration, RuleDeclaration } from './estateDeclaration.ts';
import { groupIdOf, vpcIdOf } from './estateIds.ts';
import type { DemoPrefixList, DemoSecurityGroup, DemoSecurityGroupRule } from './estateModel.ts';

export function expandSecurityGroups(declaration: RegionDeclaration, prefixLists: readonly DemoPrefixList[]): DemoSecurityGroup[] {
  const { region } = declaration;
  const named = new Set(declaration.securityGroups.map((group) => group.name));
  const toRule = (rule: RuleDeclaration): DemoSecurityGroupRule => {
    const list = rule.peer.startsWith('prefix:') ? prefixLists.find(({ prefixListName }) => prefixListName === rule.peer.slice('prefix:'.length)) : undefined;
    if (list === undefined && rule.peer.startsWith('prefix:')) throw new Error(`no prefix list is called ${rule.peer}`);
    const group = rule.peer.startsWith('group:') ? rule.peer.slice('group:'.length) : undefined;
    if (group !== undefined && !named.has(group)) throw new Error(`no security group is named ${group}`);
    return {
      protocol: rule.protocol,
      ...(rule.ports === undefined ? {} : { ports: rule.ports }),
      peer: list !== undefined ? { prefixListId: list.prefixListId, cidrs: list.entries.map(({ cidr }) => cidr) } : group === undefined ? { cidr: rule.peer } : { groupId: groupIdOf(region, group) },
      ...(rule.description === undefined ? {} : { description: rule.description }),
    };
  };
  const everything: DemoSecurityGroupRule[] = [{ protocol: '-1', peer: { cidr: '0.0.0.0/0' } }, { protocol: '-1', peer: { cidr: '::/0' } }];
  const defaults = declaration.vpcs.map((vpc): DemoSecurityGroup => {
    const groupId = groupIdOf(region, `default of ${vpc.name}`);
    return {
      groupId,
      groupName: 'default',
      description: 'default VPC security group',
      vpcId: vpcIdOf(region, vpc.name),
      inbound: [{ protocol: '-1', peer: { groupId } }],
      outbound: everything,
      tags: {},
    };
  });
  return [
    ...defaults,
    ...declaration.securityGroups.map((group): DemoSecurityGroup => ({
      groupId: groupIdOf(region, group.name),
      groupName: group.name,
      description: group.description,
      vpcId: vpcIdOf(region, group.vpc),
      inbound: group.inbound.map(toRule),
      outbound: group.outbound?.map(toRule) ?? everything,
      tags: { Name: group.name },
    })),
  ];
}
