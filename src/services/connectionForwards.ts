/** The forwards of a configuration, over the connection to their host: shown with the others, and gone with it. */
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { toPosternError } from '../contract/error.ts';
import type { OpenForward } from '../contract/forward.ts';
import type { ForwardSession } from './forwards/forwardSession.ts';
import { joinStreams } from './forwards/joinStreams.ts';
import type { Progress } from './sessions/liveSession.ts';
import type { SshConnection } from './ssh/connection.ts';
import type { SshConfig } from './ssh/sshConfigResult.ts';

/** What `forwards.open` is asked for, for each LocalForward from a port to a port. */
export function toOpenForwards(hostId: string, { localForwards, gatewayPorts }: Pick<SshConfig, 'localForwards' | 'gatewayPorts'>): OpenForward[] {
  return localForwards.flatMap(({ listenHost, listenPort, connectHost, connectPort }): OpenForward[] => {
    if (listenPort === undefined || connectHost === undefined || connectPort === undefined) return [];
    const everywhere = listenHost === undefined ? gatewayPorts : listenHost === '' || listenHost === '*';
    const address = everywhere ? '0.0.0.0' : listenHost === undefined || listenHost === 'localhost' ? '127.0.0.1' : listenHost;
    return [{ instanceId: hostId, local: { kind: 'tcp', address, port: listenPort }, remoteHost: connectHost, remotePort: connectPort, sessions: 1 }];
  });
}

/** A connection as what a forward runs over. */
export function toForwardSession(connection: Pick<SshConnection, 'forwardOut' | 'onEnd'>, { remoteHost = 'localhost', remotePort }: Pick<OpenForward, 'remoteHost' | 'remotePort'>): ForwardSession {
  const { promise: ended, resolve } = Promise.withResolvers<Awaited<ForwardSession['ended']>>();
  const stop = connection.onEnd(resolve);
  return {
    connect: (signal) => connection.forwardOut(remoteHost, remotePort, signal),
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
export async function openRemoteForwards({ remoteForwards }: Pick<SshConfig, 'remoteForwards'>, connection: Pick<SshConnection, 'forwardIn'>, progress: Pick<Progress, 'step' | 'banner'>, signal: AbortSignal): Promise<void> {
  for (const { listenHost, listenPort, connectHost, connectPort } of remoteForwards) {
    if (listenPort === undefined || connectHost === undefined || connectPort === undefined) continue;
    const to = `${connectHost} port ${connectPort}`;
    try {
      const { port } = await connection.forwardIn(listenHost ?? 'localhost', listenPort, (remote) => serve(remote, connectHost, connectPort), signal);
      progress.step('starting-shell', `port ${port} of the host leads to ${to}`);
      // The person has to know the port that was chosen.
      if (listenPort === 0) progress.banner(`Allocated port ${port} for remote forward to ${connectHost}:${connectPort}`);
    } catch (thrown) {
      const error = toPosternError(thrown);
      if (error.code !== 'route.prohibited') throw error;
      progress.banner(error.message);
    }
  }
}

/** A half that ends leaves the other open, as TCP has it. */
function serve(remote: Duplex, host: string, port: number): void {
  const local = connect({ host, port, noDelay: true, allowHalfOpen: true });
  local.once('error', () => remote.destroy());
  remote.once('error', () => local.destroy());
  local.once('connect', () => void joinStreams(local, remote, { onSent: () => undefined, onReceived: () => undefined }).catch(() => undefined));
}
