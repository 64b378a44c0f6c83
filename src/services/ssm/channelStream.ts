/**
 * The bytes of a Session Manager session as a Node stream: what a shell shows, and what one connection to a port carries.
 *
 * A reader that stops stops the reading of the WebSocket, and so the agent; a full window stops the writer.
 */
import { Duplex } from 'node:stream';
import type { PosternError } from '../../contract/error.ts';
import { DataChannel, type DataChannelOptions } from './dataChannel.ts';
import { PayloadType } from './message.ts';

/** What a reader that has stopped makes us hold, beside one network chunk of 64 KiB. */
export const READ_AHEAD_BYTES = 64 * 1024;

export interface ChannelStreamOptions extends Omit<DataChannelOptions, 'onPayload'> {
  /** Payloads that are no bytes of the stream: flags, exit codes. */
  onControl(payloadType: number, payload: Uint8Array): void;
  /** The writer has written something. */
  onActivity?(): void;
  /** The writer has ended its side. */
  onEndOfInput(): void;
  /** Absent: 64 KiB. */
  readonly readAheadBytes?: number;
  /** For a stream whose end is more than that of its channel. */
  readonly session?: {
    /** The stream was destroyed: end the session. */
    end(): void;
    /** Settles when the session is over on both sides: with why it was lost. */
    over(channel: DataChannel): Promise<PosternError | undefined>;
  };
}

export interface ChannelStream {
  readonly channel: DataChannel;
  /** Ends when the channel ends. Destroying it closes the channel. */
  readonly stream: Duplex;
  receivedBytes(): number;
}

export function openChannelStream(options: ChannelStreamOptions): ChannelStream {
  const { session } = options;
  let receivedBytes = 0;
  const stream = new Duplex({
    readableHighWaterMark: options.readAheadBytes ?? READ_AHEAD_BYTES,
    read: () => channel.readOn(),
    writev: (chunks, callback) => {
      const buffers = chunks.map(({ chunk }: { chunk: unknown }) => (chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk))));
      const bytes = buffers.length === 1 && buffers[0] !== undefined ? buffers[0] : Buffer.concat(buffers);
      // A key goes out at once; what is written in the same tick after it waits for this callback and then goes together.
      if (bytes.length > 0) options.onActivity?.();
      if (bytes.length > 0) channel.send(PayloadType.output, bytes, () => process.nextTick(callback));
      else callback();
    },
    final: (callback) => {
      options.onEndOfInput();
      callback();
    },
    destroy: (error, callback) => {
      if (session === undefined) {
        channel.close();
        callback(error);
        return;
      }
      session.end();
      void over.then(() => callback(error));
    },
  });
  const channel = new DataChannel({
    ...options,
    onPayload: (payloadType, payload) => {
      if (payloadType === PayloadType.output || payloadType === PayloadType.stdErr) {
        receivedBytes += payload.length;
        // A copy: the payload is a view of a network chunk of up to 64 KiB.
        return stream.destroyed || stream.push(Buffer.from(payload));
      }
      options.onControl(payloadType, payload);
      return true;
    },
  });
  const over = session === undefined ? channel.ended.then(() => undefined) : session.over(channel);
  void over.then((error) => {
    if (stream.destroyed) return;
    if (error !== undefined) {
      stream.destroy(error);
      return;
    }
    stream.push(null);
    stream.end();
  });
  return { channel, stream, receivedBytes: () => receivedBytes };
}
