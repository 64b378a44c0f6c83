/** Which VPC is shown: that of the host that was selected last, or the one chosen since; remembered for the next time. */
import { useState } from 'react';
import type { Instance } from '../../contract/instance.ts';
import type { VpcChoice } from './vpcChoices.ts';

const REMEMBERED = 'postern.map.vpc';

export function useShownVpc(choices: readonly VpcChoice[], selected: Instance | undefined): readonly [string | undefined, (vpcId: string) => void] {
  const [wanted, setWanted] = useState(() => selected?.vpcId ?? window.localStorage.getItem(REMEMBERED) ?? undefined);
  const [followed, setFollowed] = useState(selected?.instanceId);
  if (followed !== selected?.instanceId) {
    setFollowed(selected?.instanceId);
    if (selected?.vpcId !== undefined) setWanted(selected.vpcId);
  }
  const most = choices.reduce<VpcChoice | undefined>((best, choice) => (best === undefined || choice.hostCount > best.hostCount ? choice : best), undefined);
  const shown = choices.some(({ vpcId }) => vpcId === wanted) ? wanted : most?.vpcId;
  const show = (vpcId: string): void => {
    window.localStorage.setItem(REMEMBERED, vpcId);
    setWanted(vpcId);
  };
  return [shown, show];
}
