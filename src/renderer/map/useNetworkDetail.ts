/** Route tables, gateways and endpoints of a VPC, read when its map is looked at. */
import { useEffect, useState } from 'react';
import { toPosternError, type ErrorReport } from '../../contract/error.ts';
import type { NetworkDetail } from '../../contract/networkDetail.ts';
import type { Scope } from '../../contract/scope.ts';

export type ReadDetail = (input: { scope: Scope; vpcId: string; refresh?: boolean }) => Promise<NetworkDetail>;

export interface DetailState {
  readonly reading: boolean;
  readonly detail: NetworkDetail | undefined;
  readonly error: ErrorReport | undefined;
}

const reading: DetailState = { reading: true, detail: undefined, error: undefined };

/** @param turn grows when the person wants it read again; 0: what is known will do */
export function useNetworkDetail(read: ReadDetail, scope: Scope | undefined, vpcId: string | undefined, linkOpen: boolean, turn: number): DetailState {
  const [answer, setAnswer] = useState<{ readonly vpcId: string; readonly state: DetailState }>();
  useEffect(() => {
    if (scope === undefined || vpcId === undefined || !linkOpen) return;
    let stale = false;
    const tell = (state: DetailState): void => {
      if (!stale) setAnswer({ vpcId, state });
    };
    read({ scope, vpcId, refresh: turn > 0 }).then(
      (detail) => tell({ reading: false, detail, error: undefined }),
      (thrown: unknown) => tell({ reading: false, detail: undefined, error: toPosternError(thrown).toReport() }),
    );
    return () => {
      stale = true;
    };
  }, [read, scope, vpcId, linkOpen, turn]);
  return answer !== undefined && answer.vpcId === vpcId ? answer.state : reading;
}
