/** Gives a declared VPC its network ACLs: the default one and its own. */
import type { NetworkAclDeclaration, VpcDeclaration } from './estateDeclaration.ts';
import { createIds, subnetIdOf, vpcIdOf } from './estateIds.ts';
import type { DemoNetworkAcl, DemoNetworkAclEntry } from './estateModel.ts';

/** The number AWS gives the last rule, `*`, which denies. */
const LAST_ACL_RULE = 32767;
const PROTOCOL_NUMBERS: Readonly<Record<string, string>> = { tcp: '6', udp: '17', icmp: '1', '-1': '-1' };

/** The default ACL holds every subnet that names no other. */
export function expandNetworkAcls(region: string, vpc: VpcDeclaration): DemoNetworkAcl[] {
  const acl = (name: string, isDefault: boolean, entries: readonly DemoNetworkAclEntry[], members: VpcDeclaration['subnets']): DemoNetworkAcl => ({
    networkAclId: createIds(region, 'network-acl', vpc.name, name).id('acl'),
    vpcId: vpcIdOf(region, vpc.name),
    isDefault,
    entries,
    associations: members.map((subnet) => ({ associationId: createIds(region, 'network-acl', subnet.name).id('aclassoc'), subnetId: subnetIdOf(region, subnet.name) })),
    tags: isDefault ? {} : { Name: name },
  });
  const allowAll = [false, true].flatMap((egress): DemoNetworkAclEntry[] => [
    { ruleNumber: 100, egress, action: 'allow', protocol: '-1', cidrBlock: '0.0.0.0/0' },
    ...(vpc.ipv6CidrBlock === undefined ? [] : [{ ruleNumber: 101, egress, action: 'allow' as const, protocol: '-1', cidrBlock: '::/0' }]),
    ...lastEntries(egress, vpc.ipv6CidrBlock !== undefined),
  ]);
  return [
    acl('default', true, allowAll, vpc.subnets.filter((subnet) => subnet.networkAcl === undefined)),
    ...(vpc.networkAcls ?? []).map((own) => acl(own.name, false, ownEntries(own), vpc.subnets.filter((subnet) => subnet.networkAcl === own.name))),
  ];
}

function ownEntries(acl: NetworkAclDeclaration): DemoNetworkAclEntry[] {
  return [false, true].flatMap((egress) => [
    ...(egress ? acl.outbound : acl.inbound).map((rule, index): DemoNetworkAclEntry => ({
      ruleNumber: 100 + 10 * index,
      egress,
      action: 'allow',
      protocol: PROTOCOL_NUMBERS[rule.protocol] ?? rule.protocol,
      cidrBlock: rule.peer,
      ...(rule.ports === undefined ? {} : { ports: rule.ports }),
    })),
    ...lastEntries(egress, false),
  ]);
}

function lastEntries(egress: boolean, ipv6: boolean): DemoNetworkAclEntry[] {
  return [
    { ruleNumber: LAST_ACL_RULE, egress, action: 'deny', protocol: '-1', cidrBlock: '0.0.0.0/0' },
    ...(ipv6 ? [{ ruleNumber: LAST_ACL_RULE + 1, egress, action: 'deny' as const, protocol: '-1', cidrBlock: '::/0' }] : []),
  ];
}
