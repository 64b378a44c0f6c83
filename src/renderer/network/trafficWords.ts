/** Protocols and ports in words. */
import type { TFunction } from 'i18next';
import { safeText } from '../ui/safeText.ts';

interface Traffic {
  readonly protocol: string;
  readonly fromPort?: number | undefined;
  readonly toPort?: number | undefined;
}

/** IANA's numbers, which network ACLs use, and the names security groups use. */
const names: Readonly<Record<string, string>> = { '1': 'ICMP', '6': 'TCP', '17': 'UDP', '58': 'ICMPv6', tcp: 'TCP', udp: 'UDP', icmp: 'ICMP', icmpv6: 'ICMPv6' };
/** Ports a person knows by name. */
const services: Readonly<Record<number, string>> = { 22: 'SSH', 53: 'DNS', 80: 'HTTP', 443: 'HTTPS', 3306: 'MySQL', 3389: 'RDP', 5432: 'PostgreSQL', 6379: 'Redis' };

/** `TCP 22 (SSH)`, `UDP 1024–65535`, `All traffic`. */
export function trafficWords({ protocol, fromPort, toPort }: Traffic, t: TFunction): string {
  if (protocol === '-1') return t('network.allTraffic');
  const name = Object.hasOwn(names, protocol) ? names[protocol] : undefined;
  // Others have no ports.
  if (name === undefined) return t('network.protocolNumber', { number: safeText(protocol) });
  if (name.startsWith('ICMP')) return fromPort === undefined || fromPort === -1 ? name : t('network.icmpType', { protocol: name, type: fromPort });
  // One that lacks its beginning covers not all.
  if (fromPort === undefined && toPort !== undefined) return t('network.ports', { protocol: name, ports: `–${toPort}` });
  if (fromPort === undefined || fromPort === -1 || (fromPort === 0 && toPort === 65_535)) return t('network.allPorts', { protocol: name });
  if (toPort !== undefined && toPort !== fromPort) return t('network.ports', { protocol: name, ports: `${fromPort}–${toPort}` });
  const service = services[fromPort];
  return t('network.ports', { protocol: name, ports: service === undefined ? `${fromPort}` : `${fromPort} (${service})` });
}
