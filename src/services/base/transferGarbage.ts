/**
 * Bounds what a bulk transfer lets the process grow by.
 *
 * V8 throws buffers away with the small objects that were made beside them, when there are many of those; and a transfer makes several bytes
 * of buffers for each of its own. Of 1 GiB each way the process kept up to 155 MiB, of which the client held five. So garbage is collected
 * whenever some MiB have passed: about a millisecond each time, and 15 now and then.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What may pass between two collections of what is new. */
const PASSED_LIMIT_BYTES = 4 * 1024 * 1024;
/** Every so many of them collect all: small buffers keep the 64 KiB alive of which they were cut, until those count as old. */
const COLLECTIONS_TO_ALL = 12;
/** Collecting all of a large heap would be felt at the keyboard. */
const SMALL_HEAP_BYTES = 64 * 1024 * 1024;

/** What SSH may read between two: its buffers are large, and a fifth faster when their memory is used again while the processor still has it. */
const READ_LIMIT_BYTES = 1024 * 1024;

type CollectGarbage = (options: { readonly type: 'minor' | 'major' }) => void;

let collectGarbage: CollectGarbage | undefined;
let passedBytes = 0;
let readBytes = 0;
let collections = 0;

/** So many bytes of a transfer have passed through this process. */
export function countPassedBytes(byteCount: number): void {
  passedBytes += byteCount;
  // Not tried in Electron, whose V8 is built otherwise.
  if (passedBytes < PASSED_LIMIT_BYTES || process.versions['electron'] !== undefined) return;
  passedBytes = 0;
  collections += 1;
  collectGarbage ??= exposeCollector();
  const all = collections % COLLECTIONS_TO_ALL === 0 && getHeapStatistics().used_heap_size < SMALL_HEAP_BYTES;
  collectGarbage({ type: all ? 'major' : 'minor' });
}

/** So many bytes of SSH output were read. Measured by bench/ssh.ts: 690 to 740 MB/s without, 770 to 830 with. */
export function countReadBytes(byteCount: number): void {
  readBytes += byteCount;
  if (readBytes < READ_LIMIT_BYTES || process.versions['electron'] !== undefined) return;
  readBytes = 0;
  collectGarbage ??= exposeCollector();
  collectGarbage({ type: 'minor' });
}

/** Node gives it only to those who ask on its command line, and V8 to those who ask now. */
function exposeCollector(): CollectGarbage {
  setFlagsFromString('--expose-gc');
  const collector = runInNewContext('gc') as CollectGarbage;
  setFlagsFromString('--no-expose-gc');
  return collector;
}
