/**
 * Joins a program to an SSH channel, with back-pressure both ways and the exit status after the last byte.
 */
import type { Readable } from 'node:stream';
import type { ServerChannel } from 'ssh2';
import type { ExitStatus } from '../contract/session.ts';
import type { Shell } from '../services/base/shell.ts';
import type { CommandRun } from './runCommand.ts';

/** Settles when the channel is over. */
export async function serveShell(channel: ServerChannel, shell: Shell): Promise<void> {
  channel.once('close', () => shell.close());
  channel.on('error', () => shell.close());
  // Without `end`: the end of input means nothing to a terminal.
  channel.pipe(shell.stream, { end: false });
  const writer = createChannelWriter(channel);
  await pump(shell.stream, writer.output);
  finish(channel, await shell.exited);
}

/** Settles when the channel is over. */
export async function serveCommand(channel: ServerChannel, run: CommandRun): Promise<void> {
  channel.once('close', () => run.close());
  channel.on('error', () => run.close());
  channel.pipe(run.input);
  const writer = createChannelWriter(channel);
  await Promise.all([pump(run.output, writer.output), pump(run.errorOutput, writer.errorOutput)]);
  finish(channel, await run.exited);
}

/** The exit status must go first: at its end ssh2's server channel sends EOF and CLOSE together. */
function finish(channel: ServerChannel, status: ExitStatus): void {
  if (status.signal !== undefined) channel.exit(status.signal, false, '');
  else channel.exit(status.exitCode ?? 255);
  channel.end();
}

async function pump(source: Readable, write: (chunk: Buffer) => Promise<void>): Promise<void> {
  try {
    for await (const chunk of source) await write(chunk);
  } catch {
    // The channel closed and took the program with it: nobody is left to read on.
  }
}

interface ChannelWriter {
  output(chunk: Buffer): Promise<void>;
  errorOutput(chunk: Buffer): Promise<void>;
}

/**
 * Writes one chunk at a time, whichever of the two it is for.
 *
 * ssh2 keeps one flag for both: when the window opens again it sends the last held chunk of the output even if it was sent before, and the
 * error output waits for ever. So they take turns, and what was sent is forgotten by hand.
 */
function createChannelWriter(channel: ServerChannel): ChannelWriter {
  let turn = Promise.resolve();
  let closed = false;
  let release = (): void => undefined;
  channel.once('close', () => {
    closed = true;
    release();
  });
  const take = (write: (done: () => void) => void): Promise<void> => {
    turn = turn.then(
      () =>
        new Promise<void>((done) => {
          // ssh2 does not call back for what is written to a closed channel. One promise of its closing, raced by every chunk, would keep all of them.
          release = done;
          if (closed) done();
          else write(done);
        }),
    );
    return turn;
  };
  return {
    output: (chunk) =>
      take((done) => {
        channel.write(chunk, () => {
          Reflect.set(channel, '_chunk', undefined);
          Reflect.set(channel, '_chunkcb', undefined);
          done();
        });
      }),
    errorOutput: (chunk) =>
      take((done) => {
        channel.stderr.write(chunk, () => {
          Reflect.set(channel, '_chunkErr', undefined);
          Reflect.set(channel, '_chunkcbErr', undefined);
          done();
        });
      }),
  };
}
