/** TCP straight to an address of the instance. */
import type { Scope } from '../../contract/scope.ts';
import type { Dialer } from '../base/dialer.ts';
import type { Transport } from './transport.ts';

/** How long an address may stay silent. A security group that forbids drops packets: only time tells. */
export const DIAL_TIMEOUT_MS = 10_000;

export function createDirect(dialerOf: (scope: Scope) => Promise<Dialer>, timeoutMs: number = DIAL_TIMEOUT_MS): Transport<'direct'> {
  return {
    kind: 'direct',
    async open(route, scope, signal) {
      const dialer = await dialerOf(scope);
      return dialer.dial(route.address, route.port, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
    },
  };
}
