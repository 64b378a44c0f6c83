/** The thread that reads large EC2 answers: bytes in, slices of rows out. See answerScanner.ts. */
import { parentPort } from 'node:worker_threads';
import type { FromWorker, ToWorker } from './answerScanner.ts';
import { scanAnswer, type Ec2Call, type RowOf } from './ec2Answers.ts';
import { XmlScanError } from './xmlScan.ts';

/** Rows of one message: under half a millisecond of the main thread's time to unpack. */
const ROWS_PER_SLICE = 50;
/** Slices on their way: one that is being taken, and the next. */
const SLICES_AHEAD = 2;

if (parentPort === null) throw new Error('inventory.worker.ts runs as a worker thread only');
const port = parentPort;
/** Slices sent and not yet taken, and who waits for that to fall. */
const underway = new Map<number, { ahead: number; resume: (() => void) | undefined }>();

port.on('message', (message: ToWorker) => {
  if (message.type === 'scan') {
    void run(message.scanId, message);
    return;
  }
  const scan = underway.get(message.scanId);
  if (scan === undefined) return;
  scan.ahead -= 1;
  scan.resume?.();
});

async function run(scanId: number, { call, body, scope }: ToWorker & { type: 'scan' }): Promise<void> {
  const flow: { ahead: number; resume: (() => void) | undefined } = { ahead: 0, resume: undefined };
  underway.set(scanId, flow);
  const send = async (rows: readonly RowOf<Ec2Call>[]): Promise<void> => {
    while (flow.ahead >= SLICES_AHEAD) await new Promise<void>((resolve) => (flow.resume = resolve));
    flow.ahead += 1;
    post({ type: 'rows', scanId, rows: JSON.stringify(rows) });
  };
  try {
    // Buffer's decoder and not TextDecoder: it yields one byte a character where all of the answer is ASCII.
    const xml = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
    let slice: RowOf<Ec2Call>[] = [];
    const scan = scanAnswer<Ec2Call>(call, xml, scope);
    for (let next = scan.next(); ; next = scan.next()) {
      if (next.done === true) {
        if (slice.length > 0) await send(slice);
        post({ type: 'done', scanId, nextToken: next.value });
        return;
      }
      slice.push(next.value);
      if (slice.length >= ROWS_PER_SLICE) {
        await send(slice);
        slice = [];
      }
    }
  } catch (thrown) {
    post({ type: 'failed', scanId, message: thrown instanceof Error ? thrown.message : String(thrown), malformed: thrown instanceof XmlScanError });
  } finally {
    underway.delete(scanId);
  }
}

function post(message: FromWorker): void {
  port.postMessage(message);
}
