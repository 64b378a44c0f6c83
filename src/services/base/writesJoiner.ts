/** Many small writes to a socket as few large ones. */
import type { Writable } from 'node:stream';

/**
 * To be called before a write: what is written until the current event is dealt with goes to the operating system in one piece. A system
 * call for each of the many small acknowledgements of a transfer is most of its cost; a lone key waits for nothing.
 */
export function writesJoiner(stream: Writable): () => void {
  let isJoining = false;
  return () => {
    if (isJoining) return;
    isJoining = true;
    stream.cork();
    process.nextTick(() => {
      isJoining = false;
      stream.uncork();
    });
  };
}
