/**
 * The exit code and the error output of a command, from a session document that tells neither.
 *
 * AWS's own document for commands mixes both outputs and tells no exit code (session-manager-protocol.md section 5). So the command
 * runs inside a few words of shell that print, after its output, a marker, its error output, the marker again and its exit code.
 * That document sends nothing before the command has ended, so nothing comes later than it would.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { Duplex, PassThrough } from 'node:stream';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { ExitStatus } from '../../contract/session.ts';
import type { Shell } from '../base/shell.ts';

export interface WrappedCommand {
  /** For `sh -c`. */
  readonly command: string;
  /** Stands between the parts of the output; not in the command, which a process list would show. */
  readonly marker: string;
}

/** @param newMarker 32 letters and digits that no output holds by chance */
export function wrapCommand(command: string, newMarker: () => string = () => randomBytes(16).toString('hex')): WrappedCommand {
  const marker = newMarker();
  const mark = `printf %s%s ${marker.slice(0, 16)} ${marker.slice(16)}`;
  const run = `sh -c '${command.replaceAll("'", String.raw`'\''`)}'`;
  // Where no file can be made the error output comes mixed with the other, as without all this.
  return {
    command: `if e=$(mktemp 2>/dev/null); then ${run} 2>"$e"; c=$?; ${mark}; cat "$e"; rm -f "$e"; else ${run} 2>&1; c=$?; ${mark}; fi; ${mark}; printf %s "$c"`,
    marker,
  };
}

/** The wrapped command's shell as one whose `stream`, `stderr` and `exited` are the command's own. */
export function unwrapShell(shell: Shell, marker: string): Shell {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const code = splitOutput(shell.stream, marker, stdout, stderr);
  const exited = shell.exited.then(async (): Promise<ExitStatus> => {
    const told = await code;
    if (/^\d{1,3}$/.test(told)) return { exitCode: Number(told) };
    throw new PosternError({
      code: 'ssm.session-ended',
      message: say`The session ended before the command told its exit status.`,
      remedy: say`Whether the command has ended is not known: look on the instance, or run it over SSH with --via ssm.`,
    });
  });
  // Whoever only reads the streams need not listen for the reason of their end.
  exited.catch(() => undefined);
  // What the agent itself says when it cannot start the command.
  shell.stderr?.pipe(stderr, { end: false });
  void code.finally(() => stderr.end());
  const stream = Duplex.from({ readable: stdout, writable: shell.stream });
  return { stream, stderr, resize: () => undefined, exited, close: () => shell.close() };
}

/**
 * A command that could not be wrapped, as one that never passes for a success: `exited` rejects with `ssm.command-not-supported` when no
 * exit code was told. On Windows the agent gives the command to PowerShell, and how it quotes it is written nowhere.
 */
export function withUnknownOutcome(shell: Shell): Shell {
  const exited = shell.exited.then((exit): ExitStatus => {
    if (exit.exitCode !== undefined) return exit;
    throw new PosternError({
      code: 'ssm.command-not-supported',
      message: say`The command has ended, but Session Manager tells no exit status of a command on Windows.`,
      remedy: say`Judge by its output (let it print $LASTEXITCODE), or run it over SSH with --via ssm.`,
    });
  });
  exited.catch(() => undefined);
  return { ...shell, exited };
}

/** Passes on what stands before the first marker and between the two. @returns what stands after the second */
async function splitOutput(output: Readable, marker: string, stdout: Writable, stderr: Writable): Promise<string> {
  const parts = [stdout, stderr];
  let part = 0;
  let held = Buffer.alloc(0);
  try {
    for await (const chunk of output) {
      held = Buffer.concat([held, chunk as Uint8Array]);
      for (let at = held.indexOf(marker); at !== -1 && part < parts.length; at = held.indexOf(marker)) {
        await write(parts[part], held.subarray(0, at));
        held = held.subarray(at + marker.length);
        part += 1;
      }
      // The last bytes may be the beginning of a marker; after both there is a number only.
      const safe = part < parts.length ? Math.max(0, held.length - marker.length + 1) : 0;
      await write(parts[part], held.subarray(0, safe));
      held = held.subarray(part < parts.length ? safe : Math.max(0, held.length - marker.length));
    }
    if (part === parts.length) return held.toString();
    await write(parts[part], held);
  } catch {
    // The session says why it was lost.
  } finally {
    stdout.end();
  }
  return '';
}

async function write(to: Writable | undefined, bytes: Uint8Array): Promise<void> {
  if (to === undefined || bytes.length === 0 || to.destroyed || to.write(bytes)) return;
  const waiting = new AbortController();
  const { signal } = waiting;
  // What does not come first takes its listeners away again.
  await Promise.race([once(to, 'drain', { signal }), once(to, 'close', { signal })]).finally(() => waiting.abort());
}
