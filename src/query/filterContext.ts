/** Gathers what a filter may ask beside the hosts themselves. Pure. */
import type { Instance } from '../contract/instance.ts';
import type { NetworkFacts } from '../contract/network.ts';
import { findBastionIds } from './bastionIds.ts';
import type { FilterContext } from './hostFilter.ts';

export interface FilterContextInput {
  readonly instances: ReadonlyMap<string, Instance>;
  readonly network: Iterable<NetworkFacts>;
  readonly accountLabels: ReadonlyMap<string, string>;
  readonly pinned: ReadonlySet<string>;
}

export function toFilterContext({ instances, network, accountLabels, pinned }: FilterContextInput): FilterContext {
  const facts = [...network];
  const networkNames = new Map<string, string>();
  const endpointVpcIds = new Set<string>();
  for (const { vpcs, subnets, instanceConnectEndpoints } of facts) {
    for (const { vpcId, name } of vpcs) if (name !== undefined) networkNames.set(vpcId, name);
    for (const { subnetId, name } of subnets) if (name !== undefined) networkNames.set(subnetId, name);
    for (const { vpcId, state } of instanceConnectEndpoints ?? []) if (vpcId !== undefined && state === 'create-complete') endpointVpcIds.add(vpcId);
  }
  // Looked for only when a filter asks: it means going through all hosts.
  let found: { readonly bastions: ReadonlySet<string>; readonly bastionVpcIds: ReadonlySet<string> } | undefined;
  const findBastions = () => (found ??= bastionsOf(instances, facts));
  return {
    networkNames,
    accountLabels,
    pinned,
    endpointVpcIds,
    get bastions() {
      return findBastions().bastions;
    },
    get bastionVpcIds() {
      return findBastions().bastionVpcIds;
    },
  };
}

function bastionsOf(instances: ReadonlyMap<string, Instance>, facts: readonly NetworkFacts[]) {
  const bastions = findBastionIds(instances.values(), facts);
  const bastionVpcIds = new Set<string>();
  for (const instanceId of bastions) {
    const vpcId = instances.get(instanceId)?.vpcId;
    if (vpcId !== undefined) bastionVpcIds.add(vpcId);
  }
  return { bastions, bastionVpcIds };
}
