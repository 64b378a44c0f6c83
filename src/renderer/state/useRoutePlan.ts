/** The ways into one instance, asked again when it or what is known of the network around it changes. */
import { useEffect, useState } from 'react';
import { toPosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import type { RoutePlan } from '../../contract/route.ts';
import type { PlanState } from '../panels/RoutesSection.tsx';
import { createAnswerTurns } from './answerTurns.ts';

/** @param networkTurn grows when more became known of the network */
export function useRoutePlan(plan: (instanceId: string) => Promise<readonly RoutePlan[]>, instance: Instance | undefined, network: NetworkFacts | undefined, linkOpen: boolean, networkTurn = 0): PlanState {
  const [answer, setAnswer] = useState<{ readonly instanceId: string; readonly state: PlanState }>();
  const [turns] = useState(createAnswerTurns);
  const instanceId = instance?.instanceId;
  useEffect(() => {
    if (instanceId === undefined || !linkOpen) return;
    let stale = false;
    const isNewer = turns.ask();
    plan(instanceId).then(
      // Where the host changes faster than its ways are looked at, an answer that is a little old is better than none.
      (plans) => {
        if (isNewer()) setAnswer({ instanceId, state: { name: 'ready', plans } });
      },
      (thrown: unknown) => {
        if (!stale && isNewer()) setAnswer({ instanceId, state: { name: 'failed', error: toPosternError(thrown).toReport() } });
      },
    );
    return () => {
      stale = true;
    };
  }, [plan, instance, instanceId, network, linkOpen, networkTurn, turns]);
  return answer !== undefined && answer.instanceId === instanceId ? answer.state : { name: 'loading' };
}
