/** Asks an SSH server to connect to an address it can reach: what a jump host is for. */
import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { toForwardStream } from './forwardStream.ts';
import { cancelled, connectionLost, toReason } from './sshErrors.ts';

export interface ForwardHost {
  readonly client: Client;
  /** Named in errors. */
  readonly host: string;
  readonly onEnd: (listener: (error: PosternError | undefined) => void) => () => void;
}

/** How long the address may stay silent. sshd itself would wait for two minutes. */
export const FORWARD_TIMEOUT_MS = 10_000;
/** RFC 4254 section 5.1. */
const ADMINISTRATIVELY_PROHIBITED = 1;

/**
 * A TCP connection made by the server.
 *
 * @throws PosternError `route.refused`, `route.prohibited`, `route.unreachable`, `ssh.connection-lost`, `cancelled`
 */
export function openForward({ client, host, onEnd }: ForwardHost, address: string, port: number, signal: AbortSignal, timeoutMs: number = FORWARD_TIMEOUT_MS): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    let waiting = true;
    /** The first outcome counts; a channel that opens after it is closed again. */
    const settle = (outcome: () => void): void => {
      if (!waiting) return;
      waiting = false;
      clearTimeout(timer);
      signal.removeEventListener('abort', handleAbort);
      stopListening();
      outcome();
    };
    const handleAbort = (): void => settle(() => reject(cancelled(host)));
    const stopListening = onEnd((error) => settle(() => reject(error ?? cancelled(host))));
    const timer = setTimeout(() => settle(() => reject(unreachable(host, address, port, say`no answer within ${timeoutMs / 1000} s`))), timeoutMs);
    signal.addEventListener('abort', handleAbort, { once: true });
    if (signal.aborted) return handleAbort();
    try {
      client.forwardOut('127.0.0.1', 0, address, port, (cause: Error | undefined, channel: ClientChannel) => {
        if (cause !== undefined) settle(() => reject(toForwardError(cause, host, address, port)));
        else if (waiting) settle(() => resolve(toForwardStream(channel, onEnd)));
        else channel.close();
      });
    } catch (cause) {
      // ssh2 throws "Not connected" where the transport has just gone.
      settle(() => reject(connectionLost(host, say`the host closed it`, cause)));
    }
  });
}

/** OpenSSH tells a failed connect with the system's own words, e.g. `Connection refused`. */
function toForwardError(cause: Error, host: string, address: string, port: number): PosternError {
  const said = cause.message.replace(/^\(SSH\) Channel open failure: /, '') || say`the host gives no reason`;
  if ('reason' in cause && cause.reason === ADMINISTRATIVELY_PROHIBITED) {
    return new PosternError(
      {
        code: 'route.prohibited',
        message: say`${host} lets you in, but does not connect you on to ${address} port ${port}.`,
        remedy: say`Check AllowTcpForwarding, PermitOpen and DisableForwarding in its sshd_config, and the options of the key in authorized_keys.`,
      },
      { cause },
    );
  }
  if (!/refused/i.test(said)) return unreachable(host, address, port, said, cause);
  return new PosternError(
    {
      code: 'route.refused',
      message: say`${address} port ${port} refused the connection from ${host}.`,
      remedy: say`The address answered, but nothing listens there: check that sshd runs and on which port.`,
      retryable: true,
    },
    { cause },
  );
}

function unreachable(host: string, address: string, port: number, reason: string, cause?: unknown): PosternError {
  return new PosternError(
    {
      code: 'route.unreachable',
      message: say`${address} port ${port} cannot be reached from ${host}: ${toReason(reason)}.`,
      remedy: say`Check that a security group of the instance lets the one in between in, and the network ACLs between their subnets.`,
      retryable: true,
    },
    { cause },
  );
}
