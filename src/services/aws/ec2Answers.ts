/**
 * The EC2 calls Postern reads, as a table: where the rows are in each answer, and what they become.
 *
 * Used in the worker and, for small answers, on the main thread; imports types of the contract only, so that the worker starts fast.
 */
import type { StatusCheck, StatusChecks } from '../../contract/instance.ts';
import type { Ec2KeyPair, InstanceConnectEndpoint, SecurityGroup, SecurityGroupRule, Subnet, Vpc } from '../../contract/network.ts';
import type { Scope } from '../../contract/scope.ts';
import { answer, type Answer } from './answer.ts';
import { reservation, toInstances } from './describeInstancesScan.ts';
import { networkAnswers } from './networkAnswers.ts';
import { nameOf, networkInterface, tagSet, toNetworkInterface, toTags } from './networkInterfaceScan.ts';
import { scanRows } from './xmlScan.ts';
import { fields, flag, integer, list, named, text, type Scanned, type Shape } from './xmlShape.ts';

/** An Elastic IP of the account, associated or not. */
export interface ElasticAddress {
  readonly publicIp: string;
  readonly allocationId?: string;
  readonly associationId?: string;
  readonly name?: string;
}

/** The status checks of one instance; the time seen is added where they are received. */
export interface InstanceStatus {
  readonly instanceId: string;
  readonly state?: string;
  readonly checks: Omit<StatusChecks, 'seenAt'>;
}

const ipv6Blocks = list(fields({ ipv6CidrBlock: named('cidrBlock', text), ipv6CidrBlockState: named('cidrBlockState', fields({ state: text })) }));
const check = fields({ status: text, details: list(fields({ name: text, status: text, impairedSince: text })) });
const rule = fields({
  ipProtocol: text,
  fromPort: integer,
  toPort: integer,
  ipRanges: list(fields({ cidrIp: text, description: text })),
  ipv6Ranges: list(fields({ cidrIpv6: text, description: text })),
  prefixListIds: list(fields({ prefixListId: text, description: text })),
  groups: list(fields({ groupId: text, description: text })),
});

