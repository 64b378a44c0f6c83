/**
 * Asks a server to listen for us (RFC 4254 section 7.1): each connection it takes comes here as a stream.
 */
import type { Duplex } from 'node:stream';
import type { TcpConnectionDetails } from 'ssh2';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { toForwardStream } from './forwardStream.ts';
import type { ForwardHost } from './openForward.ts';
import { cancelled, connectionLost, toReason } from './sshErrors.ts';

export interface RemoteListener {
  /** Where the server listens, with the port that it chose. */
  readonly port: number;
  /** Settles when it listens no more. */
  close(): Promise<void>;
}

/**
 * @param bindAddress empty or `*`: every address, where GatewayPorts of the server lets us; `localhost`: its loopback
 * @param port 0 lets the server choose
 * @throws PosternError `route.prohibited`, `ssh.connection-lost`, `cancelled`
 */
export function listenRemotely({ client, host, onEnd }: ForwardHost, bindAddress: string, port: number, onConnection: (stream: Duplex) => void, signal: AbortSignal): Promise<RemoteListener> {
  const address = bindAddress === '*' ? '' : bindAddress;
  return new Promise((resolve, reject) => {
    const stopListening = onEnd((error) => reject(error ?? cancelled(host)));
    const handleAbort = (): void => reject(cancelled(host));
    signal.addEventListener('abort', handleAbort, { once: true });
    if (signal.aborted) return handleAbort();
    try {
      client.forwardIn(address, port, (cause, chosen) => {
        stopListening();
        signal.removeEventListener('abort', handleAbort);
        if (cause !== undefined) {
          reject(
            new PosternError(
              { code: 'route.prohibited', message: say`${host} does not listen on ${address === '' ? say`port ${port}` : say`${address} port ${port}`}: ${toReason(cause.message)}.`, remedy: say`Check that nothing else listens there, and AllowTcpForwarding, PermitListen and GatewayPorts in its sshd_config.` },
              { cause },
            ),
          );
          return;
        }
        const listening = port === 0 ? chosen : port;
        const handleConnection = (details: TcpConnectionDetails, accept: () => Parameters<typeof toForwardStream>[0]): void => {
          if (details.destPort === listening && details.destIP === address) onConnection(toForwardStream(accept(), onEnd, true));
        };
        client.on('tcp connection', handleConnection);
        resolve({
          port: listening,
          close: () =>
            new Promise((closed) => {
              client.removeListener('tcp connection', handleConnection);
              const stop = onEnd(() => closed());
              try {
                client.unforwardIn(address, listening, () => {
                  stop();
                  closed();
                });
              } catch {
                // The connection has gone, and the listener with it.
                closed();
              }
            }),
        });
      });
    } catch (cause) {
      reject(connectionLost(host, say`the host closed it`, cause));
    }
  });
}
