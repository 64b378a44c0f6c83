/**
 * The demo cloud's network as a Dialer: public addresses lead to the hosts' loopback listeners, as far as routes and rules allow.
 *
 * What they forbid never answers, as on AWS. Loopback itself stays reachable: the demo's own endpoints listen there.
 */
import { isIPv4 } from 'node:net';
import { networkDialer, toDialError } from '../services/base/dialer.ts';
import type { Dialer } from '../services/base/dialer.ts';
import type { DemoInstance, Estate } from './estateModel.ts';
import { createReachability } from './reachability.ts';
import type { Reachability } from './reachability.ts';

export interface DemoNetwork extends Dialer {
  /** The network as a program on that instance sees it. */
  dialFrom(instanceId: string): Dialer;
  /** The network as an EC2 Instance Connect Endpoint sees it. */
  dialFromEndpoint(instanceConnectEndpointId: string): Dialer;
  /** Addresses belong to other instances than before. */
  addressesChanged(): void;
}

/**
 * @param listenerPort the loopback port behind a port of an instance; undefined where nothing listens
 * @param servicePort the loopback port behind a host of AWS itself; undefined for names that are none
 */
export function createDemoNetwork(
  estate: Estate,
  listenerPort: (instance: DemoInstance, port: number) => Promise<number | undefined>,
  servicePort: (host: string, port: number) => Promise<number | undefined> = () => Promise.resolve(undefined),
): DemoNetwork {
  // At first use: an estate of ten thousand takes a while to index.
  let known: Reachability | undefined;
  const reachability = (): Reachability => (known ??= createReachability(estate));
  const dialer = (reach: (address: string, port: number) => DemoInstance | undefined): Dialer => ({
    async dial(address, port, signal) {
      const instance = reach(address, port);
      if (instance === undefined) return neverAnswers(address, port, signal);
      const loopbackPort = await listenerPort(instance, port);
      if (loopbackPort === undefined) throw toDialError(connectionRefused(address, port), address, port, signal);
      return networkDialer.dial('127.0.0.1', loopbackPort, signal);
    },
  });
  const internet = dialer((address, port) => reachability().fromPerson(address, port));
  return {
    async dial(address, port, signal) {
      if (isLoopback(address)) return networkDialer.dial(address, port, signal);
      const service = await servicePort(address, port);
      return service === undefined ? internet.dial(address, port, signal) : networkDialer.dial('127.0.0.1', service, signal);
    },
    dialFrom: (instanceId) => dialer((address, port) => reachability().fromInstance(instanceId, address, port)),
    dialFromEndpoint: (id) => dialer((address, port) => reachability().fromEndpoint(id, address, port)),
    addressesChanged() {
      known = undefined;
    },
  };
}

function neverAnswers(address: string, port: number, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const handleAbort = (): void => reject(toDialError(signal.reason, address, port, signal));
    if (signal.aborted) handleAbort();
    else signal.addEventListener('abort', handleAbort, { once: true });
  });
}

/** What Node's own socket reports when the far end answers with a reset. */
function connectionRefused(address: string, port: number): Error {
  return Object.assign(new Error(`connect ECONNREFUSED ${address}:${port}`), { code: 'ECONNREFUSED' });
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || (isIPv4(address) && address.startsWith('127.'));
}
