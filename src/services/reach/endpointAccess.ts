/**
 * Whether an instance lets an EC2 Instance Connect Endpoint in on a TCP port. Pure: facts in, answer with its evidence out.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/eice-security-groups.html
 */
import type { Instance } from '../../contract/instance.ts';
import type { InstanceConnectEndpoint, SecurityGroup, Subnet } from '../../contract/network.ts';
import { cidrContains, cidrCovers } from './cidr.ts';
import type { AllowedSource } from './inboundTcp.ts';
import { allowedSources, isEveryone, isPrivateRange } from './inboundTcp.ts';

export interface EndpointAccess {
  readonly usable: 'yes' | 'no' | 'unknown';
  /** The private address of the interface the answer is about. */
  readonly privateIpAddress: string;
  /** The rule that lets it in, or may. */
  readonly rule?: AllowedSource;
}

/** The best answer of all interfaces; undefined for an instance without a private address. */
export function judgeEndpointAccess(
  endpoint: InstanceConnectEndpoint,
  target: Instance,
  facts: { readonly securityGroups: readonly SecurityGroup[]; readonly subnets: readonly Subnet[] },
  port: number,
): EndpointAccess | undefined {
  const subnetBlock = facts.subnets.find(({ subnetId }) => subnetId === endpoint.subnetId)?.cidrBlock;
  const answers = target.networkInterfaces.flatMap((eni): EndpointAccess[] => {
    const privateIpAddress = (eni.privateIpAddresses.find(({ primary }) => primary) ?? eni.privateIpAddresses[0])?.privateIpAddress;
    if (privateIpAddress === undefined) return [];
    const groups = facts.securityGroups.filter(({ groupId }) => eni.groups.some((group) => group.groupId === groupId));
    // An interface always has a group: when none is known, they were not read.
    if (groups.length === 0) return [{ usable: 'unknown', privateIpAddress }];
    const judged = allowedSources(groups, port).map((rule) => ({ rule, usable: judgeSource(rule, endpoint, subnetBlock) }));
    const best = judged.find(({ usable }) => usable === 'yes') ?? judged.find(({ usable }) => usable === 'unknown');
    return [best === undefined ? { usable: 'no', privateIpAddress } : { ...best, privateIpAddress }];
  });
  return answers.find(({ usable }) => usable === 'yes') ?? answers.find(({ usable }) => usable === 'unknown') ?? answers[0];
}

function judgeSource(rule: AllowedSource, endpoint: InstanceConnectEndpoint, subnetBlock: string | undefined): EndpointAccess['usable'] {
  if (rule.kind === 'prefix-list') return 'unknown';
  // The instance sees the person's own address then, and the rules must let that in.
  if (endpoint.preserveClientIp === true) return rule.kind === 'group' || isPrivateRange(rule) ? 'no' : isEveryone(rule) ? 'yes' : 'unknown';
  if (rule.kind === 'group') return endpoint.securityGroupIds.includes(rule.source) ? 'yes' : 'no';
  if (rule.kind !== 'ipv4') return 'no';
  if (isEveryone(rule)) return 'yes';
  if (subnetBlock === undefined) return 'unknown';
  if (cidrCovers(rule.source, subnetBlock)) return 'yes';
  // Its address is one of the subnet's, and not told.
  return cidrContains(subnetBlock, rule.source.split('/')[0] ?? '') ? 'unknown' : 'no';
}