export const answers = {
  ...networkAnswers,
  DescribeInstances: answer('reservationSet', reservation, toInstances),
  DescribeNetworkInterfaces: answer('networkInterfaceSet', networkInterface, (scanned) => present(toNetworkInterface(scanned))),
  DescribeAddresses: answer('addressesSet', fields({ publicIp: text, allocationId: text, associationId: text, carrierIp: text, customerOwnedIp: text, tagSet }), (scanned): ElasticAddress[] => {
    const publicIp = scanned.publicIp ?? scanned.carrierIp ?? scanned.customerOwnedIp;
    if (publicIp === undefined) return [];
    const { allocationId, associationId } = scanned;
    return [{ publicIp, ...(allocationId === undefined ? {} : { allocationId }), ...(associationId === undefined ? {} : { associationId }), ...nameOf(toTags(scanned.tagSet)) }];
  }),
  DescribeInstanceStatus: answer(
    'instanceStatusSet',
    fields({
      instanceId: text,
      instanceState: fields({ name: text }),
      instanceStatus: check,
      systemStatus: check,
      attachedEbsStatus: check,
      eventsSet: list(fields({ instanceEventId: text, code: text, description: text, notBefore: text, notAfter: text, notBeforeDeadline: text })),
    }),
    ({ instanceId, instanceState, instanceStatus, systemStatus, attachedEbsStatus, eventsSet = [] }): InstanceStatus[] =>
      instanceId === undefined
        ? []
        : [
            {
              instanceId,
              ...(instanceState?.name === undefined ? {} : { state: instanceState.name }),
              checks: {
                instanceStatus: toStatusCheck(instanceStatus),
                systemStatus: toStatusCheck(systemStatus),
                ...(attachedEbsStatus?.status === undefined ? {} : { attachedEbsStatus: toStatusCheck(attachedEbsStatus) }),
                scheduledEvents: eventsSet.flatMap(({ code, ...rest }) => (code === undefined ? [] : [{ code, ...rest }])),
              },
            },
          ],
  ),
  /** The enabled ones only. */
  DescribeRegions: answer('regionInfo', fields({ regionName: text }), ({ regionName }): string[] => present(regionName)),
  DescribeSubnets: answer(
    'subnetSet',
    fields({ subnetId: text, vpcId: text, availabilityZone: text, cidrBlock: text, mapPublicIpOnLaunch: flag, availableIpAddressCount: integer, ipv6CidrBlockAssociationSet: ipv6Blocks, tagSet }),
    ({ subnetId, vpcId, ipv6CidrBlockAssociationSet, tagSet: tagItems, ...same }, scope): Subnet[] => {
      const tags = toTags(tagItems);
      const ipv6CidrBlocks = associatedBlocks(ipv6CidrBlockAssociationSet);
      return subnetId === undefined || vpcId === undefined ? [] : [{ ...same, subnetId, ...nameOf(tags), scope, vpcId, ...(ipv6CidrBlocks.length === 0 ? {} : { ipv6CidrBlocks }), tags }];
    },
  ),
  DescribeVpcs: answer(
    'vpcSet',
    fields({
      vpcId: text,
      cidrBlock: text,
      cidrBlockAssociationSet: list(fields({ cidrBlock: text, cidrBlockState: fields({ state: text }) })),
      ipv6CidrBlockAssociationSet: ipv6Blocks,
      isDefault: flag,
      dhcpOptionsId: text,
      tagSet,
    }),
    ({ vpcId, cidrBlock, cidrBlockAssociationSet, ipv6CidrBlockAssociationSet, isDefault, dhcpOptionsId, tagSet: tagItems }, scope): Vpc[] => {
      if (vpcId === undefined) return [];
      const tags = toTags(tagItems);
      const cidrBlocks = associatedBlocks(cidrBlockAssociationSet);
      return [
        {
          vpcId,
          ...nameOf(tags),
          scope,
          cidrBlocks: cidrBlocks.length > 0 || cidrBlock === undefined ? cidrBlocks : [cidrBlock],
          ipv6CidrBlocks: associatedBlocks(ipv6CidrBlockAssociationSet),
          ...(isDefault === undefined ? {} : { isDefault }),
          ...(dhcpOptionsId === undefined ? {} : { dhcpOptionsId }),
          tags,
        },
      ];
    },
  ),
  DescribeSecurityGroups: answer(
    'securityGroupInfo',
    fields({ groupId: text, groupName: text, groupDescription: named('description', text), vpcId: text, ipPermissions: list(rule), ipPermissionsEgress: list(rule), tagSet }),
    // Of half its rules it must not be said that they are all: such a group is not known.
    ({ groupId, ipPermissions, ipPermissionsEgress, tagSet: tagItems, ...same }, scope): SecurityGroup[] => {
      if (groupId === undefined || ipPermissions === undefined || ipPermissionsEgress === undefined || ![...ipPermissions, ...ipPermissionsEgress].every(isWhole)) return [];
      return [{ ...same, groupId, scope, inbound: ipPermissions.map(toRule), outbound: ipPermissionsEgress.map(toRule), tags: toTags(tagItems) }];
    },
  ),
  DescribeKeyPairs: answer(
    'keySet',
    fields({ keyPairId: text, keyName: text, keyType: text, keyFingerprint: named('ec2KeyFingerprint', text), createTime: text }),
    ({ keyName, ...same }, scope): Ec2KeyPair[] => (keyName === undefined ? [] : [{ ...same, keyName, scope }]),
  ),
  DescribeInstanceConnectEndpoints: answer(
    'instanceConnectEndpointSet',
    fields({
      instanceConnectEndpointId: text,
      state: text,
      stateMessage: text,
      dnsName: text,
      fipsDnsName: text,
      vpcId: text,
      subnetId: text,
      availabilityZone: text,
      securityGroupIdSet: named('securityGroupIds', list(text)),
      preserveClientIp: flag,
    }),
    ({ instanceConnectEndpointId, securityGroupIds = [], ...same }, scope): InstanceConnectEndpoint[] =>
      instanceConnectEndpointId === undefined ? [] : [{ ...same, instanceConnectEndpointId, scope, securityGroupIds: [...securityGroupIds] }],
  ),
} as const;

