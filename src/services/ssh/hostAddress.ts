/**
 * Host names that are numeric addresses, in the form the system prints them: OpenSSH connects to and looks up that form.
 */
import { isIP, isIPv6 } from 'node:net';

/** Whether a name can only be an address: such names keep their case and are never completed with a domain. */
export function looksLikeAddress(name: string): boolean {
  return /[%:]/.test(name) || /^[0-9.]*$/.test(name);
}

/**
 * `127.1` is 127.0.0.1, `2001:DB8::0001` is 2001:db8::1 (inet_aton(3), RFC 5952).
 *
 * @returns undefined when it is no address of that family
 */
export function canonicalAddress(name: string, family: 'any' | 'inet' | 'inet6'): string | undefined {
  const [address = '', ...zone] = name.split('%');
  if (isIPv6(address)) {
    if (family === 'inet') return undefined;
    return [canonicalIpv6(address), ...zone].join('%');
  }
  if (family === 'inet6' || !/^[0-9a-fx.]+$/i.test(name) || /0x(\.|$)|\.$/i.test(name)) return undefined;
  if (!URL.canParse(`http://${name}/`)) return undefined;
  const { hostname } = new URL(`http://${name}/`);
  return isIP(hostname) === 4 ? hostname : undefined;
}

function canonicalIpv6(address: string): string {
  const compressed = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [, high, low] = /^::(?:ffff:)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(compressed) ?? [];
  if (high === undefined || low === undefined) return compressed;
  // URLs write addresses that hold an IPv4 address in hexadecimal; getnameinfo(3) writes them with dots.
  const value = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  const dotted = [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
  return compressed.startsWith('::ffff:') ? `::ffff:${dotted}` : `::${dotted}`;
}
