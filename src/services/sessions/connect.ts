/**
 * One connect: try the ways in, open one, and sign in, telling each step and asking what only a person knows.
 */
import { isDeepStrictEqual } from 'node:util';
import { PosternError, toPosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import { isWindows } from '../../contract/instance.ts';
import type { Route, RoutePlan } from '../../contract/route.ts';
import { say } from '../../contract/say.ts';
import type { Scope } from '../../contract/scope.ts';
import { scopeKey } from '../../contract/scope.ts';
import type { SessionLimits } from '../../contract/session.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Shell } from '../base/shell.ts';
import { layLine, lineOf, watchLine } from '../routes/line.ts';
import type { RememberedRoutes } from '../routes/rememberedRoutes.ts';
import type { Transports } from '../routes/transports.ts';
import { toSecurity, weakAlgorithms } from '../ssh/algorithms.ts';
import type { SshConnection } from '../ssh/connection.ts';
import { openSshConnection } from '../ssh/connection.ts';
import { openWithFreshConnections } from '../ssh/freshConnections.ts';
import { toPlainText } from '../ssh/plainText.ts';
import type { SharedConnections } from '../ssh/sharedConnections.ts';
import { unwrapShell, withUnknownOutcome, wrapCommand } from '../ssm/commandOutcome.ts';
import type { SsmCommandOptions } from '../ssm/ssmCommand.ts';
import { openSsmCommand } from '../ssm/ssmCommand.ts';
import type { SsmShellOptions } from '../ssm/ssmShell.ts';
import { openSsmShell } from '../ssm/ssmShell.ts';
import type { FailedAttempt } from './attempts.ts';
import { allFailed, leavesOtherWaysOpen, routesToTry, routeText, withEvidence } from './attempts.ts';
import type { ConnectRequest } from './connectRequest.ts';
import type { Connect, Progress } from './progress.ts';
import { openIdleShell } from './idleShell.ts';
import { openTransport } from './openTransport.ts';
import type { SerialConsoleCalls } from './serialConsole.ts';
import { openSerialConsole } from './serialConsole.ts';
import type { LendAgent } from './agentLending.ts';
import type { SignInOptions } from './signIn.ts';
import { prepareSignIn } from './signIn.ts';

/** The Session Manager calls of one instance's scope. */
export type SsmCalls = Pick<SsmShellOptions, 'start' | 'resume' | 'terminate' | 'signUpgrade' | 'generateDataKey' | 'target' | 'onStarted' | 'onActivity'>;

export interface ConnectOptions extends SignInOptions {
  /** The part of the person's agent a host may use; asks once. Absent: there is no agent. */
  readonly lentAgent?: LendAgent;
  readonly transports: Transports;
  readonly plan: (instance: Instance) => RoutePlan[];
  /** @throws PosternError `instance.not-found` */
  readonly instanceOf: (instanceId: string) => Instance;
  readonly remembered: RememberedRoutes;
  readonly connections: SharedConnections;
  /** Whether a further shell may go over a connection that is there. */
  readonly sharesConnections: () => Promise<boolean>;
  readonly serialConsole: SerialConsoleCalls;
  readonly ssmCalls: (scope: Scope, instanceId: string, onLimits?: (limits: SessionLimits) => void) => SsmCalls;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long a private address that only a VPN would reach may stay silent while other ways are left. */
const GUESS_LIMIT_MS = 3000;

/** The name of a listed instance. */
function namesOf({ instanceOf }: ConnectOptions): (instanceId: string) => string | undefined {
  return (instanceId) => {
    try {
      return instanceOf(instanceId).name;
    } catch {
      return undefined;
    }
  };
}

/** Nothing tells whether a private address is reached from here, unless it was before. */
function isGuess(route: Route, instance: Instance, remembered: Route | undefined): boolean {
  if (route.kind !== 'direct' || isDeepStrictEqual(route, remembered)) return false;
  return instance.networkInterfaces.some((eni) => eni.privateIpAddresses.some(({ privateIpAddress }) => privateIpAddress === route.address));
}

export function createConnect(options: ConnectOptions): Connect {
  return async (request, instance, progress, signal) => {
    progress.step('choosing-route');
    const plans = options.plan(instance);
    const chosenHere = request.via === undefined && request.through === undefined;
    const remembered = chosenHere ? await options.remembered.of(instance) : undefined;
    const routes = routesToTry(request, instance, plans, remembered);
    const nameOf = namesOf(options);
    const failed: FailedAttempt[] = [];
    for (const route of routes) {
      if (failed.length > 0) progress.step('choosing-route', `next: ${routeText(route, nameOf)}`);
      const limitMs = route !== routes.at(-1) && isGuess(route, instance, remembered) ? GUESS_LIMIT_MS : undefined;
      try {
        const shell = await attempt(options, request, instance, route, progress, signal, limitMs);
        if (chosenHere) await options.remembered.remember(instance, route);
        return shell;
      } catch (thrown) {
        const error = withEvidence(toPosternError(thrown), route, plans);
        if (signal.aborted || !leavesOtherWaysOpen(error)) throw error;
        options.log.info('a way in failed', { instanceId: instance.instanceId, route: routeText(route, nameOf), ...error.toReport() });
        failed.push({ route, error });
        progress.failed(error.message);
      }
    }
    throw allFailed(instance, failed, nameOf);
  };
}

async function attempt(options: ConnectOptions, request: ConnectRequest, instance: Instance, route: Route, progress: Progress, signal: AbortSignal, limitMs: number | undefined): Promise<Shell> {
  switch (route.kind) {
    case 'session-manager':
      return connectSessionManager(options, request, instance, route, progress, signal);
    case 'serial':
      if (request.command !== undefined) throw new PosternError({ code: 'input.invalid', message: say`The serial console runs no commands.`, remedy: say`Open it without one, or take another way.` });
      progress.chosen(route, undefined);
      return openSerialConsole(options.serialConsole, options.transports.direct, instance, request.size, progress, signal);
    default:
      return connectSsh(options, request, instance, route, progress, signal, limitMs);
  }
}

async function connectSessionManager(
  { ssmCalls, clock, log }: ConnectOptions,
  request: ConnectRequest,
  instance: Instance,
  route: Extract<Route, { kind: 'session-manager' }>,
  progress: Progress,
  signal: AbortSignal,
): Promise<Shell> {
  progress.chosen(route, undefined);
  const options = { ...ssmCalls(instance.scope, route.instanceId, progress.limits), onStep: progress.step, onResuming: progress.dropped, onResumed: progress.resumed, clock, log, signal };
  return request.command === undefined ? openSsmShell({ ...options, size: request.size }) : runCommand({ ...options, command: request.command }, isWindows(instance));
}

/** A command that was given input ends with an error: the agent would drop it, and half a job is worse than none. */
async function runCommand(options: SsmCommandOptions & { readonly command: string }, windows: boolean): Promise<Shell> {
  const ignored = Promise.withResolvers<never>();
  const onInputIgnored = (): void => {
    ignored.reject(new PosternError({ code: 'ssm.command-not-supported', message: say`Session Manager passes no input to a command: it was ended.`, remedy: say`Use --via ssm or --via direct, or give it no input (< /dev/null).` }));
    shell.close();
  };
  // On Windows the command is for another shell.
  const wrapped = windows ? undefined : wrapCommand(options.command);
  const bare = await openSsmCommand({ ...options, onInputIgnored, ...(wrapped === undefined ? {} : { command: wrapped.command }) });
  const shell = wrapped === undefined ? withUnknownOutcome(bare) : unwrapShell(bare, wrapped.marker);
  const exited = Promise.race([ignored.promise, shell.exited]);
  exited.catch(() => undefined);
  return { ...shell, exited };
}

async function connectSsh(
  options: ConnectOptions,
  request: ConnectRequest,
  instance: Instance,
  route: Exclude<Route, { kind: 'session-manager' | 'serial' }>,
  progress: Progress,
  signal: AbortSignal,
  limitMs: number | undefined,
): Promise<Shell> {
  const { osUser: usual, allowWeakAlgorithms } = await options.hostSettings(instance);
  const osUser = request.osUser ?? usual;
  progress.chosen(route, osUser);
  const noShell = request.openSsh?.noShell === true;
  const shares = !noShell && request.configured?.onConnection === undefined && (await options.sharesConnections());
  const open = async (): Promise<SshConnection> => {
    const signIn = await prepareSignIn(options, { instance, osUser, keyPairId: request.keyPairId, configuredKeys: request.configured?.keys }, progress, signal);
    const lentAgent = request.forwardAgent === true ? await options.lentAgent?.(hostKeyOf(instance), instance.name ?? instance.instanceId, progress, signal) : undefined;
    const enter = async (): Promise<SshConnection> => {
      const { transport, where } = await openTransport(options, instance, route, progress, signal, limitMs);
      const connection = await openSshConnection({
        transport,
        host: instance.name === undefined ? where : say`${instance.name} (${where})`,
        osUser,
        hostKey: signIn.hostKey(where),
        authentication: signIn.authentication,
        allowWeakAlgorithms,
        lentAgent,
        ...request.configured?.options,
        keepSpareShell: shares,
        onStep: progress.step,
        onBanner: progress.banner,
        ...watchLine(transport),
        signal,
      });
      return layLine(connection, lineOf(transport));
    };
    try {
      const connection = await openWithFreshConnections(signIn.authentication.tried, enter);
      await request.configured?.onConnection?.(connection);
      return connection;
    } finally {
      signIn.end();
    }
  };
  const start = async (connection: SshConnection, startSignal: AbortSignal): Promise<Shell> => {
    if (!noShell) progress.step('starting-shell', request.command === undefined ? say`a login shell` : say`a command`);
    const shell = noShell ? openIdleShell(connection) : await connection.openShell({ ...request, ...(request.configured === undefined ? {} : { env: request.configured.env }) }, startSignal);
    const weak = weakAlgorithms(connection.negotiated);
    if (weak.length > 0) progress.weak(weak);
    progress.secured?.(toSecurity(connection.negotiated));
    const stops = [connection.onRoundTrip(progress.roundTrip), lineOf(connection)?.follow({ onResuming: progress.dropped, onResumed: progress.resumed, onLimits: progress.limits, onMessage: (text) => progress.banner(toPlainText(text)) })];
    const stop = (): void => {
      for (const each of stops) each?.();
    };
    shell.exited.then(stop, stop);
    if (connection.roundTripMs !== undefined) progress.roundTrip(connection.roundTripMs);
    return shell;
  };
  const alike = shares ? JSON.stringify([scopeKey(instance.scope), instance.instanceId, osUser, route, request.keyPairId, allowWeakAlgorithms, request.forwardAgent === true]) : undefined;
  const host = `${osUser}@${instance.name ?? instance.instanceId}`;
  return options.connections.use(
    alike,
    {
      open,
      start,
      onShared: () => progress.step('opening-transport', say`shares the connection of ${host} (${routeText(route, namesOf(options))})`),
      onWaiting: () => progress.step('opening-transport', say`waits for the connection of ${host} that is being opened`),
    },
    signal,
  );
}

/** By which the consent to lend it an agent is kept. */
function hostKeyOf({ scope, instanceId }: Instance): string {
  return `${scopeKey(scope)} ${instanceId}`;
}
