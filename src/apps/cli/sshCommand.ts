/**
 * `postern ssh TARGET [-- COMMAND]`: the same session as a tab, joined to this terminal.
 *
 * The remote exit status is the exit status; 255 when there was no session, as OpenSSH has it.
 */
import { constants } from 'node:os';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PosternError } from '../../contract/error.ts';
import type { RouteKind } from '../../contract/route.ts';
import type { TerminalSession, TerminalSize } from '../../contract/session.ts';
import type { Services } from '../../services/services.ts';
import { createEscapeWatcher } from './escapeWatcher.ts';
import { readKeyFile, withPassphrase } from './keysCommand.ts';
import { printError, printReport } from './output.ts';
import { askQuestion } from './questions.ts';
import { findTarget } from './target.ts';

export interface SshOptions {
  readonly target: string;
  readonly via?: RouteKind;
  readonly osUser?: string;
  /** A key in the keychain by its name, or the path of a key file. */
  readonly key?: string;
  readonly command?: string;
}

/** No session: OpenSSH's own status for its own failures. */
const NO_SESSION = 255;

export async function sshCommand(services: Services, options: SshOptions): Promise<number> {
  const { osUser, target } = splitTarget(options);
  const instance = findTarget(await services.local.allInstances(), target);
  const keyPairId = options.key === undefined ? undefined : await keyFor(services, options.key);
  const opened = services.local.open({
    instanceId: instance.instanceId,
    size: terminalSize(),
    ...(options.via === undefined ? {} : { via: options.via }),
    ...(osUser === undefined ? {} : { osUser }),
    ...(keyPairId === undefined ? {} : { keyPairId }),
    ...(options.command === undefined ? {} : { command: options.command }),
  });
  const interrupted = new AbortController();
  const handleInterrupt = (): void => interrupted.abort();
  process.once('SIGINT', handleInterrupt);
  const connected = await follow(services, opened, interrupted.signal, (session) => session.state.name !== 'connecting' && session.state.name !== 'asking').finally(() =>
    process.removeListener('SIGINT', handleInterrupt),
  );
  if (connected.state.name === 'connected') {
    const interactive = options.command === undefined && process.stdin.isTTY;
    await (interactive ? joinTerminal(services, connected) : joinPipes(services, connected));
  }
  const ended = await follow(services, connected, new AbortController().signal, (session) => session.state.name === 'closed' || session.state.name === 'failed');
  return exitStatus(ended);
}

/** The id of a keychain key of that name; else the file is read, and its passphrase asked for when it has one. */
async function keyFor(services: Services, key: string): Promise<string> {
  const named = await services.local.keyNamed(key);
  if (named !== undefined) return named;
  const privateKey = await readKeyFile(key);
  return withPassphrase(key, (passphrase) => services.local.lendKey(key, privateKey, passphrase));
}

/** `user@host` as ssh has it; -l wins. */
function splitTarget({ target, osUser }: SshOptions): { target: string; osUser: string | undefined } {
  const at = target.lastIndexOf('@');
  return at > 0 ? { target: target.slice(at + 1), osUser: osUser ?? target.slice(0, at) } : { target, osUser };
}

function exitStatus({ state }: TerminalSession): number {
  if (state.name === 'failed') {
    printReport(state.error);
    return NO_SESSION;
  }
  if (state.name !== 'closed') return NO_SESSION;
  if (state.exit.exitCode !== undefined) return state.exit.exitCode;
  if (state.exit.signal !== undefined) {
    process.stderr.write(`postern: ended by signal ${state.exit.signal}\n`);
    return 128 + (constants.signals[`SIG${state.exit.signal}` as NodeJS.Signals] ?? 0);
  }
  // A Session Manager shell tells no status; a session closed here has none either.
  return state.reason === undefined ? 0 : NO_SESSION;
}

/** Follows a session, answering its questions, until it is where the caller wants it. */
function follow(services: Services, from: TerminalSession, signal: AbortSignal, reached: (session: TerminalSession) => boolean): Promise<TerminalSession> {
  return new Promise((resolve) => {
    let answering: string | undefined;
    const handle = (session: TerminalSession): void => {
      if (session.sessionId !== from.sessionId) return;
      if (reached(session)) {
        stop();
        signal.removeEventListener('abort', handleAbort);
        resolve(session);
      } else if (session.state.name === 'asking' && session.state.question.questionId !== answering) {
        answering = session.state.question.questionId;
        void answer(services, session, signal);
      }
    };
    const handleAbort = (): void => {
      services.local.cancel(from.sessionId);
    };
    const stop = services.onEvent((event) => {
      if (event.name === 'sessions.changed') handle(event.payload);
    });
    signal.addEventListener('abort', handleAbort, { once: true });
    const now = services.local.session(from.sessionId);
    if (now !== undefined) handle(now);
  });
}

async function answer(services: Services, { sessionId, state }: TerminalSession, signal: AbortSignal): Promise<void> {
  if (state.name !== 'asking') return;
  const { question } = state;
  try {
    const reply = await askQuestion(question, await services.keys.list({}), signal);
    await services.sessions.answer({ sessionId, questionId: question.questionId, reply });
  } catch (thrown) {
    if (!signal.aborted) printError(thrown);
    await services.sessions.answer({ sessionId, questionId: question.questionId, reply: { kind: 'cancel' } }).catch(printError);
  }
}

async function joinPipes(services: Services, { sessionId }: TerminalSession): Promise<void> {
  const stream = services.sessions.terminal({ sessionId });
  const stderr = services.local.stderr(sessionId);
  // Input that the command does not read, or that outlives it, is no failure of the session.
  const input = pipeline(process.stdin, stream, { end: true }).catch(() => {});
  await Promise.all([pipeToEnd(stream, process.stdout), stderr === undefined ? undefined : pipeToEnd(stderr, process.stderr)]);
  process.stdin.destroy();
  await input;
}

async function joinTerminal(services: Services, { sessionId }: TerminalSession): Promise<void> {
  const stream = services.sessions.terminal({ sessionId });
  const watcher = createEscapeWatcher();
  const handleTyped = (typed: Buffer): void => {
    const { forward, leave } = watcher.read(typed);
    if (forward.byteLength > 0) stream.write(forward);
    if (leave) services.local.cancel(sessionId);
  };
  const handleResize = (): void => void services.sessions.resize({ sessionId, size: terminalSize() }).catch(printError);
  process.stdin.setRawMode(true);
  process.stdin.on('data', handleTyped);
  // A question asked before has paused it, and a stream paused by hand does not restart with a listener.
  process.stdin.resume();
  process.stdout.on('resize', handleResize);
  try {
    handleResize();
    await pipeToEnd(stream, process.stdout);
  } finally {
    process.stdin.setRawMode(false);
    process.stdin.removeListener('data', handleTyped);
    process.stdin.pause();
    process.stdout.removeListener('resize', handleResize);
  }
}

/** Copies to a stream that stays open, and settles when the last byte was taken. A lost connection is told by the session. */
async function pipeToEnd(from: NodeJS.ReadableStream | Duplex, to: NodeJS.WriteStream): Promise<void> {
  try {
    for await (const chunk of from) if (!to.write(chunk as Uint8Array)) await new Promise((resolve) => to.once('drain', resolve));
  } catch (cause) {
    if (cause instanceof PosternError) throw cause;
  }
}

function terminalSize(): TerminalSize {
  return { columns: process.stdout.columns ?? 80, rows: process.stdout.rows ?? 24 };
}
