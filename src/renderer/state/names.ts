/** Names of what an id stands for, where the network facts of the scope have one. */
import type { NetworkFacts } from '../../contract/network.ts';
import { safeText } from '../ui/safeText.ts';

export function vpcName(network: NetworkFacts | undefined, vpcId: string | undefined): string | undefined {
  const name = network?.vpcs.find((vpc) => vpc.vpcId === vpcId)?.name;
  return name === undefined ? undefined : safeText(name);
}

export function subnetName(network: NetworkFacts | undefined, subnetId: string | undefined): string | undefined {
  const name = network?.subnets.find((subnet) => subnet.subnetId === subnetId)?.name;
  return name === undefined ? undefined : safeText(name);
}
