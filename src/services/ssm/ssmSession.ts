/**
 * What sessions of every kind share: being started through the API, waiting for the agent, and being terminated.
 */
import { PosternError, toPosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { StepName } from '../../contract/session.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Secret } from '../base/secret.ts';
import { understandsTerminateFlag } from './agentVersion.ts';
import { documentRefused, endedThere, plainReason } from './channelErrors.ts';
import type { OpenedChannel } from './channelOpening.ts';
import type { ChannelEnd, DataChannel, DataChannelOptions } from './dataChannel.ts';
import type { DataKey, DataKeyRequest } from './kms.ts';
import { FlagPayload, PayloadType } from './message.ts';
import { encodeFlag } from './messagePayloads.ts';
import type { ResumedSession } from './resumption.ts';

/** Agents answer within about a second of connecting; a busy one within seconds. */
const START_TIMEOUT_MS = 60_000;
/** How long the end of a session waits for TerminateSession to be answered. */
const TERMINATE_WAIT_MS = 5_000;
/** How long an agent that was told to end the session may take to do so, before the API is asked. */
const FLAG_WAIT_MS = 2_000;

/** What StartSession answers. */
export interface StartedSession {
  readonly sessionId: string;
  readonly streamUrl: string;
  readonly tokenValue: Secret;
}

/** Which kind of session is wanted. Empty: the shell that the account prefers. */
export interface SessionDocument {
  readonly documentName?: string;
  readonly parameters?: Readonly<Record<string, readonly string[]>>;
}

export interface SsmSessionOptions {
  /** StartSession. Should honour the signal. */
  start(document: SessionDocument, signal: AbortSignal): Promise<StartedSession>;
  /** ResumeSession: undefined when the service knows the session no more. */
  resume(sessionId: string, signal: AbortSignal): Promise<ResumedSession | undefined>;
  /** TerminateSession. */
  terminate(sessionId: string): Promise<void>;
  /** Headers for the WebSocket upgrade, from credentials that are valid now; asked again for every connection. */
  signUpgrade(url: string): Promise<Record<string, string>>;
  /** GenerateDataKey of KMS, for accounts whose shells and commands are encrypted with it; absent: such a session is refused. */
  generateDataKey?(request: DataKeyRequest, signal: AbortSignal): Promise<DataKey>;
  /** As given to StartSession, e.g. `i-0123456789abcdef0`: a data key is bound to it. */
  readonly target?: string;
  /** The most bytes of data that one message to a port may come to carry, for tests and benchmarks; absent: 16 KiB. */
  readonly maxPayloadBytes?: number;
  onStep?(step: StepName, detail?: string): void;
  /** The service has started the session: its longest duration counts from now. */
  onStarted?(): void;
  /** Something went out that the service counts as activity. */
  onActivity?(): void;
  /** The connection dropped and is being resumed; the session lives on. */
  onResuming?(reason: string): void;
  onResumed?(): void;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the start. Once the session is there, its own `close` ends it. */
  readonly signal: AbortSignal;
}

/** A session that the service has started, before anything is connected to it. */
export interface BegunSession {
  readonly channelOptions: Omit<DataChannelOptions, 'onPayload'>;
  /** TerminateSession: asked once, however often this is called. Settles when it was answered, or not answered in time. */
  terminate(): Promise<void>;
}

/** @throws PosternError what `start` throws; `aws.access-denied` for a document that may not be used; `cancelled` */
export async function beginSession(options: SsmSessionOptions, document: SessionDocument): Promise<BegunSession> {
  const { signal } = options;
  if (signal.aborted) throw cancelled();
  options.onStep?.('starting-session');
  const session = await options.start(document, signal).catch((thrown: unknown) => {
    throw documentRefused(toPosternError(thrown), document.documentName);
  });
  options.onStarted?.();
  let terminated: Promise<void> | undefined;
  const terminate = (): Promise<void> => (terminated ??= terminateSession(session.sessionId, options));
  if (signal.aborted) {
    await terminate();
    throw cancelled();
  }
  options.onStep?.('opening-transport', new URL(session.streamUrl).host);
  const { generateDataKey } = options;
  return {
    terminate,
    channelOptions: {
      ...session,
      signUpgrade: (url) => options.signUpgrade(url),
      resume: (resumeSignal) => options.resume(session.sessionId, resumeSignal),
      onConnected: () => options.onStep?.('starting-shell'),
      onResuming: (reason) => options.onResuming?.(reason),
      onResumed: () => {
        options.onActivity?.();
        options.onResumed?.();
      },
      ...(generateDataKey === undefined ? {} : { generateDataKey: (request, keySignal) => generateDataKey.call(options, request, keySignal) }),
      ...(options.maxPayloadBytes === undefined ? {} : { maxPayloadBytes: options.maxPayloadBytes }),
      ...(options.target === undefined ? {} : { target: options.target }),
      clock: options.clock,
      log: options.log,
    },
  };
}

/**
 * Waits until the agent is ready. When it is not, in time or at all, the session is ended on both sides.
 *
 * @param check throws for a session that is not what was asked for
 */
export async function waitForAgent(channel: DataChannel, begun: BegunSession, check: (opened: OpenedChannel) => void, signal: AbortSignal): Promise<OpenedChannel> {
  let failure: PosternError | undefined;
  const giveUp = (error: PosternError): void => {
    failure ??= error;
    channel.close();
  };
  const handleAbort = (): void => giveUp(cancelled());
  signal.addEventListener('abort', handleAbort, { once: true });
  if (signal.aborted) handleAbort();
  const timer = setTimeout(() => giveUp(agentSilent()), START_TIMEOUT_MS);
  try {
    const opened = await channel.opened;
    check(opened);
    return opened;
  } catch (thrown) {
    channel.close();
    const error = failure ?? toPosternError(thrown);
    if (error.code !== 'ssm.session-ended' && error.code !== 'route.refused') await begun.terminate();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', handleAbort);
  }
}

/** Settles when the session is over on both sides: with why, when that was neither asked for here nor its normal end. */
export async function whenOver(channel: DataChannel, begun: BegunSession): Promise<PosternError | undefined> {
  const end = await channel.ended;
  if (!isOverThere(end)) await begun.terminate();
  switch (end.kind) {
    case 'closed-here':
      return undefined;
    case 'closed-there':
      return plainReason(end.output) === '' ? undefined : endedThere(end.output);
    case 'failed':
      return end.error;
  }
}

/** Tells the agent to end the session, and closes the channel when it has, or after a while. */
export async function endAtAgent(channel: DataChannel, agentVersion: string): Promise<void> {
  if (understandsTerminateFlag(agentVersion)) {
    channel.sendLast(PayloadType.flag, encodeFlag(FlagPayload.terminateSession));
    await within(channel.ended, FLAG_WAIT_MS);
  }
  channel.close();
}

export function wrongSessionType(sessionType: string, wanted: string): PosternError {
  return new PosternError({
    code: 'ssm.protocol',
    message: say`The SSM agent opened a session of type "${sessionType.slice(0, 60)}", which is no ${wanted}.`,
    remedy: say`Check the Session Manager preferences document of this account and region.`,
  });
}

function isOverThere(end: ChannelEnd): boolean {
  return end.kind === 'closed-there' || (end.kind === 'failed' && end.error.code === 'ssm.session-ended');
}

/** Waits for the answer, but not for long; a session that could not be terminated ends by its idle timeout. */
async function terminateSession(sessionId: string, options: SsmSessionOptions): Promise<void> {
  const asked = options.terminate(sessionId).catch((thrown: unknown) => {
    options.log.warn('TerminateSession failed', { sessionId, cause: thrown instanceof Error ? thrown.message : String(thrown) });
  });
  await within(asked, TERMINATE_WAIT_MS);
}

/** Settles with the promise, or when the time is up. */
export async function within(promise: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([promise, limit]);
  clearTimeout(timer);
}

function cancelled(): PosternError {
  return new PosternError({ code: 'cancelled', message: say`The Session Manager session was cancelled.` });
}

function agentSilent(): PosternError {
  return new PosternError({
    code: 'ssm.target-not-connected',
    message: say`The SSM agent did not answer within ${START_TIMEOUT_MS / 1000} seconds.`,
    remedy: say`Check that the agent runs and reaches ssmmessages on port 443, or connect by SSH.`,
    retryable: true,
  });
}
