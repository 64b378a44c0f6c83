/** A tunnel of an EC2 Instance Connect Endpoint: IAM alone opens it, and the instance needs no public address. */
import { PosternError } from '../../contract/error.ts';
import type { InstanceConnectEndpoint } from '../../contract/network.ts';
import { say } from '../../contract/say.ts';
import type { Scope } from '../../contract/scope.ts';
import type { TunnelToOpen } from '../aws/presignTunnel.ts';
import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import { DIAL_TIMEOUT_MS } from './direct.ts';
import { openEiceTunnel } from './eiceTunnel.ts';
import { layLine, Line } from './line.ts';
import type { Transport } from './transport.ts';

/** The longest a tunnel lives, and what is asked for by asking for nothing: session-manager-protocol.md section 9.3. */
const MAX_TUNNEL_MS = 3_600_000;

export interface EiceOptions {
  /** As read with the inventory. */
  readonly endpointOf: (scope: Scope, instanceConnectEndpointId: string) => InstanceConnectEndpoint | undefined;
  /** Whether endpoints with FIPS 140 cryptography are asked for. */
  readonly useFips: (scope: Scope) => Promise<boolean>;
  /** The signed address of a tunnel. */
  readonly presign: (tunnel: TunnelToOpen, scope: Scope) => Promise<string>;
  /** Absent: the system's. */
  readonly clock?: Clock;
}

/** @throws PosternError `eice.tunnel-refused`, `aws.*`, `cancelled`; `eice.tunnel-ended` as the error of the stream */
export function createEice({ endpointOf, useFips, presign, clock = systemClock }: EiceOptions): Transport<'eice'> {
  return {
    kind: 'eice',
    async open({ instanceConnectEndpointId, privateIpAddress, port }, scope, signal) {
      const endpoint = endpointOf(scope, instanceConnectEndpointId);
      const fips = await useFips(scope);
      const dnsName = fips ? endpoint?.fipsDnsName : endpoint?.dnsName;
      if (dnsName === undefined) {
        throw new PosternError({
          code: 'eice.tunnel-refused',
          message: endpoint === undefined ? say`The endpoint ${instanceConnectEndpointId} is not there any more.` : say`The endpoint ${instanceConnectEndpointId} has no ${fips ? say`FIPS ` : ''}address.`,
          remedy: endpoint === undefined ? say`Refresh the list.` : say`Take another way in, or another endpoint.`,
        });
      }
      const url = await presign({ dnsName, instanceConnectEndpointId, privateIpAddress, port }, scope);
      const tunnel = await openEiceTunnel({ url, instanceConnectEndpointId, where: say`${privateIpAddress} port ${port}` }, signal, DIAL_TIMEOUT_MS);
      const line = new Line();
      line.onLimits({ endsAt: new Date(clock.now() + MAX_TUNNEL_MS).toISOString() });
      return layLine(tunnel, line);
    },
  };
}
