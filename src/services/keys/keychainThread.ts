/** The operating system's keychain, asked in a thread of its own, so that a slow or hanging one stops nothing else. */
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import { workerFile } from '../base/workerFile.ts';
import type { KeychainItems } from './splitSecrets.ts';

const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const asked = { id: z.number(), account: z.string() };

export const KeychainQuestion = z.discriminatedUnion('operation', [
  z.object({ ...asked, operation: z.literal('read') }),
  z.object({ ...asked, operation: z.literal('write'), bytes: Bytes }),
  z.object({ ...asked, operation: z.literal('remove') }),
]);
export type KeychainQuestion = z.infer<typeof KeychainQuestion>;

const KeychainAnswer = z.discriminatedUnion('kind', [
  z.object({ id: z.number(), kind: z.literal('done'), bytes: Bytes.or(z.undefined()).optional() }),
  z.object({ id: z.number(), kind: z.literal('failed'), message: z.string() }),
]);
export type KeychainAnswer = z.infer<typeof KeychainAnswer>;

type Request = { readonly operation: 'read' | 'remove'; readonly account: string } | { readonly operation: 'write'; readonly account: string; readonly bytes: Uint8Array };

/** The thread starts with the first question, and does not keep the process alive while nothing is asked. */
export function keychainThread(): KeychainItems {
  let thread: ReturnType<typeof startThread> | undefined;

  async function ask(request: Request, signal: AbortSignal): Promise<Uint8Array | undefined> {
    signal.throwIfAborted();
    thread ??= startThread();
    const used = thread;
    const handleAbort = (): void => {
      // Nothing can stop a native call that hangs: leave that thread to it and let the next question start another.
      if (thread === used) thread = undefined;
      used.abandon(signal.reason);
    };
    signal.addEventListener('abort', handleAbort, { once: true });
    try {
      return await used.ask(request);
    } catch (cause) {
      if (thread === used && used.ended()) thread = undefined;
      throw cause;
    } finally {
      signal.removeEventListener('abort', handleAbort);
    }
  }

  return {
    read: (account, signal) => ask({ operation: 'read', account }, signal),
    async write(account, bytes, signal) {
      await ask({ operation: 'write', account, bytes }, signal);
    },
    async remove(account, signal) {
      await ask({ operation: 'remove', account }, signal);
    },
  };
}

function startThread(): { ask(request: Request): Promise<Uint8Array | undefined>; abandon(reason: unknown): void; ended(): boolean } {
  const worker = new Worker(workerFile('keychain', import.meta.url));
  const waiting = new Map<number, { resolve(bytes: Uint8Array | undefined): void; reject(cause: unknown): void }>();
  let lastId = 0;
  let ended = false;
  worker.unref();

  worker.on('message', (message: unknown) => {
    const answer = KeychainAnswer.parse(message);
    const asker = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) worker.unref();
    if (answer.kind === 'failed') asker?.reject(new Error(answer.message));
    else asker?.resolve(answer.bytes);
  });
  // Among them: the keychain binding has no binary for this machine.
  worker.once('error', end);
  worker.once('exit', () => end(new Error('the keychain thread ended')));

  function end(cause: unknown): void {
    ended = true;
    for (const asker of waiting.values()) asker.reject(cause);
    waiting.clear();
  }

  return {
    ask(request) {
      return new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        worker.ref();
        worker.postMessage({ id: lastId, ...request });
      });
    },
    abandon(reason) {
      end(reason);
      worker.unref();
      void worker.terminate();
    },
    ended: () => ended,
  };
}
