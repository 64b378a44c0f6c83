/** The forwards of a configuration, over the connection to their host: shown with the others, and gone with it. */
import { toPosternError } from '../contract/error.ts';
import type { LocalEnd } from '../contract/forward.ts';
import { say } from '../contract/say.ts';
import type { ForwardSession } from './forwards/forwardSession.ts';
import type { Forwards } from './forwards/forwards.ts';
import type { ForwardRequest } from './forwards/liveForward.ts';
import type { HostForward } from './forwards/hostForward.ts';
import type { Progress } from './sessions/progress.ts';
import type { SshConnection } from './ssh/connection.ts';
import type { SshConfig } from './ssh/sshConfigResult.ts';

type Forwarding = Pick<SshConfig, 'localForwards' | 'dynamicForwards' | 'remoteForwards' | 'gatewayPorts'>;

/** Opens them all; they end with the connection. One that cannot be is told, and the connection goes on without it, as with ssh. */
export async function openConnectionForwards(forwards: Forwards, hostId: string, config: Forwarding, connection: SshConnection, progress: Pick<Progress, 'step' | 'banner'>, signal: AbortSignal): Promise<void> {
  // One that the person has closed is gone already.
  const closeWithConnection = (forwardId: string): void => void connection.onEnd(() => void forwards.close(forwardId).catch(() => undefined));
  for (const request of toForwardRequests(hostId, config)) closeWithConnection(forwards.openOver(request, async () => toForwardSession(connection, request)).forwardId);
  await openRemoteForwards(forwards, hostId, config, connection, progress, closeWithConnection, signal);
}

/** Each LocalForward from a port to a port, and each DynamicForward from a port. */
export function toForwardRequests(hostId: string, { localForwards, dynamicForwards, gatewayPorts }: Omit<Forwarding, 'remoteForwards'>): ForwardRequest[] {
  const localEnd = (listenHost: string | undefined, port: number): LocalEnd => {
    const everywhere = listenHost === undefined ? gatewayPorts : listenHost === '' || listenHost === '*';
    return { kind: 'tcp', address: everywhere ? '0.0.0.0' : listenHost === undefined || listenHost === 'localhost' ? '127.0.0.1' : listenHost, port };
  };
  const common = { instanceId: hostId, sessions: 1 };
  return [
    ...localForwards.flatMap(({ listenHost, listenPort, connectHost, connectPort }): ForwardRequest[] =>
      listenPort === undefined || connectHost === undefined || connectPort === undefined ? [] : [{ ...common, local: localEnd(listenHost, listenPort), remoteHost: connectHost, remotePort: connectPort }],
    ),
    ...dynamicForwards.flatMap(({ listenHost, listenPort }): ForwardRequest[] => (listenPort === undefined ? [] : [{ ...common, local: localEnd(listenHost, listenPort) }])),
  ];
}

/** A connection as what a forward runs over. */
export function toForwardSession(connection: Pick<SshConnection, 'forwardOut' | 'onEnd'>, { remoteHost = 'localhost', remotePort = 0 }: Pick<ForwardRequest, 'remoteHost' | 'remotePort'>): ForwardSession {
  const { promise: ended, resolve } = Promise.withResolvers<Awaited<ForwardSession['ended']>>();
  const stop = connection.onEnd(resolve);
  return {
    connect: (signal, to = { host: remoteHost, port: remotePort }) => connection.forwardOut(to.host, to.port, signal),
    ended,
    close() {
      stop();
      resolve(undefined);
    },
  };
}

/**
 * Asks the host for each RemoteForward from a port to a port: its connections come out at this machine's side.
 *
 * One that the host refuses is told in the step, and the connection goes on without it, as ssh does.
 */
async function openRemoteForwards(
  forwards: Forwards,
  hostId: string,
  { remoteForwards }: Pick<Forwarding, 'remoteForwards'>,
  connection: Pick<SshConnection, 'forwardIn'>,
  progress: Pick<Progress, 'step' | 'banner'>,
  onOpened: (forwardId: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const { listenHost = 'localhost', listenPort, connectHost, connectPort } of remoteForwards) {
    if (listenPort === undefined || connectHost === undefined || connectPort === undefined) continue;
    try {
      let listed: HostForward | undefined;
      const { port, close } = await connection.forwardIn(listenHost, listenPort, (remote) => listed?.serve(remote), signal);
      listed = forwards.addHostForward({ instanceId: hostId, listenHost: listenHost === '' || listenHost === '*' ? '0.0.0.0' : listenHost, listenPort: port, address: connectHost, port: connectPort, close });
      onOpened(listed.forwardId);
      progress.step('starting-shell', say`port ${port} of the host leads to ${connectHost} port ${connectPort}`);
      // The person has to know the port that was chosen.
      if (listenPort === 0) progress.banner(`Allocated port ${port} for remote forward to ${connectHost}:${connectPort}`);
    } catch (thrown) {
      const error = toPosternError(thrown);
      if (error.code !== 'route.prohibited') throw error;
      progress.banner(error.message);
    }
  }
}
