/** Trying one way in after another: which, in what order, and what is said when none of them worked. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { PosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import type { Route, RoutePlan } from '../../contract/route.ts';
import { inState, say, sayAll } from '../../contract/say.ts';
import { checkKind } from '../routes/managedNode.ts';
import type { ConnectRequest } from './connectRequest.ts';

type RouteRequest = Pick<ConnectRequest, 'via' | 'through' | 'command' | 'input' | 'osUser' | 'keyPairId' | 'configured' | 'again'>;

export interface FailedAttempt {
  readonly route: Route;
  readonly error: PosternError;
}

/**
 * The routes to try, in order: the one that worked last, then as ranked. A kind that was asked for is tried once, even when
 * facts speak against it: the person may know better.
 *
 * @param remembered what worked last time for this instance
 * @throws PosternError `instance.not-running`, `route.none-usable`
 */
export function routesToTry(request: RouteRequest, instance: Instance, plans: readonly RoutePlan[], remembered?: Route): readonly Route[] {
  const { via, through } = request;
  checkKind(instance, through === undefined ? via : 'jump');
  if (instance.managedNode === undefined && instance.state !== 'running') {
    throw new PosternError({ code: 'instance.not-running', message: say`${instance.instanceId} is ${inState(instance.state)}.`, remedy: say`Start the instance first.` });
  }
  if (request.again !== undefined) return sameAgain(request.again, plans);
  if (through !== undefined) return [{ kind: 'jump', through, address: privateAddressOf(instance), port: 22 }];
  const wanted = via === undefined ? (needsSsh(request) ? plans.filter((plan) => plan.route.kind !== 'session-manager') : plans) : plans.filter((plan) => plan.route.kind === via);
  // The serial console takes over the machine's only one, and asks for a password: never without being chosen.
  const usable = wanted.filter((plan) => plan.usable !== 'no' && (via !== undefined || plan.route.kind !== 'serial')).map((plan) => plan.route);
  if (via !== undefined) {
    const route = usable[0] ?? wanted[0]?.route;
    if (route !== undefined) return [route];
  } else {
    const last = remembered === undefined ? undefined : (usable.find((route) => isDeepStrictEqual(route, remembered)) ?? usable.find((route) => route.kind === remembered.kind));
    const [first, ...others] = last === undefined ? usable : [last, ...usable.filter((route) => route !== last)];
    if (first !== undefined) return [first, ...others];
  }
  throw new PosternError({
    code: 'route.none-usable',
    message: say`No ${via === undefined ? '' : `${via} `}way leads into ${instance.instanceId}: ${sayAll([...new Set(wanted.map((plan) => plan.reason))]) || (via === 'jump' ? say`no bastion is known.` : say`it has no address.`)}`,
    remedy: instance.managedNode === undefined ? say`Let port 22 in by a security group, or get its SSM agent online.` : say`Get its SSM agent online.`,
  });
}

/** After a drop the way that worked; where it is planned no more, as its address has changed, others of its kind. Another kind would be another user. */
function sameAgain(again: Route, plans: readonly RoutePlan[]): readonly Route[] {
  if (plans.some(({ route }) => isDeepStrictEqual(route, again))) return [again];
  return [...plans.filter(({ route, usable }) => route.kind === again.kind && usable !== 'no').map(({ route }) => route), again];
}

/** Forwards, or a command that gets input or is for a certain user or key: Session Manager has none of these. */
function needsSsh({ command, input, osUser, keyPairId, configured }: RouteRequest): boolean {
  if (configured?.onConnection !== undefined) return true;
  return command !== undefined && (input === true || osUser !== undefined || keyPairId !== undefined);
}

/** Whether another way may still work. What a host said itself, and what the person decided, stands. */
export function leavesOtherWaysOpen({ code }: PosternError): boolean {
  if (code === 'aws.sign-in-needed' || code === 'aws.mfa-needed' || code === 'aws.consent-needed') return false;
  return /^(route|eic|eice|aws)\./.test(code) || code === 'ssm.target-not-connected' || code === 'ssm.session-refused' || code === 'ssm.command-not-supported';
}

/** What the facts said of the route that gave no answer, and the next step they leave. */
export function withEvidence(error: PosternError, route: Route, plans: readonly RoutePlan[]): PosternError {
  if (error.code !== 'route.unreachable' || route.kind !== 'direct') return error;
  const tried = plans.find((plan) => isDeepStrictEqual(plan.route, route));
  const sessionManager = plans.find((plan) => plan.route.kind === 'session-manager');
  const remedy = sessionManager?.usable === 'yes' ? say`Open it by Session Manager, or let your address in by a security group.` : say`Let your address in by a security group, or connect from a network that is let in.`;
  return new PosternError({ ...error.toReport(), message: tried === undefined ? error.message : sayAll([error.message, tried.reason]), remedy }, { cause: error });
}

/** Every way that was tried, with its reason. A single one speaks for itself. */
export function allFailed(instance: Instance, attempts: readonly FailedAttempt[], nameOf: NameOf = nobody): PosternError {
  const [first, ...others] = attempts;
  if (first !== undefined && others.length === 0) return first.error;
  return new PosternError(
    {
      code: 'route.none-usable',
      message: sayAll([say`None of the ${attempts.length} ways into ${instance.instanceId} worked.`, ...attempts.map(({ route, error }) => say`${routeText(route, nameOf)}: ${error.message}`)], '\n'),
      remedy: attempts.find(({ error }) => error.remedy !== undefined)?.error.remedy,
      retryable: attempts.some(({ error }) => error.retryable),
    },
    { cause: first?.error },
  );
}

/** The name of an instance; undefined where it has none. */
export type NameOf = (instanceId: string) => string | undefined;
const nobody: NameOf = () => undefined;

/** A way in for a step or an error, e.g. `SSH to 203.0.113.9`. */
export function routeText(route: Route, nameOf: NameOf = nobody): string {
  switch (route.kind) {
    case 'direct':
      return say`SSH to ${route.address}`;
    case 'jump':
      return say`SSH through ${route.through.map((instanceId) => nameOf(instanceId) ?? instanceId).join(', ')} to ${route.address}`;
    case 'session-manager':
      return say`Session Manager`;
    case 'ssm':
      return say`SSH over Session Manager`;
    case 'serial':
      return say`Serial console`;
    case 'eice':
      return say`SSH through ${route.instanceConnectEndpointId} to ${route.privateIpAddress}`;
  }
}

/** @throws PosternError `route.none-usable` */
export function privateAddressOf(instance: Instance): string {
  const [eni] = instance.networkInterfaces;
  const address = instance.privateIpAddress ?? (eni?.privateIpAddresses.find(({ primary }) => primary) ?? eni?.privateIpAddresses[0])?.privateIpAddress;
  if (address === undefined) throw new PosternError({ code: 'route.none-usable', message: say`${instance.instanceId} has no private address to connect on to.` });
  return address;
}
