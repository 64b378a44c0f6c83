/**
 * `postern ssh TARGET [-- COMMAND]`: the same session as a tab, joined to this terminal.
 *
 * The remote exit status is the exit status; 255 when there was no session, as OpenSSH has it.
 */
import { fstatSync } from 'node:fs';
import { PosternError } from '../../contract/error.ts';
import type { RouteKind } from '../../contract/route.ts';
import { MAX_BASTIONS } from '../../contract/route.ts';
import type { TerminalSession } from '../../contract/session.ts';
import type { Services } from '../../services/services.ts';
import { followSession } from './followSession.ts';
import { joinPipes } from './joinPipes.ts';
import { joinTerminal, terminalSize } from './joinTerminal.ts';
import { readKeyFile, withPassphrase } from './keysCommand.ts';
import { printReport } from './output.ts';
import { printable } from './printable.ts';
import type { Running } from './run.ts';
import { signalStatus, untilInterrupted } from './run.ts';
import { findTarget } from './target.ts';

export interface SshOptions {
  readonly target: string;
  readonly via?: RouteKind;
  /** Bastions, the nearest first, as targets. */
  readonly through?: readonly string[];
  readonly osUser?: string;
  /** A key in the keychain by its name, or the path of a key file. */
  readonly key?: string;
  readonly command?: string;
}

/** OpenSSH's own status for its own failures. */
export const NO_SESSION = 255;

/** @throws PosternError `cancelled` when it was interrupted */
export async function sshCommand({ services, interrupted }: Running, options: SshOptions): Promise<number> {
  const { osUser, target } = splitTarget(options);
  const instances = await untilInterrupted(interrupted, services.local.allInstances());
  const instance = findTarget(instances, target);
  const through = options.through?.map((bastion) => findTarget(instances, bastion).instanceId);
  if (through !== undefined && through.length > MAX_BASTIONS) throw new PosternError({ code: 'input.invalid', message: `-J takes ${MAX_BASTIONS} bastions at most.` });
  const keyPairId = options.key === undefined ? undefined : await keyFor(services, options.key);
  const onTerminal = options.command === undefined && process.stdin.isTTY;
  const opened = services.local.open({
    instanceId: instance.instanceId,
    size: terminalSize(),
    ...(options.via === undefined ? {} : { via: options.via }),
    ...(through === undefined ? {} : { through }),
    ...(osUser === undefined ? {} : { osUser }),
    ...(keyPairId === undefined ? {} : { keyPairId }),
    ...(options.command === undefined ? {} : { command: options.command, ...(mayHaveInput() ? { input: true } : {}) }),
    ...(onTerminal ? {} : { terminal: false }),
  });
  const cancel = (): void => services.local.cancel(opened.sessionId);
  interrupted.addEventListener('abort', cancel, { once: true });
  const session = followSession(services, opened, interrupted);
  if (interrupted.aborted) cancel();
  const connected = await session.until('connected', 'closed', 'failed');
  if (connected.state.name === 'connected') {
    // What is typed while such a command runs is not for it: Session Manager would drop it, and Postern ends a command that loses input.
    const takesInput = !(process.stdin.isTTY && connected.route?.kind === 'session-manager');
    await (onTerminal ? joinTerminal(services, connected) : joinPipes(services, connected, takesInput, session.until('closed', 'failed')));
  }
  const ended = await session.until('closed', 'failed');
  if (interrupted.aborted) throw new PosternError({ code: 'cancelled', message: 'Interrupted.' });
  if (onTerminal && connected.state.name === 'connected' && ended.state.name === 'closed') process.stderr.write(`Connection to ${printable(instance.name ?? instance.instanceId)} closed.\n`);
  return exitStatus(ended);
}

/** A file, a pipe or a socket on stdin; not a terminal or /dev/null. */
function mayHaveInput(): boolean {
  try {
    const stdin = fstatSync(0);
    return stdin.isFile() || stdin.isFIFO() || stdin.isSocket();
  } catch {
    // Closed.
    return false;
  }
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
    process.stderr.write(`postern: ended by signal ${printable(state.exit.signal)}\n`);
    return signalStatus(state.exit.signal);
  }
  // A Session Manager shell tells no status; a session closed here has none either.
  return state.reason === undefined ? 0 : NO_SESSION;
}
