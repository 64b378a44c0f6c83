/**
 * AWS marks nearly every element of its answers as optional. Each is left out in turn, through the SDK over HTTP: what is read then
 * is less than before, never something else. No "none", "off" or "not allowed" is said of what was not told.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClients, type AwsClients } from '../../src/services/aws/clients.ts';
import { readDescribedInstances } from '../../src/services/aws/describedInstance.ts';
import { readCreditMode, readImage, readInstanceType, readProtection, readVolumes } from '../../src/services/aws/ec2Facts.ts';
import { readAutoScaling, readTargetGroups } from '../../src/services/aws/groupFacts.ts';
import { isSerialConsoleEnabled } from '../../src/services/aws/instanceConnect.ts';
import { readConsole } from '../../src/services/aws/instanceConsole.ts';
import { AGENT_ACTIONS, judgeSessionManager, readAttachedPolicies, readDefaultHostManagement, readRoles, simulateAgent } from '../../src/services/aws/instanceRole.ts';
import { readPart, type PartReading } from '../../src/services/aws/readPart.ts';
import { instance } from '../unit/renderer/literals.ts';
import { createCloud, profileSection, startScriptedAws, type ScriptedAnswer } from './scriptedAws.ts';

const ID = 'i-0123456789abcdef0';
const ROLE = { roleName: 'managed', roleArn: 'arn:aws:iam::111122223333:role/managed' };
const host = instance({ instanceId: ID, instanceType: 'm5d.large', imageId: 'ami-1', vpcId: 'vpc-1' });

interface Reader {
  /** Whole answers, by operation; the element is left out of the first one. */
  readonly answers: Readonly<Record<string, string>>;
  /** How many elements of the first answer are left out. */
  readonly elements: number;
  read(reading: PartReading): Promise<unknown>;
  /** Elements whose absence is AWS's own way to say no, as the API reference has it. */
  readonly saysNo?: RegExp;
}

const attribute = (name: string): string => `<DescribeInstanceAttributeResponse><requestId>r</requestId><instanceId>${ID}</instanceId><${name}><value>true</value></${name}></DescribeInstanceAttributeResponse>`;
const decisions = AGENT_ACTIONS.map((action) => `<member><EvalActionName>${action}</EvalActionName><EvalResourceName>*</EvalResourceName><EvalDecision>allowed</EvalDecision></member>`).join('');

