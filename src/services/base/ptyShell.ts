/**
 * A real program on a real pseudo-terminal of this machine, as a Shell: a local tab, and what the demo's hosts give.
 */
import { Socket } from 'node:net';
import { constants } from 'node:os';
import { Duplex } from 'node:stream';
import type { IPty } from '@lydell/node-pty';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { ExitStatus, TerminalSize } from '../../contract/session.ts';
import type { Shell } from './shell.ts';

/** node-pty drops what is still unread 200 ms after the program ended; a paused terminal must look well within that. */
const PAUSED_CHECK_MS = 25;
/** A key's echo, with what a line editor adds to it. */
const ECHO_BYTES = 64;
/** What a program gets to leave after SIGHUP before SIGKILL. */
const HANG_UP_GRACE_MS = 1000;

export interface Program {
  readonly file: string;
  readonly arguments: readonly string[];
  readonly cwd: string;
  /** All that the program gets to see. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface PtyShell extends Shell {
  /** Leads its own session and process group. */
  readonly pid: number;
}

/**
 * Start `program` on a new pseudo-terminal.
 *
 * Pausing the stream stops the program once the kernel's buffer is full. As on a real host, end of input does nothing to a terminal.
 *
 * @throws PosternError `shell.unavailable` where the terminal library has no binary for this machine
 */
export async function openPtyShell(program: Program, size: TerminalSize): Promise<PtyShell> {
  const { spawn } = await loadPty();
  const terminal = spawn(program.file, [...program.arguments], {
    name: 'xterm-256color',
    cols: size.columns,
    rows: size.rows,
    cwd: program.cwd,
    env: { ...program.environment },
    encoding: null,
  });
  let ended = false;
  let pausedCheck: NodeJS.Timeout | undefined;
  const { promise: exited, resolve } = Promise.withResolvers<ExitStatus>();

  const resume = (): void => {
    clearInterval(pausedCheck);
    pausedCheck = undefined;
    if (!ended) terminal.resume();
  };
  const pause = (): void => {
    if (pausedCheck !== undefined || ended) return;
    terminal.pause();
    pausedCheck = setInterval(() => {
      // What the kernel still holds is small; keep it ourselves before node-pty closes the terminal.
      if (!isAlive(terminal.pid)) resume();
    }, PAUSED_CHECK_MS);
  };
  const hangUp = (): void => {
    if (ended) return;
    resume();
    terminal.kill('SIGHUP');
    const killTimer = setTimeout(() => terminal.kill('SIGKILL'), HANG_UP_GRACE_MS);
    void exited.then(() => clearTimeout(killTimer));
  };
  const stream = new Duplex({
    read: resume,
    write: (chunk: Buffer, _encoding, done) => writeInput(terminal, chunk, done),
    destroy: (error, done) => {
      hangUp();
      done(error);
    },
  });
  /** The kernel gives 4 KiB at a time; what is read in one turn of the event loop goes on together, but for an echo, which goes on at once. */
  let read: Uint8Array[] = [];
  const passOn = (): void => {
    const [only] = read;
    if (only === undefined) return;
    const bytes = read.length === 1 ? only : Buffer.concat(read);
    read = [];
    if (!stream.destroyed && !stream.push(bytes)) pause();
  };
  terminal.onData((chunk: unknown) => {
    // With `encoding: null` these are bytes, whatever the type declaration says.
    const bytes = chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk));
    read.push(bytes);
    if (read.length > 1) return;
    if (bytes.byteLength <= ECHO_BYTES) passOn();
    else setImmediate(passOn);
  });
  terminal.onExit(({ exitCode, signal }) => {
    ended = true;
    clearInterval(pausedCheck);
    passOn();
    if (!stream.destroyed) stream.push(null);
    resolve(signal === undefined || signal === 0 ? { exitCode } : { signal: signalName(signal) });
  });

  return {
    pid: terminal.pid,
    stream,
    resize: ({ columns, rows }) => {
      if (!ended) terminal.resize(columns, rows);
    },
    exited,
    close: () => {
      stream.destroy();
    },
  };
}

/** node-pty's own `write` takes text only and tells nothing about a full terminal; its socket takes bytes and does. */
function writeInput(terminal: IPty, chunk: Buffer, done: () => void): void {
  const socket: unknown = Reflect.get(terminal, '_socket');
  if (socket instanceof Socket) {
    // An error means that the program is gone, which `exited` tells.
    socket.write(chunk, () => done());
    return;
  }
  terminal.write(chunk.toString('utf8'));
  done();
}

async function loadPty(): Promise<typeof import('@lydell/node-pty')> {
  try {
    return await import('@lydell/node-pty');
  } catch (cause) {
    throw new PosternError(
      {
        code: 'shell.unavailable',
        message: say`Shells on this machine need @lydell/node-pty, which has no working binary for ${process.platform} ${process.arch}.`,
        remedy: say`Run npm ci without --omit=optional on this machine. Everything but local shells and the demo cloud works without it.`,
      },
      { cause },
    );
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: it ended and was collected.
    return false;
  }
}

/** RFC 4254 section 6.10 leaves out the `SIG`. */
function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found === undefined ? String(number) : found[0].slice('SIG'.length);
}
