/**
 * EC2 Instance Connect: lends a public key to an instance, or to its serial console, for 60 seconds.
 *
 * @see https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/Welcome.html
 */
import { PosternError } from '../../contract/error.ts';
import type { ErrorCode } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { AwsCall } from './awsErrors.ts';
import { toAwsError } from './awsErrors.ts';
import type { ScopeClients } from './clients.ts';
import { told } from './readPart.ts';

export interface LoginToLend {
  readonly instanceId: string;
  readonly osUser: string;
  /** One authorized_keys line, ed25519 or RSA. */
  readonly publicKey: string;
  readonly availabilityZone?: string | undefined;
}

/**
 * Let `osUser` sign in with `publicKey` for the next 60 seconds.
 *
 * The minute starts when this returns, so call it just before the sign-in. It succeeds for a host without the
 * ec2-instance-connect package too: the key then opens nothing.
 *
 * @throws PosternError `eic.key-push-refused`, `eic.instance-unavailable`, `instance.not-found`, `instance.not-running`, any
 *   `aws.*` code, `cancelled`
 * @see https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html
 */
export async function lendPublicKey(clients: ScopeClients, { instanceId, osUser, publicKey, availabilityZone }: LoginToLend, signal: AbortSignal): Promise<void> {
  const call = clients.call('ec2-instance-connect', 'SendSSHPublicKey', instanceId);
  await mapErrors(call, async () => {
    const [client, { SendSSHPublicKeyCommand }] = await Promise.all([clients.instanceConnect(), import('@aws-sdk/client-ec2-instance-connect')]);
    const answer = await client.send(new SendSSHPublicKeyCommand({ InstanceId: instanceId, InstanceOSUser: osUser, SSHPublicKey: publicKey, AvailabilityZone: availabilityZone }), { abortSignal: signal });
    return answer.Success;
  }, signal);
}

/**
 * Let the holder of the key's private half into the serial console for the next 60 seconds.
 *
 * @throws PosternError `eic.serial-disabled`, `eic.serial-unsupported`, `eic.serial-busy`, and as `lendPublicKey`
 * @see https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSerialConsoleSSHPublicKey.html
 */
export async function lendSerialConsoleKey(clients: ScopeClients, { instanceId, publicKey }: Pick<LoginToLend, 'instanceId' | 'publicKey'>, signal: AbortSignal): Promise<void> {
  const call = clients.call('ec2-instance-connect', 'SendSerialConsoleSSHPublicKey', instanceId);
  await mapErrors(call, async () => {
    const [client, { SendSerialConsoleSSHPublicKeyCommand }] = await Promise.all([clients.instanceConnect(), import('@aws-sdk/client-ec2-instance-connect')]);
    const answer = await client.send(new SendSerialConsoleSSHPublicKeyCommand({ InstanceId: instanceId, SerialPort: 0, SSHPublicKey: publicKey }), { abortSignal: signal });
    return answer.Success;
  }, signal);
}

/**
 * Whether the account allows the serial console in this region.
 *
 * @throws PosternError any `aws.*` code, `cancelled`
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetSerialConsoleAccessStatus.html
 */
export async function isSerialConsoleEnabled(clients: ScopeClients, signal: AbortSignal): Promise<boolean> {
  const call = clients.call('ec2', 'GetSerialConsoleAccessStatus');
  try {
    const [client, { GetSerialConsoleAccessStatusCommand }] = await Promise.all([clients.ec2(), import('@aws-sdk/client-ec2')]);
    return told((await client.send(new GetSerialConsoleAccessStatusCommand({}), { abortSignal: signal })).SerialConsoleAccessEnabled);
  } catch (thrown) {
    if (signal.aborted) throw new PosternError({ code: 'cancelled', message: say`${call.action} was cancelled.` }, { cause: thrown });
    throw toAwsError(thrown, call);
  }
}

interface Meaning {
  readonly code: ErrorCode;
  readonly message: (instanceId: string) => string;
  readonly remedy: string;
  readonly retryable?: true;
}

