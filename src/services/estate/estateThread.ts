/** Asks the thread of the estate file, which is there while there is something to ask. */
import { Worker } from 'node:worker_threads';
import type { Log } from '../base/log.ts';
import { hasSqlite } from '../base/sqliteFile.ts';
import { workerFile } from '../base/workerFile.ts';
import type { EstateAnswer, FromEstate, ToEstate } from './estate.worker.ts';

/** A thread without work takes 40 MB for nothing. */
const IDLE_MS = 10_000;

export type EstateQuestion = ToEstate extends infer Q ? (Q extends { readonly id: number } ? Omit<Q, 'id'> : never) : never;

export interface EstateThread {
  /** Answered in order. @throws Error what SQLite says, or that the thread is broken or closed */
  ask(question: EstateQuestion): Promise<EstateAnswer>;
  /** This runtime has no SQLite, or the thread came to an end of its own: nothing is answered any more. */
  isBroken(): boolean;
  wasAsked(): boolean;
  /** What was asked is answered; nothing is from then on. */
  close(): Promise<void>;
}

export interface EstateThreadOptions {
  readonly path: string;
  /** The file could not be read; it is at this path now, and a fresh one begins. */
  readonly onKeptAside: (path: string, ending: 'corrupt' | 'newer') => void;
  readonly log: Log;
}

export function createEstateThread({ path, onKeptAside, log }: EstateThreadOptions): EstateThread {
  const pending = new Map<number, { resolve(answer: EstateAnswer): void; reject(cause: Error): void }>();
  let worker: Worker | undefined;
  let broken = !hasSqlite();
  let closed = false;
  let lastId = 0;
  let idle: NodeJS.Timeout | undefined;

  function giveUp(cause: Error): void {
    broken = true;
    worker = undefined;
    log.warn('the estate is not kept', { cause });
    for (const { reject } of pending.values()) reject(cause);
    pending.clear();
  }

  /** Ends the thread in order: the file is closed, and the next question starts another. */
  async function end(): Promise<void> {
    if (worker === undefined) return;
    const ending = worker;
    await ask({ type: 'close' }).catch(() => undefined);
    clearTimeout(idle);
    // Somebody asked while it closed: it answers, and is ended when it is idle again.
    if (pending.size > 0 || worker !== ending) return;
    worker = undefined;
    await ending.terminate();
  }

  function endWhenIdle(): void {
    clearTimeout(idle);
    idle = setTimeout(() => {
      if (pending.size === 0) void end();
    }, IDLE_MS).unref();
  }

  function start(): Worker {
    const started = new Worker(workerFile('estate', import.meta.url), { workerData: { path }, resourceLimits: { maxYoungGenerationSizeMb: 8 } });
    // Questions keep the process alive, an idle thread does not.
    started.unref();
    started.on('message', (message: FromEstate) => {
      if (message.type === 'keptAside') {
        onKeptAside(message.path, message.ending);
        return;
      }
      const asked = pending.get(message.id);
      pending.delete(message.id);
      if (pending.size === 0) {
        started.unref();
        endWhenIdle();
      }
      if (message.type === 'answer') asked?.resolve(message.answer);
      else asked?.reject(new Error(message.message));
    });
    started.on('error', giveUp);
    started.on('exit', () => {
      if (worker === started) giveUp(new Error('the thread of the estate ended'));
    });
    return started;
  }

  function ask(question: EstateQuestion): Promise<EstateAnswer> {
    if (broken) return Promise.reject(new Error('the estate is not kept'));
    if (closed) return Promise.reject(new Error('the estate is closed'));
    worker ??= start();
    worker.ref();
    lastId += 1;
    const id = lastId;
    const { promise, resolve, reject } = Promise.withResolvers<EstateAnswer>();
    pending.set(id, { resolve, reject });
    worker.postMessage({ ...question, id } satisfies ToEstate);
    return promise;
  }

  return {
    ask,
    isBroken: () => broken,
    wasAsked: () => lastId > 0,
    async close() {
      clearTimeout(idle);
      const ending = worker;
      const asked = ending === undefined ? undefined : ask({ type: 'close' }).catch(() => undefined);
      closed = true;
      if (ending === undefined) return;
      await asked;
      worker = undefined;
      await ending.terminate();
    },
  };
}
