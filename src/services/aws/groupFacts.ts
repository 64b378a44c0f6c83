/** The groups an instance works in: its Auto Scaling group, and the target groups of load balancers with its health in each. */
import type { TargetDescription, TargetGroup as ElbTargetGroup, TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { AutoScalingFacts, TargetGroup } from '../../contract/hostDetail.ts';
import type { Instance } from '../../contract/instance.ts';
import type { Part } from '../../contract/part.ts';
import { readPart, told, type PartReading } from './readPart.ts';
import { withoutAbsent } from './withoutAbsent.ts';

/** Each group's targets are a call of their own, and load balancing is throttled early. */
const MAX_TARGET_GROUPS = 60;
const CALLS_AT_ONCE = 6;
/** The largest page, and no account has so many. */
const PAGE_GROUPS = 400;
const MAX_PAGES = 10;

/** @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingInstances.html */
export function readAutoScaling(reading: PartReading, instanceId: string): Promise<Part<AutoScalingFacts | undefined>> {
  return readPart(reading, 'auto-scaling', 'DescribeAutoScalingInstances', async () => {
    const [client, { DescribeAutoScalingInstancesCommand }] = await Promise.all([reading.clients.autoScaling(), import('@aws-sdk/client-auto-scaling')]);
    const { AutoScalingInstances: found } = await client.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }), { abortSignal: reading.signal });
    const one = told(found).find((candidate) => told(candidate.InstanceId) === instanceId);
    if (one === undefined) return undefined;
    const template = one.LaunchTemplate;
    return withoutAbsent({
      autoScalingGroupName: told(one.AutoScalingGroupName),
      lifecycleState: one.LifecycleState,
      healthStatus: one.HealthStatus,
      protectedFromScaleIn: one.ProtectedFromScaleIn,
      launchTemplate: template === undefined ? undefined : withoutAbsent({ launchTemplateId: template.LaunchTemplateId, launchTemplateName: template.LaunchTemplateName, version: template.Version }),
      launchConfigurationName: one.LaunchConfigurationName,
    });
  });
}

/**
 * The target groups of its VPC that the instance is in, by its id or by one of its addresses.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html
 */
export async function readTargetGroups(reading: PartReading, instance: Instance): Promise<Part<{ groups: TargetGroup[]; notLookedAt: number }>> {
  const { vpcId } = instance;
  const groups = await readPart(reading, 'elastic-load-balancing-v2', 'DescribeTargetGroups', () => (vpcId === undefined ? Promise.resolve([]) : targetGroupsOf(reading, vpcId)));
  if (!groups.known) return groups;
  const looked = groups.value.slice(0, MAX_TARGET_GROUPS);
  return readPart(reading, 'elastic-load-balancing-v2', 'DescribeTargetHealth', async () => {
    const found: TargetGroup[] = [];
    for (let at = 0; at < looked.length; at += CALLS_AT_ONCE) {
      const answers = await Promise.all(looked.slice(at, at + CALLS_AT_ONCE).map((group) => membershipOf(reading, group, instance)));
      found.push(...answers.flat());
    }
    return { groups: found, notLookedAt: groups.value.length - looked.length };
  });
}

async function targetGroupsOf({ clients, signal }: PartReading, vpcId: string): Promise<ElbTargetGroup[]> {
  const [client, { DescribeTargetGroupsCommand }] = await Promise.all([clients.loadBalancers(), import('@aws-sdk/client-elastic-load-balancing-v2')]);
  const found: ElbTargetGroup[] = [];
  let marker: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await client.send(new DescribeTargetGroupsCommand({ PageSize: PAGE_GROUPS, ...(marker === undefined ? {} : { Marker: marker }) }), { abortSignal: signal });
    found.push(...told(answer.TargetGroups).filter((group) => told(group.TargetType) !== 'lambda' && told(group.VpcId) === vpcId && (group.TargetType === 'instance' || group.TargetType === 'ip')));
    marker = answer.NextMarker;
    if (marker === undefined || marker === '') break;
  }
  return found;
}

async function membershipOf({ clients, signal }: PartReading, group: ElbTargetGroup, instance: Instance): Promise<TargetGroup[]> {
  const targetGroupArn = told(group.TargetGroupArn);
  const targetGroupName = told(group.TargetGroupName);
  const [client, { DescribeTargetHealthCommand }] = await Promise.all([clients.loadBalancers(), import('@aws-sdk/client-elastic-load-balancing-v2')]);
  const { TargetHealthDescriptions: targets } = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }), { abortSignal: signal });
  const ids = new Set([instance.instanceId, ...instance.networkInterfaces.flatMap((eni) => [...eni.privateIpAddresses.map(({ privateIpAddress }) => privateIpAddress), ...eni.ipv6Addresses.map(({ ipv6Address }) => ipv6Address)])]);
  return told(targets)
    .filter((one): one is TargetHealthDescription & { readonly Target: TargetDescription } => ids.has(told(one.Target?.Id)))
    .map(({ Target: target, TargetHealth: health }) => withoutAbsent({ targetGroupName, targetGroupArn, protocol: group.Protocol, port: target.Port ?? group.Port, health: health?.State, reason: health?.Description }));
}
