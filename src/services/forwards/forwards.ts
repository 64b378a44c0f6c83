/** All forwards of this process. Like sessions they belong to the services, not to a window. */
import { PosternError } from '../../contract/error.ts';
import type { Forward, OpenForward } from '../../contract/forward.ts';
import type { Instance } from '../../contract/instance.ts';
import type { Clock } from '../base/clock.ts';
import type { OpenForwardSession } from './liveForward.ts';
import { LiveForward } from './liveForward.ts';

export interface Forwards {
  /**
   * Returns at once; the forward is `opening` and tells the rest by `onChanged`.
   *
   * @param over what it runs over instead of Session Manager
   * @throws PosternError `instance.not-found`
   */
  open(request: OpenForward, over?: OpenForwardSession): Forward;
  list(): Forward[];
  /** Once more, on the same local port. */
  restart(forwardId: string): void;
  /** Ends its connections and sessions, and forgets it. */
  close(forwardId: string): Promise<void>;
  closeAll(): Promise<void>;
}

export interface ForwardsOptions {
  readonly openSession: OpenForwardSession;
  readonly instanceOf: (instanceId: string) => Instance;
  readonly clock: Clock;
  readonly onChanged: (forward: Forward) => void;
  readonly onRemoved: (forwardId: string) => void;
}

export function createForwards({ openSession, instanceOf, clock, onChanged, onRemoved }: ForwardsOptions): Forwards {
  const forwards = new Map<string, LiveForward>();

  function get(forwardId: string): LiveForward {
    const forward = forwards.get(forwardId);
    if (forward === undefined) throw new PosternError({ code: 'session.not-found', message: 'That forward has been closed.', remedy: 'Open a new one.' });
    return forward;
  }

  async function close(forwardId: string): Promise<void> {
    const forward = get(forwardId);
    forwards.delete(forwardId);
    await forward.stop();
    onRemoved(forwardId);
  }

  return {
    open(request, over = openSession) {
      const forward = new LiveForward(request, instanceOf(request.instanceId), clock, over, (changed) => {
        // A forward that was closed and forgotten has nothing more to tell.
        if (forwards.has(changed.forwardId)) onChanged(changed);
      });
      forwards.set(forward.forwardId, forward);
      void forward.start();
      return forward.toForward();
    },
    list: () => [...forwards.values()].map((forward) => forward.toForward()),
    restart(forwardId) {
      void get(forwardId).start();
    },
    close,
    async closeAll() {
      await Promise.all([...forwards.keys()].map(close));
    },
  };
}
