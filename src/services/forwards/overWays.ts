/** A forward without a session: each connection takes its way to the port by itself. */
import type { Duplex } from 'node:stream';
import type { PosternError } from '../../contract/error.ts';
import { toPosternError } from '../../contract/error.ts';
import type { ForwardSession } from './forwardSession.ts';

export type WayToPort = (signal: AbortSignal) => Promise<Duplex>;

/**
 * Takes the first way that leads there, which is tried with one connection: what leads nowhere is said before a program is sent there.
 *
 * @param ways best first, at least one
 * @throws PosternError why the first way failed; `cancelled`
 */
export async function openOverWays(ways: readonly WayToPort[], signal: AbortSignal): Promise<ForwardSession> {
  const { promise: ended, resolve } = Promise.withResolvers<Awaited<ForwardSession['ended']>>();
  let failure: PosternError | undefined;
  for (const way of ways) {
    try {
      (await way(signal)).destroy();
      return { connect: way, ended, close: () => resolve(undefined) };
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      failure ??= toPosternError(thrown);
    }
  }
  throw failure ?? new Error('no way was given');
}
