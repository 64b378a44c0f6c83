/**
 * Ends every program that was started in a demo host's home, also those that left their session or ignore hang-ups.
 */
import { readFile, readdir } from 'node:fs/promises';

/** A program may fork while it is looked for. */
const MAX_PASSES = 5;

/**
 * SIGKILL to all processes whose HOME lies below `folder`, and to the process groups of `leaders`.
 *
 * Found through /proc; where there is none (macOS) only the groups are ended.
 */
export async function endProcesses(folder: string, leaders: Iterable<number>): Promise<void> {
  for (const leader of leaders) kill(-leader);
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    const found = await processesOf(folder);
    if (found.length === 0) return;
    for (const pid of found) kill(pid);
  }
}

async function processesOf(folder: string): Promise<readonly number[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const belongs = await Promise.all(pids.map(async (pid) => (await homeOf(pid))?.startsWith(`${folder}/`) === true));
  return pids.filter((_, index) => belongs[index]);
}

async function homeOf(pid: number): Promise<string | undefined> {
  // Unreadable: another user's, ended meanwhile, or a zombie. None of them can be ours to end.
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  return environment
    .split('\0')
    .find((entry) => entry.startsWith('HOME='))
    ?.slice('HOME='.length);
}

function kill(target: number): void {
  try {
    process.kill(target, 'SIGKILL');
  } catch {
    // ESRCH: it has ended already.
  }
}
