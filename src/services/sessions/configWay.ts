/**
 * The way to a host that OpenSSH's configuration describes: directly, through its ProxyJump hosts, or by its ProxyCommand; and the
 * sign-in at its end. Every host on the way has a configuration of its own.
 */
import type { Duplex } from 'node:stream';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { Clock } from '../base/clock.ts';
import type { Dialer } from '../base/dialer.ts';
import type { OpenSshHome } from '../base/platform.ts';
import type { AllowedCommands } from '../ssh/allowedCommands.ts';
import type { ConfigHosts, ConfigOverrides } from '../ssh/configHosts.ts';
import { configuredOptions } from '../ssh/configuredConnection.ts';
import type { SshConnection } from '../ssh/connection.ts';
import { openSshConnection } from '../ssh/connection.ts';
import type { ForwardedAgent } from '../ssh/forwardedAgent.ts';
import type { HostKeyCheck } from '../ssh/hostKeyCheck.ts';
import type { HostKeys } from '../ssh/hostKeys.ts';
import { createKnownHostsCheck } from '../ssh/knownHostsCheck.ts';
import { openWithFreshConnections } from '../ssh/freshConnections.ts';
import { matchExec } from '../ssh/matchExec.ts';
import { dialConfigured } from '../ssh/openLocally.ts';
import { toProxyArgv } from '../ssh/proxyArgv.ts';
import { openProxyCommand } from '../ssh/proxyCommandStream.ts';
import type { OfferedKey } from '../ssh/signingKey.ts';
import type { SshConfig } from '../ssh/sshConfigResult.ts';
import type { SshJump } from '../ssh/sshConfigValues.ts';
import { createTriedKeys } from '../ssh/triedKeys.ts';
import type { Progress } from './progress.ts';

export interface ConfigWayOptions {
  readonly configHosts: ConfigHosts;
  readonly openSsh: OpenSshHome;
  readonly hostKeys: HostKeys;
  /** The keys to offer to a host, in order; may ask the person. */
  readonly keysFor: (config: SshConfig, progress: Progress, bastion: string | undefined, signal: AbortSignal) => Promise<readonly OfferedKey[]>;
  readonly allowedCommands: AllowedCommands;
  readonly dialer: Dialer;
  readonly clock: Clock;
}

export interface ConfigWay {
  /** @throws PosternError `input.invalid` where the files have errors for the host */
  resolve(name: string, overrides: ConfigOverrides, progress: Progress): Promise<SshConfig>;
  /** Bytes to the host's port. @throws PosternError `route.*`, and what the bastions' host keys and sign-ins end with */
  open(config: SshConfig, progress: Progress, signal: AbortSignal): Promise<Duplex>;
  /**
   * Open the way and sign in.
   *
   * @param hostKey where another check than that by known_hosts is wanted
   * @param lentAgent what of the person's agent the host may use
   */
  enter(config: SshConfig, progress: Progress, signal: AbortSignal, hostKey?: (address: string) => HostKeyCheck, lentAgent?: ForwardedAgent): Promise<SshConnection>;
}

/** How many hosts may stand between, those of their own configurations counted: a chain that bites its tail ends there. */
const MAX_HOPS = 8;

