/**
 * `postern proxy TARGET [PORT]`: bytes between stdin/stdout and a port of the instance, for `ProxyCommand postern proxy %h %p`.
 *
 * stdout carries the remote's bytes and nothing else.
 */
import { PosternError } from '../../contract/error.ts';
import type { Services } from '../../services/services.ts';
import { findTarget } from './target.ts';

export async function proxyCommand(services: Services, target: string, port: number): Promise<number> {
  const instance = findTarget(await services.local.allInstances(), target);
  const cancel = new AbortController();
  process.once('SIGINT', () => cancel.abort());
  process.once('SIGTERM', () => cancel.abort());
  const stream = await services.local.openTransport(instance.instanceId, port, cancel.signal);
  cancel.signal.addEventListener('abort', () => stream.destroy(), { once: true });
  process.stdin.pipe(stream);
  return new Promise((resolve, reject) => {
    stream.pipe(process.stdout);
    // The one who reads has gone: nothing more to do.
    process.stdout.once('error', () => stream.destroy());
    stream.once('error', (cause) => reject(new PosternError({ code: 'ssh.connection-lost', message: `The connection to ${instance.instanceId} port ${port} was lost.`, retryable: true }, { cause })));
    stream.once('close', () => {
      process.stdin.destroy();
      resolve(cancel.signal.aborted ? 130 : 0);
    });
  });
}
