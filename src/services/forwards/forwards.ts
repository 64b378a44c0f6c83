/** All forwards of this process. Like sessions they belong to the services, not to a window. */
import { PosternError } from '../../contract/error.ts';
import type { Forward, OpenForward } from '../../contract/forward.ts';
import type { Instance } from '../../contract/instance.ts';
import { say } from '../../contract/say.ts';
import type { Clock } from '../base/clock.ts';
import type { ForwardSession, ForwardSessionEvents } from './forwardSession.ts';
import type { HostForwardRequest } from './hostForward.ts';
import { HostForward } from './hostForward.ts';
import type { ForwardRequest, OpenForwardSession } from './liveForward.ts';
import { LiveForward } from './liveForward.ts';

export interface Forwards {
  /**
   * Returns at once; the forward is `opening` and tells the rest by `onChanged`. It runs over Session Manager.
   *
   * @throws PosternError `instance.not-found`
   */
  open(request: OpenForward): Forward;
  /** As `open`, over something else. */
  openOver(request: ForwardRequest, over: (events: ForwardSessionEvents, signal: AbortSignal) => Promise<ForwardSession>): Forward;
  /** Lists one whose host listens already; its connections go to `serve`. */
  addHostForward(request: HostForwardRequest): HostForward;
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
  const forwards = new Map<string, LiveForward | HostForward>();
  const handleChange = (changed: Forward): void => {
    // A forward that was closed and forgotten has nothing more to tell.
    if (forwards.has(changed.forwardId)) onChanged(changed);
  };

  function get(forwardId: string): LiveForward | HostForward {
    const forward = forwards.get(forwardId);
    if (forward === undefined) throw new PosternError({ code: 'session.not-found', message: say`That forward has been closed.`, remedy: say`Open a new one.` });
    return forward;
  }

  async function close(forwardId: string): Promise<void> {
    const forward = get(forwardId);
    forwards.delete(forwardId);
    await forward.stop();
    onRemoved(forwardId);
  }

  const openOver: Forwards['openOver'] = (request, over) => {
    const forward = new LiveForward(request, instanceOf(request.instanceId), clock, over, handleChange);
    forwards.set(forward.forwardId, forward);
    void forward.start();
    return forward.toForward();
  };

  return {
    open: (request) => openOver(request, (events, signal) => openSession(request, events, signal)),
    openOver,
    addHostForward(request) {
      const forward = new HostForward(request, instanceOf(request.instanceId), clock, handleChange);
      forwards.set(forward.forwardId, forward);
      void forward.start();
      return forward;
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
