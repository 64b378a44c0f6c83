/**
 * The bytes of a Session Manager session as a Node stream: what a shell shows, and what a forwarded port carries.
 *
 * A reader that stops stops the reading of the WebSocket, and so the agent; a full window stops the writer.
 */
import { Duplex } from 'node:stream';
import { DataChannel, type DataChannelOptions } from './dataChannel.ts';
import { PayloadType } from './message.ts';

/** What a reader that has stopped makes us hold, beside one network chunk of 64 KiB. */
export const READ_AHEAD_BYTES = 64 * 1024;

export interface ChannelStreamOptions extends Omit<DataChannelOptions, 'onPayload'> {
  /** Payloads that are no bytes of the stream: flags, exit codes. */
  onControl(payloadType: number, payload: Uint8Array): void;
  /** The writer has ended its side. */
  onEndOfInput(): void;
}

export interface ChannelStream {
  readonly channel: DataChannel;
  /** Ends when the channel ends. Destroying it closes the channel. */
  readonly stream: Duplex;
}

export function openChannelStream(options: ChannelStreamOptions): ChannelStream {
  const stream = new Duplex({
    readableHighWaterMark: READ_AHEAD_BYTES,
    read: () => channel.readOn(),
    writev: (chunks, callback) => {
      const buffers = chunks.map(({ chunk }: { chunk: unknown }) => (chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk))));
      const bytes = buffers.length === 1 && buffers[0] !== undefined ? buffers[0] : Buffer.concat(buffers);
      // A key goes out at once; what is written in the same tick after it waits for this callback and then goes together.
      channel.send(PayloadType.output, bytes, () => process.nextTick(callback));
    },
    final: (callback) => {
      options.onEndOfInput();
      callback();
    },
    destroy: (error, callback) => {
      channel.close();
      callback(error);
    },
  });
  const channel = new DataChannel({
    ...options,
    onPayload: (payloadType, payload) => {
      if (payloadType === PayloadType.output || payloadType === PayloadType.stdErr) {
        // A copy: the payload is a view of a network chunk of up to 64 KiB.
        return stream.destroyed || stream.push(Uint8Array.from(payload));
      }
      options.onControl(payloadType, payload);
      return true;
    },
  });
  void channel.ended.then(() => {
    if (stream.destroyed) return;
    stream.push(null);
    stream.end();
  });
  return { channel, stream };
}
