/**
 * A command as the Session Manager agent runs it: without a terminal and without input, in a process group of its own.
 */
import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import type { ExitStatus } from '../contract/session.ts';
import type { Command } from './agentPlugin.ts';
import type { ShellHome } from './shellHome.ts';

export interface StartedCommand extends Command {
  /** Leads its own session and process group. */
  readonly pid: number;
}

/**
 * Start `command` with the shell of `home`; rejects when there is no such program.
 *
 * @param outputFile a descriptor for both outputs, in the order they come; absent: two pipes
 */
export async function startCommand(home: ShellHome, command: string, outputFile: number | undefined): Promise<StartedCommand> {
  const program = home.command(command);
  const output = outputFile ?? 'pipe';
  const child = spawn(program.file, program.arguments, { cwd: home.path, env: { ...home.environment }, detached: true, stdio: ['ignore', output, output] });
  const { promise: exited, resolve } = Promise.withResolvers<ExitStatus>();
  let ended = false;
  child.once('exit', (exitCode, signal) => {
    ended = true;
    resolve(signal === null ? { exitCode: exitCode ?? 255 } : { signal: signal.slice('SIG'.length) });
  });
  await new Promise<void>((started, failed) => {
    child.once('spawn', started);
    child.once('error', failed);
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program.file} has no process id`);
  return {
    pid,
    output: child.stdout ?? Readable.from([]),
    errorOutput: child.stderr ?? Readable.from([]),
    exited,
    signal: (name) => {
      if (!ended) child.kill(name);
    },
    close: () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
      try {
        // Also what the command left running behind it.
        process.kill(-pid, 'SIGKILL');
      } catch {
        // ESRCH: nothing of the group is left.
      }
    },
  };
}
