/** The layout of a graph, made again only when something comes, goes or moves; the one before stays until the next is ready. */
import { useEffect, useEffectEvent, useState } from 'react';
import { elk } from './elk.ts';
import { layoutKey, layoutVpc, type VpcLayout } from './layoutVpc.ts';
import type { VpcGraph } from './vpcGraph.ts';

export interface LayoutState {
  readonly vpcId: string;
  readonly layout: VpcLayout;
}

export function useVpcLayout(graph: VpcGraph | undefined): { readonly laidOut: LayoutState | undefined; readonly fault: string | undefined } {
  const [laidOut, setLaidOut] = useState<LayoutState>();
  const [fault, setFault] = useState<string>();
  const key = graph === undefined ? undefined : layoutKey(graph);
  const lay = useEffectEvent(async (isStale: () => boolean) => {
    if (graph === undefined) return;
    try {
      const layout = await layoutVpc(graph, elk());
      if (!isStale()) setLaidOut({ vpcId: graph.vpcId, layout });
    } catch (thrown) {
      if (!isStale()) setFault(thrown instanceof Error ? thrown.message : String(thrown));
    }
  });
  useEffect(() => {
    let stale = false;
    void lay(() => stale);
    return () => {
      stale = true;
    };
  }, [key]);
  return { laidOut: laidOut?.vpcId === graph?.vpcId ? laidOut : undefined, fault };
}
