/**
 * Gives a command run by AWS's own document an exit code and a stderr of its own.
 *
 * AWS-StartNonInteractiveCommand gives the two outputs as one, after the command has ended, and no exit code. So the host is asked to
 * keep stderr in a temporary file, and to say a random mark with the exit code between the two.
 */
import { randomBytes } from 'node:crypto';
import { Duplex, PassThrough, Transform } from 'node:stream';
import type { ExitStatus } from '../../contract/session.ts';
import type { Shell } from '../base/shell.ts';

/** 128 random bits: no output holds it by chance, or on purpose before it is said. */
export function newExitMark(): string {
  return `postern-exit-${randomBytes(16).toString('hex')}`;
}

/** The command for a POSIX shell that says `MARK:CODE` after the command's stdout, and its stderr after that. */
export function markedCommand(command: string, mark: string): string {
  const run = `sh -c '${command.replaceAll("'", String.raw`'\''`)}'`;
  return `e=$(mktemp 2>/dev/null); if [ -n "$e" ]; then ${run} 2>"$e"; else ${run}; fi; c=$?; printf '${mark}:%d\\n' "$c"; if [ -n "$e" ]; then cat "$e"; rm -f "$e"; fi; exit "$c"`;
}

/** @param shell runs `markedCommand(command, mark)`; without the mark everything is stdout, and there is no exit code */
export function withExitMark(shell: Shell, mark: string): Shell {
  let exit: ExitStatus | undefined;
  const stderr = new PassThrough();
  const stdout = splitAtMark(mark, stderr, (exitCode) => (exit = { exitCode }));
  shell.stream.pipe(stdout);
  // What the agent says of itself, e.g. that the command could not be started.
  shell.stderr?.pipe(stderr, { end: false });
  stdout.once('end', () => stderr.end());
  shell.stream.once('error', (error) => stdout.destroy(error));
  const stream = Duplex.from({ readable: stdout, writable: shell.stream });
  // A lost session is told by `exited`.
  stream.on('error', () => stderr.end());
  const read = new Promise<void>((resolve) => {
    stdout.once('end', resolve);
    stdout.once('close', resolve);
  });
  // The session may be over before the mark was read from what it said.
  const exited = shell.exited.then(async (status) => {
    await read;
    return exit ?? status;
  });
  exited.catch(() => undefined);
  return {
    ...shell,
    stream,
    stderr,
    exited,
    close() {
      shell.close();
      stdout.destroy();
    },
  };
}

function splitAtMark(mark: string, stderr: PassThrough, onExitCode: (exitCode: number) => void): Transform {
  const start = Buffer.from(`${mark}:`);
  /** What may be the beginning of the mark, or the line of the mark before its end. */
  let held = Buffer.alloc(0);
  let place: 'stdout' | 'mark' | 'stderr' = 'stdout';
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      let bytes = Buffer.concat([held, chunk]);
      held = Buffer.alloc(0);
      if (place === 'stdout') {
        const at = bytes.indexOf(start);
        const end = at === -1 ? bytes.length - heldLength(bytes, start) : at;
        if (end > 0) this.push(bytes.subarray(0, end));
        bytes = bytes.subarray(end);
        if (at === -1) {
          held = bytes;
          bytes = Buffer.alloc(0);
        } else place = 'mark';
      }
      if (place === 'mark') {
        const end = bytes.indexOf('\n');
        if (end === -1) held = bytes;
        else {
          onExitCode(Number(bytes.toString('latin1', start.length, end)));
          place = 'stderr';
          bytes = bytes.subarray(end + 1);
        }
      }
      if (place !== 'stderr' || bytes.length === 0 || stderr.write(bytes)) callback();
      else stderr.once('drain', () => callback());
    },
    flush(callback) {
      callback(undefined, held);
    },
  });
}

/** How many bytes at the end may be the beginning of `start`. */
function heldLength(bytes: Buffer, start: Buffer): number {
  for (let length = Math.min(bytes.length, start.length - 1); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(start.subarray(0, length))) return length;
  }
  return 0;
}
