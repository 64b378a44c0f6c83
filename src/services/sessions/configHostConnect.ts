/**
 * Connects to a host of ~/.ssh/config as its configuration says, and to an instance that the configuration names.
 *
 * Such an instance keeps EC2's ways in and its own host key; its User and IdentityFiles are the configuration's, and where the
 * configuration says a way (HostName, Port, ProxyJump, ProxyCommand) and nobody chose another one, that way is taken.
 */
import type { Duplex } from 'node:stream';
import type { Instance } from '../../contract/instance.ts';
import type { Route } from '../../contract/route.ts';
import { MAX_BASTIONS } from '../../contract/route.ts';
import { say } from '../../contract/say.ts';
import { configHostName } from '../../contract/sshConfig.ts';
import type { Shell } from '../base/shell.ts';
import { toSecurity, weakAlgorithms } from '../ssh/algorithms.ts';
import type { ConfigOverrides } from '../ssh/configHosts.ts';
import type { ConfiguredConnection } from '../ssh/configuredConnection.ts';
import { configuredOptions, setsAlgorithms } from '../ssh/configuredConnection.ts';
import type { SshConnection } from '../ssh/connection.ts';
import { sentEnvironment } from '../ssh/sentEnvironment.ts';
import type { OfferedKey } from '../ssh/signingKey.ts';
import type { SharedConnections } from '../ssh/sharedConnections.ts';
import { dumpSshConfig } from '../ssh/sshConfigDump.ts';
import type { SshConfig } from '../ssh/sshConfigResult.ts';
import { unheededKeywords, unheededText } from '../ssh/unheededKeywords.ts';
import type { ConfigWay } from './configWay.ts';
import { openIdleShell } from './idleShell.ts';
import { addressOfInstance } from './instanceConfig.ts';
import type { ConnectRequest } from './connectRequest.ts';
import type { Connect, Progress } from './progress.ts';
import type { LendAgent } from './agentLending.ts';
import type { SignInOptions } from './signIn.ts';
import { hostKeyCheckFor } from './signIn.ts';

export interface ConfigHostConnectOptions {
  readonly way: ConfigWay;
  /** The way into instances. */
  readonly connect: Connect;
  /** The name under which the configuration has an instance. */
  readonly nameOf: (instance: Instance) => Promise<string | undefined>;
  readonly signIn: Pick<SignInOptions, 'hostKeys' | 'firstContact'>;
  /** The keys of the IdentityFiles, and no others. */
  readonly namedKeys: (config: SshConfig, progress: Progress, signal: AbortSignal) => Promise<readonly OfferedKey[]>;
  /** The part of the person's agent a host may use; asks once. */
  readonly lentAgent?: LendAgent;
  readonly connections: SharedConnections;
  readonly sharesConnections: () => Promise<boolean>;
  /** The environment that SendEnv chooses from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Opens the forwards of the configuration over a connection; they end with it. */
  readonly openForwards: (hostId: string, config: SshConfig, connection: SshConnection, progress: Progress, signal: AbortSignal) => Promise<void>;
}

/** @returns a connect for hosts of both kinds */
export function createConfigHostConnect(options: ConfigHostConnectOptions): Connect {
  return async (request, instance, progress, signal) => {
    const alias = configHostName(request.instanceId);
    if (alias !== undefined) {
      progress.step('choosing-route', say`as OpenSSH's configuration says for ${alias}`);
      return connectAsConfigured(options, await options.way.resolve(alias, overridesOf(request), progress), request, undefined, progress, signal);
    }
    const name = (await options.nameOf(instance)) ?? (request.openSsh?.options === undefined ? undefined : instance.instanceId);
    if (name === undefined) return options.connect(request, instance, progress, signal);
    progress.step('choosing-route', say`OpenSSH's configuration names ${name}`);
    const config = await options.way.resolve(name, overridesOf(request), progress);
    if (takesItsWay(request, config)) return connectAsConfigured(options, atInstance(config, instance), request, instance, progress, signal);
    tellUnheeded(config, request, progress);
    const named = config.places.has('identityfile') && request.keyPairId === undefined ? await options.namedKeys(config, progress, signal) : [];
    const { chooseAlgorithms, ...others } = configuredOptions(config);
    const configured: ConfiguredConnection = {
      ...(named.length === 0 ? {} : { keys: { keys: named, only: config.identitiesOnly } }),
      options: setsAlgorithms(config) && chooseAlgorithms !== undefined ? { ...others, chooseAlgorithms } : others,
      env: sentEnvironment(config, options.environment),
      ...(hasForwards(config) ? { onConnection: (connection) => options.openForwards(request.instanceId, config, connection, progress, signal) } : {}),
    };
    return options.connect({ ...request, ...(config.places.has('user') ? { osUser: config.user } : {}), ...(config.forwardAgent ? { forwardAgent: true } : {}), configured }, instance, progress, signal);
  };
}

