/** Copies bytes both ways between two streams until both sides have ended, keeping half-closes and back-pressure. */
import type { Duplex } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface Counters {
  onSent(byteCount: number): void;
  onReceived(byteCount: number): void;
}

/** Settles when both directions are done. Rejects when either side is lost; both are destroyed then. */
export async function joinStreams(local: Duplex, remote: Duplex, { onSent, onReceived }: Counters): Promise<void> {
  try {
    await Promise.all([pipeline(local, counting(onSent), remote), pipeline(remote, counting(onReceived), local)]);
  } catch (cause) {
    local.destroy();
    remote.destroy();
    throw cause;
  }
}

function counting(onBytes: (byteCount: number) => void): Transform {
  return new Transform({
    transform(chunk: Uint8Array, _encoding, callback) {
      onBytes(chunk.byteLength);
      callback(undefined, chunk);
    },
  });
}
