/**
 * The network as a program on one machine of the demo sees it: its own ports, and whatever lies beyond.
 */
import { BlockList, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { PosternError } from '../contract/error.ts';
import { networkDialer, toDialError } from '../services/base/dialer.ts';
import type { Dialer } from '../services/base/dialer.ts';

export interface HostNetwork {
  /** The addresses a name stands for; of an address, itself. Rejects for a name nobody knows. */
  resolve(host: string): Promise<readonly string[]>;
  /** @throws PosternError `route.refused`, `route.unreachable`, `cancelled` */
  dial(address: string, port: number, signal: AbortSignal): Promise<Duplex>;
  /** Of the machine's VPC; an agent denies their first four and last addresses. */
  readonly vpcCidrBlocks: readonly string[];
}

export interface HostNetworkOptions {
  /** The loopback port behind a port of this machine; undefined where nothing listens. */
  readonly listenerPort: (port: number) => Promise<number | undefined>;
  /** Addresses of this machine besides loopback. */
  readonly ownAddresses?: readonly string[];
  /** Undefined for a name nobody knows. */
  readonly lookUp?: (name: string) => readonly string[] | undefined;
  /** Absent: this machine stands alone. */
  readonly beyond?: Dialer;
  readonly vpcCidrBlocks?: readonly string[];
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export function createHostNetwork(options: HostNetworkOptions): HostNetwork {
  const own = new Set(options.ownAddresses);
  return {
    vpcCidrBlocks: options.vpcCidrBlocks ?? [],
    resolve(host) {
      if (isIP(host) !== 0) return Promise.resolve([host]);
      const found = host === 'localhost' ? ['127.0.0.1'] : options.lookUp?.(host);
      return found === undefined ? Promise.reject(unknownName(host)) : Promise.resolve(found);
    },
    async dial(address, port, signal) {
      if (isLoopback(address) || own.has(address)) {
        const listener = await options.listenerPort(port);
        if (listener === undefined) throw toDialError(Object.assign(new Error(`connect ECONNREFUSED ${address}:${port}`), { code: 'ECONNREFUSED' }), address, port, signal);
        return networkDialer.dial('127.0.0.1', listener, signal);
      }
      if (options.beyond === undefined) throw toDialError(Object.assign(new Error(`connect ENETUNREACH ${address}:${port}`), { code: 'ENETUNREACH' }), address, port, signal);
      return options.beyond.dial(address, port, signal);
    },
  };
}

/** The loopback of the machine that runs the demo, for tests and benches that start a listener of their own. */
export const loopbackNetwork: HostNetwork = createHostNetwork({ listenerPort: (port) => Promise.resolve(port) });

function isLoopback(address: string): boolean {
  const family = isIP(address);
  return family === 0 ? address === 'localhost' : loopback.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

function unknownName(host: string): PosternError {
  return new PosternError({ code: 'route.unreachable', message: `Nobody knows the name ${host}.` });
}
