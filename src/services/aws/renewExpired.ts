/** One more attempt with new credentials when AWS says, in mid-reading, that those of now have ended. */
import type { MiddlewareStack } from '@smithy/types';

/** What AWS's services call credentials that have ended; EC2's RequestExpired is a clock that is wrong as well. */
const ended = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']);

export interface Renewal {
  /** The access key of the credentials last used; absent before the first call. */
  current(): string | undefined;
  /** Forget those of this access key; false when new ones would be the same. */
  renew(accessKeyId: string): Promise<boolean>;
}

export function renewExpired<I extends object, O extends object, C extends { readonly middlewareStack: MiddlewareStack<I, O> }>(client: C & { readonly middlewareStack: MiddlewareStack<I, O> }, renewal: Renewal): C {
  client.middlewareStack.add(
    (next) => async (args) => {
      const before = renewal.current();
      try {
        return await next(args);
      } catch (thrown) {
        if (!(thrown instanceof Error) || !ended.has(thrown.name)) throw thrown;
        const used = before ?? renewal.current();
        // Another of the calls under way may have renewed them meanwhile.
        if (used === undefined || (renewal.current() === used && !(await renewal.renew(used)))) throw thrown;
        return await next(args);
      }
    },
    { step: 'initialize', priority: 'high', name: 'posternRenewExpired' },
  );
  return client;
}
