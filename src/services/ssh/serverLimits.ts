/**
 * Holds a server to what the protocol allows, where ssh2 1.17 trusts it (threats.md row 14).
 *
 * - Packets of no bytes (RFC 4254 section 5.1): ssh2 would cut what is typed into such pieces for ever, and the process hang.
 * - More than the window we gave (section 5.2): ssh2 counts below zero and goes on, so that a reader who pauses holds all of it.
 * - A window beyond 2^32-1 (section 5.2).
 * - Questions whose answers are not read, as in the ping flood CVE-2025-26466: the answers would pile up here.
 */
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { say } from '../../contract/say.ts';

/** As OpenSSH (channels.c, `local_window_exceeded`): a tenth of the 2 MiB that a channel begins with. */
const WINDOW_GRACE_BYTES = (2 * 1024 * 1024) / 10;
const MAX_WINDOW_BYTES = 2 ** 32 - 1;
/** Answers that may wait while the server reads nothing; each holds some hundreds of bytes. */
const MAX_WAITING_ANSWERS = 20_000;
/** Less than this unsent, in bytes, and the server reads. */
const READS_BELOW_BYTES = 1024 * 1024;

interface OpenChannel {
  readonly incoming: { readonly window: number };
  readonly outgoing: { readonly window: number };
}

type Handler = (protocol: unknown, ...values: never[]) => void;

interface Internals {
  readonly _chanMgr: { get(channel: number): unknown };
  readonly _protocol: { readonly _handlers: Record<string, Handler | undefined> };
}

/** Once the connection is signed in. @param fail ends it with this reason */
export function limitServer(client: Client, transport: Pick<Duplex, 'writableLength'>, fail: (reason: string) => void): void {
  const { _chanMgr: channels, _protocol: { _handlers: handlers } } = client as unknown as Internals;
  let waitingAnswers = 0;

  /** Runs before ssh2's own handler, which runs only where nothing is wrong. */
  const check = (name: string, reasonAgainst: (...values: never[]) => string | undefined): void => {
    const handle = handlers[name];
    if (handle === undefined) throw new Error('this ssh2 is not the one Postern knows');
    handlers[name] = (protocol, ...values) => {
      const reason = reasonAgainst(...values);
      if (reason === undefined) handle(protocol, ...values);
      else fail(reason);
    };
  };
  const openChannel = (number: number): OpenChannel | undefined => {
    const channel = channels.get(number);
    return typeof channel === 'object' && channel !== null ? (channel as OpenChannel) : undefined;
  };

  check('CHANNEL_OPEN_CONFIRMATION', ({ packetSize }: { readonly packetSize: number }) => (packetSize === 0 ? say`the host takes no packets` : undefined));
  const checkData = (number: number, data: Uint8Array): string | undefined => {
    const channel = openChannel(number);
    return channel !== undefined && channel.incoming.window - data.length < -WINDOW_GRACE_BYTES ? say`the host sent more than it was allowed to` : undefined;
  };
  check('CHANNEL_DATA', checkData);
  check('CHANNEL_EXTENDED_DATA', checkData);
  check('CHANNEL_WINDOW_ADJUST', (number: number, amount: number) => {
    const channel = openChannel(number);
    return channel !== undefined && channel.outgoing.window + amount > MAX_WINDOW_BYTES ? say`the host allowed more than there can be` : undefined;
  });
  const countQuestion = (): string | undefined => {
    waitingAnswers = transport.writableLength < READS_BELOW_BYTES ? 0 : waitingAnswers + 1;
    return waitingAnswers > MAX_WAITING_ANSWERS ? say`the host asks and does not read the answers` : undefined;
  };
  for (const question of ['GLOBAL_REQUEST', 'CHANNEL_OPEN', 'CHANNEL_REQUEST']) check(question, countQuestion);
}
