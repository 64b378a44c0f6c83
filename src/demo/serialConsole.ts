/**
 * The EC2 serial console of every region of the demo: one SSH server with a key of its own, `<instance-id>.port0` as the user, a key that
 * was lent for a minute, and one session at a time for each instance.
 *
 * It shows the console of a machine somebody is logged in to: no login, which would need a password.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../services/base/clock.ts';
import type { SerialConsoleHost } from '../services/base/cloud.ts';
import type { Log } from '../services/base/log.ts';
import { AwsError } from './awsError.ts';
import { LENT_KEY_LIFE_MS } from './demoHosts.ts';
import type { DemoInstance } from './estateModel.ts';
import type { DemoHost } from './host.ts';
import { createHostKey } from './hostKey.ts';
import { startSshHost } from './sshHost.ts';
import type { SshHost } from './sshHost.ts';

export interface SerialConsole {
  /** The account's switch; changed by tests. */
  enabled: boolean;
  /** The region's host, in whose name the demo answers. */
  hostOf(region: string): SerialConsoleHost;
  /** The loopback port behind one of those hosts; undefined for other names. Starts the server at first use. */
  portOf(host: string): Promise<number | undefined>;
  /** @throws AwsError as the service refuses */
  lendKey(instance: DemoInstance, publicKey: string): void;
  close(): Promise<void>;
}

export interface SerialConsoleOptions {
  readonly regions: readonly string[];
  readonly instance: (instanceId: string) => DemoInstance | undefined;
  readonly host: (instance: DemoInstance) => DemoHost;
  readonly seed: Uint8Array;
  readonly clock: Clock;
  readonly log: Log;
}

/** As far as the demo has them: families that are not built on Nitro. */
const XEN_TYPE = /^t[12]\./;

export function createSerialConsole({ regions, instance: instanceOf, host: hostOfInstance, seed, clock, log }: SerialConsoleOptions): SerialConsole {
  const hostKey = createHostKey(seed, 'serial console');
  const fingerprint = `SHA256:${createHash('sha256').update(Buffer.from(hostKey.publicLine.split(' ')[1] ?? '', 'base64')).digest('base64').replace(/=+$/, '')}`;
  const lent = new Map<string, { readonly publicKey: string; readonly untilMs: number }>();
  const busy = new Set<string>();
  let server: Promise<SshHost> | undefined;
  const nameOf = (region: string): string => `serial-console.ec2-instance-connect.${region}.aws`;

  const start = (): Promise<SshHost> =>
    startSshHost({
      hostKey: hostKey.privateKey,
      login(osUser) {
        const instance = instanceOf(osUser.replace(/\.port0$/, ''));
        if (instance === undefined || !osUser.endsWith('.port0')) return undefined;
        return {
          authorizedKeys: () => {
            const key = lent.get(instance.instanceId);
            return key === undefined || key.untilMs <= clock.now() ? [] : [key.publicKey];
          },
          async openShell(size) {
            const shell = await hostOfInstance(instance).openShell({ osUser: instance.osUser, size, command: undefined });
            busy.add(instance.instanceId);
            void shell.exited.then(() => busy.delete(instance.instanceId));
            return shell;
          },
          runCommand: () => Promise.reject(new Error('The serial console runs no commands.')),
        };
      },
      dial: () => Promise.reject(new Error('The serial console connects nobody on.')),
      log,
    });

  return {
    enabled: true,
    hostOf: (region) => ({ host: nameOf(region), hostKeyFingerprint: fingerprint }),
    async portOf(name) {
      if (!regions.some((region) => nameOf(region) === name)) return undefined;
      server ??= start();
      return (await server).port;
    },
    lendKey(instance, publicKey) {
      if (!this.enabled) throw new AwsError('SerialConsoleAccessDisabledException', 'Your account is not authorized to use the EC2 Serial Console.');
      if (XEN_TYPE.test(instance.instanceType)) throw new AwsError('EC2InstanceTypeInvalidException', 'The instance type is not supported for connecting via the serial console.');
      if (busy.has(instance.instanceId)) throw new AwsError('SerialConsoleSessionLimitExceededException', 'The instance currently has 1 active serial console session.');
      lent.set(instance.instanceId, { publicKey, untilMs: clock.now() + LENT_KEY_LIFE_MS });
    },
    close: async () => (await server)?.close(),
  };
}