/** What the service's own errors mean to a person; the others are those of every AWS call. */
const meanings: Readonly<Record<string, Meaning>> = {
  AuthException: {
    code: 'aws.access-denied',
    message: (instanceId) => say`These credentials may not use EC2 Instance Connect for ${instanceId}.`,
    remedy: say`Allow the call on the instance in the IAM policy of this identity, for this user (condition ec2:osuser).`,
  },
  InvalidArgsException: {
    code: 'eic.key-push-refused',
    message: (instanceId) => say`EC2 Instance Connect does not take the key for ${instanceId}.`,
    remedy: say`Check the user name: it must be one that Linux takes, of at most 32 characters.`,
  },
  ServiceException: {
    code: 'eic.key-push-refused',
    message: (instanceId) => say`EC2 Instance Connect failed to take the key for ${instanceId}.`,
    remedy: say`Try again in a few seconds, or sign in with a key of your own.`,
    retryable: true,
  },
  ThrottlingException: {
    code: 'aws.throttled',
    message: (instanceId) => say`EC2 Instance Connect has had too many keys at once to take one for ${instanceId}.`,
    remedy: say`Wait a few seconds and connect again, or sign in with a key of your own.`,
    retryable: true,
  },
  EC2InstanceNotFoundException: {
    code: 'instance.not-found',
    message: (instanceId) => say`${instanceId} is not known to EC2 Instance Connect.`,
    remedy: say`Refresh the list; it may have been terminated.`,
  },
  EC2InstanceStateInvalidException: {
    code: 'instance.not-running',
    message: (instanceId) => say`${instanceId} is not running, so that EC2 Instance Connect takes no key for it.`,
    remedy: say`Start the instance first, or wait until it runs.`,
    retryable: true,
  },
  EC2InstanceUnavailableException: {
    code: 'eic.instance-unavailable',
    message: (instanceId) => say`EC2 Instance Connect cannot reach ${instanceId} at the moment.`,
    remedy: say`Wait a few minutes and try again.`,
    retryable: true,
  },
  EC2InstanceTypeInvalidException: {
    code: 'eic.serial-unsupported',
    message: (instanceId) => say`The type of ${instanceId} has no serial console.`,
    remedy: say`The serial console needs a type built on the Nitro system: change the type while the instance is stopped.`,
  },
  SerialConsoleAccessDisabledException: {
    code: 'eic.serial-disabled',
    message: () => say`The serial console is switched off for this account in this region.`,
    remedy: say`Let an administrator allow it: aws ec2 enable-serial-console-access.`,
  },
  SerialConsoleSessionLimitExceededException: {
    code: 'eic.serial-busy',
    message: (instanceId) => say`The serial console of ${instanceId} is in use: there is one session at a time.`,
    remedy: say`End the other session, then wait half a minute.`,
    retryable: true,
  },
  SerialConsoleSessionUnavailableException: {
    code: 'eic.serial-busy',
    message: (instanceId) => say`The serial console of ${instanceId} is not available at the moment.`,
    remedy: say`Wait half a minute and try again: a session that has just ended is still being closed.`,
    retryable: true,
  },
  SerialConsoleSessionUnsupportedException: {
    code: 'eic.serial-unsupported',
    message: (instanceId) => say`${instanceId} does not support a serial console session.`,
    remedy: say`Open it by another way.`,
  },
};

async function mapErrors(call: AwsCall, push: () => Promise<boolean | undefined>, signal: AbortSignal): Promise<void> {
  try {
    if ((await push()) !== true) throw new PosternError({ code: 'aws.endpoint-not-aws', message: say`${call.endpoint} did not answer ${call.action} as AWS does.`, remedy: say`Check the endpoint URL, and whether a proxy or a sign-in page answers instead of AWS.` });
  } catch (thrown) {
    if (signal.aborted) throw new PosternError({ code: 'cancelled', message: say`${call.action} was cancelled.` }, { cause: thrown });
    const meaning = thrown instanceof Error && Object.hasOwn(meanings, thrown.name) ? meanings[thrown.name] : undefined;
    const error = toAwsError(thrown, call);
    if (meaning === undefined) throw error;
    const { code, message, remedy, retryable } = meaning;
    throw new PosternError({ code, message: message(call.target ?? say`the instance`), remedy, retryable: retryable === true, requestId: error.requestId }, { cause: thrown });
  }
}