const readers: Readonly<Record<string, Reader>> = {
  'what an instance is': {
    elements: 41,
    answers: {
      DescribeInstances: `<DescribeInstancesResponse><reservationSet><item><reservationId>r-1</reservationId><ownerId>111122223333</ownerId><instancesSet><item><instanceId>${ID}</instanceId><placement><availabilityZone>a</availabilityZone><groupName>pg</groupName><tenancy>host</tenancy><hostId>h-1</hostId></placement><monitoring><state>enabled</state></monitoring><instanceLifecycle>spot</instanceLifecycle><bootMode>uefi</bootMode><currentInstanceBootMode>uefi</currentInstanceBootMode><virtualizationType>hvm</virtualizationType><ebsOptimized>true</ebsOptimized><cpuOptions><coreCount>2</coreCount><threadsPerCore>2</threadsPerCore></cpuOptions><hibernationOptions><configured>true</configured></hibernationOptions><enclaveOptions><enabled>true</enabled></enclaveOptions><maintenanceOptions><autoRecovery>default</autoRecovery></maintenanceOptions><rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/xvda</rootDeviceName><metadataOptions><state>applied</state><httpTokens>required</httpTokens><httpPutResponseHopLimit>1</httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint><instanceMetadataTags>enabled</instanceMetadataTags></metadataOptions><blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><volumeId>vol-1</volumeId><status>attached</status><attachTime>2026-11-01T00:00:00.000Z</attachTime><deleteOnTermination>true</deleteOnTermination></ebs></item></blockDeviceMapping></item></instancesSet></item></reservationSet></DescribeInstancesResponse>`,
    },
    read: async (reading) => {
      const part = await readDescribedInstances(reading, [ID]);
      return part.known ? { known: true, value: part.value.get(ID) } : part;
    },
  },
  'its type': {
    elements: 27,
    answers: {
      DescribeInstanceTypes: `<DescribeInstanceTypesResponse><instanceTypeSet><item><instanceType>m5d.large</instanceType><currentGeneration>true</currentGeneration><bareMetal>true</bareMetal><hypervisor>nitro</hypervisor><processorInfo><sustainedClockSpeedInGhz>3.1</sustainedClockSpeedInGhz></processorInfo><vCpuInfo><defaultVCpus>2</defaultVCpus></vCpuInfo><memoryInfo><sizeInMiB>8192</sizeInMiB></memoryInfo><instanceStorageSupported>true</instanceStorageSupported><instanceStorageInfo><totalSizeInGB>75</totalSizeInGB><disks><item><sizeInGB>75</sizeInGB><count>1</count><type>ssd</type></item></disks></instanceStorageInfo><networkInfo><networkPerformance>Up to 10 Gigabit</networkPerformance></networkInfo><gpuInfo><gpus><item><name>T4</name><manufacturer>NVIDIA</manufacturer><count>1</count></item></gpus></gpuInfo><hibernationSupported>true</hibernationSupported><burstablePerformanceSupported>true</burstablePerformanceSupported></item></instanceTypeSet></DescribeInstanceTypesResponse>`,
    },
    read: (reading) => readInstanceType(reading, 'm5d.large'),
    // A graphics card without its maker or count is still told, by what is there.
    saysNo: /gpu|manufacturer|count|name$/,
  },
  'its image': {
    elements: 9,
    answers: { DescribeImages: `<DescribeImagesResponse><imagesSet><item><imageId>ami-1</imageId><imageState>available</imageState><imageOwnerId>137112412989</imageOwnerId><imageOwnerAlias>amazon</imageOwnerAlias><name>al2023</name><description>Amazon Linux</description><creationDate>2024-02-17T01:43:41.000Z</creationDate><deprecationTime>2026-02-17T01:43:41.000Z</deprecationTime></item></imagesSet></DescribeImagesResponse>` },
    read: (reading) => readImage(reading, 'ami-1'),
  },
  'its volumes': {
    elements: 21,
    answers: { DescribeVolumes: `<DescribeVolumesResponse><volumeSet><item><volumeId>vol-1</volumeId><size>8</size><snapshotId>snap-1</snapshotId><status>in-use</status><createTime>2026-11-01T00:00:00.000Z</createTime><attachmentSet><item><volumeId>vol-1</volumeId><instanceId>${ID}</instanceId><device>/dev/xvda</device><status>attached</status><deleteOnTermination>true</deleteOnTermination></item></attachmentSet><volumeType>gp3</volumeType><iops>3000</iops><throughput>125</throughput><encrypted>true</encrypted><kmsKeyId>arn:aws:kms:key</kmsKeyId><multiAttachEnabled>true</multiAttachEnabled><tagSet><item><key>Name</key><value>data</value></item></tagSet></item></volumeSet></DescribeVolumesResponse>` },
    read: (reading) => readVolumes(reading, ID),
  },
  'its termination protection': { elements: 4, answers: { DescribeInstanceAttribute: attribute('disableApiTermination') }, read: (reading) => readProtection(reading, ID) },
  'its credits': { elements: 3, answers: { DescribeInstanceCreditSpecifications: `<DescribeInstanceCreditSpecificationsResponse><instanceCreditSpecificationSet><item><instanceId>${ID}</instanceId><cpuCredits>unlimited</cpuCredits></item></instanceCreditSpecificationSet></DescribeInstanceCreditSpecificationsResponse>` }, read: (reading) => readCreditMode(reading, ID) },
  'its Auto Scaling group': {
    elements: 11,
    answers: { DescribeAutoScalingInstances: `<DescribeAutoScalingInstancesResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"><DescribeAutoScalingInstancesResult><AutoScalingInstances><member><InstanceId>${ID}</InstanceId><AutoScalingGroupName>web</AutoScalingGroupName><LifecycleState>InService</LifecycleState><HealthStatus>HEALTHY</HealthStatus><ProtectedFromScaleIn>true</ProtectedFromScaleIn><LaunchTemplate><LaunchTemplateId>lt-1</LaunchTemplateId><LaunchTemplateName>web</LaunchTemplateName><Version>7</Version></LaunchTemplate><LaunchConfigurationName>old</LaunchConfigurationName></member></AutoScalingInstances></DescribeAutoScalingInstancesResult></DescribeAutoScalingInstancesResponse>` },
    read: (reading) => readAutoScaling(reading, ID),
  },
  'its health in target groups': {
    elements: 8,
    answers: {
      DescribeTargetHealth: `<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeTargetHealthResult><TargetHealthDescriptions><member><Target><Id>${ID}</Id><Port>80</Port></Target><TargetHealth><State>unhealthy</State><Reason>Target.Timeout</Reason><Description>Request timed out</Description></TargetHealth></member></TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>`,
      DescribeTargetGroups: `<DescribeTargetGroupsResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeTargetGroupsResult><TargetGroups><member><TargetGroupArn>arn:tg</TargetGroupArn><TargetGroupName>web</TargetGroupName><Protocol>HTTP</Protocol><Port>80</Port><VpcId>vpc-1</VpcId><TargetType>instance</TargetType></member></TargetGroups></DescribeTargetGroupsResult></DescribeTargetGroupsResponse>`,
    },
    read: (reading) => readTargetGroups(reading, host),
  },
  'its target groups': {
    elements: 7,
    answers: {
      DescribeTargetGroups: `<DescribeTargetGroupsResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeTargetGroupsResult><TargetGroups><member><TargetGroupArn>arn:tg</TargetGroupArn><TargetGroupName>web</TargetGroupName><Protocol>HTTP</Protocol><Port>80</Port><VpcId>vpc-1</VpcId><TargetType>instance</TargetType></member></TargetGroups></DescribeTargetGroupsResult></DescribeTargetGroupsResponse>`,
      DescribeTargetHealth: `<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeTargetHealthResult><TargetHealthDescriptions><member><Target><Id>${ID}</Id></Target></member></TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>`,
    },
    read: (reading) => readTargetGroups(reading, host),
  },
  'its role': {
    elements: 7,
    answers: { GetInstanceProfile: `<GetInstanceProfileResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetInstanceProfileResult><InstanceProfile><InstanceProfileName>managed</InstanceProfileName><Roles><member><RoleName>managed</RoleName><Arn>${ROLE.roleArn}</Arn><PermissionsBoundary><PermissionsBoundaryArn>arn:b</PermissionsBoundaryArn></PermissionsBoundary></member></Roles></InstanceProfile></GetInstanceProfileResult></GetInstanceProfileResponse>` },
    read: (reading) => readRoles(reading, 'arn:aws:iam::111122223333:instance-profile/managed'),
  },
  'the policies of its role': {
    elements: 4,
    answers: { ListAttachedRolePolicies: `<ListAttachedRolePoliciesResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListAttachedRolePoliciesResult><AttachedPolicies><member><PolicyName>AmazonSSMManagedInstanceCore</PolicyName><PolicyArn>arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore</PolicyArn></member></AttachedPolicies><IsTruncated>false</IsTruncated></ListAttachedRolePoliciesResult></ListAttachedRolePoliciesResponse>` },
    read: (reading) => readAttachedPolicies(reading, { known: true, value: [ROLE] }),
  },
  'whether its role allows Session Manager': {
    elements: 5,
    answers: { SimulatePrincipalPolicy: `<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult><EvaluationResults>${decisions}</EvaluationResults><IsTruncated>false</IsTruncated></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>` },
    read: async (reading) => {
      const roles = { known: true, value: [ROLE] } as const;
      const simulation = await simulateAgent(reading, roles);
      const { allowed } = judgeSessionManager({ roles, policies: { known: true, value: [] }, simulation, defaultHostManagement: { known: true, value: undefined } });
      return { simulation, ...(allowed === 'unknown' ? {} : { allowed }) };
    },
  },
  'Default Host Management': { elements: 4, answers: { GetServiceSetting: JSON.stringify({ ServiceSetting: { SettingId: '/ssm/managed-instance/default-ec2-instance-management-role', SettingValue: 'DefaultRole', Status: 'Customized' } }) }, read: readDefaultHostManagement },
  'the serial console of the account': {
    elements: 1,
    answers: { GetSerialConsoleAccessStatus: '<GetSerialConsoleAccessStatusResponse><serialConsoleAccessEnabled>true</serialConsoleAccessEnabled></GetSerialConsoleAccessStatusResponse>' },
    read: (reading) => readPart(reading, 'ec2', 'GetSerialConsoleAccessStatus', () => isSerialConsoleEnabled(reading.clients, reading.signal)),
  },
  'its console': {
    elements: 3,
    answers: { GetConsoleOutput: `<GetConsoleOutputResponse><instanceId>${ID}</instanceId><timestamp>2026-11-01T00:00:00.000Z</timestamp><output>${Buffer.from('login: ').toString('base64')}</output></GetConsoleOutputResponse>` },
    read: (reading) => readConsole(reading.clients, ID, reading.signal),
    // An instance without output has none in its answer.
    saysNo: /output$/,
  },
};

