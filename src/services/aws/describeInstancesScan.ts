/** Makes an Instance of what DescribeInstances says: the one place where that happens. */
import type { Instance } from '../../contract/instance.ts';
import type { Scope } from '../../contract/scope.ts';
import { groupSet, nameOf, networkInterface, tagSet, toGroups, toNetworkInterface, toTags } from './networkInterfaceScan.ts';
import { fields, list, named, text, type Scanned } from './xmlShape.ts';

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html */
const instance = fields({
  instanceId: text,
  imageId: text,
  instanceState: fields({ name: text }),
  stateReason: fields({ code: text, message: text }),
  reason: named('stateTransitionReason', text),
  instanceType: text,
  platform: text,
  platformDetails: text,
  architecture: text,
  launchTime: text,
  placement: fields({ availabilityZone: text }),
  vpcId: text,
  subnetId: text,
  privateIpAddress: text,
  ipAddress: named('publicIpAddress', text),
  privateDnsName: text,
  dnsName: named('publicDnsName', text),
  ipv6Address: text,
  keyName: text,
  iamInstanceProfile: fields({ arn: text }),
  networkInterfaceSet: list(networkInterface),
  groupSet,
  tagSet,
});

export const reservation = fields({ ownerId: text, instancesSet: list(instance) });

/** The instances of one reservation, whose owner is the account. */
export function toInstances(scanned: Scanned<typeof reservation>, scope: Scope): Instance[] {
  const seenIn = scanned.ownerId === undefined ? scope : { ...scope, accountId: scanned.ownerId };
  return (scanned.instancesSet ?? []).flatMap((item) => toInstance(item, seenIn) ?? []);
}

function toInstance(scanned: Scanned<typeof instance>, scope: Scope): Instance | undefined {
  const { instanceId, instanceState, platform, placement, iamInstanceProfile, networkInterfaceSet, groupSet: groups, tagSet: tagItems, ...same } = scanned;
  if (instanceId === undefined) return undefined;
  const tags = toTags(tagItems);
  // Old answers name the platform only where it is Windows, and never in detail.
  const platformDetails = same.platformDetails ?? (platform === 'windows' ? 'Windows' : undefined);
  return {
    ...same,
    instanceId,
    ...nameOf(tags),
    scope,
    state: instanceState?.name ?? 'unknown',
    ...(platformDetails === undefined ? {} : { platformDetails }),
    ...(placement?.availabilityZone === undefined ? {} : { availabilityZone: placement.availabilityZone }),
    ...(iamInstanceProfile?.arn === undefined ? {} : { iamInstanceProfileArn: iamInstanceProfile.arn }),
    networkInterfaces: (networkInterfaceSet ?? []).flatMap((item) => toNetworkInterface(item) ?? []).sort((a, b) => deviceIndex(a) - deviceIndex(b)),
    securityGroups: toGroups(groups),
    ssmKnown: false,
    tags,
  };
}

function deviceIndex(eni: { readonly attachment?: { readonly deviceIndex?: number | undefined } | undefined }): number {
  return eni.attachment?.deviceIndex ?? Number.MAX_SAFE_INTEGER;
}