export function createConfigWay(options: ConfigWayOptions): ConfigWay {
  const { configHosts, openSsh, hostKeys, allowedCommands, dialer, clock } = options;

  const resolve: ConfigWay['resolve'] = (name, overrides, progress) =>
    configHosts.resolveToConnect(name, {
      ...overrides,
      async exec(command, { file, line }) {
        const allowed = await allowedCommands.allows(['match-exec', command], async () => (await progress.ask<'run-command'>({ kind: 'run-command', purpose: 'match-exec', host: name, command, place: say`${file} line ${line}` })).allow);
        return allowed ? matchExec(command, openSsh.environment) : undefined;
      },
    });

  async function open(config: SshConfig, progress: Progress, signal: AbortSignal, hops: number): Promise<Duplex> {
    if (hops > MAX_HOPS) throw new PosternError({ code: 'input.invalid', message: say`The ProxyJump hosts on the way to ${config.originalHost} lead through more than ${MAX_HOPS} hosts.`, remedy: say`Check ~/.ssh/config for a host that is reached through itself.` });
    const where = whereOf(config);
    const last = config.proxyJump.at(-1);
    if (last !== undefined) return openThrough(config, last, progress, signal, hops);
    if (config.proxyCommand !== undefined) return runProxyCommand(config, config.proxyCommand.template, progress, signal);
    progress.step('opening-transport', say`TCP to ${where}`);
    return dialConfigured(dialer, config, signal);
  }

  /** As OpenSSH does it: the last host of the list is reached through those before it, whatever its own configuration says of a way. */
  async function openThrough(config: SshConfig, { host, user, port }: SshJump, progress: Progress, signal: AbortSignal, hops: number): Promise<Duplex> {
    const before = config.proxyJump.slice(0, -1);
    const bastion = await resolve(host, { ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }), ...(before.length === 0 ? {} : { options: [`ProxyJump=${before.map(jumpText).join(',')}`] }) }, progress);
    const connection = await signIn(bastion, () => open(bastion, progress, signal, hops + 1), progress, signal, host);
    try {
      progress.step('opening-transport', say`${host} to ${whereOf(config)}`);
      const transport = await connection.forwardOut(config.hostName, config.port, signal);
      // Its end ends the connection, whose transport is the end of the one before.
      transport.once('close', () => connection.close());
      return transport;
    } catch (thrown) {
      connection.close();
      throw thrown;
    }
  }

  async function runProxyCommand(config: SshConfig, template: string, progress: Progress, signal: AbortSignal): Promise<Duplex> {
    const { originalHost, hostName, hostKeyAlias, port, user } = config;
    const argv = toProxyArgv(template, { host: hostName, originalHost, port, user, ...(hostKeyAlias === undefined ? {} : { hostKeyAlias }) }, { shell: '/bin/sh' });
    const command = argv.map(shown).join(' ');
    progress.step('opening-transport', say`ProxyCommand ${command}`);
    const place = config.places.get('proxycommand');
    const allowed = await allowedCommands.allows(argv, async () => {
      const answer = await progress.ask<'run-command'>({ kind: 'run-command', purpose: 'proxy-command', host: originalHost, command, ...(place === undefined ? {} : { place: say`${place.file} line ${place.line}` }) });
      return answer.allow;
    });
    if (!allowed) throw new PosternError({ code: 'cancelled', message: say`The ProxyCommand of ${originalHost} was not run.` });
    return openProxyCommand(argv, openSsh.environment, signal);
  }

  /** Key files are read before the way is opened: once it is, somebody has to listen to its end. */
  async function signIn(config: SshConfig, openWay: () => Promise<Duplex>, progress: Progress, signal: AbortSignal, bastion: string | undefined, hostKey?: (address: string) => HostKeyCheck, lentAgent?: ForwardedAgent): Promise<SshConnection> {
    const { originalHost, user } = config;
    const where = whereOf(config);
    const check = hostKey?.(where) ?? checkOf(config, where, progress);
    const keys = await options.keysFor(config, progress, bastion, signal);
    const tried = createTriedKeys();
    return openWithFreshConnections(tried, async () => {
      const transport = await openWay();
      try {
        return await openSshConnection({
          transport,
          host: say`${originalHost} (${where})`,
          osUser: user,
          hostKey: check,
          authentication: {
            keys,
            tried,
            ask: async (prompts) => (await progress.ask<'keyboard-interactive'>({ kind: 'keyboard-interactive', ...prompts, ...(bastion === undefined ? {} : { bastion }) })).responses,
          },
          ...configuredOptions(config),
          lentAgent,
          onStep: (step, detail) => progress.step(step, bastion !== undefined && step === 'authenticating' && detail !== undefined ? `${bastion}: ${detail}` : detail),
          onBanner: progress.banner,
          signal,
        });
      } catch (thrown) {
        transport.destroy();
        throw thrown;
      }
    });
  }

  function checkOf(config: SshConfig, address: string, progress: Progress): HostKeyCheck {
    return createKnownHostsCheck({
      config,
      hostKeys,
      clock,
      async confirm({ unproven, ...shown }) {
        const evidence = unproven === undefined ? {} : { unprovenBecause: [...unproven.because] };
        return (await progress.ask<'host-key'>({ kind: 'host-key', instanceId: config.hostKeyAlias ?? config.originalHost, address, ...shown, ...evidence })).accept;
      },
      onNote: (note) => progress.step('checking-host-key', note),
    });
  }

  return {
    resolve,
    open: (config, progress, signal) => open(config, progress, signal, 0),
    enter: async (config, progress, signal, hostKey, lentAgent) => signIn(config, () => open(config, progress, signal, 0), progress, signal, undefined, hostKey, lentAgent),
  };
}

export function whereOf({ hostName, port }: Pick<SshConfig, 'hostName' | 'port'>): string {
  return say`${hostName} port ${port}`;
}

/** The jump as a ProxyJump would have it again. */
function jumpText({ user, host, port }: SshJump): string {
  return `${user === undefined ? '' : `${user}@`}${host.includes(':') ? `[${host}]` : host}${port === undefined ? '' : `:${port}`}`;
}

/** A word of a command as a person would type it. */
function shown(word: string): string {
  return /^[\w@%+=:,./[\]-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