/** Without each of its elements in turn, the first of those of a path. */
function* lacking(answer: string): Generator<readonly [path: string, answer: string]> {
  if (answer.startsWith('{')) {
    yield* lackingMembers(JSON.parse(answer));
    return;
  }
  const open: { readonly name: string; readonly start: number }[] = [];
  const seen = new Set<string>();
  for (const { 0: tag, 1: close, 2: name = '', index } of answer.matchAll(/<(\/?)(\w+)(?: [^>]*)?>/g)) {
    if (close !== '/') {
      open.push({ name, start: index });
      continue;
    }
    const path = open.map((element) => element.name).join('.');
    const start = open.pop()?.start ?? 0;
    // The answer and its result are the protocol's own, and a list without an entry says that there is none.
    if (open.length === 0 || name.endsWith('Result') || name === 'item' || name === 'member' || seen.has(path)) continue;
    seen.add(path);
    yield [path, answer.slice(0, start) + answer.slice(index + tag.length)];
  }
}

function* lackingMembers(value: unknown, put: (instead: unknown) => unknown = (instead) => instead, path = ''): Generator<readonly [path: string, answer: string]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, held] of Object.entries(value)) {
    const rest = Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    yield [`${path}.${key}`, JSON.stringify(put(rest))];
    yield* lackingMembers(held, (instead) => put({ ...rest, [key]: instead }), `${path}.${key}`);
  }
}

