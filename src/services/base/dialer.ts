/**
 * The only way a service opens a TCP connection: the real network, or the demo cloud's.
 */
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';

export interface Dialer {
  /**
   * Open a TCP connection.
   *
   * Never answers for an address that drops packets: pass a signal that fires.
   *
   * @throws PosternError `route.unreachable` (no answer, no route), `route.refused` (reset), `cancelled` (the signal fired)
   */
  dial(address: string, port: number, signal: AbortSignal): Promise<Duplex>;
}

/** The machine's own network. Sockets have TCP_NODELAY: ssh2 never sets it, and without it an echo takes 44 ms instead of 1. */
export const networkDialer: Dialer = {
  dial(address, port, signal) {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(new PosternError({ code: 'cancelled', message: say`The connection to ${address} port ${port} was cancelled.` }));
        return;
      }
      const socket = connect({ host: address, port, noDelay: true, keepAlive: true });
      const handleAbort = (): void => {
        socket.destroy();
        reject(toDialError(signal.reason, address, port, signal));
      };
      signal.addEventListener('abort', handleAbort, { once: true });
      socket.once('connect', () => {
        signal.removeEventListener('abort', handleAbort);
        socket.removeListener('error', handleError);
        resolve(socket);
      });
      const handleError = (cause: Error): void => {
        signal.removeEventListener('abort', handleAbort);
        reject(toDialError(cause, address, port, signal));
      };
      socket.once('error', handleError);
    });
  },
};

/** What a failed dial is called: refused, timed out, cancelled or unreachable. */
export function toDialError(cause: unknown, address: string, port: number, signal: AbortSignal): PosternError {
  const where = say`${address} port ${port}`;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  const timedOut = signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
  if (signal.aborted && !timedOut) return new PosternError({ code: 'cancelled', message: say`The connection to ${where} was cancelled.` }, { cause });
  if (code === 'ECONNREFUSED') {
    return new PosternError(
      { code: 'route.refused', message: say`${where} refused the connection.`, remedy: say`The host answered, but nothing listens there: check that sshd runs and on which port.`, retryable: true },
      { cause },
    );
  }
  return new PosternError(
    {
      code: 'route.unreachable',
      message: timedOut ? say`No answer from ${where}.` : say`No TCP connection to ${where}${code === undefined ? '' : ` (${code})`}.`,
      remedy: say`Check that a security group allows this address, or choose the Session Manager route.`,
      retryable: true,
    },
    { cause },
  );
}
