/**
 * A TCP connection that a server made for us (RFC 4254 section 7.2), as a stream that behaves as a socket does.
 *
 * ssh2's Channel is not handed out itself: its destroy() never emits 'close', and a write after the end never calls back.
 */
import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import type { PosternError } from '../../contract/error.ts';

/** What has arrived and waits here for its reader, before ssh2's own 2 MiB of buffer and window fill, in bytes. */
const READ_BUFFER_BYTES = 256 * 1024;

/**
 * @param onConnectionEnd tells, synchronously, that the connection under the channel ended: with an error, or because we closed it. Returns how to stop.
 * @param halves whether what has ended at the far end may still be written to
 */
export function toForwardStream(channel: ClientChannel, onConnectionEnd: (listener: (error: PosternError | undefined) => void) => () => void, halves = false): Duplex {
  let connected = true;
  let closed = false;
  /** The write that waits for the far end's window; let go when the channel ends. */
  let pendingWrite: (() => void) | undefined;

  const stream = new Duplex({
    readableHighWaterMark: READ_BUFFER_BYTES,
    // As a socket: what ends there is ended here, after all that was written has gone.
    allowHalfOpen: halves,
    read() {
      channel.resume();
    },
    write(chunk: Buffer, _encoding, done) {
      if (closed || !connected) return done();
      pendingWrite = () => {
        pendingWrite = undefined;
        done();
      };
      channel.write(chunk, () => pendingWrite?.());
    },
    final(done) {
      if (!closed && connected) channel.end();
      done();
    },
    destroy(error, done) {
      stopListening();
      if (!closed && connected) channel.close();
      closed = true;
      pendingWrite?.();
      done(error);
    },
  });
  const stopListening = onConnectionEnd((error) => {
    connected = false;
    stream.destroy(error);
  });
  channel.on('data', (chunk: Buffer) => {
    if (!stream.destroyed && !stream.push(chunk) && connected) channel.pause();
  });
  channel.on('error', () => undefined);
  channel.once('end', () => {
    if (!stream.destroyed) stream.push(null);
  });
  // ssh2 emits it after 'end', and so after the last byte was pushed into the stream.
  channel.once('close', () => {
    closed = true;
    pendingWrite?.();
    stream.end();
  });
  return stream;
}
