/**
 * A command without a terminal, as SSH's exec runs it: its output and error output apart, in a process group of its own.
 */
import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { ExitStatus } from '../contract/session.ts';
import type { ShellHome } from './shellHome.ts';

export interface CommandRun {
  /** Leads its own session and process group. */
  readonly pid: number;
  readonly input: Writable;
  readonly output: Readable;
  readonly errorOutput: Readable;
  readonly exited: Promise<ExitStatus>;
  /** Ends the whole process group. Safe to call twice. */
  close(): void;
}

/** Start `command` with the shell of `home`; rejects when there is no such program. */
export async function runCommand(home: ShellHome, command: string): Promise<CommandRun> {
  const program = home.command(command);
  const child = spawn(program.file, program.arguments, { cwd: home.path, env: { ...home.environment }, detached: true, stdio: 'pipe' });
  const { promise: exited, resolve } = Promise.withResolvers<ExitStatus>();
  let ended = false;
  child.once('exit', (exitCode, signal) => {
    ended = true;
    resolve(signal === null ? { exitCode: exitCode ?? 255 } : { signal: signal.slice('SIG'.length) });
  });
  // EPIPE: the command does not want its input any more.
  child.stdin.on('error', () => child.stdin.destroy());
  await new Promise<void>((started, failed) => {
    child.once('spawn', started);
    child.once('error', failed);
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program.file} has no process id`);
  return {
    pid,
    input: child.stdin,
    output: child.stdout,
    errorOutput: child.stderr,
    exited,
    close: () => {
      child.stdin.destroy();
      child.stdout.destroy();
      child.stderr.destroy();
      if (ended) return;
      try {
        process.kill(-pid, 'SIGHUP');
      } catch {
        // ESRCH: it ended in this moment.
      }
    },
  };
}
