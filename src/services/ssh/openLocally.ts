/** Dials a host as its configuration says: the address family, how long, and what to do when nothing answers. */
import { lookup } from 'node:dns/promises';
import type { Duplex } from 'node:stream';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { Dialer } from '../base/dialer.ts';
import type { SshConfig } from './sshConfigResult.ts';

/** As long as a route of EC2 may stay silent. */
const DIAL_TIMEOUT_MS = 10_000;

/** @throws PosternError `route.unreachable`, `route.refused`, `cancelled` */
export async function dialConfigured(dialer: Dialer, config: Pick<SshConfig, 'hostName' | 'port' | 'addressFamily' | 'connectTimeoutSeconds'>, signal: AbortSignal): Promise<Duplex> {
  const { hostName, port, addressFamily, connectTimeoutSeconds = 0 } = config;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(connectTimeoutSeconds === 0 ? DIAL_TIMEOUT_MS : connectTimeoutSeconds * 1000)]);
  try {
    const address = addressFamily === 'any' ? hostName : (await lookup(hostName, { family: addressFamily === 'inet' ? 4 : 6 })).address;
    return await dialer.dial(address, port, limit);
  } catch (thrown) {
    if (thrown instanceof PosternError && thrown.code !== 'route.unreachable') throw thrown;
    throw new PosternError(
      {
        code: 'route.unreachable',
        message: thrown instanceof PosternError ? thrown.message : say`${hostName} has no address of that family.`,
        remedy: say`Check HostName, Port and AddressFamily in ~/.ssh/config, and that this machine reaches the host.`,
        retryable: true,
      },
      { cause: thrown },
    );
  }
}
