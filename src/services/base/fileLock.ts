/**
 * Lets one process at a time change a file: several apps run at once on the same data folder.
 *
 * The lock is a file beside it, made with O_EXCL, that names its holder. Node has no flock, so a lock whose process has died
 * is taken over by hand.
 */
import { randomUUID } from 'node:crypto';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { toWriteError, unlinkIfThere } from './writeFileAtomically.ts';

/** A lock is held for milliseconds: one this old belongs to a process that died and whose number another process has now. */
const STALE_LOCK_MS = 10_000;
/** More than STALE_LOCK_MS, so that waiting outlives any lock that was left behind. */
const WAIT_FOR_LOCK_MS = 15_000;
const RETRY_MS = 5;

/** Shown to the work that holds the lock. */
export interface HeldLock {
  /** False when this process slept so long that another one took the lock over: nothing may be written then. */
  stillHeld(): Promise<boolean>;
}

/**
 * Run `work` while no other process holds the lock of `path`.
 *
 * @throws PosternError `data.write-failed` when the folder cannot be written or the lock stays taken for 15 seconds
 */
export async function withFileLock<T>(path: string, work: (lock: HeldLock) => Promise<T>): Promise<T> {
  const lockPath = `${path}.lock`;
  const token = `${process.pid} ${randomUUID()}`;
  await takeLock(path, lockPath, token);
  const stillHeld = async (): Promise<boolean> => (await readIfThere(lockPath)) === token;
  try {
    return await work({ stillHeld });
  } finally {
    if (await stillHeld()) await unlinkIfThere(lockPath);
  }
}

async function takeLock(path: string, lockPath: string, token: string): Promise<void> {
  const giveUpAt = performance.now() + WAIT_FOR_LOCK_MS;
  while (!(await makeLock(path, lockPath, token))) {
    if (performance.now() > giveUpAt) {
      throw new PosternError({ code: 'data.write-failed', message: say`Another process holds ${lockPath}.`, remedy: say`Close other Postern windows, or delete that file when none runs.`, retryable: true });
    }
    if (await isStale(lockPath)) await breakLock(lockPath);
    else await delay(RETRY_MS);
  }
}

async function makeLock(path: string, lockPath: string, token: string): Promise<boolean> {
  try {
    await writeFile(lockPath, token, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (cause) {
    if (isCode(cause, 'EEXIST')) return false;
    throw toWriteError(path, cause);
  }
}

async function isStale(lockPath: string): Promise<boolean> {
  const holder = await readIfThere(lockPath);
  if (holder === undefined) return false;
  // Empty: its holder is between making it and writing its name, or died there; then the age tells.
  if (holder !== '' && !isRunning(Number.parseInt(holder, 10))) return true;
  try {
    return Date.now() - (await stat(lockPath)).mtimeMs > STALE_LOCK_MS;
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return false;
    throw cause;
  }
}

/**
 * Take a dead process's lock away. When another process was faster and this one takes a living lock instead, that holder
 * sees it by `stillHeld` and does its work again.
 */
async function breakLock(lockPath: string): Promise<void> {
  const aside = `${lockPath}.${randomUUID()}`;
  try {
    await rename(lockPath, aside);
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return;
    throw cause;
  }
  await unlinkIfThere(aside);
}

function isRunning(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (cause) {
    // EPERM: it runs as another user.
    return isCode(cause, 'EPERM');
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return undefined;
    throw cause;
  }
}

function isCode(cause: unknown, code: string): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === code;
}