function tellUnheeded(config: SshConfig, request: ConnectRequest, progress: Progress): void {
  const unheeded = unheededText(unheededKeywords(config));
  if (unheeded !== undefined && request.openSsh?.toldUnheeded !== true) progress.banner(unheeded);
}

/** Where nobody chose another kind of way. */
function takesItsWay({ via, through }: ConnectRequest, { places, proxyJump }: SshConfig): boolean {
  const kind = proxyJump.length === 0 ? 'direct' : 'jump';
  if (through !== undefined || (via !== undefined && via !== kind)) return false;
  return ['hostname', 'port', 'proxyjump', 'proxycommand'].some((keyword) => places.has(keyword));
}

function hasForwards({ localForwards, dynamicForwards, remoteForwards }: SshConfig): boolean {
  return [localForwards, dynamicForwards, remoteForwards].some((list) => list.length > 0);
}

/** A name that only EC2 knows leads to the instance's address. */
function atInstance(config: SshConfig, instance: Instance): SshConfig {
  const address = addressOfInstance(instance, config.proxyJump.length > 0);
  // A ProxyCommand does its own look-up of the name.
  if (config.places.has('hostname') || config.proxyCommand !== undefined || address === undefined) return config;
  return { ...config, hostName: address };
}

async function connectAsConfigured(options: ConfigHostConnectOptions, config: SshConfig, request: ConnectRequest, instance: Instance | undefined, progress: Progress, signal: AbortSignal): Promise<Shell> {
  const { way, connections, environment, openForwards, signIn } = options;
  progress.chosen(routeOf(config), config.user);
  tellUnheeded(config, request, progress);
  // What holds forwards ends with its tab, as it does with ssh.
  const shares = !hasForwards(config) && request.openSsh?.noShell !== true && (await options.sharesConnections());
  return connections.use(
    shares ? JSON.stringify([request.instanceId, request.forwardAgent === true, ...dumpSshConfig(config)]) : undefined,
    {
      async open() {
        const hostKey = instance === undefined ? undefined : await hostKeyCheckFor(signIn, instance, undefined, progress, signal);
        const lentAgent = config.forwardAgent || request.forwardAgent === true ? await options.lentAgent?.(request.instanceId, config.originalHost, progress, signal) : undefined;
        const connection = await way.enter(config, progress, signal, hostKey, lentAgent);
        try {
          await openForwards(request.instanceId, config, connection, progress, signal);
        } catch (thrown) {
          connection.close();
          throw thrown;
        }
        return connection;
      },
      async start(connection, startSignal) {
        const weak = weakAlgorithms(connection.negotiated);
        if (weak.length > 0) progress.weak(weak);
        progress.secured?.(toSecurity(connection.negotiated));
        if (request.openSsh?.noShell === true) return openIdleShell(connection);
        progress.step('starting-shell', request.command === undefined ? say`a login shell` : say`a command`);
        const { size, command, terminal } = request;
        const env = sentEnvironment(config, environment);
        const shell = await connection.openShell({ size, env, ...(command === undefined ? {} : { command }), ...(terminal === undefined ? {} : { terminal }) }, startSignal);
        const stop = connection.onRoundTrip(progress.roundTrip);
        shell.exited.then(stop, stop);
        if (connection.roundTripMs !== undefined) progress.roundTrip(connection.roundTripMs);
        return shell;
      },
      onShared: () => progress.step('opening-transport', say`shares the connection of ${config.user}@${config.originalHost}`),
      onWaiting: () => progress.step('opening-transport', say`waits for the connection of ${config.user}@${config.originalHost} that is being opened`),
    },
    signal,
  );
}

/** What a session was asked for beside the name. */
export function overridesOf({ osUser, openSsh }: Pick<ConnectRequest, 'osUser' | 'openSsh'>): ConfigOverrides {
  return { ...(osUser === undefined ? {} : { user: osUser }), ...(openSsh?.options === undefined ? {} : { options: openSsh.options }) };
}

/** A ProxyCommand is no way that can be named: the host's own address stands for it. */
function routeOf({ hostName, port, proxyJump }: SshConfig): Route {
  const through = proxyJump.map(({ host }) => host).slice(-MAX_BASTIONS);
  return through.length === 0 ? { kind: 'direct', address: hostName, port } : { kind: 'jump', through, address: hostName, port };
}

/** Stands for a config host where sessions and forwards want an instance: it has an id and a name, and nothing of EC2. */
export function toSessionTarget(hostId: string): Instance | undefined {
  const name = configHostName(hostId);
  if (name === undefined) return undefined;
  return { instanceId: hostId, name, scope: { profile: '~/.ssh/config', region: 'ssh' }, state: 'running', networkInterfaces: [], securityGroups: [], tags: {}, ssmKnown: false };
}

/** Bytes to the port of a config host. */
export async function openConfigHost(way: ConfigWay, name: string, port: number | undefined, overrides: ConfigOverrides, progress: Progress, signal: AbortSignal): Promise<Duplex> {
  return way.open(await way.resolve(name, { ...overrides, ...(port === undefined ? {} : { port }) }, progress), progress, signal);
}
