/** Copies bytes both ways between a local connection and its far end, keeping half-closes and back-pressure. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import { writesJoiner } from '../base/writesJoiner.ts';

export interface Counters {
  onSent(byteCount: number): void;
  onReceived(byteCount: number): void;
}

/**
 * Settles when both directions are done, or when the local side has gone away.
 *
 * Rejects with why when the far end is lost. The local connection is reset then: a plain end would pass for the end of the data.
 */
export async function joinStreams(local: Socket, remote: Duplex, { onSent, onReceived }: Counters): Promise<void> {
  const localDone = finished(local).catch(() => remote.destroy());
  const remoteDone = finished(remote).catch((cause: unknown) => {
    if (local.destroyed) return;
    resetSocket(local);
    throw cause;
  });
  local.on('data', (chunk: Uint8Array) => onSent(chunk.byteLength));
  // Agents send little at a time, and many at once.
  const joinWrites = writesJoiner(local);
  remote.on('data', (chunk: Uint8Array) => {
    joinWrites();
    onReceived(chunk.byteLength);
  });
  local.pipe(remote);
  remote.pipe(local);
  await Promise.all([localDone, remoteDone]);
}

/** Closes so that the other side sees an error and not an end. A unix socket knows no such thing, and is closed. */
export function resetSocket(socket: Socket): void {
  if (socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
