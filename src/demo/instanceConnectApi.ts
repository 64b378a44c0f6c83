/**
 * EC2 Instance Connect's part of the demo: a public key that opens a running Linux host for 60 seconds.
 *
 * @see https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html
 */
import { randomUUID } from 'node:crypto';
import { AwsError } from './awsError.ts';
import { awsJson } from './awsProtocols.ts';
import type { JsonObject } from './awsProtocols.ts';
import { createAwsService } from './awsService.ts';
import type { AwsService } from './awsService.ts';
import type { DemoHosts } from './demoHosts.ts';
import type { DemoInstance, RegionEstate } from './estateModel.ts';
import { readOptionalText, readText } from './jsonInput.ts';
import type { SerialConsole } from './serialConsole.ts';

/** The helper on the instance takes RSA and ED25519 only. */
const PUBLIC_KEY = /^ssh-(?:rsa|ed25519) [A-Za-z0-9+/]+={0,2}(?: [^\r\n]*)?\s*$/;
const MIN_KEY_CHARACTERS = 80;
const MAX_KEY_CHARACTERS = 4096;

export function createInstanceConnectService(hosts: DemoHosts, serialConsole: SerialConsole): AwsService {
  return createAwsService('ec2-instance-connect', awsJson, {
    SendSSHPublicKey(input, region) {
      const osUser = readText(input, 'InstanceOSUser');
      const zone = readOptionalText(input, 'AvailabilityZone');
      if (!/^[A-Za-z_][A-Za-z0-9@._-]{0,30}[A-Za-z0-9$_-]?$/.test(osUser)) throw new AwsError('InvalidArgsException', 'Instance OS username is invalid');
      const { instance, publicKey } = readKeyAndInstance(input, region);
      if (zone !== undefined && zone !== instance.availabilityZone) throw new AwsError('InvalidArgsException', 'Availability Zone is invalid');
      checkRunning(instance);
      hosts.lendPublicKey(instance, osUser, publicKey);
      return { RequestId: randomUUID(), Success: true };
    },
    SendSerialConsoleSSHPublicKey(input, region) {
      const { instance, publicKey } = readKeyAndInstance(input, region);
      const port = input['SerialPort'] ?? 0;
      if (port !== 0) throw new AwsError('InvalidArgsException', 'Serial port is invalid');
      checkRunning(instance);
      serialConsole.lendKey(instance, publicKey);
      return { RequestId: randomUUID(), Success: true };
    },
  });
}

/** @throws AwsError for an instance or a key that is none */
function readKeyAndInstance(input: JsonObject, region: RegionEstate): { instance: DemoInstance; publicKey: string } {
  const instanceId = readText(input, 'InstanceId');
  const publicKey = readText(input, 'SSHPublicKey');
  if (!/^i-[a-f0-9]{8,30}$/.test(instanceId)) throw new AwsError('InvalidArgsException', 'Instance ID is invalid');
  if (publicKey.length < MIN_KEY_CHARACTERS || publicKey.length > MAX_KEY_CHARACTERS || !PUBLIC_KEY.test(publicKey)) throw new AwsError('InvalidArgsException', 'SSH public key is invalid');
  const instance = region.instances.find((one) => one.instanceId === instanceId && one.state !== 'terminated');
  if (instance === undefined) throw new AwsError('EC2InstanceNotFoundException', 'Instance not found');
  return { instance, publicKey: publicKey.trim() };
}

function checkRunning({ state }: DemoInstance): void {
  if (state !== 'running') throw new AwsError('EC2InstanceStateInvalidException', `Unable to connect because the instance is not in a valid state. Instance state: ${state}`);
}
