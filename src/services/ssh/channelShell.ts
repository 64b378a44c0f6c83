/**
 * A session channel as a Shell: bytes with back-pressure, the exit status after the last of them.
 *
 * ssh2's Channel is not handed out itself: its destroy() never emits 'close', and a write after the end never calls back.
 */
import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import type { PosternError } from '../../contract/error.ts';
import type { ExitStatus } from '../../contract/session.ts';
import type { Shell } from '../base/shell.ts';
import { countReadBytes } from '../base/transferGarbage.ts';
import type { TerminalWindow } from './terminalWindow.ts';

/** Output held here before ssh2's own 2 MiB of buffer and window fill, in bytes. */
const OUTPUT_BUFFER_BYTES = 256 * 1024;
/** The same of a terminal: who presses Ctrl+C waits for it. */
const TERMINAL_BUFFER_BYTES = 64 * 1024;

export interface ChannelShellOptions {
  /** A command without a terminal keeps stderr apart. */
  readonly hasTerminal: boolean;
  /** Absent: ssh2's own of 2 MiB. */
  readonly window?: TerminalWindow;
  /** Tells, synchronously, that the connection under the channel ended: with an error, or because we closed it. Returns how to stop. */
  readonly onConnectionEnd: (listener: (error: PosternError | undefined) => void) => () => void;
}

export function toChannelShell(channel: ClientChannel, { hasTerminal, window, onConnectionEnd }: ChannelShellOptions): Shell {
  let exit: ExitStatus | undefined;
  let lost: PosternError | undefined;
  let connected = true;
  let closed = false;
  let ended = false;
  /** The write that waits for the far end's window; let go when the channel ends. */
  let pendingWrite: (() => void) | undefined;
  const { promise: exited, resolve, reject } = Promise.withResolvers<ExitStatus>();
  // Whoever does not wait for the end must not bring the process down with it.
  exited.catch(() => undefined);

  const stream = new Duplex({
    readableHighWaterMark: hasTerminal ? TERMINAL_BUFFER_BYTES : OUTPUT_BUFFER_BYTES,
    read() {
      channel.resume();
    },
    write(chunk: Buffer, _encoding, done) {
      if (ended || !connected) return done();
      pendingWrite = () => {
        pendingWrite = undefined;
        done();
      };
      channel.write(chunk, () => pendingWrite?.());
    },
    final(done) {
      if (!ended && connected) channel.end();
      done();
    },
    destroy(error, done) {
      close();
      done(error);
    },
  });

  /** The channel has given its last byte, or we gave it up. */
  function settle(): void {
    if (ended) return;
    ended = true;
    window?.forget();
    stopListening();
    pendingWrite?.();
    if (!stream.destroyed) {
      stream.push(null);
      stream.end();
    }
    if (lost === undefined || closed) resolve(exit ?? {});
    else reject(lost);
  }

  function close(): void {
    if (closed || ended) return;
    closed = true;
    if (connected) channel.close();
    settle();
  }

  const stopListening = onConnectionEnd((error) => {
    connected = false;
    pendingWrite?.();
    // An exit status and the end of output make a whole session: only the farewell is missing.
    const complete = exit !== undefined && !isOpen(channel.incoming);
    if (error === undefined) closed = true;
    else if (!complete) lost = error;
    // What has arrived (2 MiB at most) is passed on now, so that the end is known even while nobody reads.
    channel.resume();
  });
  channel.on('data', (chunk: Buffer) => {
    countReadBytes(chunk.length);
    if (ended) return;
    if (!stream.push(chunk) && connected) channel.pause();
    if (connected) window?.read();
  });
  channel.on('exit', (exitCode: number | null, signal?: string) => {
    if (exitCode !== null) exit = { exitCode };
    else exit = signal === undefined ? {} : { signal: signal.replace(/^SIG/, '') };
  });
  channel.on('error', () => undefined);
  // ssh2 emits it after 'end', and so after the last byte was pushed into the stream.
  channel.once('close', settle);
  // A terminal has no stderr of its own; what a server sends there all the same must not fill the window.
  if (hasTerminal) channel.stderr.resume();

  return {
    stream,
    ...(hasTerminal ? {} : { stderr: channel.stderr }),
    exited,
    resize({ columns, rows }) {
      if (hasTerminal && !ended && connected) channel.setWindow(rows, columns, 0, 0);
    },
    close() {
      close();
      stream.destroy();
    },
  };
}

/** Whether more may come in that direction: ssh2 keeps `open`, `eof`, `closing` or `closed` for each. */
function isOpen(direction: unknown): boolean {
  return typeof direction === 'object' && direction !== null && 'state' in direction && direction.state === 'open';
}
