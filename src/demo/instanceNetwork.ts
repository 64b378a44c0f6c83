/**
 * The network of one demo instance: its own servers, the names of its VPC, and what the rules let it reach.
 */
import type { Dialer } from '../services/base/dialer.ts';
import type { DemoInstance, DemoMachine, RegionEstate } from './estateModel.ts';
import { createHostNetwork } from './hostNetwork.ts';
import type { HostNetwork, HostNetworkOptions } from './hostNetwork.ts';
import { startRemoteDesktop, startTextStore, startWebServer } from './hostServers.ts';
import type { HostServer } from './hostServers.ts';

const HTTP_PORT = 80;
const TEXT_STORE_PORT = 6379;
const RDP_PORT = 3389;

export function createInstanceNetwork(instance: DemoInstance, region: RegionEstate, beyond: Dialer, listenerPort: HostNetworkOptions['listenerPort']): HostNetwork {
  const vpc = region.vpcs.find(({ vpcId }) => vpcId === instance.vpcId);
  return createHostNetwork({
    listenerPort,
    ownAddresses: instance.networkInterfaces.flatMap((one) => [...one.privateIpAddresses.map(({ privateIpAddress }) => privateIpAddress), ...one.ipv6Addresses]),
    // As the VPC's resolver: a public name of the same VPC leads to the private address.
    lookUp(name) {
      for (const networkInterface of region.networkInterfaces) {
        for (const { privateDnsName, privateIpAddress, association } of networkInterface.privateIpAddresses) {
          const inside = networkInterface.vpcId === instance.vpcId;
          if (inside && (name === privateDnsName || name === association?.publicDnsName)) return [privateIpAddress];
          if (association !== undefined && name === association.publicDnsName) return [association.publicIp];
        }
      }
      return undefined;
    },
    beyond,
    vpcCidrBlocks: [vpc?.cidrBlock, vpc?.ipv6CidrBlock].filter((block) => block !== undefined),
  });
}

/** By port. What an instance serves follows from its tag `role`. */
export function serversOf(instance: DemoMachine): Readonly<Record<number, () => Promise<HostServer>>> {
  if (instance.windows) return { [RDP_PORT]: startRemoteDesktop };
  switch (instance.tags['role']) {
    case 'web':
    case 'www':
      return { [HTTP_PORT]: () => startWebServer(instance.name) };
    case 'db':
    case 'cache':
      return { [TEXT_STORE_PORT]: startTextStore };
    default:
      return {};
  }
}
