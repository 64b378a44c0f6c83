/**
 * How much a host may have under way to a terminal: what can be shown in the time of a round trip, not the 2 MiB of ssh2.
 *
 * Whoever presses Ctrl+C during a flood waits until all that is under way has been shown. Less than rate times round trip would make
 * the host wait for us instead (RFC 4254 section 5.2). Commands without a terminal and forwards keep the 2 MiB.
 */
import type { Client, ClientChannel } from 'ssh2';

/** What ssh2 gives every channel, in bytes. */
const FULL_WINDOW_BYTES = 2 * 1024 * 1024;
/** Of a host next door: time is lost between its process and ours, too. */
const LEAST_WINDOW_BYTES = 256 * 1024;
/** Faster than any terminal shows text: xterm.js parses 15 to 25 MB/s. */
const MOST_BYTES_PER_MS = 32 * 1024;
/** One that stood behind a flood took too long, and the way may change: the least of the last few counts. */
const ROUND_TRIPS_KEPT = 8;

/** @param roundTripMs undefined: not measured yet */
export function terminalWindowBytes(roundTripMs: number | undefined): number {
  if (roundTripMs === undefined) return FULL_WINDOW_BYTES;
  return Math.min(FULL_WINDOW_BYTES, Math.max(LEAST_WINDOW_BYTES, Math.ceil(roundTripMs * MOST_BYTES_PER_MS)));
}

export interface TerminalWindow {
  /** Bytes have been read: lets the host send as many again, where they were not too many. */
  read(): void;
  /** The channel is over; its number may be another's. */
  forget(): void;
}

interface Direction {
  readonly id: number;
  readonly state: string;
  /** Bytes that may still be sent that way. */
  window: number;
}

interface Protocol {
  channelWindowAdjust(channel: number, byteCount: number): void;
}

/** The windows of one connection's terminals. */
export class TerminalWindows {
  readonly #protocol: Protocol;
  readonly #adjust: Protocol['channelWindowAdjust'];
  /** What ssh2 wants to be told to the host goes here, by the host's number of the channel. */
  readonly #own = new Map<number, (byteCount: number) => void>();
  readonly #roundTripsMs: number[] = [];

  /** Once for each connection. @throws Error where ssh2 is another than the one Postern knows */
  constructor(client: Client) {
    const { _protocol: protocol } = client as unknown as { readonly _protocol?: Partial<Protocol> };
    if (typeof protocol?.channelWindowAdjust !== 'function') throw new Error('this ssh2 is not the one Postern knows');
    this.#protocol = protocol as Protocol;
    this.#adjust = protocol.channelWindowAdjust.bind(protocol);
    this.#protocol.channelWindowAdjust = (channel, byteCount) => {
      const own = this.#own.get(channel);
      if (own === undefined) this.#adjust(channel, byteCount);
      else own(byteCount);
    };
  }

  measured(roundTripMs: number): void {
    this.#roundTripsMs.push(roundTripMs);
    if (this.#roundTripsMs.length > ROUND_TRIPS_KEPT) this.#roundTripsMs.shift();
  }

  /** Of a channel that has just been opened. What it may send already is not taken back, as that cannot be. */
  of(channel: ClientChannel): TerminalWindow {
    const { incoming, outgoing } = channel as unknown as { readonly incoming: Direction; readonly outgoing: Direction };
    const open = (): void => {
      // What is still read of a closed channel gives nobody leave to send: its number may be another's by now.
      if (incoming.state === 'closed' || outgoing.state === 'closed') return;
      const bytes = terminalWindowBytes(this.#roundTripsMs.length === 0 ? undefined : Math.min(...this.#roundTripsMs));
      const room = bytes - incoming.window - channel.readableLength;
      // Not a message for every packet.
      if (room < bytes / 4) return;
      incoming.window += room;
      this.#adjust(outgoing.id, room);
    };
    const adjust = (byteCount: number): void => {
      // ssh2 has counted them as given.
      incoming.window -= byteCount;
      open();
    };
    this.#own.set(outgoing.id, adjust);
    return {
      read: open,
      forget: () => {
        if (this.#own.get(outgoing.id) === adjust) this.#own.delete(outgoing.id);
      },
    };
  }
}
