/**
 * `postern ssh TARGET [-- COMMAND]`: the same session as a tab, joined to this terminal. A host of ~/.ssh/config that has exactly
 * the name wins, as with ssh; AWS is not asked then.
 *
 * The remote exit status is the exit status; 255 when there was no session, as OpenSSH has it.
 */
import { existsSync, fstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { RouteKind } from '../../contract/route.ts';
import { MAX_BASTIONS } from '../../contract/route.ts';
import type { TerminalSession } from '../../contract/session.ts';
import type { Instance } from '../../contract/instance.ts';
import type { ConfigHost } from '../../contract/sshConfig.ts';
import { configHostName } from '../../contract/sshConfig.ts';
import type { ConnectRequest } from '../../services/sessions/connectRequest.ts';
import type { Services } from '../../services/services.ts';
import { isEcsTarget } from '../../services/ecsTargets.ts';
import { followSession } from './followSession.ts';
import { joinPipes } from './joinPipes.ts';
import { joinTerminal, terminalSize } from './joinTerminal.ts';
import { readKeyFile, withPassphrase } from './keysCommand.ts';
import { printReport } from './output.ts';
import type { OpenSshFlags } from './openSshOptions.ts';
import { toConfigLines } from './openSshOptions.ts';
import { printable } from './printable.ts';
import type { Running } from './run.ts';
import { signalStatus, untilInterrupted } from './run.ts';
import { showConfig, tellUnheeded } from './showConfig.ts';
import { findAlias, findHost, findTarget } from './target.ts';

export interface SshOptions {
  readonly target: string;
  readonly via?: RouteKind;
  /** Bastions, the nearest first, as targets. */
  readonly through?: readonly string[];
  readonly osUser?: string;
  /** A key in the keychain by its name, or the path of a key file. */
  readonly key?: string;
  readonly command?: string;
  /** What stands for lines of ~/.ssh/config. */
  readonly flags: OpenSshFlags;
  /** -G: print the resolved configuration and connect to nothing. */
  readonly printConfig?: true;
  /** -N: hold the forwards, without a shell. */
  readonly noShell?: true;
  /** -T: no terminal. */
  readonly noTerminal?: true;
  /** -n: read nothing from stdin. */
  readonly noInput?: true;
  /** --record: true, as the settings say; else the file. */
  readonly record?: string | true;
  /** -v: tell every step. */
  readonly verbose?: true;
  /** -q: tell nothing that is no failure. */
  readonly quiet?: true;
}

/** OpenSSH's own status for its own failures. */
export const NO_SESSION = 255;

/** @throws PosternError `cancelled` when it was interrupted */
export async function sshCommand({ services, interrupted }: Running, options: SshOptions): Promise<number> {
  const { osUser, target } = splitTarget(options);
  const configHosts = await services.local.configHosts.list();
  if (options.printConfig === true) return showConfig(await services.local.configHosts.resolve(target, { options: toConfigLines(withJump(options)), ...(osUser === undefined ? {} : { user: osUser }) }));
  const found = await chooseHost(services, configHosts, target, options, interrupted);
  const { hostId, through } = found;
  const certified = options.key === undefined || found.isConfigHost ? [] : await certifiedIdentity(services, options.key);
  const lines = [...certified, ...found.lines];
  const keyPairId = options.key === undefined || found.isConfigHost || certified.length > 0 ? undefined : await keyFor(services, options.key);
  if (found.isConfigHost || lines.length > 0) {
    const config = await services.local.configHosts.resolve(configHostName(hostId) ?? hostId, { options: lines, ...(osUser === undefined ? {} : { user: osUser }) });
    if (options.quiet !== true) tellUnheeded(config);
  }
  if (options.record !== undefined && (options.command !== undefined || options.noTerminal === true || options.noShell === true)) throw new PosternError({ code: 'input.invalid', message: say`--record is for shells: what a command prints is for a program.`, remedy: say`Use a pipe to keep the output of a command.` });
  const onTerminal = options.command === undefined && options.noTerminal !== true && options.noShell !== true && options.noInput !== true && process.stdin.isTTY;
  const opened = services.local.open({
    instanceId: hostId,
    openSsh: { toldUnheeded: true, ...(lines.length === 0 ? {} : { options: lines }), ...(options.noShell === true ? { noShell: true } : {}) },
    size: terminalSize(),
    ...(options.via === undefined ? {} : { via: options.via }),
    ...(through === undefined ? {} : { through }),
    ...(osUser === undefined ? {} : { osUser }),
    ...(keyPairId === undefined ? {} : { keyPairId }),
    ...(options.command === undefined ? {} : { command: options.command, ...(options.noInput !== true && mayHaveInput() ? { input: true } : {}) }),
    ...(onTerminal ? {} : { terminal: false }),
    ...(options.record === undefined ? {} : { record: recordingOf(options.record) }),
  });
  const cancel = (): void => services.local.cancel(opened.sessionId);
  interrupted.addEventListener('abort', cancel, { once: true });
  if (options.quiet !== true) tellRecording(services, opened);
  if (options.verbose === true) tellSteps(services, opened);
  const session = followSession(services, opened, interrupted);
  if (interrupted.aborted) cancel();
  const connected = await session.until('connected', 'closed', 'failed');
  if (connected.state.name === 'connected') {
    // What is typed while such a command runs is not for it: Session Manager would drop it, and Postern ends a command that loses input.
    const takesInput = options.noInput !== true && options.noShell !== true && !(process.stdin.isTTY && connected.route?.kind === 'session-manager');
    await (onTerminal ? joinTerminal(services, connected) : joinPipes(services, connected, takesInput, session.until('closed', 'failed')));
  }
  const ended = await session.until('closed', 'failed');
  if (interrupted.aborted) throw new PosternError({ code: 'cancelled', message: 'Interrupted.' });
  if (onTerminal && connected.state.name === 'connected' && ended.state.name === 'closed') process.stderr.write(`Connection to ${printable(found.name)} closed.\n`);
  return exitStatus(ended);
}

interface ChosenHost {
  readonly hostId: string;
  readonly name: string;
  readonly isConfigHost: boolean;
  /** Bastions that are instances. */
  readonly through?: string[];
  /** Lines of ssh_config(5) that the options stand for. */
  readonly lines: string[];
}

/** @throws PosternError `instance.not-found`, `instance.ambiguous`, `input.invalid` */
async function chooseHost(services: Services, configHosts: readonly ConfigHost[], target: string, options: SshOptions, interrupted: AbortSignal): Promise<ChosenHost> {
  const alias = findAlias(configHosts, target);
  if (alias !== undefined) return chooseConfigHost(services, alias, options);
  if (isEcsTarget(target)) return { hostId: (await services.local.ecsTarget(target)).instanceId, name: target, isConfigHost: false, lines: toConfigLines(withJump(options)) };
  const instances = await untilInterrupted(interrupted, services.local.allInstances());
  const found = findHost(instances, configHosts, target);
  if (found.kind === 'config') return chooseConfigHost(services, found.host, options);
  const { instanceId, name = instanceId } = found.instance;
  const through = instancesOf(instances, configHosts, options.through);
  if (through !== undefined && through.length > MAX_BASTIONS) throw new PosternError({ code: 'input.invalid', message: `-J takes ${MAX_BASTIONS} bastions at most.` });
  return { hostId: instanceId, name, isConfigHost: false, ...(through === undefined ? {} : { through }), lines: toConfigLines(through === undefined ? withJump(options) : options.flags) };
}

async function chooseConfigHost(services: Services, { hostId, name }: ConfigHost, options: SshOptions): Promise<ChosenHost> {
  if (options.via !== undefined) throw new PosternError({ code: 'input.invalid', message: `--via is for instances; ${printable(name)} is a host of ~/.ssh/config, which says the way.`, remedy: 'Use the instance id when you mean an instance.' });
  if (options.key !== undefined && (await services.local.keyNamed(options.key)) !== undefined) throw new PosternError({ code: 'input.invalid', message: `-i takes a key file for a host of ~/.ssh/config; "${printable(options.key)}" is a key of the keychain, which is offered anyway.` });
  const identity = options.key === undefined ? [] : [`IdentityFile=${options.key}`];
  return { hostId, name, isConfigHost: true, lines: [...identity, ...toConfigLines(withJump(options))] };
}

/** The bastions as instance ids; undefined when one of them is of ~/.ssh/config, or written as only ssh understands it. */
function instancesOf(instances: readonly Instance[], configHosts: readonly ConfigHost[], through: readonly string[] | undefined): string[] | undefined {
  if (through === undefined || through.some((bastion) => /[@:]/.test(bastion) || findAlias(configHosts, bastion) !== undefined)) return undefined;
  return through.map((bastion) => findTarget(instances, bastion).instanceId);
}

function withJump({ flags, through }: SshOptions): OpenSshFlags {
  return through === undefined ? flags : { ...flags, jump: through.join(',') };
}

/** By its ending, a file is a text log or an asciicast. */
function recordingOf(record: string | true): NonNullable<ConnectRequest['record']> {
  if (record === true) return {};
  return { path: resolve(record), format: /\.(log|txt)$/i.test(record) ? 'text' : 'asciicast' };
}

/** That the shell is recorded, and when that ended by itself: who types here must know. */
function tellRecording(services: Services, { sessionId }: TerminalSession): void {
  let told: string | undefined;
  services.onEvent((event) => {
    if (event.name !== 'sessions.changed' || event.payload.sessionId !== sessionId) return;
    const { recording } = event.payload;
    if (recording?.state === told) return;
    told = recording?.state;
    // A terminal in raw mode needs the carriage return.
    if (recording?.state === 'recording') process.stderr.write(`postern: recording to ${printable(recording.path)}\r\n`);
    if (recording?.state === 'stopped' && recording.error !== undefined) process.stderr.write(`\r\npostern: the recording has stopped: ${printable(recording.error.message)}\r\n`);
  });
}

/** Each step once, as it begins. */
function tellSteps(services: Services, { sessionId }: TerminalSession): void {
  let told = 0;
  services.onEvent((event) => {
    if (event.name !== 'sessions.changed' || event.payload.sessionId !== sessionId) return;
    for (const { step, detail } of event.payload.steps.slice(told)) process.stderr.write(`postern: ${step}${detail === undefined ? '' : `: ${printable(detail)}`}\n`);
    told = event.payload.steps.length;
  });
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
/** A key file beside which its certificate stands (`KEY-cert.pub`) is taken as ssh takes it; else nothing. */
async function certifiedIdentity(services: Services, key: string): Promise<string[]> {
  if ((await services.local.keyNamed(key)) !== undefined || !existsSync(`${key}-cert.pub`)) return [];
  return [`IdentityFile="${resolve(key)}"`, 'IdentitiesOnly=yes'];
}

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
