/** Opens the way to an instance's port that a route describes, signing in to the bastions on it. */
import type { Duplex } from 'node:stream';
import { PosternError, toPosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import type { Route, RoutePlan } from '../../contract/route.ts';
import { say } from '../../contract/say.ts';
import { watchLine } from '../routes/line.ts';
import { createJump } from '../routes/jump.ts';
import type { PlainRoute, Transports } from '../routes/transports.ts';
import { isPlain, openPlain, plainSteps } from '../routes/transports.ts';
import { openSshConnection } from '../ssh/connection.ts';
import { openWithFreshConnections } from '../ssh/freshConnections.ts';
import { leavesOtherWaysOpen, privateAddressOf, routesToTry } from './attempts.ts';
import type { Progress } from './progress.ts';
import type { HostSettings, SignIn, SignInOptions } from './signIn.ts';
import { prepareSignIn } from './signIn.ts';

export interface OpenTransportOptions extends SignInOptions {
  readonly transports: Transports;
  readonly plan: (instance: Instance) => RoutePlan[];
  /** @throws PosternError `instance.not-found` */
  readonly instanceOf: (instanceId: string) => Instance;
}

export interface OpenedTransport {
  readonly transport: Duplex;
  /** Where it leads, e.g. `10.0.10.21 port 22 through bastion`. */
  readonly where: string;
}

/**
 * @param limitMs how long an address may stay silent, where that is to be less than usual
 * @throws PosternError what the transport, and the bastions' host keys and sign-ins, end with
 */
export async function openTransport(options: OpenTransportOptions, instance: Instance, route: Exclude<Route, { kind: 'session-manager' | 'serial' }>, progress: Progress, signal: AbortSignal, limitMs?: number): Promise<OpenedTransport> {
  if (route.kind !== 'jump') {
    const { where, detail } = plainSteps(route);
    progress.step('opening-transport', detail);
    const limited = limitMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
    return { where, transport: await openPlain(options.transports, route, instance.scope, limited) };
  }
  const bastions = route.through.map(options.instanceOf);
  const last = bastions.at(-1);
  const nameOf = (bastion: Instance): string => bastion.name ?? bastion.instanceId;
  const signIns = new Map<string, { readonly signIn: SignIn; readonly settings: HostSettings }>();
  for (const bastion of bastions) {
    const settings = await options.hostSettings(bastion);
    signIns.set(bastion.instanceId, { settings, signIn: await prepareSignIn(options, { instance: bastion, osUser: settings.osUser, bastion: nameOf(bastion) }, progress, signal) });
  }

  const jump = createJump({
    reach: (instanceId, _scope, reachSignal) => reachBastion(options, options.instanceOf(instanceId), progress, reachSignal),
    signIn: ({ instanceId, where, transport }, hopSignal) => {
      const bastion = options.instanceOf(instanceId);
      const prepared = signIns.get(instanceId);
      if (prepared === undefined) throw new Error(`${instanceId} is no bastion of this route`);
      const { signIn, settings } = prepared;
      return openSshConnection({
        transport,
        host: say`${nameOf(bastion)} (${where})`,
        osUser: settings.osUser,
        allowWeakAlgorithms: settings.allowWeakAlgorithms,
        onWeakAlgorithms: (names) => progress.weak(names.map((name) => `${name} (${nameOf(bastion)})`)),
        hostKey: signIn.hostKey(where),
        authentication: signIn.authentication,
        onStep: (step, detail) => progress.step(step, step === 'authenticating' && detail !== undefined ? `${nameOf(bastion)}: ${detail}` : detail),
        onBanner: progress.banner,
        ...watchLine(transport),
        signal: hopSignal,
      });
    },
    privateAddressOf: (instanceId) => privateAddressOf(options.instanceOf(instanceId)),
    onForward: (from, to) => progress.step('opening-transport', say`${nameOf(options.instanceOf(from))} to ${to}`),
  });
  const tried = {
    get hasMore() {
      return [...signIns.values()].some(({ signIn }) => signIn.authentication.tried?.hasMore === true);
    },
  };
  const transport = await openWithFreshConnections(tried, () => jump.open(route, instance.scope, signal)).finally(() => {
    for (const { signIn } of signIns.values()) signIn.end();
  });
  return { transport, where: say`${route.address} port ${route.port}${last === undefined ? '' : say` through ${nameOf(last)}`}` };
}

/** The bastion's own ways in, one after another, without the ones that need another bastion. */
async function reachBastion(options: OpenTransportOptions, bastion: Instance, progress: Progress, signal: AbortSignal): Promise<OpenedTransport> {
  const plans = options.plan(bastion).filter(({ route }) => isPlain(route));
  const routes = routesToTry({}, bastion, plans).filter((route): route is PlainRoute => isPlain(route));
  let failure: PosternError | undefined;
  for (const route of routes) {
    const { where, detail } = plainSteps(route);
    progress.step('opening-transport', `${bastion.name ?? bastion.instanceId}: ${detail}`);
    try {
      return { where, transport: await openPlain(options.transports, route, bastion.scope, signal) };
    } catch (thrown) {
      const error = toPosternError(thrown);
      if (signal.aborted || !leavesOtherWaysOpen(error)) throw error;
      failure ??= error;
      progress.failed(error.message);
    }
  }
  throw failure ?? new PosternError({ code: 'route.none-usable', message: say`No way leads to the bastion ${bastion.instanceId}.` });
}
