/**
 * Reads EC2 answers off the main thread: a page of 1,000 instances is 5 MB of XML, and reading it here would stop every terminal.
 *
 * Small answers are read in place. Large ones go to one worker thread, which sends the rows back in slices and waits until a
 * slice was taken before it sends the next but one: Node hands over up to 1,000 waiting messages without a pause.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Scope } from '../../contract/scope.ts';
import { workerFile } from '../base/workerFile.ts';
import { scanAnswer, type Ec2Call, type RowOf } from './ec2Answers.ts';
import { XmlScanError } from './xmlScan.ts';

/** Above this many bytes an answer goes to the worker. 128 KiB are read here in about 2 ms. */
export const IN_PLACE_BYTES = 128 * 1024;

/** A thread without work takes 40 MB for nothing; starting one takes 50 ms. */
const IDLE_MS = 10_000;

export type ToWorker = { readonly type: 'scan'; readonly scanId: number; readonly call: Ec2Call; readonly body: Uint8Array<ArrayBuffer>; readonly scope: Scope } | { readonly type: 'taken'; readonly scanId: number };

export type FromWorker =
  | { readonly type: 'rows'; readonly scanId: number; /** As JSON text: a third of the time it takes to clone the rows. */ readonly rows: string }
  | { readonly type: 'done'; readonly scanId: number; readonly nextToken: string | undefined }
  | { readonly type: 'failed'; readonly scanId: number; readonly message: string; readonly malformed: boolean };

export interface AnswerScanner {
  /**
   * Read one answer; `onRows` gets its rows in order, in slices.
   *
   * @param body given away: its buffer cannot be used afterwards
   * @returns the token of the next page, absent on the last
   * @throws XmlScanError when this is not an answer to that call
   */
  scan<C extends Ec2Call>(call: C, body: Uint8Array<ArrayBuffer>, scope: Scope, onRows: (rows: readonly RowOf<C>[]) => void): Promise<string | undefined>;
  /** A large answer is on its way: start the worker. */
  prepare(): void;
  close(): Promise<void>;
}

interface Pending { onRows(rows: readonly RowOf<Ec2Call>[]): void; resolve(nextToken: string | undefined): void; reject(cause: Error): void }

export function createAnswerScanner(): AnswerScanner {
  const pending = new Map<number, Pending>();
  let worker: Worker | undefined;
  let lastScanId = 0;
  let reading: Promise<void> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;

  function endWhenIdle(): void {
    clearTimeout(idle);
    idle = setTimeout(() => {
      if (pending.size > 0) return;
      const ended = worker;
      worker = undefined;
      void ended?.terminate();
    }, IDLE_MS).unref();
  }

  /** A worker that waits for work must not keep a finished command alive; one that works must. */
  function settle(scanId: number): Pending | undefined {
    const scan = pending.get(scanId);
    pending.delete(scanId);
    if (pending.size === 0) {
      worker?.unref();
      endWhenIdle();
    }
    return scan;
  }

  function handleMessage(from: Worker, message: FromWorker): void {
    switch (message.type) {
      case 'rows':
        try {
          // The worker's own words: what it wrote is what the table of calls says.
          pending.get(message.scanId)?.onRows(JSON.parse(message.rows) as RowOf<Ec2Call>[]);
        } catch (thrown) {
          settle(message.scanId)?.reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
        }
        // After this turn only: as long as the worker keeps up, Node would hand over slice after slice and nothing else.
        setImmediate(() => from.postMessage({ type: 'taken', scanId: message.scanId } satisfies ToWorker));
        return;
      case 'done':
        settle(message.scanId)?.resolve(message.nextToken);
        return;
      case 'failed':
        settle(message.scanId)?.reject(message.malformed ? new XmlScanError(message.message) : new Error(message.message));
    }
  }

  function start(): Worker {
    // Short-lived rows only: a large young generation would be memory that is never given back.
    const started = new Worker(workerFile('inventory', import.meta.url), { resourceLimits: { maxYoungGenerationSizeMb: 16 } });
    const handleEnd = (cause: Error): void => {
      // Ended for want of work: nobody waits for it, and those who wait now wait for another.
      if (worker !== started) return;
      worker = undefined;
      for (const scanId of pending.keys()) settle(scanId)?.reject(cause);
    };
    started.unref();
    started.on('message', (message: FromWorker) => handleMessage(started, message));
    started.on('error', handleEnd);
    started.on('exit', () => handleEnd(new Error('the thread that reads EC2 answers ended')));
    return started;
  }

  return {
    async scan(call, body, scope, onRows) {
      if (body.byteLength <= IN_PLACE_BYTES) {
        // One answer in a turn, however many arrived together.
        await (reading = reading.then(() => nextTurn()));
        const rows: RowOf<typeof call>[] = [];
        const scan = scanAnswer(call, new TextDecoder().decode(body), scope);
        for (let next = scan.next(); ; next = scan.next()) {
          if (next.done !== true) rows.push(next.value);
          else {
            if (rows.length > 0) onRows(rows);
            return next.value;
          }
        }
      }
      lastScanId += 1;
      const scanId = lastScanId;
      worker ??= start();
      worker.ref();
      const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
      // The worker answers a scan with the rows of its call, so the slice's type is the caller's.
      pending.set(scanId, { onRows: (rows) => onRows(rows as readonly RowOf<typeof call>[]), resolve, reject });
      worker.postMessage({ type: 'scan', scanId, call, body, scope } satisfies ToWorker, [body.buffer]);
      return promise;
    },
    prepare() {
      worker ??= start();
      endWhenIdle();
    },
    async close() {
      clearTimeout(idle);
      await worker?.terminate();
    },
  };
}
