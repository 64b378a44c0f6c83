/** The Systems Manager calls: which instances its agents run on, and the sessions opened through them. */
import type { SsmFacts } from '../../contract/instance.ts';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { Secret } from '../base/secret.ts';
import { toAwsError, type AwsCall } from './awsErrors.ts';
import type { ScopeClients } from './clients.ts';
import type { ManagedNodeFacts } from './managedNodes.ts';

/** The largest page the service gives. */
const PAGE_ROWS = 50;

/** A session the service has opened; its WebSocket is at `streamUrl`. */
export interface StartedSession {
  readonly sessionId: string;
  readonly tokenValue: Secret;
  readonly streamUrl: string;
}

/** A machine Systems Manager knows; the time seen is added where it is received. */
export interface ManagedInstance {
  readonly instanceId: string;
  /** Present: it is no EC2 instance. */
  readonly node?: ManagedNodeFacts;
  readonly facts: Omit<SsmFacts, 'seenAt'>;
}

/**
 * All managed instances and hybrid machines (`mi-...`), told a page (50) at a time.
 *
 * @param instanceIds only these, at most 100; absent: all
 * @throws PosternError any `aws.*` code, `cancelled`
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html
 */
export async function describeInstanceInformation(clients: ScopeClients, onPage: (instances: readonly ManagedInstance[]) => void, signal: AbortSignal, instanceIds?: readonly string[]): Promise<void> {
  const call = clients.call('ssm', 'DescribeInstanceInformation');
  await mapErrors(call, async () => {
    const [client, { DescribeInstanceInformationCommand }] = await Promise.all([clients.ssm(), import('@aws-sdk/client-ssm')]);
    let nextToken: string | undefined;
    do {
      const previousToken = nextToken;
      const answer = await client.send(new DescribeInstanceInformationCommand({ MaxResults: PAGE_ROWS, NextToken: nextToken, ...(instanceIds === undefined ? {} : { Filters: [{ Key: 'InstanceIds', Values: [...instanceIds] }] }) }), { abortSignal: signal });
      if (answer.InstanceInformationList === undefined) throw notAws(call);
      onPage(
        answer.InstanceInformationList.flatMap((item): ManagedInstance[] => {
          const { InstanceId: instanceId, PingStatus: pingStatus } = item;
          if (instanceId === undefined || !/^m?i-/.test(instanceId)) return [];
          const facts = {
            pingStatus: pingStatus ?? 'unknown',
            lastPingDateTime: item.LastPingDateTime?.toISOString(),
            agentVersion: item.AgentVersion,
            isLatestVersion: item.IsLatestVersion,
            platformType: item.PlatformType,
            platformName: item.PlatformName,
            platformVersion: item.PlatformVersion,
            computerName: item.ComputerName,
          };
          if (instanceId.startsWith('i-')) return [{ instanceId, facts: withoutAbsent(facts) }];
          const node = { name: item.Name, ipAddress: item.IPAddress, resourceType: item.ResourceType ?? 'ManagedInstance', iamRole: item.IamRole, registrationDate: item.RegistrationDate?.toISOString() };
          return [{ instanceId, facts: withoutAbsent(facts), node: withoutAbsent(node) }];
        }),
      );
      nextToken = answer.NextToken === '' ? undefined : answer.NextToken;
      if (nextToken !== undefined && nextToken === previousToken) throw notAws(call);
    } while (nextToken !== undefined);
  }, signal);
}

/**
 * Open a Session Manager shell, or a session of another document.
 *
 * @param documentName absent: the shell the account prefers
 * @throws PosternError `ssm.target-not-connected`, `ssm.session-refused`, `instance.not-found`, any `aws.*` code, `cancelled`
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartSession.html
 */
export async function startSession(clients: ScopeClients, target: { readonly instanceId: string; readonly documentName?: string; readonly parameters?: Readonly<Record<string, readonly string[]>> }, signal: AbortSignal): Promise<StartedSession> {
  const call = clients.call('ssm', 'StartSession', target.instanceId);
  return mapErrors(call, async () => {
    const [client, { StartSessionCommand }] = await Promise.all([clients.ssm(), import('@aws-sdk/client-ssm')]);
    const parameters = target.parameters === undefined ? {} : { Parameters: Object.fromEntries(Object.entries(target.parameters).map(([name, values]) => [name, [...values]])) };
    const answer = await client.send(new StartSessionCommand({ Target: target.instanceId, ...(target.documentName === undefined ? {} : { DocumentName: target.documentName }), ...parameters }), { abortSignal: signal });
    return toStartedSession(answer, undefined) ?? refuse(notAws(call));
  }, signal);
}

