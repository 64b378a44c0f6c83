/**
 * Auto Scaling's, Elastic Load Balancing's and IAM's parts of the demo: the groups its instances work in, and the role they have.
 */
import { AwsError } from './awsError.ts';
import { createAwsQuery } from './awsProtocols.ts';
import { createAwsService } from './awsService.ts';
import type { AwsService } from './awsService.ts';
import { readList } from './ec2Query.ts';
import { createIds } from './estateIds.ts';
import type { DemoInstance, Estate, RegionEstate } from './estateModel.ts';
import type { XmlElements } from './xml.ts';

/** The lists of these services are `Name.member.1`. */
const readMembers = (query: URLSearchParams, name: string): string[] => readList(query, `${name}.member`);

const groupTagOf = (instance: DemoInstance): string | undefined => instance.tags['aws:autoscaling:groupName'];

/** @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingInstances.html */
export function createAutoScalingService(): AwsService {
  return createAwsService('autoscaling', createAwsQuery('2011-01-01', 'http://autoscaling.amazonaws.com/doc'), {
    DescribeAutoScalingInstances(query, region) {
      const wanted = readMembers(query, 'InstanceIds');
      const found = region.instances.filter((instance) => groupTagOf(instance) !== undefined && instance.state !== 'terminated' && (wanted.length === 0 || wanted.includes(instance.instanceId)));
      return {
        AutoScalingInstances: found.map((instance) => {
          const group = groupTagOf(instance) ?? '';
          return {
            InstanceId: instance.instanceId,
            InstanceType: instance.instanceType,
            AutoScalingGroupName: group,
            AvailabilityZone: instance.availabilityZone,
            LifecycleState: instance.state === 'pending' ? 'Pending' : 'InService',
            HealthStatus: 'HEALTHY',
            ProtectedFromScaleIn: false,
            LaunchTemplate: { LaunchTemplateId: createIds(region.region, 'launch-template', group).id('lt'), LaunchTemplateName: group, Version: '7' },
          };
        }),
      };
    },
  });
}

interface DemoTargetGroup {
  readonly name: string;
  readonly arn: string;
  readonly vpcId: string;
  readonly port: number;
  readonly targets: readonly DemoInstance[];
}

/** A group for each role of web servers and each VPC they are in. */
function targetGroupsOf(estate: Estate, region: RegionEstate): DemoTargetGroup[] {
  const groups = new Map<string, DemoTargetGroup>();
  for (const instance of region.instances) {
    const role = instance.tags['role'];
    if ((role !== 'web' && role !== 'www') || instance.vpcId === undefined) continue;
    const name = groupTagOf(instance) ?? role;
    const key = `${instance.vpcId}/${name}`;
    const id = createIds(region.region, 'target-group', key).id('').slice(2);
    const before = groups.get(key);
    groups.set(key, before === undefined ? { name, arn: `arn:aws:elasticloadbalancing:${region.region}:${estate.accountId}:targetgroup/${name}/${id}`, vpcId: instance.vpcId, port: 80, targets: [instance] } : { ...before, targets: [...before.targets, instance] });
  }
  return [...groups.values()];
}

function toHealth(instance: DemoInstance): XmlElements {
  if (instance.state === 'pending') return { State: 'initial', Reason: 'Elb.InitialHealthChecking', Description: 'Initial health checks in progress' };
  if (instance.state !== 'running') return { State: 'unused', Reason: 'Target.InvalidState', Description: 'Target is in the stopped state' };
  if (instance.impairedSince !== undefined) return { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' };
  return { State: 'healthy' };
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html */
export function createLoadBalancingService(estate: Estate): AwsService {
  return createAwsService('elasticloadbalancing', createAwsQuery('2015-12-01', 'http://elasticloadbalancing.amazonaws.com/doc'), {
    DescribeTargetGroups: (_query, region) => ({
      TargetGroups: targetGroupsOf(estate, region).map(({ name, arn, vpcId, port }) => ({ TargetGroupArn: arn, TargetGroupName: name, Protocol: 'HTTP', Port: port, VpcId: vpcId, TargetType: 'instance', HealthCheckProtocol: 'HTTP', HealthCheckPath: '/', ProtocolVersion: 'HTTP1' })),
    }),
    DescribeTargetHealth(query, region) {
      const arn = query.get('TargetGroupArn');
      const group = targetGroupsOf(estate, region).find((one) => one.arn === arn);
      if (group === undefined) throw new AwsError('TargetGroupNotFound', `Target groups '${arn ?? ''}' not found`);
      return { TargetHealthDescriptions: group.targets.map((instance) => ({ Target: { Id: instance.instanceId, Port: group.port }, HealthCheckPort: String(group.port), TargetHealth: toHealth(instance) })) };
    },
  });
}

/** Its instance profile has a role of the same name. */
const ROLE = 'managed-instance';
const POLICIES = ['AmazonSSMManagedInstanceCore', 'CloudWatchAgentServerPolicy'];
/** What the two policies allow of what is asked about here. */
const ALLOWED = /^(?:ssm:UpdateInstanceInformation|ssmmessages:(?:Create|Open)(?:Control|Data)Channel|cloudwatch:PutMetricData)$/;

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
export function createIamService(estate: Estate): AwsService {
  const roleArn = `arn:aws:iam::${estate.accountId}:role/${ROLE}`;
  const role = { Path: '/', RoleName: ROLE, RoleId: 'AROAJ4EXAMPLEDEMOHOST', Arn: roleArn, CreateDate: '2023-01-16T03:20:00Z' };
  return createAwsService('iam', createAwsQuery('2010-05-08', 'https://iam.amazonaws.com/doc'), {
    GetInstanceProfile(query) {
      const name = query.get('InstanceProfileName') ?? '';
      if (name !== ROLE) throw new AwsError('NoSuchEntity', `Instance Profile ${name} cannot be found.`, 404);
      return { InstanceProfile: { Path: '/', InstanceProfileName: ROLE, InstanceProfileId: 'AIPAJ4EXAMPLEDEMOHOST', Arn: `arn:aws:iam::${estate.accountId}:instance-profile/${ROLE}`, CreateDate: '2023-01-16T03:20:00Z', Roles: [role] } };
    },
    ListAttachedRolePolicies(query) {
      const name = query.get('RoleName') ?? '';
      if (name !== ROLE) throw new AwsError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
      return { AttachedPolicies: POLICIES.map((policy) => ({ PolicyName: policy, PolicyArn: `arn:aws:iam::aws:policy/${policy}` })), IsTruncated: false };
    },
    SimulatePrincipalPolicy(query) {
      if (query.get('PolicySourceArn') !== roleArn) throw new AwsError('NoSuchEntity', `Can't find entity with arn: ${query.get('PolicySourceArn') ?? ''}`, 404);
      return { EvaluationResults: readMembers(query, 'ActionNames').map((action) => ({ EvalActionName: action, EvalResourceName: '*', EvalDecision: ALLOWED.test(action) ? 'allowed' : 'implicitDeny', MatchedStatements: [], MissingContextValues: [] })), IsTruncated: false };
    },
  });
}
