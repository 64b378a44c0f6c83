/** What the network says about one host, read when it is looked at, and again when the host or its network changes. */
import { useEffect, useState } from 'react';
import { toPosternError, type ErrorReport } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import type { NetworkReach } from '../../contract/networkReach.ts';

/** Whoever runs through the list with the arrow keys looks at none of these. */
const SETTLE_MS = 200;

export interface NetworkActions {
  reach(instanceId: string, refresh: boolean): Promise<NetworkReach>;
  lookUpAddress(instanceId: string): Promise<void>;
}

export type ReachState = { readonly name: 'loading' } | { readonly name: 'ready'; readonly reach: NetworkReach } | { readonly name: 'failed'; readonly error: ErrorReport };

export interface NetworkReachView {
  readonly state: ReachState;
  /** Ask AWS anew. */
  readonly readAgain: () => void;
  /** Judge anew by what is known. */
  readonly judgeAgain: () => void;
}

/** @param wanted whether any of the sections is open */
export function useNetworkReach(read: NetworkActions['reach'], { instanceId, state, networkInterfaces }: Instance, network: NetworkFacts | undefined, wanted: boolean): NetworkReachView {
  const [answer, setAnswer] = useState<{ readonly instanceId: string; readonly state: ReachState }>();
  const [turn, setTurn] = useState({ number: 0, refresh: false });
  useEffect(() => {
    if (!wanted) return;
    let stale = false;
    const tell = (next: ReachState): void => {
      if (!stale) setAnswer({ instanceId, state: next });
    };
    const timer = setTimeout(() => {
      read(instanceId, turn.refresh).then(
        (reach) => tell({ name: 'ready', reach }),
        (thrown: unknown) => tell({ name: 'failed', error: toPosternError(thrown).toReport() }),
      );
    }, turn.number > 0 ? 0 : SETTLE_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [read, instanceId, state, networkInterfaces, network, wanted, turn]);
  return {
    state: answer?.instanceId === instanceId ? answer.state : { name: 'loading' },
    readAgain: () => setTurn(({ number }) => ({ number: number + 1, refresh: true })),
    judgeAgain: () => setTurn(({ number }) => ({ number: number + 1, refresh: false })),
  };
}
