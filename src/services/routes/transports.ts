/** The list of transports: one line for each route that gives bytes to a port. A new kind in the contract fails to compile here. */
import type { Duplex } from 'node:stream';
import type { Route } from '../../contract/route.ts';
import type { Scope } from '../../contract/scope.ts';
import type { Cloud } from '../base/cloud.ts';
import { createDirect } from './direct.ts';
import type { Transport } from './transport.ts';

/** Bytes to a port, and nobody to ask: `session-manager` is a shell of its own, `jump` signs in to bastions on its way (createJump). */
export type PlainRoute = Exclude<Route, { kind: 'session-manager' | 'jump' }>;
export type TransportKind = PlainRoute['kind'];
export type Transports = { readonly [K in TransportKind]: Transport<K> };

/** @param cloudOf the cloud a scope belongs to, which has the network to dial in */
export function createTransports(cloudOf: (scope: Scope) => Promise<Cloud>): Transports {
  return { direct: createDirect(async (scope) => (await cloudOf(scope)).dialer) };
}

export function isPlain(route: Route): route is PlainRoute {
  return route.kind !== 'session-manager' && route.kind !== 'jump';
}

/** Opens a route by the transport of its kind. */
export function openPlain(transports: Transports, route: PlainRoute, scope: Scope, signal: AbortSignal): Promise<Duplex> {
  switch (route.kind) {
    case 'direct':
      return transports.direct.open(route, scope, signal);
  }
}

/** Where a route ends, and what is done to get there, for steps, questions and errors. */
export function plainSteps(route: PlainRoute): { readonly where: string; readonly detail: string } {
  switch (route.kind) {
    case 'direct': {
      const where = `${route.address} port ${route.port}`;
      return { where, detail: `TCP to ${where}` };
    }
  }
}
