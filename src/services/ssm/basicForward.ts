/**
 * The connections of a forward whose agent cannot multiplex: one at a time over the whole session.
 *
 * The agent connects when the session starts and again at the first data after each end. That its side has ended it does not tell.
 */
import { Duplex } from 'node:stream';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { DataChannel } from './dataChannel.ts';
import { FlagPayload, PayloadType } from './message.ts';
import { encodeFlag } from './messagePayloads.ts';

/** What the far end may say before there is a connection to hear it. */
const GREETING_BYTES = 64 * 1024;
/** After the end of the local data, how long the far end may be silent before the next connection has its turn. */
const HALF_CLOSED_SILENCE_MS = 1_000;

export class BasicForward {
  readonly #channel: DataChannel;
  #current: Duplex | undefined;
  /** Bytes that came before the first connection; undefined once they are of no connection any more. */
  #greeting: Buffer[] | undefined = [];
  /** Settles when the connection before has been ended at the agent too. */
  #turn: Promise<void> = Promise.resolve();
  #receivedBytes = 0;
  #hasEnded = false;

  constructor(channel: DataChannel) {
    this.#channel = channel;
  }

  /** Waits its turn. @throws PosternError `cancelled`, `ssm.session-ended` */
  async connect(signal: AbortSignal): Promise<Duplex> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    const aborted = Promise.withResolvers<void>();
    const handleAbort = (): void => aborted.resolve();
    signal.addEventListener('abort', handleAbort, { once: true });
    if (signal.aborted) handleAbort();
    await Promise.race([before, aborted.promise]);
    signal.removeEventListener('abort', handleAbort);
    if (signal.aborted || this.#hasEnded) {
      void before.then(resolve);
      if (signal.aborted) throw new PosternError({ code: 'cancelled', message: say`The connection was closed before its turn.` });
      throw new PosternError({ code: 'ssm.session-ended', message: say`The session of the forward has ended.`, remedy: say`Restart the forward.`, retryable: true });
    }
    return this.#open(resolve);
  }

  /** Bytes from the agent. @returns false when no more should come until the channel's `readOn` */
  receive(bytes: Uint8Array): boolean {
    this.#receivedBytes += bytes.length;
    if (this.#current !== undefined) return this.#current.push(Buffer.from(bytes));
    if (this.#greeting === undefined) return true;
    this.#greeting.push(Buffer.from(bytes));
    return this.#greeting.reduce((total, { length }) => total + length, 0) < GREETING_BYTES;
  }

  end(error: PosternError | undefined): void {
    this.#hasEnded = true;
    this.#current?.destroy(error);
  }

  #open(onDone: () => void): Duplex {
    const channel = this.#channel;
    const connection = new Duplex({
      read: () => channel.readOn(),
      writev: (chunks, callback) => {
        const bytes = Buffer.concat(chunks.map(({ chunk }: { chunk: Uint8Array }) => chunk));
        channel.send(PayloadType.output, bytes, () => process.nextTick(callback));
      },
      final: (callback) => {
        void this.#endWhenSilent(connection);
        callback();
      },
      destroy: (error, callback) => {
        this.#current = undefined;
        callback(error);
        channel.send(PayloadType.flag, encodeFlag(FlagPayload.disconnectToPort));
        // What still comes before the agent has acknowledged that belongs to nobody.
        channel.readOn();
        void channel.whenIdle().then(onDone);
      },
    });
    this.#current = connection;
    for (const bytes of this.#greeting ?? []) connection.push(bytes);
    this.#greeting = undefined;
    return connection;
  }

  async #endWhenSilent(connection: Duplex): Promise<void> {
    await this.#channel.whenIdle();
    for (let before = -1; before < this.#receivedBytes && !connection.destroyed; ) {
      before = this.#receivedBytes;
      await closedWithin(connection, HALF_CLOSED_SILENCE_MS);
    }
    if (!connection.destroyed) connection.push(null);
  }
}

/** Settles when it is closed, with an error or without, or when the time is up. */
function closedWithin(connection: Duplex, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      clearTimeout(timer);
      connection.off('close', settle);
      resolve();
    };
    const timer = setTimeout(settle, limitMs);
    connection.once('close', settle);
  });
}
