/** The ways into one instance, asked again when it or what is known of the network around it changes. */
import { useEffect, useState } from 'react';
import { toPosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import type { RoutePlan } from '../../contract/route.ts';
import type { PlanState } from '../panels/RoutesSection.tsx';

/** @param networkTurn grows when more became known of the network */
export function useRoutePlan(plan: (instanceId: string) => Promise<readonly RoutePlan[]>, instance: Instance | undefined, network: NetworkFacts | undefined, linkOpen: boolean, networkTurn = 0): PlanState {
  const [answer, setAnswer] = useState<{ readonly instanceId: string; readonly state: PlanState }>();
  const instanceId = instance?.instanceId;
  useEffect(() => {
    if (instanceId === undefined || !linkOpen) return;
    let stale = false;
    const tell = (state: PlanState): void => {
      if (!stale) setAnswer({ instanceId, state });
    };
    plan(instanceId).then(
      (plans) => tell({ name: 'ready', plans }),
      (thrown: unknown) => tell({ name: 'failed', error: toPosternError(thrown).toReport() }),
    );
    return () => {
      stale = true;
    };
  }, [plan, instance, instanceId, network, linkOpen, networkTurn]);
  return answer !== undefined && answer.instanceId === instanceId ? answer.state : { name: 'loading' };
}
