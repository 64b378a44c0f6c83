/** The list of transports: one line for each route that gives bytes to a port. A new kind in the contract fails to compile here. */
import type { Route } from '../../contract/route.ts';
import type { Scope } from '../../contract/scope.ts';
import type { Dialer } from '../base/dialer.ts';
import { createDirect } from './direct.ts';
import type { Transport } from './transport.ts';

/** `session-manager` is a shell of its own, not bytes to a port. */
export type TransportKind = Exclude<Route['kind'], 'session-manager'>;
export type Transports = { readonly [K in TransportKind]: Transport<K> };

export function createTransports(dialerOf: (scope: Scope) => Dialer): Transports {
  return { direct: createDirect(dialerOf) };
}
