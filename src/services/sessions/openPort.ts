/** Bytes to a port of an instance for `postern proxy`: the ways in that carry bytes, one after another, bastions among them. */
import type { Duplex } from 'node:stream';
import { PosternError, toPosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import type { RoutePlan } from '../../contract/route.ts';
import { say } from '../../contract/say.ts';
import { checkKind } from '../routes/managedNode.ts';
import { lineOf } from '../routes/line.ts';
import type { TransportKind } from '../routes/transports.ts';
import { choosePlain, isPlain } from '../routes/transports.ts';
import { toPlainText } from '../ssh/plainText.ts';
import { leavesOtherWaysOpen } from './attempts.ts';
import type { Progress } from './progress.ts';
import type { OpenTransportOptions } from './openTransport.ts';
import { openTransport } from './openTransport.ts';

/**
 * @param via the only kind to take, even when facts speak against it
 * @throws PosternError `route.none-usable`, or why the first way failed
 */
export async function openPort(options: OpenTransportOptions, instance: Instance, port: number, plans: readonly RoutePlan[], via: TransportKind | 'jump' | undefined, progress: Progress, signal: AbortSignal): Promise<Duplex> {
  checkKind(instance, via);
  const carrying = plans.flatMap(({ route, usable }) => ((isPlain(route) || route.kind === 'jump') && (via === undefined ? usable !== 'no' : route.kind === via) ? [route] : []));
  if (carrying.length === 0 && via === 'jump') throw new PosternError({ code: 'route.none-usable', message: say`No bastion is known on the way to port ${port} of ${instance.instanceId}.` });
  // Nothing to try: it says why.
  const routes = carrying.length > 0 ? carrying : [choosePlain(instance.instanceId, port, plans, via === 'jump' ? undefined : via)];
  let failure: PosternError | undefined;
  for (const route of routes) {
    try {
      const { transport } = await openTransport(options, instance, route, progress, signal);
      const stop = lineOf(transport)?.follow({ onResuming: progress.dropped, onResumed: progress.resumed, onLimits: progress.limits, onMessage: (text) => progress.banner(toPlainText(text)) });
      if (stop !== undefined) transport.once('close', stop);
      return transport;
    } catch (thrown) {
      const error = toPosternError(thrown);
      // Who refuses was reached: nothing listens there, whatever way leads to it.
      if (signal.aborted || error.code === 'route.refused' || !leavesOtherWaysOpen(error)) throw error;
      failure ??= error;
      progress.failed(error.message);
    }
  }
  throw failure ?? new Error('no way was tried');
}
