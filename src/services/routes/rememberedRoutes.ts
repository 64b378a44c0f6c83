/** Which way in worked last for each instance, so that it is tried first the next time. */
import * as z from 'zod';
import type { Instance } from '../../contract/instance.ts';
import { Route } from '../../contract/route.ts';
import { scopeKey } from '../../contract/scope.ts';
import type { Log } from '../base/log.ts';
import type { Store } from '../base/store.ts';

/** `routes.json` in the data folder, the newest first. */
export const RememberedRouteDocument = z.object({ routes: z.array(z.object({ scopeKey: z.string(), instanceId: z.string(), route: Route })).default([]) });
export type RememberedRouteDocument = z.infer<typeof RememberedRouteDocument>;
export const REMEMBERED_ROUTE_DOCUMENT_VERSION = 1;

/** Instances come and go: the oldest are forgotten. */
const MAX_REMEMBERED = 1000;

type Host = Pick<Instance, 'instanceId' | 'scope'>;

/** A convenience: it never fails a connect. */
export interface RememberedRoutes {
  of(instance: Host): Promise<Route | undefined>;
  remember(instance: Host, route: Route): Promise<void>;
}

export function createRememberedRoutes({ store, log }: { readonly store: Store<RememberedRouteDocument>; readonly log: Log }): RememberedRoutes {
  const isOf = (entry: RememberedRouteDocument['routes'][number], host: Host): boolean => entry.instanceId === host.instanceId && entry.scopeKey === scopeKey(host.scope);
  const quietly = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (cause) {
      log.warn('the remembered routes could not be used', { cause: cause instanceof Error ? cause.message : String(cause) });
      return undefined;
    }
  };
  const of = (host: Host): Promise<Route | undefined> => quietly(async () => (await store.read()).routes.find((entry) => isOf(entry, host))?.route);

  return {
    of,
    async remember(host, route) {
      await quietly(async () => {
        await store.change(({ routes }) => ({ routes: [{ scopeKey: scopeKey(host.scope), instanceId: host.instanceId, route }, ...routes.filter((entry) => !isOf(entry, host))].slice(0, MAX_REMEMBERED) }));
      });
    },
  };
}
