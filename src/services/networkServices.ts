/** The calls about the network around an instance: what packets pass, what that says, and the person's own address. */
import type { Instance } from '../contract/instance.ts';
import type { NetworkFacts } from '../contract/network.ts';
import type { NetworkDetail } from '../contract/networkDetail.ts';
import type { NetworkReach, PersonAddress } from '../contract/networkReach.ts';
import { scopeKey, type Scope } from '../contract/scope.ts';
import type { AwsClients } from './aws/clients.ts';
import type { Inventory } from './aws/inventory.ts';
import { createNetworkDetailReader } from './aws/networkDetail.ts';
import { isoTime, type Clock } from './base/clock.ts';
import type { Cloud } from './base/cloud.ts';
import { addressUrl, lookUpAddress } from './base/lookUpAddress.ts';
import { judgeReach } from './reach/networkReach.ts';

export interface NetworkServices {
  list(): Promise<NetworkFacts[]>;
  detail(request: { readonly scope: Scope; readonly vpcId: string; readonly refresh: boolean }): Promise<NetworkDetail>;
  reach(request: { readonly instanceId: string; readonly refresh: boolean }): Promise<NetworkReach>;
  lookUpAddress(request: { readonly instanceId: string }): Promise<void>;
}

export interface NetworkServicesOptions {
  readonly inventory: Pick<Inventory, 'network' | 'instances' | 'statuses'>;
  readonly clients: Pick<AwsClients, 'forScope'>;
  /** @throws PosternError `instance.not-found` */
  readonly instanceOf: (instanceId: string) => Instance;
  readonly cloudOf: (scope: Scope) => Promise<Cloud>;
  readonly clock: Clock;
}

export function createNetworkServices({ inventory, clients, instanceOf, cloudOf, clock }: NetworkServicesOptions): { readonly api: NetworkServices; /** What is known already, for ranking the ways in; asks nothing. */ readonly known: (instance: Instance) => { readonly detail?: NetworkDetail | undefined; readonly person?: string | undefined }; readonly close: () => Promise<void> } {
  const factsOf = (scope: Scope): NetworkFacts | undefined => inventory.network().find((facts) => scopeKey(facts.scope) === scopeKey(scope));
  const reader = createNetworkDetailReader({ clients, facts: factsOf, clock });
  const controller = new AbortController();
  /** As long as Postern runs, and never on disk. The demo's network is another one. */
  const people = new Map<Cloud['kind'], PersonAddress>();
  /** Those of `people`, by scope: which cloud a scope is of takes a moment to find out. */
  const personOf = new Map<string, PersonAddress>();

  /** An instance without a VPC is gone, or EC2-Classic: nothing is known around it. */
  const detailOf = async ({ scope, vpcId }: Instance, refresh: boolean): Promise<NetworkDetail> =>
    vpcId === undefined ? { scope, vpcId: '', readAt: isoTime(clock), problems: [], denied: [] } : reader.of(scope, vpcId, refresh);

  return {
    api: {
      list: async () => inventory.network(),
      detail: ({ scope, vpcId, refresh }) => reader.of(scope, vpcId, refresh),
      async reach({ instanceId, refresh }) {
        const cloud = await cloudOf(instanceOf(instanceId).scope);
        const detail = await detailOf(instanceOf(instanceId), refresh);
        // It may have changed, or gone, meanwhile.
        const instance = instanceOf(instanceId);
        const place = scopeKey(instance.scope);
        const person = people.get(cloud.kind);
        if (person !== undefined) personOf.set(place, person);
        const members = memberCounts(inventory.instances().filter(({ scope }) => scopeKey(scope) === place));
        return judgeReach(instance, {
          network: factsOf(instance.scope),
          detail,
          memberCount: (groupId) => members.get(groupId) ?? 0,
          person,
          addressSource: addressUrl(cloud.addressUrl).host,
          denied: inventory.statuses().find(({ scope }) => scopeKey(scope) === place)?.denied ?? [],
        });
      },
      async lookUpAddress({ instanceId }) {
        const cloud = await cloudOf(instanceOf(instanceId).scope);
        people.set(cloud.kind, { address: await lookUpAddress(addressUrl(cloud.addressUrl), controller.signal), lookedUpAt: isoTime(clock) });
      },
    },
    known: ({ scope, vpcId }) => ({ detail: vpcId === undefined ? undefined : reader.known(scope, vpcId), person: personOf.get(scopeKey(scope))?.address }),
    async close() {
      controller.abort();
      await reader.close();
    },
  };
}

/** Instances in each group. */
function memberCounts(instances: readonly Instance[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { networkInterfaces, securityGroups } of instances) {
    const groupIds = new Set([...networkInterfaces.flatMap(({ groups }) => groups), ...securityGroups].map(({ groupId }) => groupId));
    for (const groupId of groupIds) counts.set(groupId, (counts.get(groupId) ?? 0) + 1);
  }
  return counts;
}
