/** EC2's calls that change something in the demo: instances switched on and off and protected, and the password of Windows. */
import { constants, publicEncrypt, type KeyObject } from 'node:crypto';
import type { Clock } from '../services/base/clock.ts';
import { AwsError } from './awsError.ts';
import type { Actions } from './awsService.ts';
import { toEc2Date } from './ec2Instances.ts';
import { readList } from './ec2Query.ts';
import type { DemoInstance, DemoInstanceState, RegionEstate } from './estateModel.ts';
import type { InstancePower, StateChange } from './instancePower.ts';
import { rsaKeyOf } from './rsaKey.ts';
import type { XmlElements } from './xml.ts';

/** What the demo's Windows made up at its first boot. */
export const ADMINISTRATOR_PASSWORD = 'Demo-only;9x!Kt(4vQz';
/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetPasswordData.html */
const PASSWORD_AFTER_MS = 4 * 60_000;

const STATE_CODES: Readonly<Record<DemoInstanceState, number>> = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48, stopping: 64, stopped: 80 };

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StartInstances.html and its neighbours */
export function createPowerActions(power: InstancePower, clock: Clock): Actions<URLSearchParams, XmlElements> {
  const changing = (query: URLSearchParams, region: RegionEstate, change: (instance: DemoInstance) => StateChange): XmlElements => ({
    instancesSet: instancesOf(query, region).map((instance) => {
      const { previous, current } = change(instance);
      return { instanceId: instance.instanceId, currentState: toState(current), previousState: toState(previous) };
    }),
  });
  return {
    StartInstances: (query, region) => changing(query, region, (instance) => power.start(instance)),
    StopInstances: (query, region) => changing(query, region, (instance) => power.stop(instance, query.get('Hibernate') === 'true')),
    TerminateInstances: (query, region) => changing(query, region, (instance) => power.terminate(instance)),
    RebootInstances(query, region) {
      for (const instance of instancesOf(query, region)) power.reboot(instance);
      return { return: true };
    },
    DescribeInstanceAttribute(query, region) {
      const instance = instanceOf(query.get('InstanceId'), region);
      const { termination, stop } = power.protection(instance);
      switch (query.get('Attribute')) {
        case 'disableApiTermination':
          return { instanceId: instance.instanceId, disableApiTermination: { value: termination } };
        case 'disableApiStop':
          return { instanceId: instance.instanceId, disableApiStop: { value: stop } };
        default:
          throw new AwsError('InvalidParameterValue', `The demo does not tell the attribute '${query.get('Attribute') ?? ''}'.`);
      }
    },
    ModifyInstanceAttribute(query, region) {
      const instance = instanceOf(query.get('InstanceId'), region);
      const termination = query.get('DisableApiTermination.Value');
      const stop = query.get('DisableApiStop.Value');
      if (termination === null && stop === null) throw new AwsError('InvalidParameterCombination', 'The demo changes the two protections only.');
      power.protect(instance, { ...(termination === null ? {} : { termination: termination === 'true' }), ...(stop === null ? {} : { stop: stop === 'true' }) });
      return { return: true };
    },
    GetPasswordData(query, region) {
      const instance = instanceOf(query.get('InstanceId'), region);
      const pair = region.keyPairs.find(({ keyName }) => keyName === instance.keyName);
      const key = pair === undefined ? undefined : rsaKeyOf(pair.publicKey);
      const early = clock.now() - Date.parse(instance.launchTime) < PASSWORD_AFTER_MS;
      const passwordData = !instance.windows || early || key === undefined ? '' : encrypted(key);
      return { instanceId: instance.instanceId, timestamp: toEc2Date(instance.launchTime), passwordData };
    },
  };
}

/** With the line breaks that Windows writes around it. */
function encrypted(key: KeyObject): string {
  return `\r\n${publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(ADMINISTRATOR_PASSWORD)).toString('base64')}\r\n`;
}

const toState = (state: DemoInstanceState): XmlElements => ({ code: STATE_CODES[state], name: state });

function instancesOf(query: URLSearchParams, region: RegionEstate): DemoInstance[] {
  const ids = readList(query, 'InstanceId');
  if (ids.length === 0) throw new AwsError('MissingParameter', 'The request must contain the parameter InstanceId');
  return ids.map((instanceId) => instanceOf(instanceId, region));
}

function instanceOf(instanceId: string | null, region: RegionEstate): DemoInstance {
  if (instanceId === null) throw new AwsError('MissingParameter', 'The request must contain the parameter InstanceId');
  const found = region.instances.find((instance) => instance.instanceId === instanceId);
  if (found === undefined) throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${instanceId}' does not exist`);
  return found;
}
