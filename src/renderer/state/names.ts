/** Names of what an id stands for, where the network facts of the scope have one. */
import type { NetworkFacts } from '../../contract/network.ts';
import { LOCAL_SHELL_ID } from '../../contract/workspace.ts';
import { i18n } from '../i18n/i18n.ts';
import { safeText } from '../ui/safeText.ts';

export function vpcName(network: NetworkFacts | undefined, vpcId: string | undefined): string | undefined {
  const name = network?.vpcs.find((vpc) => vpc.vpcId === vpcId)?.name;
  return name === undefined ? undefined : safeText(name);
}

export function subnetName(network: NetworkFacts | undefined, subnetId: string | undefined): string | undefined {
  const name = network?.subnets.find((subnet) => subnet.subnetId === subnetId)?.name;
  return name === undefined ? undefined : safeText(name);
}

/** What a session's host is called, as it calls itself; a shell of this computer in the language of the window. */
export function hostNameOf(instanceId: string, name: string | undefined): string {
  if (instanceId === LOCAL_SHELL_ID) return i18n.t('workspace.localShellName');
  return name === undefined || name === '' ? instanceId : name;
}
