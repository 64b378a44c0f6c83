/** Asks a worker what matches in a batch of lines, and gives up on one that answers no more: a regular expression may take for ever. */
import type { LineMatch } from './matcher.ts';
import type { SearchAnswer, SearchBatch } from './searchWorker.ts';

export type LineWorker = Pick<Worker, 'postMessage' | 'terminate' | 'addEventListener'>;

/** A third of a frame, so that the rest is the window's. */
export const SLICE_MS = 5;
/** A batch takes a millisecond; what takes this long never ends. */
const ANSWER_MS = 3000;

export const TOO_SLOW = new Error('the pattern takes too long on a line');
/** Its script cannot be loaded, or failed. */
export const NO_WORKER = new Error('the worker of the search does not run');
let lastBatchId = 0;

/** @returns none when it was aborted @throws TOO_SLOW, NO_WORKER: the worker is of no more use */
export function matchesOf(worker: Pick<LineWorker, 'postMessage' | 'addEventListener'>, asked: Omit<SearchBatch, 'batchId'>, signal: AbortSignal): Promise<readonly LineMatch[]> {
  const batch: SearchBatch = { batchId: (lastBatchId += 1), ...asked };
  return new Promise((resolve, reject) => {
    const done = new AbortController();
    const timer = setTimeout(() => finish(() => reject(TOO_SLOW)), ANSWER_MS);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      done.abort();
      settle();
    };
    const listening = { signal: done.signal };
    worker.addEventListener('message', ({ data }: MessageEvent<SearchAnswer>) => {
      if (data.batchId === batch.batchId) finish(() => resolve(data.matches));
    }, listening);
    worker.addEventListener('error', () => finish(() => reject(NO_WORKER)), listening);
    signal.addEventListener('abort', () => finish(() => resolve([])), listening);
    worker.postMessage(batch);
  });
}

/** Lets the window draw and answer keys. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

export function createSearchWorker(): LineWorker {
  return new Worker(new URL('./searchWorker.ts', import.meta.url), { type: 'module' });
}
