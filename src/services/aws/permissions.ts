/**
 * What Postern asks AWS for, and what each permission is for: the one table that the list of README.md, `postern policy` and
 * the greyed-out parts of the window come from.
 */

/** One thing a policy allows or not, as a person would name it. */
export interface FeaturePermissions {
  /** In words, for README.md and the help of `postern policy`. */
  readonly does: string;
  /** As IAM names them. */
  readonly permissions: readonly string[];
}

export const features = {
  list: { does: 'list instances', permissions: ['ec2:DescribeInstances'] },
  regions: { does: 'find the enabled regions of a profile', permissions: ['ec2:DescribeRegions'] },
  interfaces: { does: 'show network interfaces whole', permissions: ['ec2:DescribeNetworkInterfaces'] },
  addresses: { does: 'tell Elastic IPs from automatic addresses', permissions: ['ec2:DescribeAddresses'] },
  status: { does: 'show status checks and scheduled events', permissions: ['ec2:DescribeInstanceStatus'] },
  network: { does: 'show VPCs, subnets and security groups', permissions: ['ec2:DescribeVpcs', 'ec2:DescribeSubnets', 'ec2:DescribeSecurityGroups'] },
  'network-detail': {
    does: 'show routes, network ACLs, gateways, endpoints, prefix lists, DNS and DHCP of a VPC',
    permissions: [
      'ec2:DescribeRouteTables',
      'ec2:DescribeNetworkAcls',
      'ec2:DescribeInternetGateways',
      'ec2:DescribeEgressOnlyInternetGateways',
      'ec2:DescribeNatGateways',
      'ec2:DescribeVpcEndpoints',
      'ec2:DescribeVpcPeeringConnections',
      'ec2:DescribeManagedPrefixLists',
      'ec2:GetManagedPrefixListEntries',
      'ec2:DescribeVpcAttribute',
      'ec2:DescribeDhcpOptions',
    ],
  },
  'key-pairs': { does: 'show key pairs', permissions: ['ec2:DescribeKeyPairs'] },
  agents: { does: 'show Systems Manager agents', permissions: ['ssm:DescribeInstanceInformation'] },
  'session-manager': { does: 'open a shell or a port by Session Manager', permissions: ['ssm:StartSession', 'ssm:ResumeSession', 'ssm:TerminateSession', 'ssmmessages:OpenDataChannel'] },
  'session-limits': { does: "show and count down Session Manager's limits", permissions: ['ssm:GetDocument'] },
  'session-encryption': { does: 'open sessions that the account encrypts', permissions: ['kms:GenerateDataKey'] },
  'one-time-keys': { does: 'sign in with a one-time key', permissions: ['ec2-instance-connect:SendSSHPublicKey'] },
  tunnels: { does: 'go through an EC2 Instance Connect Endpoint', permissions: ['ec2:DescribeInstanceConnectEndpoints', 'ec2-instance-connect:OpenTunnel'] },
  'key-pair-changes': { does: 'make, import and delete key pairs in EC2', permissions: ['ec2:ImportKeyPair', 'ec2:DeleteKeyPair', 'ec2:DescribeLaunchTemplateVersions'] },
  power: { does: 'start, stop, hibernate and reboot instances', permissions: ['ec2:StartInstances', 'ec2:StopInstances', 'ec2:RebootInstances'] },
  termination: { does: 'terminate instances', permissions: ['ec2:TerminateInstances'] },
  protection: { does: 'switch termination and stop protection', permissions: ['ec2:ModifyInstanceAttribute'] },
  'windows-password': { does: 'read the administrator password of Windows', permissions: ['ec2:GetPasswordData'] },
  'host-key-proof': { does: 'prove a host key at first contact, and show the console output', permissions: ['ec2:GetConsoleOutput'] },
  'serial-console': { does: 'open the serial console', permissions: ['ec2:GetSerialConsoleAccessStatus', 'ec2-instance-connect:SendSerialConsoleSSHPublicKey'] },
  'console-screenshot': { does: 'show a picture of the console', permissions: ['ec2:GetConsoleScreenshot'] },
  metrics: { does: 'show metrics', permissions: ['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'] },
  machine: {
    does: "show an instance's type, image, protection, credit mode, Auto Scaling group and target groups",
    permissions: ['ec2:DescribeInstanceTypes', 'ec2:DescribeImages', 'ec2:DescribeInstanceAttribute', 'ec2:DescribeInstanceCreditSpecifications', 'autoscaling:DescribeAutoScalingInstances', 'elasticloadbalancing:DescribeTargetGroups', 'elasticloadbalancing:DescribeTargetHealth'],
  },
  volumes: { does: "show an instance's volumes", permissions: ['ec2:DescribeVolumes'] },
  role: { does: 'tell whether an instance may use Session Manager', permissions: ['iam:GetInstanceProfile', 'iam:ListAttachedRolePolicies', 'iam:SimulatePrincipalPolicy', 'ssm:GetServiceSetting'] },
} as const satisfies Readonly<Record<string, FeaturePermissions>>;

export type Feature = keyof typeof features;

export const featureNames = Object.keys(features) as Feature[];

/** What a permission is for; absent: nothing Postern shows. */
export function featureOf(permission: string): Feature | undefined {
  return featureNames.find((feature) => (features[feature].permissions as readonly string[]).includes(permission));
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly { readonly Sid: string; readonly Effect: 'Allow'; readonly Action: readonly string[]; readonly Resource: string | readonly string[] }[];
}

/** The least policy with which these features work. The list is always among them: nothing works without it. */
export function leastPolicy(wanted: readonly Feature[]): PolicyDocument {
  const chosen = featureNames.filter((feature) => feature === 'list' || wanted.includes(feature));
  // Sessions are the caller's own: their names begin with the user's or the role session's.
  const own = new Set(['ssm:ResumeSession', 'ssm:TerminateSession', 'ssmmessages:OpenDataChannel']);
  const permissions = chosen.flatMap((feature): readonly string[] => features[feature].permissions);
  const statement = (Sid: string, Action: readonly string[], Resource: string | readonly string[]) => (Action.length === 0 ? [] : [{ Sid, Effect: 'Allow' as const, Action, Resource }]);
  return {
    Version: '2012-10-17',
    Statement: [
      // EC2's and Systems Manager's Describe calls know no resources: `*` is the only one that works.
      ...statement('PosternReads', permissions.filter(isRead), '*'),
      ...statement('PosternReaches', permissions.filter((permission) => !isRead(permission) && !isChange(permission) && !own.has(permission)), '*'),
      ...statement('PosternChanges', permissions.filter(isChange), '*'),
      ...statement('PosternOwnSessions', permissions.filter((permission) => own.has(permission)), ['arn:aws:ssm:*:*:session/${aws:userid}-*', 'arn:aws:ssm:*:*:session/${aws:username}-*']),
    ],
  };
}

function isRead(permission: string): boolean {
  return /:(Describe|Get|List|Simulate)/.test(permission);
}

/** What an administrator narrows first, e.g. by tags. */
function isChange(permission: string): boolean {
  return /^ec2:(Start|Stop|Reboot|Terminate|Modify|Import|Delete)/.test(permission);
}
