/** Bytes to a TCP port of an instance: what SSH, and `postern proxy`, run over. */
import type { Duplex } from 'node:stream';
import type { Route } from '../../contract/route.ts';
import type { Scope } from '../../contract/scope.ts';

export interface Transport<K extends Route['kind']> {
  readonly kind: K;
  /**
   * @throws PosternError `route.unreachable`, `route.refused`, `cancelled`, or a code of the service it goes through
   */
  open(route: Extract<Route, { kind: K }>, scope: Scope, signal: AbortSignal): Promise<Duplex>;
}
