/**
 * `postern proxy TARGET [PORT]`: bytes between stdin/stdout and a port of the instance, for `ProxyCommand postern proxy %h %p`.
 *
 * stdout carries the remote's bytes and nothing else.
 */
import { PosternError } from '../../contract/error.ts';
import type { TransportKind } from '../../services/routes/transports.ts';
import type { Running } from './run.ts';
import { untilInterrupted } from './run.ts';
import { findTarget } from './target.ts';

/** @throws PosternError `cancelled` when it was interrupted, `ssh.connection-lost`, or why there is no connection */
export async function proxyCommand({ services, interrupted }: Running, target: string, port: number, via: TransportKind | undefined): Promise<number> {
  const instance = findTarget(await untilInterrupted(interrupted, services.local.allInstances()), target);
  const stream = await services.local.openTransport(instance.instanceId, port, via, interrupted);
  const handleAbort = (): void => void stream.destroy();
  interrupted.addEventListener('abort', handleAbort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      stream.once('error', (cause) => reject(new PosternError({ code: 'ssh.connection-lost', message: `The connection to ${instance.instanceId} port ${port} was lost.`, retryable: true }, { cause })));
      stream.once('close', resolve);
      process.stdin.pipe(stream);
      stream.pipe(process.stdout);
    });
  } finally {
    process.stdin.destroy();
  }
  if (interrupted.aborted) throw new PosternError({ code: 'cancelled', message: 'Interrupted.' });
  return 0;
}
