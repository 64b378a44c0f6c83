/**
 * The agent's end of a multiplexed port session: every stream of the client becomes a TCP connection. Session-manager-protocol.md, section 6.4.
 *
 * As the official agent's smux: one receive buffer for all streams, so that one slow connection stops them all; connections are dialled one
 * after another; and FIN closes both directions.
 */
import type { Duplex } from 'node:stream';
import { ByteQueue } from './byteQueue.ts';
import { SmuxCommand, SmuxReader, smuxData, smuxHeader } from './smuxFrames.ts';

export interface SmuxServerOptions {
  readonly dial: () => Promise<Duplex>;
  /** Called before the stream's FIN. Settles when the client has been told. */
  readonly onDialFailure: () => Promise<void>;
  /** Absent: no frames of its own, no end for want of frames. */
  readonly keepAlive?: { readonly intervalMs: number; readonly timeoutMs: number } | undefined;
}

/** Shared by all streams. */
export const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
const ACCEPT_BACKLOG = 1024;
/** About what the local socket between the agent and its smux holds. */
const SEND_BUFFER_BYTES = 208 * 1024;

interface Stream {
  readonly id: number;
  /** Absent while it waits for its turn to be dialled. */
  connection?: Duplex;
  /** What came before the connection was there. */
  early: Buffer[];
  finished: boolean;
}

export class SmuxServer {
  /** The bytes for the client. */
  readonly output = new ByteQueue(SEND_BUFFER_BYTES);
  /** Settles when the session cannot go on: not smux, or no frame for too long. */
  readonly failed: Promise<void>;
  readonly #options: SmuxServerOptions;
  readonly #reader = new SmuxReader();
  readonly #streams = new Map<number, Stream>();
  readonly #connections = new Set<Duplex>();
  readonly #toDial: Stream[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #fail: () => void;
  #room = RECEIVE_BUFFER_BYTES;
  #roomAgain: PromiseWithResolvers<void> | undefined;
  #dialling = false;
  #heard = false;
  #closed = false;

  constructor(options: SmuxServerOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.failed = promise;
    this.#fail = resolve;
    const { keepAlive } = options;
    if (keepAlive === undefined) return;
    this.#timers.push(setInterval(() => void this.output.write([smuxHeader(SmuxCommand.nop, 0)]), keepAlive.intervalMs));
    this.#timers.push(
      setInterval(() => {
        // A full buffer reads nothing, and is no sign of a lost client.
        if (!this.#heard && this.#room > 0) this.#fail();
        this.#heard = false;
      }, keepAlive.timeoutMs),
    );
  }

  /** Bytes of the client, in order. Settles when there is room for more: the sender's back-pressure. */
  async receive(bytes: Buffer): Promise<void> {
    try {
      for (const frame of this.#reader.read(bytes)) {
        if (this.#closed) return;
        this.#heard = true;
        if (frame.command === SmuxCommand.syn) this.#open(frame.streamId);
        else if (frame.command === SmuxCommand.fin) this.#endInput(frame.streamId);
        else if (frame.command === SmuxCommand.psh) this.#push(frame.streamId, frame.data);
        if (this.#room <= 0 || this.#toDial.length >= ACCEPT_BACKLOG) await this.#whenRoom();
      }
    } catch {
      // The official agent ends the session at once.
      this.#fail();
    }
  }

  streamCount(): number {
    return this.#streams.size;
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    for (const connection of this.#connections) connection.destroy();
    this.#streams.clear();
    this.#toDial.length = 0;
    this.output.close();
    this.#roomAgain?.resolve();
  }

  #open(id: number): void {
    if (this.#streams.has(id)) return;
    const stream: Stream = { id, early: [], finished: false };
    this.#streams.set(id, stream);
    this.#toDial.push(stream);
    if (!this.#dialling) void this.#dialAll();
  }

  async #dialAll(): Promise<void> {
    this.#dialling = true;
    for (let stream = this.#toDial[0]; stream !== undefined && !this.#closed; stream = this.#toDial[0]) {
      const connection = await this.#options.dial().catch(() => undefined);
      this.#toDial.shift();
      this.#roomAgain?.resolve();
      if (this.#closed) {
        connection?.destroy();
      } else if (connection === undefined) {
        await this.#options.onDialFailure();
        this.#forget(stream);
      } else {
        this.#serve(stream, connection);
      }
    }
    this.#dialling = false;
  }

  #serve(stream: Stream, connection: Duplex): void {
    stream.connection = connection;
    this.#connections.add(connection);
    connection.once('close', () => {
      this.#connections.delete(connection);
      this.#forget(stream);
    });
    // 'close' follows.
    connection.on('error', () => {});
    connection.on('data', (chunk: Buffer) => {
      const drained = this.output.write(smuxData(stream.id, chunk));
      if (drained === undefined) return;
      connection.pause();
      void drained.then(() => connection.resume());
    });
    connection.on('end', () => {
      this.#forget(stream);
      endGracefully(connection);
    });
    for (const data of stream.early) this.#write(connection, data);
    stream.early = [];
    if (stream.finished) endGracefully(connection);
  }

  #push(id: number, data: Buffer): void {
    const stream = this.#streams.get(id);
    if (stream === undefined || stream.finished || data.length === 0) return;
    this.#room -= data.length;
    if (stream.connection === undefined) stream.early.push(data);
    else this.#write(stream.connection, data);
  }

  #write(connection: Duplex, data: Buffer): void {
    // The callback comes also when the connection breaks before the bytes are gone.
    connection.write(data, () => this.#give(data.length));
  }

  #give(bytes: number): void {
    this.#room += bytes;
    if (this.#room > 0) this.#roomAgain?.resolve();
  }

  #endInput(id: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    stream.finished = true;
    if (stream.connection !== undefined) endGracefully(stream.connection);
  }

  /** Our own FIN, once: after it the client's data for this stream is ignored. */
  #forget(stream: Stream): void {
    if (!this.#streams.delete(stream.id)) return;
    for (const data of stream.early) this.#give(data.length);
    stream.early = [];
    void this.output.write([smuxHeader(SmuxCommand.fin, stream.id)]);
  }

  async #whenRoom(): Promise<void> {
    while ((this.#room <= 0 || this.#toDial.length >= ACCEPT_BACKLOG) && !this.#closed) {
      this.#roomAgain = Promise.withResolvers();
      await this.#roomAgain.promise;
    }
  }
}

/** Everything written goes out, then both directions close: there is no half-closed stream. */
function endGracefully(connection: Duplex): void {
  if (connection.destroyed || connection.writableEnded) return;
  connection.end(() => connection.destroy());
}
