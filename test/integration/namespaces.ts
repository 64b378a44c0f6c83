/**
 * Machines in a row, each a network namespace of its own: the laptop (where the tests run) reaches the first one only, the
 * first one the second, and so on. Nothing is routed on.
 */
import { execFileSync } from 'node:child_process';

export interface Machine {
  /** Of `ip netns`. */
  readonly namespace: string;
  /** Where the machine before it, or the laptop, reaches it. */
  readonly address: string;
  /** On the same network as `address`; whatever is sent there is lost. */
  readonly silentAddress: string;
  /** The same two of IPv6. */
  readonly ipv6Address: string;
  readonly silentIpv6Address: string;
}

export interface Namespaces {
  readonly machines: readonly Machine[];
  /** An address of no machine, to which there is no route from anywhere. */
  readonly unroutedAddress: string;
  remove(): void;
}

/** Nobody's: a packet to it reaches no machine. */
const NOBODY = '02:00:00:00:00:99';

/** @throws Error when this user may not make network namespaces: the tests cannot run then, and must not be skipped */
export function makeNamespaces(count: number): Namespaces {
  const run = process.pid % 250;
  // RFC 2544: for tests of network equipment, and so no network's own.
  const net = `198.18.${run}`;
  const names = Array.from({ length: count }, (_, index) => `postern-${process.pid}-${index + 1}`);
  const made: string[] = [];
  const remove = (): void => {
    for (const name of made.splice(0)) execFileSync('ip', ['netns', 'del', name]);
    spawnQuietly('route', 'del', 'unreachable', `${net}.0/24`);
  };
  try {
    ip('netns', 'add', names[0] ?? '');
  } catch (cause) {
    throw new Error('These tests make network namespaces: run them as root, or with CAP_SYS_ADMIN and CAP_NET_ADMIN ("ip netns add" failed).', { cause });
  }
  made.push(names[0] ?? '');
  try {
    for (const name of names.slice(1)) {
      ip('netns', 'add', name);
      made.push(name);
    }
    // What is not one of the machines goes nowhere, instead of out of this computer.
    ip('route', 'add', 'unreachable', `${net}.0/24`);
    const machines = names.map((namespace, index): Machine => {
      const before = names[index - 1];
      const [near, far] = [`p${run}n${index}`, `p${run}f${index}`];
      const [nearAddress, address, silentAddress] = [1, 2, 3].map((host) => `${net}.${index * 8 + host}`) as [string, string, string];
      ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', namespace);
      if (before !== undefined) ip('link', 'set', near, 'netns', before);
      const inBefore = before === undefined ? [] : ['-n', before];
      ip(...inBefore, 'address', 'add', `${nearAddress}/29`, 'dev', near);
      ip(...inBefore, 'link', 'set', near, 'up');
      ip(...inBefore, 'neighbour', 'add', silentAddress, 'lladdr', NOBODY, 'dev', near, 'nud', 'permanent');
      ip('-n', namespace, 'address', 'add', `${address}/29`, 'dev', far);
      ip('-n', namespace, 'link', 'set', far, 'up');
      ip('-n', namespace, 'link', 'set', 'lo', 'up');
      ip('netns', 'exec', namespace, 'sysctl', '-qw', 'net.ipv4.ip_forward=0');
      // Unique local addresses (RFC 4193), usable at once: nobody else is on the wire.
      const [nearIpv6, ipv6Address, silentIpv6Address] = [1, 2, 3].map((host) => `fd50:7374:${run.toString(16)}:${index + 1}::${host}`) as [string, string, string];
      ip(...inBefore, '-6', 'address', 'add', `${nearIpv6}/64`, 'dev', near, 'nodad');
      ip(...inBefore, '-6', 'neighbour', 'add', silentIpv6Address, 'lladdr', NOBODY, 'dev', near, 'nud', 'permanent');
      ip('-n', namespace, '-6', 'address', 'add', `${ipv6Address}/64`, 'dev', far, 'nodad');
      return { namespace, address, silentAddress, ipv6Address, silentIpv6Address };
    });
    return { machines, unroutedAddress: `${net}.250`, remove };
  } catch (thrown) {
    remove();
    throw thrown;
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** The route goes with the last run that made it. */
function spawnQuietly(...args: readonly string[]): void {
  try {
    ip(...args);
  } catch {
    // It was not made.
  }
}