export type Ec2Call = keyof typeof answers;
export type RowOf<C extends Ec2Call> = ReturnType<(typeof answers)[C]['toRows']>[number];

/**
 * The rows of one answer, in order.
 *
 * @returns the token of the next page, absent on the last
 * @throws XmlScanError when this is not an answer to that call
 */
export function* scanAnswer<C extends Ec2Call>(call: C, xml: string, scope: Scope): Generator<RowOf<C>, string | undefined> {
  // The table's entries differ in their row type, which a generic index cannot follow; the name of the call ties the two ends.
  const { rows, row, toRows } = answers[call] as unknown as Answer<Shape, RowOf<C>>;
  const scan = scanRows(xml, `${call}Response`, rows, row);
  for (let next = scan.next(); ; next = scan.next()) {
    if (next.done === true) return next.value;
    yield* toRows(next.value, scope);
  }
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

function toStatusCheck(scanned: Scanned<typeof check> | undefined): StatusCheck {
  const detail = scanned?.details?.find(({ impairedSince, status }) => impairedSince !== undefined || status === 'failed');
  return {
    status: scanned?.status ?? 'unknown',
    ...(detail?.impairedSince === undefined ? {} : { impairedSince: detail.impairedSince }),
    ...(detail?.name === undefined ? {} : { detail: detail.name }),
  };
}

/** Its protocol is told, and both of its ports or, which means all, none. */
function isWhole({ ipProtocol, fromPort, toPort }: Scanned<typeof rule>): boolean {
  return ipProtocol !== undefined && (fromPort === undefined) === (toPort === undefined);
}

function toRule({ ipProtocol, fromPort, toPort, ipRanges = [], ipv6Ranges = [], prefixListIds = [], groups = [] }: Scanned<typeof rule>): SecurityGroupRule {
  const described = [...ipRanges, ...ipv6Ranges, ...prefixListIds, ...groups].flatMap((end) => {
    const source = 'cidrIp' in end ? end.cidrIp : 'cidrIpv6' in end ? end.cidrIpv6 : 'prefixListId' in end ? end.prefixListId : 'groupId' in end ? end.groupId : undefined;
    return source === undefined || end.description === undefined ? [] : [[source, end.description] as const];
  });
  return {
    ipProtocol: ipProtocol ?? '-1',
    ...(fromPort === undefined ? {} : { fromPort }),
    ...(toPort === undefined ? {} : { toPort }),
    cidrBlocks: ipRanges.flatMap(({ cidrIp }) => present(cidrIp)),
    ipv6CidrBlocks: ipv6Ranges.flatMap(({ cidrIpv6 }) => present(cidrIpv6)),
    prefixListIds: prefixListIds.flatMap(({ prefixListId }) => present(prefixListId)),
    groupIds: groups.flatMap(({ groupId }) => present(groupId)),
    ...(described.length === 0 ? {} : { descriptions: Object.fromEntries(described) }),
  };
}

/** A block that is being taken away or failed is no part of the VPC. */
function associatedBlocks(blocks: readonly { readonly cidrBlock?: string; readonly cidrBlockState?: { readonly state?: string } }[] = []): string[] {
  return blocks.flatMap(({ cidrBlock, cidrBlockState }) => (cidrBlockState === undefined || cidrBlockState.state === undefined || cidrBlockState.state === 'associated' ? present(cidrBlock) : []));
}
