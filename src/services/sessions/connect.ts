/**
 * One connect: choose a route, open it, and sign in, telling each step and asking what only a person knows.
 */
import { PosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import type { KeyPair, SecretStoreStatus } from '../../contract/key.ts';
import type { Route, RoutePlan } from '../../contract/route.ts';
import type { Scope } from '../../contract/scope.ts';
import { scopeKey } from '../../contract/scope.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Secret } from '../base/secret.ts';
import type { Shell } from '../base/shell.ts';
import { guessOsUser } from '../routes/osUser.ts';
import { bestRoute } from '../routes/plan.ts';
import type { Transports } from '../routes/transports.ts';
import type { OfferedKey } from '../ssh/signingKey.ts';
import { MAX_KEYS_OFFERED } from '../ssh/auth.ts';
import { createHostKeyCheck } from '../ssh/hostKeyCheck.ts';
import type { HostKeys } from '../ssh/hostKeys.ts';
import { openSshShell } from '../ssh/openSshShell.ts';
import type { SsmShellOptions } from '../ssm/ssmShell.ts';
import { openSsmShell } from '../ssm/ssmShell.ts';
import type { Connect, ConnectRequest, Progress } from './liveSession.ts';

/** The Session Manager calls of one instance's scope. */
export type SsmCalls = Pick<SsmShellOptions, 'start' | 'resume' | 'terminate' | 'signUpgrade' | 'generateDataKey' | 'target'>;

export interface ConnectOptions {
  readonly transports: Transports;
  readonly hostKeys: HostKeys;
  readonly keys: {
    list(): Promise<readonly KeyPair[]>;
    /** @throws PosternError `keychain.*`, `key.not-found` */
    privateKey(keyPairId: string): Promise<Secret>;
  };
  readonly secrets: {
    status(): Promise<SecretStoreStatus>;
    /** @throws PosternError `secrets.passphrase-wrong` */
    useFile(passphrase: string): Promise<void>;
  };
  readonly plan: (instance: Instance) => RoutePlan[];
  readonly ssmCalls: (scope: Scope, instanceId: string) => SsmCalls;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often the passphrase of the key file is asked for. */
const MAX_PASSPHRASES = 3;

export function createConnect(options: ConnectOptions): Connect {
  return async (request, instance, progress, signal) => {
    progress.step('choosing-route');
    const plans = options.plan(instance);
    const route = chooseRoute(request, instance, plans);
    if (route.kind === 'session-manager') return connectSessionManager(options, request, instance, route, progress, signal);
    try {
      return await connectSsh(options, request, instance, route, progress, signal);
    } catch (thrown) {
      throw thrown instanceof PosternError && thrown.code === 'route.unreachable' ? withEvidence(thrown, route, plans) : thrown;
    }
  };
}

/** What the facts said of the route that gave no answer, and the next step they leave. */
function withEvidence(error: PosternError, route: Route, plans: readonly RoutePlan[]): PosternError {
  const tried = plans.find((plan) => isSameRoute(plan.route, route));
  const sessionManager = plans.find((plan) => plan.route.kind === 'session-manager');
  const remedy = sessionManager?.usable === 'yes' ? 'Open it by Session Manager, or let your address in by a security group.' : 'Let your address in by a security group, or connect from a network that is let in.';
  return new PosternError({ ...error.toReport(), message: tried === undefined ? error.message : `${error.message} ${tried.reason}`, remedy }, { cause: error });
}

function isSameRoute(a: Route, b: Route): boolean {
  return a.kind === 'direct' && b.kind === 'direct' && a.address === b.address && a.port === b.port;
}

/** The route asked for even when facts speak against it: the person may know better. Else the first that should or may work. */
function chooseRoute({ via }: ConnectRequest, instance: Instance, plans: readonly RoutePlan[]): Route {
  const wanted = via === undefined ? plans : plans.filter((plan) => plan.route.kind === via);
  const route = bestRoute(wanted) ?? (via === undefined ? undefined : wanted[0]?.route);
  if (route !== undefined && instance.state === 'running') return route;
  throw new PosternError({
    code: instance.state === 'running' ? 'route.none-usable' : 'instance.not-running',
    message: instance.state === 'running' ? `No way leads into ${instance.instanceId}: ${wanted.map((plan) => plan.reason).join(' ') || 'it has no address.'}` : `${instance.instanceId} is ${instance.state}.`,
    remedy: instance.state === 'running' ? 'Let port 22 in by a security group, or get its SSM agent online.' : 'Start the instance first.',
  });
}

async function connectSessionManager(
  { ssmCalls, clock, log }: ConnectOptions,
  request: ConnectRequest,
  instance: Instance,
  route: Extract<Route, { kind: 'session-manager' }>,
  progress: Progress,
  signal: AbortSignal,
): Promise<Shell> {
  if (request.command !== undefined) {
    throw new PosternError({ code: 'ssm.command-not-supported', message: 'A command cannot be run by Session Manager yet.', remedy: 'Use --via direct for a command, or open a shell.' });
  }
  progress.chosen(route, undefined);
  return openSsmShell({
    ...ssmCalls(instance.scope, route.instanceId),
    size: request.size,
    onStep: progress.step,
    onResuming: progress.dropped,
    onResumed: progress.resumed,
    clock,
    log,
    signal,
  });
}

async function connectSsh(
  options: ConnectOptions,
  request: ConnectRequest,
  instance: Instance,
  route: Exclude<Route, { kind: 'session-manager' }>,
  progress: Progress,
  signal: AbortSignal,
): Promise<Shell> {
  const osUser = request.osUser ?? guessOsUser(instance);
  const address = `${route.address} port ${route.port}`;
  progress.chosen(route, osUser);
  // Before the transport: a question left open must not hold a connection open.
  const keys = await keysToOffer(options, request, instance, osUser, progress);
  progress.step('opening-transport', `TCP to ${address}`);
  const transport = await options.transports[route.kind].open(route, instance.scope, signal);
  return openSshShell({
    transport,
    host: instance.name === undefined ? address : `${instance.name} (${address})`,
    osUser,
    size: request.size,
    ...(request.command === undefined ? {} : { command: request.command }),
    ...(request.terminal === undefined ? {} : { terminal: request.terminal }),
    hostKey: createHostKeyCheck({
      hostKeys: options.hostKeys,
      scopeKey: scopeKey(instance.scope),
      instanceId: instance.instanceId,
      confirmedBy: 'person',
      confirm: async (shown) => (await progress.ask<'host-key'>({ kind: 'host-key', instanceId: instance.instanceId, address, ...shown })).accept,
    }),
    authentication: {
      keys,
      ask: async (prompts) => (await progress.ask<'keyboard-interactive'>({ kind: 'keyboard-interactive', ...prompts })).responses,
    },
    onStep: progress.step,
    onBanner: progress.banner,
    signal,
  });
}

/** The key asked for; else those that are the instance's EC2 key pair, then the others. Never more than a server puts up with. */
async function keysToOffer(options: ConnectOptions, { keyPairId }: ConnectRequest, instance: Instance, osUser: string, progress: Progress): Promise<OfferedKey[]> {
  const all = await options.keys.list();
  if (keyPairId !== undefined) {
    const chosen = all.find((key) => key.keyPairId === keyPairId);
    if (chosen === undefined) throw new PosternError({ code: 'key.not-found', message: 'The chosen key is not there any more.', remedy: 'Choose another one.' });
    return [offer(options, chosen, progress)];
  }
  const place = scopeKey(instance.scope);
  const isInstances = (key: KeyPair): boolean => key.ec2KeyPairs.some((pair) => pair.keyName === instance.keyName && pair.scopeKey === place);
  const matching = all.filter(isInstances);
  const ordered = [...matching, ...all.filter((key) => !isInstances(key))];
  if (matching.length > 0 || ordered.length <= MAX_KEYS_OFFERED) return ordered.slice(0, MAX_KEYS_OFFERED).map((key) => offer(options, key, progress));
  const { keyPairId: picked } = await progress.ask<'choose-key'>({
    kind: 'choose-key',
    osUser,
    ...(instance.keyName === undefined ? {} : { keyName: instance.keyName }),
    keyPairIds: ordered.map((key) => key.keyPairId),
  });
  return ordered.filter((key) => key.keyPairId === picked).map((key) => offer(options, key, progress));
}

function offer(options: ConnectOptions, key: KeyPair, progress: Progress): OfferedKey {
  return {
    keyName: key.keyName,
    publicKey: key.publicKey,
    privateKey: async () => {
      if (key.origin !== 'lent') await unlockKeyFile(options, progress);
      return options.keys.privateKey(key.keyPairId);
    },
  };
}

/** Where keys live in our passphrase-encrypted file and it is still closed, asks for its passphrase. */
async function unlockKeyFile({ secrets }: ConnectOptions, progress: Progress): Promise<void> {
  const status = await secrets.status();
  if (status.state === 'ready' || !status.fileExists) return;
  for (let attempt = 1; ; attempt += 1) {
    const { passphrase } = await progress.ask<'passphrase'>({ kind: 'passphrase', keyName: 'the key file', attempt });
    try {
      await secrets.useFile(passphrase);
      return;
    } catch (thrown) {
      const again = thrown instanceof PosternError && thrown.code === 'secrets.passphrase-wrong' && attempt < MAX_PASSPHRASES;
      if (!again) throw thrown;
    }
  }
}
