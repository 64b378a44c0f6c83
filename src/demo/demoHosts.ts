/**
 * The machines behind the demo's running instances, made at first use, and the public keys that open them right now.
 */
import type { Clock } from '../services/base/clock.ts';
import type { Log } from '../services/base/log.ts';
import type { DemoMachine, Estate } from './estateModel.ts';
import { createDemoHost } from './host.ts';
import type { DemoHost, DemoHostOptions } from './host.ts';
import { serversOf } from './instanceNetwork.ts';

/** What EC2 Instance Connect gives a key. @see https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html */
export const LENT_KEY_LIFE_MS = 60_000;

export interface DemoHosts {
  host(machine: DemoMachine): DemoHost;
  /** Lets `osUser` in with `publicKey` for the next 60 seconds. */
  lendPublicKey(instance: DemoMachine, osUser: string, publicKey: string): void;
  /** Ends all that runs on it. The next use switches it on again, with the same host key. */
  switchOff(instance: Pick<DemoMachine, 'instanceId'>): void;
  close(): Promise<void>;
}

export interface DemoHostsOptions {
  readonly estate: Estate;
  readonly seed: Uint8Array;
  /** What programs on an instance reach. */
  readonly networkOf: (machine: DemoMachine) => NonNullable<DemoHostOptions['network']>;
  readonly clock: Clock;
  readonly log: Log;
}

export function createDemoHosts(options: DemoHostsOptions): DemoHosts {
  const { estate, seed, networkOf, clock, log } = options;
  const hosts = new Map<string, DemoHost>();
  const closing = new Set<Promise<void>>();
  const lentKeys = new Map<string, { readonly publicKey: string; readonly untilMs: number }[]>();

  const authorizedKeys = (instance: DemoMachine): string[] => {
    const region = estate.regions.find((one) => one.region === instance.region);
    const ownKey = region?.keyPairs.find((pair) => pair.keyName === instance.keyName)?.publicKey;
    const valid = (lentKeys.get(instance.instanceId) ?? []).filter(({ untilMs }) => untilMs > clock.now());
    lentKeys.set(instance.instanceId, valid);
    return [...(ownKey === undefined ? [] : [ownKey]), ...valid.map(({ publicKey }) => publicKey)];
  };

  return {
    host(instance) {
      const known = hosts.get(instance.instanceId);
      if (known !== undefined) return known;
      const host = createDemoHost({
        instanceId: instance.instanceId,
        privateDnsName: instance.networkInterfaces[0]?.privateIpAddresses[0]?.privateDnsName ?? instance.computerName ?? instance.instanceId,
        osUser: instance.osUser,
        seed,
        authorizedKeys: () => authorizedKeys(instance),
        servers: serversOf(instance),
        network: networkOf(instance),
        log,
      });
      hosts.set(instance.instanceId, host);
      return host;
    },
    lendPublicKey(instance, osUser, publicKey) {
      // The key goes to that user's authorized keys: it opens nothing for the host's only login.
      if (osUser !== instance.osUser) return;
      lentKeys.set(instance.instanceId, [...(lentKeys.get(instance.instanceId) ?? []), { publicKey, untilMs: clock.now() + LENT_KEY_LIFE_MS }]);
    },
    switchOff({ instanceId }) {
      const host = hosts.get(instanceId);
      hosts.delete(instanceId);
      if (host === undefined) return;
      const closed = host
        .close()
        .catch((cause: unknown) => log.warn('a demo host did not end', { instanceId, cause }))
        .finally(() => closing.delete(closed));
      closing.add(closed);
    },
    async close() {
      await Promise.all([...[...hosts.values()].map((host) => host.close()), ...closing]);
    },
  };
}
