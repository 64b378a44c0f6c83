/** The sections of the host panel that are asked of AWS when they are opened: each part on its own, so that a denied call takes only its part. */
import type { ConsoleOutput, ConsoleScreenshot, InstanceAccess, InstanceDetails, InstanceStorage } from '../contract/hostDetail.ts';
import type { Instance } from '../contract/instance.ts';
import { readDescribedInstances, launchTemplateOf } from './aws/describedInstance.ts';
import { readCreditMode, readImage, readInstanceType, readProtection, readVolumes } from './aws/ec2Facts.ts';
import type { AwsClients } from './aws/clients.ts';
import { readAutoScaling, readTargetGroups } from './aws/groupFacts.ts';
import { readConsole, readConsoleScreenshot } from './aws/instanceConsole.ts';
import { isSerialConsoleEnabled } from './aws/instanceConnect.ts';
import { judgeSessionManager, readAttachedPolicies, readDefaultHostManagement, readRoles, simulateAgent } from './aws/instanceRole.ts';
import { mapPart, readPart, type PartReading } from './aws/readPart.ts';
import { isoTime, type Clock } from './base/clock.ts';

/** Nothing waits for a section but the section. */
const ANSWER_TIMEOUT_MS = 25_000;

export interface HostDetailOptions {
  readonly clients: Pick<AwsClients, 'ready'>;
  readonly instanceOf: (instanceId: string) => Instance;
  readonly clock: Clock;
}

export interface HostDetail {
  /** @throws PosternError `instance.not-found`, and what getting credentials throws; of the others below too */
  details(instanceId: string): Promise<InstanceDetails>;
  access(instanceId: string): Promise<InstanceAccess>;
  storage(instanceId: string): Promise<InstanceStorage>;
  /** @throws PosternError also any `aws.*` code */
  output(instanceId: string): Promise<ConsoleOutput>;
  /** @throws PosternError also any `aws.*` code, `instance.not-running` */
  screenshot(instanceId: string): Promise<ConsoleScreenshot>;
}

export function createHostDetail({ clients, instanceOf, clock }: HostDetailOptions): HostDetail {
  const begin = async (instanceId: string): Promise<{ instance: Instance; reading: PartReading; readAt: string }> => {
    const instance = instanceOf(instanceId);
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    return { instance, reading: { clients: await clients.ready(instance.scope, signal), signal }, readAt: isoTime(clock) };
  };
  const describe = async (reading: PartReading, instanceId: string) => mapPart(await readDescribedInstances(reading, [instanceId]), (found) => found.get(instanceId));

  return {
    async details(instanceId) {
      const { instance, reading, readAt } = await begin(instanceId);
      const [described, type, image, protection, creditMode, autoScaling, targetGroups] = await Promise.all([
        describe(reading, instanceId),
        readInstanceType(reading, instance.instanceType),
        readImage(reading, instance.imageId),
        readProtection(reading, instanceId),
        readCreditMode(reading, instanceId),
        readAutoScaling(reading, instanceId),
        readTargetGroups(reading, instance),
      ]);
      const launchTemplate = launchTemplateOf(instance.tags);
      return { instanceId, readAt, described, type, image, protection, creditMode, autoScaling, targetGroups, ...(launchTemplate === undefined ? {} : { launchTemplate }) };
    },
    async access(instanceId) {
      const { instance, reading, readAt } = await begin(instanceId);
      const roles = readRoles(reading, instance.iamInstanceProfileArn);
      const [described, known, policies, simulation, defaultHostManagement, serialConsole, image] = await Promise.all([
        describe(reading, instanceId),
        roles,
        roles.then((part) => readAttachedPolicies(reading, part)),
        roles.then((part) => simulateAgent(reading, part)),
        readDefaultHostManagement(reading),
        readPart(reading, 'ec2', 'GetSerialConsoleAccessStatus', () => isSerialConsoleEnabled(reading.clients, reading.signal)),
        readImage(reading, instance.imageId),
      ]);
      return {
        instanceId,
        readAt,
        sessionManager: judgeSessionManager({ roles: known, policies, simulation, defaultHostManagement }),
        roles: known,
        policies,
        simulation,
        defaultHostManagement,
        metadataOptions: mapPart(described, (facts) => facts?.metadataOptions),
        serialConsole,
        image,
      };
    },
    async storage(instanceId) {
      const { instance, reading, readAt } = await begin(instanceId);
      const [described, volumes, type] = await Promise.all([describe(reading, instanceId), readVolumes(reading, instanceId), readInstanceType(reading, instance.instanceType)]);
      return { instanceId, readAt, described, volumes, type };
    },
    async output(instanceId) {
      const { reading, readAt } = await begin(instanceId);
      return { ...(await readConsole(reading.clients, instanceId, reading.signal)), readAt };
    },
    async screenshot(instanceId) {
      const { reading, readAt } = await begin(instanceId);
      return { ...(await readConsoleScreenshot(reading.clients, instanceId, reading.signal)), readAt };
    },
  };
}
