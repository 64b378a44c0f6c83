/** Replaces a file so that a crash at any moment leaves either the old or the new content, whole. */
import { randomUUID } from 'node:crypto';
import { open, readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';

const TEMPORARY_ENDING = '.tmp';

/**
 * Written to a temporary name in the same folder (mode 0600), flushed to the disk, renamed.
 *
 * @param mayReplace asked just before the rename; when it answers no, nothing changes and the answer is false
 * @throws PosternError `data.write-failed` naming the path
 */
export async function writeFileAtomically(path: string, content: string | Uint8Array, mayReplace?: () => Promise<boolean>): Promise<boolean> {
  const temporary = `${path}.${randomUUID()}${TEMPORARY_ENDING}`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    if (mayReplace !== undefined && !(await mayReplace())) {
      await unlink(temporary);
      return false;
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
    return true;
  } catch (cause) {
    await unlinkIfThere(temporary);
    throw toWriteError(path, cause);
  }
}

/** Remove what an interrupted write of `path` left behind. Only while its lock is held: another process may be writing. */
export async function removeLeftovers(path: string): Promise<void> {
  const start = `${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    if (name.startsWith(start) && name.endsWith(TEMPORARY_ENDING)) await unlinkIfThere(join(dirname(path), name));
  }
}

/** Deletes a file of ours, whoever was first. A failure leaves a stray file, which is not worth failing the work for. */
export async function unlinkIfThere(path: string): Promise<void> {
  await unlink(path).catch(() => undefined);
}

/** What a failed write is called. */
export function toWriteError(path: string, cause: unknown): PosternError {
  if (cause instanceof PosternError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
  return new PosternError(
    {
      code: 'data.write-failed',
      message: say`${path} could not be written${code === undefined ? '' : ` (${code})`}.`,
      remedy: full ? say`Make room on that disk and do it again.` : say`Check that the folder exists and that you may write to it.`,
      retryable: true,
    },
    { cause },
  );
}

/** A rename is lasting only when the folder is flushed too; Windows cannot open folders and does it by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
