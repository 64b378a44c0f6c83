/** The VPCs there are to look at. Pure. */
import type { Instance } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import type { Scope } from '../../contract/scope.ts';
import { safeText } from '../ui/safeText.ts';
import { natural } from './vpcGraph.ts';

export interface VpcChoice {
  readonly vpcId: string;
  readonly scope: Scope;
  readonly name: string;
  readonly cidrBlock: string | undefined;
  readonly hostCount: number;
}

/** A VPC seen through two profiles is one, in the scope its hosts are listed in. One that only its hosts tell of is there too. */
export function vpcChoices(instances: Iterable<Instance>, network: Iterable<NetworkFacts>): VpcChoice[] {
  const hosts = new Map<string, { readonly scope: Scope; count: number }>();
  for (const { vpcId, scope } of instances) {
    if (vpcId === undefined) continue;
    const seen = hosts.get(vpcId);
    if (seen === undefined) hosts.set(vpcId, { scope, count: 1 });
    else seen.count += 1;
  }
  const choices = new Map<string, VpcChoice>();
  for (const { vpcs } of network) {
    for (const { vpcId, name, scope, cidrBlocks } of vpcs) {
      const seen = hosts.get(vpcId);
      if (!choices.has(vpcId)) choices.set(vpcId, { vpcId, scope: seen?.scope ?? scope, name: safeText(name ?? vpcId), cidrBlock: cidrBlocks[0], hostCount: seen?.count ?? 0 });
    }
  }
  for (const [vpcId, { scope, count }] of hosts) if (!choices.has(vpcId)) choices.set(vpcId, { vpcId, scope, name: vpcId, cidrBlock: undefined, hostCount: count });
  return [...choices.values()].toSorted((a, b) => natural.compare(placeOf(a.scope), placeOf(b.scope)) || natural.compare(a.name, b.name));
}

/** @param labels what the person calls an account, by its id */
export function placeOf({ profile, region, accountId }: Scope, labels: ReadonlyMap<string, string> = new Map()): string {
  const label = accountId === undefined ? undefined : labels.get(accountId);
  return `${safeText(label ?? profile)}${accountId === undefined ? '' : ` (${accountId})`}, ${region}`;
}