/** What is said otherwise than before. That a thing is missing, with its reason, is no statement about it. */
function saidOtherwise(before: unknown, after: unknown, path: string): string[] {
  if (typeof before !== 'object' || before === null) return Object.is(before, after) || after === undefined ? [] : [`${path}: ${String(before)} is ${JSON.stringify(after)}`];
  if (typeof after !== 'object' || after === null) return after === undefined ? [] : [`${path} is ${JSON.stringify(after)}`];
  if ('known' in after && after.known === false) return [];
  if (Array.isArray(before) && Array.isArray(after)) {
    const items: readonly unknown[] = after;
    return items.flatMap((item, index) => saidOtherwise(before[index], item, `${path}.${index}`)).concat(before.length > 0 && items.length === 0 && path === 'value' ? [`${path}: none`] : []);
  }
  if ('known' in before && before.known === true && !('value' in after && after.value !== undefined) && 'known' in after) return [`${path}: nothing`];
  return Object.entries(after).flatMap(([key, value]) => saidOtherwise(Reflect.get(before, key), value, path === '' ? key : `${path}.${key}`));
}

let answer: (operation: string, input: Readonly<Record<string, unknown>>) => ScriptedAnswer;
let clients: AwsClients;
let reading: PartReading;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  const server = await startScriptedAws(({ operation, input }) => answer(operation, input));
  const cloud = await createCloud(profileSection('p', server.url));
  clients = createClients({ clouds: () => [cloud], version: '0.1.0', timeouts: { connectMs: 5000, answerMs: 5000, attempts: 1 } });
  reading = { clients: await clients.forScope({ profile: 'p', region: 'eu-west-1' }), signal: new AbortController().signal };
  cleanups.push(() => server.close(), cloud.remove, () => clients.close());
});
afterAll(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

describe('with each element left out', () => {
  test.each(Object.entries(readers))('%s is told less, or not, and never otherwise', async (_name, { answers, elements, read, saysNo = /^$/ }) => {
    const [[first, whole] = ['', '']] = Object.entries(answers);
    const answerWith = (body: string) => (operation: string, input: Readonly<Record<string, unknown>>): ScriptedAnswer => ({ body: operation !== first ? (answers[operation] ?? '') : operation === 'DescribeInstanceAttribute' ? body.replaceAll('disableApiTermination', String(input['Attribute'])) : body });
    answer = answerWith(whole);
    const before = await read(reading);
    // Of what was not known nothing could be said otherwise.
    expect(JSON.stringify(before)).not.toContain('"known":false');
    expect(saidOtherwise(before, before, '')).toEqual([]);
    const otherwise: string[] = [];
    let count = 0;
    for (const [path, body] of lacking(whole)) {
      count += 1;
      answer = answerWith(body);
      try {
        if (!saysNo.test(path)) otherwise.push(...saidOtherwise(before, await read(reading), '').map((what) => `without ${path}: ${what}`));
        else await read(reading);
      } catch (thrown) {
        otherwise.push(`without ${path}: ${String(thrown)}`);
      }
    }
    expect(otherwise).toEqual([]);
    expect(count).toBe(elements);
  });
});
