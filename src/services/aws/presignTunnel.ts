/**
 * The address of a tunnel through an EC2 Instance Connect Endpoint: a WebSocket URL signed in its query, good for a minute.
 *
 * See session-manager-protocol.md section 9.2.
 */
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentials } from './clients.ts';

export interface TunnelToOpen {
  /** Of the endpoint, as DescribeInstanceConnectEndpoints tells it. */
  readonly dnsName: string;
  readonly instanceConnectEndpointId: string;
  readonly privateIpAddress: string;
  readonly port: number;
  /** 1 to 3600; absent: 3600. */
  readonly maxTunnelDurationSeconds?: number;
}

/** How long the signature opens a tunnel, in seconds; the tunnel outlives it. */
const SIGNATURE_LIFE_SECONDS = 60;

export async function presignTunnel(tunnel: TunnelToOpen, region: string, { sessionToken, ...keys }: AwsCredentials, now: Date): Promise<string> {
  const signer = new SignatureV4({ service: 'ec2-instance-connect', region, credentials: { ...keys, ...(sessionToken === undefined ? {} : { sessionToken }) }, sha256: Sha256, applyChecksum: false });
  const query: Record<string, string> = {
    instanceConnectEndpointId: tunnel.instanceConnectEndpointId,
    remotePort: String(tunnel.port),
    privateIpAddress: tunnel.privateIpAddress,
    ...(tunnel.maxTunnelDurationSeconds === undefined ? {} : { maxTunnelDuration: String(tunnel.maxTunnelDurationSeconds) }),
  };
  const origin = new URL(`${isLoopbackName(tunnel.dnsName) ? 'ws' : 'wss'}://${tunnel.dnsName}`);
  const signed = await signer.presign({ method: 'GET', protocol: origin.protocol, hostname: origin.hostname, path: '/openTunnel', query, headers: { host: origin.host } }, { expiresIn: SIGNATURE_LIFE_SECONDS, signingDate: now });
  const parameters = Object.entries(signed.query ?? {}).flatMap(([name, value]) => (typeof value === 'string' ? [`${encode(name)}=${encode(value)}`] : []));
  return `${origin.protocol}//${origin.host}/openTunnel?${parameters.join('&')}`;
}

/** The demo cloud's endpoints are on this machine, which no byte leaves; everything else is encrypted. */
function isLoopbackName(dnsName: string): boolean {
  return /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3})(:\d+)?$/.test(dnsName);
}

/** As it was signed: everything but RFC 3986's unreserved characters. */
function encode(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
