/**
 * A shell on an instance through Session Manager alone: no SSH, no inbound rule, no plugin.
 */
import { PosternError } from '../../contract/error.ts';
import type { ExitStatus, StepName, TerminalSize } from '../../contract/session.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Secret } from '../base/secret.ts';
import type { Shell } from '../base/shell.ts';
import { endedThere, plainReason } from './channelErrors.ts';
import { openChannelStream } from './channelStream.ts';
import type { OpenedChannel } from './dataChannel.ts';
import { encodeSize, PayloadType } from './message.ts';
import type { ResumedSession } from './resumption.ts';

/** Agents answer within about a second of connecting; a busy one within seconds. */
const START_TIMEOUT_MS = 60_000;
/** How long the end of a session waits for TerminateSession to be answered. */
const TERMINATE_WAIT_MS = 5_000;
/** How often the size is sent until the agent is ready. */
const SIZE_INTERVAL_MS = 100;
/** End of transmission: what a terminal reads as the end of its input. */
const END_OF_TRANSMISSION = Uint8Array.of(4);
const shellTypes = ['Standard_Stream', 'InteractiveCommands'];

/** What StartSession answers. */
export interface StartedSession {
  readonly sessionId: string;
  readonly streamUrl: string;
  readonly tokenValue: Secret;
}

export interface SsmShellOptions {
  /** StartSession. Should honour the signal. */
  start(signal: AbortSignal): Promise<StartedSession>;
  /** ResumeSession: undefined when the service knows the session no more. */
  resume(sessionId: string, signal: AbortSignal): Promise<ResumedSession | undefined>;
  /** TerminateSession. */
  terminate(sessionId: string): Promise<void>;
  /** Headers for the WebSocket upgrade, from credentials that are valid now; asked again for every connection. */
  signUpgrade(url: string): Promise<Record<string, string>>;
  readonly size: TerminalSize;
  onStep?(step: StepName, detail?: string): void;
  /** The connection dropped and is being resumed; the shell lives on. */
  onResuming?(reason: string): void;
  onResumed?(): void;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the start. Once the shell is there, `close` ends it. */
  readonly signal: AbortSignal;
}

/**
 * Start a session and wait for its first output.
 *
 * The shell's `exited` has no exit code, as Session Manager tells none, and settles after TerminateSession was answered when it was
 * closed here. Ending the stream's writable side types Ctrl+D.
 *
 * @throws PosternError `ssm.target-not-connected`, `ssm.session-refused`, `ssm.session-ended`, `ssm.protocol`, `aws.endpoint-unreachable`,
 *   `cancelled`, or what `start` and `signUpgrade` throw
 */
export async function openSsmShell(options: SsmShellOptions): Promise<Shell> {
  const { signal } = options;
  if (signal.aborted) throw cancelled();
  options.onStep?.('starting-session');
  const session = await options.start(signal);
  let terminated: Promise<void> | undefined;
  const terminate = (): Promise<void> => (terminated ??= terminateSession(session.sessionId, options));
  if (signal.aborted) {
    await terminate();
    throw cancelled();
  }

  options.onStep?.('opening-transport', new URL(session.streamUrl).host);
  let exit: ExitStatus = {};
  const { channel, stream } = openChannelStream({
    ...session,
    signUpgrade: (url) => options.signUpgrade(url),
    resume: (resumeSignal) => options.resume(session.sessionId, resumeSignal),
    onConnected: () => options.onStep?.('starting-shell'),
    onResuming: (reason) => options.onResuming?.(reason),
    onResumed: () => options.onResumed?.(),
    onControl: (payloadType, payload) => {
      if (payloadType === PayloadType.exitCode) exit = toExitStatus(payload);
    },
    onEndOfInput: () => channel.send(PayloadType.output, END_OF_TRANSMISSION),
    clock: options.clock,
    log: options.log,
  });
  const sendSize = (size: TerminalSize): void => channel.send(PayloadType.size, encodeSize(size));
  // For the width of the first prompt. An agent that is still deciding on a handshake acknowledges a size and forgets it, so another follows.
  sendSize(options.size);
  const sizeTimer = setInterval(() => {
    if (channel.isIdle) sendSize(options.size);
  }, SIZE_INTERVAL_MS);
  try {
    const opened = await waitForAgent(channel.opened, () => channel.close(), signal);
    checkSessionType(opened);
    sendSize(options.size);
    if (opened.customerMessage !== '') stream.push(Buffer.from(`${opened.customerMessage}\r\n`));
  } catch (thrown) {
    channel.close();
    if (!(thrown instanceof PosternError && thrown.code === 'ssm.session-ended')) await terminate();
    throw thrown;
  } finally {
    clearInterval(sizeTimer);
  }

  const exited = channel.ended.then(async (end) => {
    if (end.kind === 'closed-there') {
      if (plainReason(end.output) !== '') throw endedThere(end.output);
      return exit;
    }
    const isOver = end.kind === 'failed' && end.error.code === 'ssm.session-ended';
    if (!isOver) await terminate();
    if (end.kind === 'failed') throw end.error;
    return exit;
  });
  // Whoever only reads the stream need not listen for the reason of its end.
  exited.catch(() => undefined);
  return { stream, resize: sendSize, exited, close: () => channel.close() };
}

/** `opened`, unless the signal or the time limit comes first. */
async function waitForAgent(opened: Promise<OpenedChannel>, close: () => void, signal: AbortSignal): Promise<OpenedChannel> {
  let failure: PosternError | undefined;
  const giveUp = (error: PosternError): void => {
    failure ??= error;
    close();
  };
  const handleAbort = (): void => giveUp(cancelled());
  signal.addEventListener('abort', handleAbort, { once: true });
  const timer = setTimeout(() => giveUp(agentSilent()), START_TIMEOUT_MS);
  try {
    return await opened;
  } catch (thrown) {
    throw failure ?? thrown;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', handleAbort);
  }
}

function checkSessionType({ session }: OpenedChannel): void {
  if (session === undefined || shellTypes.includes(session.SessionType)) return;
  throw new PosternError({
    code: 'ssm.protocol',
    message: `The SSM agent opened a session of type "${session.SessionType.slice(0, 60)}", which is no shell.`,
    remedy: 'Check the Session Manager preferences document of this account and region.',
  });
}

/** Waits for the answer, but not for long; a session that could not be terminated ends by its idle timeout. */
async function terminateSession(sessionId: string, options: SsmShellOptions): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const asked = options.terminate(sessionId).catch((thrown: unknown) => {
    options.log.warn('TerminateSession failed', { sessionId, cause: thrown instanceof Error ? thrown.message : String(thrown) });
  });
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, TERMINATE_WAIT_MS);
  });
  await Promise.race([asked, limit]);
  clearTimeout(timer);
}

/** `EXIT_CODE: N`, section 5. */
function toExitStatus(payload: Uint8Array): ExitStatus {
  const code = /^EXIT_CODE: (-?\d{1,10})$/.exec(Buffer.from(payload).toString('latin1').trim())?.[1];
  return code === undefined ? {} : { exitCode: Number(code) };
}

function cancelled(): PosternError {
  return new PosternError({ code: 'cancelled', message: 'The Session Manager session was cancelled.' });
}

function agentSilent(): PosternError {
  return new PosternError({
    code: 'ssm.target-not-connected',
    message: `The SSM agent did not answer within ${START_TIMEOUT_MS / 1000} seconds.`,
    remedy: 'Check that the agent runs and reaches ssmmessages on port 443, or connect by SSH.',
    retryable: true,
  });
}
