/** Runs the command of a `Match exec` that the person has allowed. */
import { spawn } from 'node:child_process';

/** Such a command looks something up; one that hangs must not hang the connection. */
const TIME_LIMIT_MS = 10_000;

/** As OpenSSH does: by the person's shell, with nothing on its stdin and nowhere for its output. @returns whether it exited with 0 */
export function matchExec(command: string, environment: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  return new Promise((resolve) => {
    const shell = environment['SHELL'] ?? '/bin/sh';
    const child = spawn(shell, ['-c', command], { stdio: 'ignore', env: { ...environment }, timeout: TIME_LIMIT_MS, windowsHide: true });
    child.once('error', () => resolve(false));
    child.once('close', (status) => resolve(status === 0));
  });
}
