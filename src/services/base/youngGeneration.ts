/**
 * Bounds what a bulk transfer lets the process grow by.
 *
 * V8 throws buffers away with the small objects that were made beside them, when its young generation is full. That generation doubles up to
 * 64 MiB while there is much to do, and a transfer makes several bytes of buffers for each of its own: of 1 GiB each way the process kept up
 * to 155 MiB. So the young generation is collected whenever a few MiB have passed, which takes about a millisecond.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What may pass between two collections. */
const PASSED_LIMIT_BYTES = 4 * 1024 * 1024;

let collectGarbage: ((options: { readonly type: 'minor' }) => void) | undefined;
let passedBytes = 0;

/** So many bytes of a transfer have passed through this process, in buffers that nobody needs any more. */
export function countPassedBytes(byteCount: number): void {
  passedBytes += byteCount;
  if (passedBytes < PASSED_LIMIT_BYTES) return;
  passedBytes = 0;
  // Not tried in Electron, whose V8 is built otherwise.
  if (process.versions['electron'] !== undefined) return;
  collectGarbage ??= exposedCollector();
  collectGarbage({ type: 'minor' });
}

/** Node gives it at its start only, to those who ask on its command line. */
function exposedCollector(): (options: { readonly type: 'minor' }) => void {
  setFlagsFromString('--expose-gc');
  const collector = runInNewContext('gc') as (options: { readonly type: 'minor' }) => void;
  setFlagsFromString('--no-expose-gc');
  return collector;
}
