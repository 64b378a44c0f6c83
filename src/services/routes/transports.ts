/** The list of transports: one line for each route that gives bytes to a port. A new kind in the contract fails to compile here. */
import type { Route } from '../../contract/route.ts';
import type { Scope } from '../../contract/scope.ts';
import type { Cloud } from '../base/cloud.ts';
import { createDirect } from './direct.ts';
import type { Transport } from './transport.ts';

/** `session-manager` is a shell of its own, not bytes to a port. */
export type TransportKind = Exclude<Route['kind'], 'session-manager'>;
export type Transports = { readonly [K in TransportKind]: Transport<K> };

/** @param cloudOf the cloud a scope belongs to, which has the network to dial in */
export function createTransports(cloudOf: (scope: Scope) => Promise<Cloud>): Transports {
  return { direct: createDirect(async (scope) => (await cloudOf(scope)).dialer) };
}
