/**
 * The client's end of a multiplexed forward: many connections over one session, of which no slow one may stop the others for good.
 *
 * smux version 1 has no window of a stream's own: whoever stops reading one stops them all. So a stream may hold some bytes for its reader;
 * beyond that the whole session waits for it, but only for a while when others wait with it.
 */
import type { Duplex } from 'node:stream';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { OutgoingBytes } from './sender.ts';
import { encodeSmuxData, encodeSmuxHeader, SmuxCommand, SmuxReader } from './smux.ts';
import { SmuxStream } from './smuxStream.ts';

/** What one connection may hold for a reader that is slow: a second of the agent's pace. */
export const STREAM_HELD_BYTES = 1024 * 1024;
/** What all connections together may hold. */
export const TOTAL_HELD_BYTES = 8 * 1024 * 1024;
/** How long the other connections wait for one. */
export const STALL_LIMIT_MS = 10_000;
/** An agent that hears nothing for 30 seconds ends the session, if it is of a version that does. */
const KEEPALIVE_INTERVAL_MS = 10_000;
const FIRST_STREAM_ID = 3;
const STREAM_ID_STEP = 2;
const MAX_STREAM_ID = 0xffff_ffff;

export interface SmuxClientOptions {
  /** Send these, in order. */
  send(outgoing: readonly OutgoingBytes[]): void;
  /** Go on reading: `receive` had said to stop. */
  onDrained(): void;
  readonly sendsKeepalive: boolean;
}

export class SmuxClient {
  readonly #options: SmuxClientOptions;
  /** Those that the agent knows. */
  readonly #streams = new Map<number, SmuxStream>();
  /** Those with a reader here: some only read what is left after the agent's end. */
  readonly #open = new Set<SmuxStream>();
  readonly #reader: SmuxReader;
  readonly #keepalive: NodeJS.Timeout | undefined;
  #outgoing: OutgoingBytes[] = [];
  #nextStreamId = FIRST_STREAM_ID;
  #refusals = 0;
  #isStopped = false;
  #stallTimer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor(options: SmuxClientOptions) {
    this.#options = options;
    this.#reader = new SmuxReader({
      onFin: (streamId) => this.#handleFin(streamId),
      // An unknown id is that of a connection which was closed here: its data has no reader any more.
      onData: (streamId, data) => this.#streams.get(streamId)?.receive(data),
    });
    if (options.sendsKeepalive) this.#keepalive = setInterval(() => this.#send(encodeSmuxHeader(SmuxCommand.nop, 0)), KEEPALIVE_INTERVAL_MS);
  }

  /** One more connection. The agent dials; that it could not is told by `refuse` and shows as an error of the stream. */
  connect(): Duplex {
    const streamId = this.#nextStreamId;
    if (this.#hasEnded || streamId > MAX_STREAM_ID) throw new PosternError({ code: 'ssm.session-ended', message: say`The session of the forward has ended.`, remedy: say`Restart the forward.`, retryable: true });
    this.#nextStreamId += STREAM_ID_STEP;
    const stream = new SmuxStream({
      send: (data, onTaken) => {
        const parts = encodeSmuxData(streamId, data);
        parts.forEach((bytes, index) => this.#send(bytes, index === parts.length - 1 ? onTaken : undefined));
      },
      onDrained: () => this.#goOnWhenDrained(),
      onSilent: () => {
        this.#forget(streamId);
        stream.endThere();
      },
      onClosed: () => {
        this.#open.delete(stream);
        this.#forget(streamId);
        this.#goOnWhenDrained();
        if (this.#open.size <= 1) this.#stopWatching();
      },
    });
    this.#streams.set(streamId, stream);
    this.#open.add(stream);
    this.#send(encodeSmuxHeader(SmuxCommand.syn, streamId));
    if (this.#isStopped) this.#watchStall();
    return stream;
  }

  /**
   * Bytes from the agent.
   *
   * @returns false when no more should come until `onDrained`
   * @throws PosternError `ssm.protocol`
   */
  receive(bytes: Uint8Array): boolean {
    this.#reader.read(bytes);
    if (!this.#isStopped && this.#holdsTooMuch()) {
      this.#isStopped = true;
      this.#watchStall();
    }
    return !this.#isStopped;
  }

  /** The agent could not connect to the port: the FIN of that stream follows. */
  refuse(): void {
    // Not more than can be meant, whatever the agent sends.
    this.#refusals = Math.min(this.#refusals + 1, this.#streams.size);
  }

  /** The session is over. */
  end(error: PosternError | undefined): void {
    this.#hasEnded = true;
    clearInterval(this.#keepalive);
    this.#stopWatching();
    for (const [streamId, stream] of [...this.#streams]) {
      this.#streams.delete(streamId);
      stream.destroy(error);
    }
  }

  #handleFin(streamId: number): void {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    // Before the stream is forgotten: there are never more refusals than streams.
    const isRefused = this.#refusals > 0 && !stream.receivedAnything;
    if (isRefused) this.#refusals -= 1;
    this.#forget(streamId);
    if (isRefused) stream.destroy(connectionRefused());
    else stream.endThere();
  }

  /** The id is of no more use: a FIN of ours ends it on both sides. */
  #forget(streamId: number): void {
    if (!this.#streams.delete(streamId)) return;
    this.#send(encodeSmuxHeader(SmuxCommand.fin, streamId));
    this.#refusals = Math.min(this.#refusals, this.#streams.size);
  }

  /** What is written in one tick goes together. */
  #send(bytes: Uint8Array, onTaken?: () => void): void {
    if (this.#hasEnded) {
      onTaken?.();
      return;
    }
    this.#outgoing.push(onTaken === undefined ? { bytes } : { bytes, onTaken });
    if (this.#outgoing.length > 1) return;
    queueMicrotask(() => this.#options.send(this.#outgoing.splice(0)));
  }

  #holdsTooMuch(): boolean {
    let totalBytes = 0;
    for (const { heldBytes } of this.#open) {
      if (heldBytes > STREAM_HELD_BYTES) return true;
      totalBytes += heldBytes;
    }
    return totalBytes > TOTAL_HELD_BYTES;
  }

  #goOnWhenDrained(): void {
    if (!this.#isStopped || this.#holdsTooMuch()) return;
    this.#isStopped = false;
    this.#stopWatching();
    this.#options.onDrained();
  }

  #watchStall(): void {
    if (this.#open.size <= 1) return;
    this.#stallTimer ??= setTimeout(() => {
      this.#stallTimer = undefined;
      const slowest = [...this.#open].reduce((slow, stream) => (stream.heldBytes > slow.heldBytes ? stream : slow));
      slowest.destroy(tooSlow());
      if (this.#isStopped) this.#watchStall();
    }, STALL_LIMIT_MS);
  }

  #stopWatching(): void {
    clearTimeout(this.#stallTimer);
    this.#stallTimer = undefined;
  }
}

function connectionRefused(): PosternError {
  return new PosternError({ code: 'route.refused', message: say`The SSM agent could not connect to the port.`, remedy: say`Check that the service runs there and listens on that port, and that its address may be forwarded to.` });
}

function tooSlow(): PosternError {
  return new PosternError({
    code: 'forward.connection-stalled',
    message: say`A local connection took no data for ${STALL_LIMIT_MS / 1000} seconds while others of the same forward waited for it, and was reset.`,
    remedy: say`Read faster, or spread the connections of the forward over several sessions.`,
    retryable: true,
  });
}
