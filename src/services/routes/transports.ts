/** The list of transports: one line for each route that gives bytes to a port. A new kind in the contract fails to compile here. */
import type { Duplex } from 'node:stream';
import { PosternError } from '../../contract/error.ts';
import type { Route, RoutePlan } from '../../contract/route.ts';
import { say, sayAll } from '../../contract/say.ts';
import type { Scope } from '../../contract/scope.ts';
import type { Cloud } from '../base/cloud.ts';
import { createDirect } from './direct.ts';
import { createEice, type EiceOptions } from './eice.ts';
import { createSsm, type OpenPort } from './ssm.ts';
import type { Transport } from './transport.ts';

/** Bytes to a port, and nobody to ask: `session-manager` and `serial` are shells of their own, `jump` signs in to bastions on its way (createJump). */
export type PlainRoute = Exclude<Route, { kind: 'session-manager' | 'jump' | 'serial' }>;
export type TransportKind = PlainRoute['kind'];
export type Transports = { readonly [K in TransportKind]: Transport<K> };

/**
 * @param cloudOf the cloud a scope belongs to, which has the network to dial in
 * @param openPort a port of an instance through Session Manager
 * @param endpoints the EC2 Instance Connect Endpoints, and how their tunnels are signed
 */
export function createTransports(cloudOf: (scope: Scope) => Promise<Cloud>, openPort: OpenPort, endpoints: EiceOptions): Transports {
  return { direct: createDirect(async (scope) => (await cloudOf(scope)).dialer), ssm: createSsm(openPort), eice: createEice(endpoints) };
}

export function isPlain(route: Route): route is PlainRoute {
  return route.kind !== 'session-manager' && route.kind !== 'jump' && route.kind !== 'serial';
}

/** Opens a route by the transport of its kind. */
export function openPlain(transports: Transports, route: PlainRoute, scope: Scope, signal: AbortSignal): Promise<Duplex> {
  switch (route.kind) {
    case 'direct':
      return transports.direct.open(route, scope, signal);
    case 'ssm':
      return transports.ssm.open(route, scope, signal);
    case 'eice':
      return transports.eice.open(route, scope, signal);
  }
}

/** Where a route ends, and what is done to get there, for steps, questions and errors. */
export function plainSteps(route: PlainRoute): { readonly where: string; readonly detail: string } {
  switch (route.kind) {
    case 'direct': {
      const where = say`${route.address} port ${route.port}`;
      return { where, detail: say`TCP to ${where}` };
    }
    case 'ssm': {
      const where = say`${route.instanceId} port ${route.port}`;
      return { where, detail: say`Session Manager to ${where}` };
    }
    case 'eice': {
      const where = say`${route.privateIpAddress} port ${route.port}`;
      return { where, detail: say`tunnel of ${route.instanceConnectEndpointId} to ${where}, for an hour at most` };
    }
  }
}

/**
 * The route that carries bytes to a port with nobody to ask: of the kind wanted, even when facts speak against it; else the best one.
 *
 * @throws PosternError `route.none-usable`
 */
export function choosePlain(instanceId: string, port: number, plans: readonly RoutePlan[], via: TransportKind | undefined): PlainRoute {
  const routes = plans.flatMap(({ route, usable, reason }) => (isPlain(route) && (via === undefined || route.kind === via) ? [{ route, usable, reason }] : []));
  const best = routes.find(({ usable }) => usable !== 'no') ?? (via === undefined ? undefined : routes[0]);
  if (best !== undefined) return best.route;
  throw new PosternError({
    code: 'route.none-usable',
    message: say`No route carries bytes to port ${port} of ${instanceId}: ${sayAll(routes.map(({ reason }) => reason)) || say`it has no address.`}`,
    remedy: say`Get its SSM agent online, or let port ${port} in by a security group.`,
  });
}
