/**
 * `postern proxy TARGET [PORT]`: bytes between stdin/stdout and a port of the host, for `ProxyCommand postern proxy %h %p`.
 *
 * stdout carries the remote's bytes and nothing else. An instance is meant before a host of ~/.ssh/config: there this very command
 * stands under the instance's name.
 */
import type { Duplex } from 'node:stream';
import { PosternError, toPosternError } from '../../contract/error.ts';
import type { TransportKind } from '../../services/routes/transports.ts';
import type { Services } from '../../services/services.ts';
import { findInstance } from './findInstance.ts';
import type { Running } from './run.ts';
import { findAlias } from './target.ts';
import { terminalProgress } from './terminalProgress.ts';

export type ProxyVia = TransportKind | 'jump';

/** @throws PosternError `cancelled` when it was interrupted, or nobody could be asked; `ssh.connection-lost`, or why there is no connection */
export async function proxyCommand({ services, interrupted }: Running, target: string, port: number, via: ProxyVia | undefined): Promise<number> {
  const { stream, host } = await openWay(services, target, port, via, interrupted);
  const handleAbort = (): void => void stream.destroy();
  interrupted.addEventListener('abort', handleAbort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      stream.once('error', (cause) => reject(new PosternError({ code: 'ssh.connection-lost', message: `The connection to ${host} port ${port} was lost.`, retryable: true }, { cause })));
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

async function openWay(services: Services, target: string, port: number, via: ProxyVia | undefined, interrupted: AbortSignal): Promise<{ readonly stream: Duplex; readonly host: string }> {
  const progress = terminalProgress(services, interrupted);
  const alias = via === undefined ? findAlias(await services.local.configHosts.list(), target) : undefined;
  try {
    const { instanceId } = await findInstance({ services, interrupted }, target);
    return { stream: await services.local.openTransport(instanceId, port, via, progress, interrupted), host: instanceId };
  } catch (thrown) {
    const { code } = toPosternError(thrown);
    const isNoInstance = code === 'instance.not-found' || code === 'aws.no-profile' || code === 'aws.no-region';
    if (alias === undefined || !isNoInstance) throw thrown;
    return { stream: await services.local.configHosts.openPort(alias.name, port, {}, progress, interrupted), host: alias.name };
  }
}
