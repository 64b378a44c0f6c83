/** What the network sections of the host panel ask for. Failures are shown where they happen. */
import type { NetworkActions } from '../network/useNetworkReach.ts';
import type { Client } from './connection.ts';

export function createNetworkActions(services: () => Client): NetworkActions {
  return {
    reach: (instanceId, refresh) => services().network.reach({ instanceId, refresh }),
    lookUpAddress: (instanceId) => services().network.lookUpAddress({ instanceId }),
  };
}