/**
 * A new token and address for a session whose WebSocket was lost.
 *
 * @returns absent when the session has ended meanwhile
 * @throws PosternError any `aws.*` code, `cancelled`
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ResumeSession.html
 */
export async function resumeSession(clients: ScopeClients, sessionId: string, signal: AbortSignal): Promise<StartedSession | undefined> {
  const call = clients.call('ssm', 'ResumeSession', sessionId);
  return mapErrors(call, async () => {
    const [client, { ResumeSessionCommand }] = await Promise.all([clients.ssm(), import('@aws-sdk/client-ssm')]);
    try {
      return toStartedSession(await client.send(new ResumeSessionCommand({ SessionId: sessionId }), { abortSignal: signal }), sessionId);
    } catch (thrown) {
      if (thrown instanceof Error && thrown.name === 'DoesNotExistException') return undefined;
      throw thrown;
    }
  }, signal);
}

/** End a session. One that has already ended is no error. @throws PosternError any `aws.*` code, `cancelled` */
export async function terminateSession(clients: ScopeClients, sessionId: string, signal: AbortSignal): Promise<void> {
  await mapErrors(clients.call('ssm', 'TerminateSession', sessionId), async () => {
    const [client, { TerminateSessionCommand }] = await Promise.all([clients.ssm(), import('@aws-sdk/client-ssm')]);
    try {
      await client.send(new TerminateSessionCommand({ SessionId: sessionId }), { abortSignal: signal });
    } catch (thrown) {
      if (!(thrown instanceof Error && thrown.name === 'DoesNotExistException')) throw thrown;
    }
  }, signal);
}

/**
 * The content of a document, as its author wrote it.
 *
 * @returns absent when there is no such document
 * @throws PosternError any `aws.*` code, `cancelled`
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetDocument.html
 */
export async function getDocument(clients: ScopeClients, name: string, signal: AbortSignal): Promise<string | undefined> {
  return mapErrors(clients.call('ssm', 'GetDocument', name), async () => {
    const [client, { GetDocumentCommand }] = await Promise.all([clients.ssm(), import('@aws-sdk/client-ssm')]);
    try {
      return (await client.send(new GetDocumentCommand({ Name: name }), { abortSignal: signal })).Content;
    } catch (thrown) {
      if (thrown instanceof Error && thrown.name === 'InvalidDocument') return undefined;
      throw thrown;
    }
  }, signal);
}

/** An empty token is how ResumeSession says that the session has ended. */
function toStartedSession(answer: { readonly SessionId?: string | undefined; readonly TokenValue?: string | undefined; readonly StreamUrl?: string | undefined }, knownId: string | undefined): StartedSession | undefined {
  const { SessionId: sessionId = knownId, TokenValue: token = '', StreamUrl: streamUrl = '' } = answer;
  return sessionId === undefined || token === '' || streamUrl === '' ? undefined : { sessionId, tokenValue: Secret.fromText(token), streamUrl };
}

/** Names of answers that say no to a session and are not about credentials. */
const sessionRefused = new Set(['InvalidDocument', 'InvalidDocumentVersion', 'InvalidParameters', 'SessionLimitExceeded', 'ServiceQuotaExceededException']);

async function mapErrors<T>(call: AwsCall, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (signal.aborted) throw new PosternError({ code: 'cancelled', message: say`${call.action} was cancelled.` }, { cause: thrown });
    if (thrown instanceof Error && sessionRefused.has(thrown.name)) {
      throw new PosternError({ code: 'ssm.session-refused', message: say`Systems Manager refuses a session to ${call.target ?? say`the instance`}: ${thrown.name}.`, remedy: say`Check the Session Manager preferences of the account and the session document.` }, { cause: thrown });
    }
    throw toAwsError(thrown, call);
  }
}

function notAws(call: AwsCall): PosternError {
  return new PosternError({ code: 'aws.endpoint-not-aws', message: say`${call.endpoint} did not answer ${call.action} as AWS does.`, remedy: say`Check the endpoint URL, and whether a proxy or a sign-in page answers instead of AWS.` });
}

function refuse(error: PosternError): never {
  throw error;
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/** The same without the keys that hold nothing: absent means absent. */
function withoutAbsent<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, held]) => held !== undefined)) as Present<T>;
}
