/** What an action would cost each host, asked of AWS before it is done; what may not be read is named and stands in nobody's way. */
import type { ActionCosts, ActionKind } from '../../contract/action.ts';
import type { InstanceTypeFacts } from '../../contract/hostDetail.ts';
import { isElastic, type Instance } from '../../contract/instance.ts';
import type { Part } from '../../contract/part.ts';
import { inState, say } from '../../contract/say.ts';
import { scopeKey } from '../../contract/scope.ts';
import type { AwsClients } from '../aws/clients.ts';
import { readDescribedInstances } from '../aws/describedInstance.ts';
import { readInstanceType, readProtection } from '../aws/ec2Facts.ts';
import { toldPart } from '../aws/readPart.ts';

/** The dialog waits for it. */
const COSTS_TIMEOUT_MS = 15_000;

export interface ActionCostsOptions {
  readonly clients: AwsClients;
  readonly isProduction: (instance: Instance) => boolean;
  readonly openSessions: (instanceId: string) => number;
  readonly openForwards: (instanceId: string) => number;
}

export async function readActionCosts({ clients, isProduction, openSessions, openForwards }: ActionCostsOptions, kind: ActionKind, instances: readonly Instance[]): Promise<ActionCosts[]> {
  const signal = AbortSignal.timeout(COSTS_TIMEOUT_MS);
  const byScope = Map.groupBy(instances, ({ scope }) => scopeKey(scope));
  const costs = await Promise.all(
    [...byScope.values()].map(async (some) => {
      const [first] = some;
      if (first === undefined) return [];
      const reading = { clients: await clients.ready(first.scope, signal), signal };
      const types = new Map([...new Set(some.map(({ instanceType }) => instanceType))].map((type) => [type, readInstanceType(reading, type)] as const));
      const described = await readDescribedInstances(reading, some.map(({ instanceId }) => instanceId));
      return Promise.all(
        some.map(async (instance): Promise<ActionCosts> => {
          const { instanceId, name, state, tags } = instance;
          const type = await (types.get(instance.instanceType) ?? readInstanceType(reading, instance.instanceType));
          const protection = await readProtection(reading, instanceId);
          const hibernationConfigured = toldPart(reading, described, 'DescribeInstances', (all) => all.get(instanceId)?.hibernationConfigured);
          const production = isProduction(instance);
          const impossible = whyImpossible(kind, instance, protection, hibernationConfigured);
          const autoScalingGroup = tags['aws:autoscaling:groupName'];
          return {
            instanceId,
            ...(name === undefined ? {} : { instanceName: name }),
            state,
            production,
            ...(needsTypedName(kind, production) ? { typedName: nameToType(instance) } : {}),
            ...(impossible === undefined ? {} : { impossible }),
            publicAddresses: publicAddressesOf(instance),
            ...(autoScalingGroup === undefined ? {} : { autoScalingGroup }),
            openSessions: openSessions(instanceId),
            openForwards: openForwards(instanceId),
            protection,
            hibernationConfigured,
            instanceStoreGb: toldPart(reading, type, 'DescribeInstanceTypes', instanceStoreGbOf),
            deletedVolumes: toldPart(reading, described, 'DescribeInstances', (all) => all.get(instanceId)?.blockDevices.flatMap(({ volumeId, deleteOnTermination }) => (deleteOnTermination === true && volumeId !== undefined ? [volumeId] : []))),
          };
        }),
      );
    }),
  );
  const byId = new Map(costs.flat().map((one) => [one.instanceId, one]));
  return instances.flatMap(({ instanceId }) => byId.get(instanceId) ?? []);
}

/** 0: it has none; undefined: that is not known. */
function instanceStoreGbOf(type: InstanceTypeFacts | undefined): number | undefined {
  if (type === undefined) return undefined;
  const { instanceStore } = type;
  if (instanceStore === undefined) return 0;
  return instanceStore.totalSizeGb ?? (instanceStore.disks.length === 0 ? undefined : instanceStore.disks.reduce((sum, { count, sizeGb }) => sum + count * sizeGb, 0));
}

/** A start disturbs nobody, wherever it is. */
export function needsTypedName(kind: ActionKind, production: boolean): boolean {
  return kind === 'terminate' || (production && kind !== 'start');
}

/** A name of blanks cannot be typed. */
export function nameToType({ name, instanceId }: Pick<Instance, 'name' | 'instanceId'>): string {
  return name === undefined || name.trim() === '' ? instanceId : name;
}

/** The id always does: names may hold what no keyboard has. */
export function isTypedName(instance: Pick<Instance, 'name' | 'instanceId'>, typed: string | undefined): boolean {
  return typed !== undefined && (typed.trim() === nameToType(instance).trim() || typed.trim() === instance.instanceId);
}

function publicAddressesOf({ networkInterfaces, publicIpAddress }: Instance): ActionCosts['publicAddresses'] {
  const found = networkInterfaces.flatMap(({ privateIpAddresses }) => privateIpAddresses.flatMap(({ association }) => (association?.publicIp === undefined ? [] : [{ publicIp: association.publicIp, elastic: isElastic(association) === true }])));
  return found.length > 0 || publicIpAddress === undefined ? found : [{ publicIp: publicIpAddress, elastic: false }];
}

function whyImpossible(kind: ActionKind, { state }: Pick<Instance, 'state'>, protection: Part<{ termination: boolean; stop: boolean }>, hibernation: Part<boolean>): string | undefined {
  if (state === 'terminated' || state === 'shutting-down') return say`It is ${inState(state)}.`;
  switch (kind) {
    case 'start':
      return state === 'stopped' ? undefined : say`It is ${inState(state)}.`;
    case 'hibernate':
      return hibernation.known && !hibernation.value ? say`It was launched without hibernation.` : whyImpossible('stop', { state }, protection, hibernation);
    case 'stop':
      if (state !== 'running') return say`It is ${inState(state)}.`;
      return protection.known && protection.value.stop ? say`Its stop protection is on.` : undefined;
    case 'reboot':
      return state === 'running' ? undefined : say`It is ${inState(state)}.`;
    case 'terminate':
      return protection.known && protection.value.termination ? say`Its termination protection is on.` : undefined;
  }
}
