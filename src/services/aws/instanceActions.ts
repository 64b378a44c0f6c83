/**
 * The EC2 calls that change instances. Each is sent once: who asks decides whether to send it again, since a call that got no answer
 * may have been done.
 */
import type { FinalizeRequestMiddleware, MiddlewareStack } from '@smithy/types';
import type { ActionKind, Protection } from '../../contract/action.ts';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { toAwsError, type AwsCall } from './awsErrors.ts';
import type { ScopeClients } from './clients.ts';

const operations = { start: 'StartInstances', stop: 'StopInstances', hibernate: 'StopInstances', reboot: 'RebootInstances', terminate: 'TerminateInstances' } as const satisfies Record<ActionKind, string>;
/** AWS's sentence is a stranger's text. */
const MAX_REASON = 300;

/** Hides an error from the SDK's own retries, which look at causes too. */
class SentOnce extends Error {
  override readonly name = 'SentOnce';
  readonly original: unknown;

  constructor(original: unknown) {
    super('sent once');
    this.original = original;
  }
}

/**
 * @returns the state AWS says it is in now; absent after a reboot, which changes none
 * @throws PosternError `action.wrong-state`, `action.protected`, `action.refused` (with AWS's own sentence), `aws.access-denied` (names
 *   the permission), `aws.throttled` (nothing was done), `instance.not-found`, any other `aws.*` code, `cancelled`
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html and its neighbours
 */
export async function sendAction(clients: ScopeClients, kind: ActionKind, instanceId: string, signal: AbortSignal): Promise<string | undefined> {
  return sending(clients.call('ec2', operations[kind], instanceId), signal, async () => {
    const [client, ec2] = await Promise.all([clients.ec2(), import('@aws-sdk/client-ec2')]);
    const input = { InstanceIds: [instanceId] };
    const options = { abortSignal: signal };
    switch (kind) {
      case 'start':
        return (await client.send(once(new ec2.StartInstancesCommand(input)), options)).StartingInstances?.[0]?.CurrentState?.Name;
      case 'stop':
        return (await client.send(once(new ec2.StopInstancesCommand(input)), options)).StoppingInstances?.[0]?.CurrentState?.Name;
      case 'hibernate':
        return (await client.send(once(new ec2.StopInstancesCommand({ ...input, Hibernate: true })), options)).StoppingInstances?.[0]?.CurrentState?.Name;
      case 'reboot':
        await client.send(once(new ec2.RebootInstancesCommand(input)), options);
        return undefined;
      case 'terminate':
        return (await client.send(once(new ec2.TerminateInstancesCommand(input)), options)).TerminatingInstances?.[0]?.CurrentState?.Name;
    }
  });
}

/** Switches one protection. @throws PosternError as `sendAction` @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html */
export async function setProtection(clients: ScopeClients, instanceId: string, which: keyof Protection, on: boolean, signal: AbortSignal): Promise<void> {
  await sending(clients.call('ec2', 'ModifyInstanceAttribute', instanceId), signal, async () => {
    const [client, { ModifyInstanceAttributeCommand }] = await Promise.all([clients.ec2(), import('@aws-sdk/client-ec2')]);
    await client.send(new ModifyInstanceAttributeCommand({ InstanceId: instanceId, ...(which === 'termination' ? { DisableApiTermination: { Value: on } } : { DisableApiStop: { Value: on } }) }), { abortSignal: signal });
  });
}

/**
 * The administrator's first password, encrypted for the key pair of the launch.
 *
 * @returns absent: there is none yet
 * @throws PosternError `instance.not-found`, any `aws.*` code, `cancelled`
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetPasswordData.html
 */
export async function getPasswordData(clients: ScopeClients, instanceId: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  return sending(clients.call('ec2', 'GetPasswordData', instanceId), signal, async () => {
    const [client, { GetPasswordDataCommand }] = await Promise.all([clients.ec2(), import('@aws-sdk/client-ec2')]);
    const { PasswordData: text = '' } = await client.send(new GetPasswordDataCommand({ InstanceId: instanceId }), { abortSignal: signal });
    const bytes = Buffer.from(text.trim(), 'base64');
    return bytes.length === 0 ? undefined : bytes;
  });
}

/** Makes a command one that the SDK sends once. Inside its retries what failed looks like nothing that may pass. */
function once<I extends object, O extends object, C extends { readonly middlewareStack: MiddlewareStack<I, O> }>(command: C & { readonly middlewareStack: MiddlewareStack<I, O> }): C {
  const middleware: FinalizeRequestMiddleware<I, O> = (next) => async (args) => {
    try {
      return await next(args);
    } catch (thrown) {
      throw new SentOnce(thrown);
    }
  };
  command.middlewareStack.add(middleware, { step: 'finalizeRequest', priority: 'low', name: 'posternSentOnce' });
  return command;
}

async function sending<T>(call: AwsCall, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (signal.aborted) throw stopped(call, signal, thrown);
    throw toActionError(thrown instanceof SentOnce ? thrown.original : thrown, call);
  }
}

/** Time that ran out is no cancelling: whether AWS did it is not known then. */
function stopped(call: AwsCall, signal: AbortSignal, cause: unknown): PosternError {
  const timedOut = signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
  return timedOut
    ? new PosternError({ code: 'aws.endpoint-unreachable', message: say`${call.endpoint} did not answer ${call.action} in time.`, remedy: say`Check the network connection.`, retryable: true }, { cause })
    : new PosternError({ code: 'cancelled', message: say`${call.action} was cancelled.` }, { cause });
}

/** What AWS said in its own words, as plain text of one line. */
export function reasonOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const text = thrown.message.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
  return text === '' ? undefined : text.length > MAX_REASON ? `${text.slice(0, MAX_REASON - 1)}…` : text;
}

/** Unlike other calls these repeat AWS's sentence: it alone says what is in the way, and nothing secret is sent with them. */
export function toActionError(thrown: unknown, call: AwsCall): PosternError {
  if (thrown instanceof PosternError) return thrown;
  const name = thrown instanceof Error ? thrown.name : '';
  const general = toAwsError(thrown, call);
  const reason = reasonOf(thrown) ?? name;
  const requestId = general.requestId === undefined ? {} : { requestId: general.requestId };
  const target = call.target ?? say`The instance`;
  if (name === 'IncorrectInstanceState' || name === 'IncorrectState') return new PosternError({ code: 'action.wrong-state', message: say`${target} is not in a state for ${call.action}. AWS says: ${reason}`, remedy: say`Wait until its state stands, and try again.`, ...requestId }, { cause: thrown });
  if (name === 'OperationNotPermitted') return new PosternError({ code: 'action.protected', message: say`${target} is protected against ${call.action}. AWS says: ${reason}`, remedy: say`Switch the protection off first, if it is meant.`, ...requestId }, { cause: thrown });
  if (general.code !== 'aws.failed') return general;
  return new PosternError({ code: 'action.refused', message: say`AWS refuses ${call.action} for ${target}: ${reason} (${name})`, ...(general.remedy === undefined ? {} : { remedy: general.remedy }), retryable: general.retryable, ...requestId }, { cause: thrown });
}
