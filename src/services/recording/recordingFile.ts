/**
 * A file that only grows, by whole lines, while a session goes on: written in the background, so that no disk slows a terminal.
 *
 * Durable: what Postern was told a quarter of a second ago survives its crash, and what it was told five seconds ago a power cut
 * (fdatasync). When the disk refuses, the file is cut back to its last whole line and left as it is.
 */
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { toWriteError } from '../base/writeFileAtomically.ts';

/** Small appends, and not one for each key. */
const WRITE_AFTER_MS = 250;
const WRITE_AT_BYTES = 64 * 1024;
const SYNC_AFTER_MS = 5000;
/** What may wait for a slow disk. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** Once it was more, nothing is taken until it is less than this: gaps are few and told, not many. */
const TAKEN_AGAIN_BYTES = 4 * 1024 * 1024;
const LINE_FEED = 10;

export interface RecordingFile {
  readonly path: string;
  /** Taken so far, written or not. */
  readonly takenBytes: number;
  /** Lines with their line feeds. @returns false: not taken, because the disk does not keep up */
  append(lines: string): boolean;
  /** Everything that was taken is on the disk, or the file has failed. */
  end(): Promise<void>;
}

export interface RecordingFileOptions {
  readonly path: string;
  /** Told once; nothing is taken any more then. */
  readonly onFailed: (error: PosternError) => void;
  /** How the file is opened; for tests. */
  readonly openFile?: (path: string) => Promise<FileHandle>;
}

/**
 * Never an existing file, never through a link at its end: 0600, in a folder that is made (0700) where it is missing.
 *
 * @throws PosternError `data.write-failed`
 */
export async function createRecordingFile(path: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return await open(path, 'ax', 0o600);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST' && 'syscall' in cause && cause.syscall === 'open') {
      throw new PosternError({ code: 'data.write-failed', message: say`${path} is there already.`, remedy: say`Choose another name: a recording never takes the place of a file.` }, { cause });
    }
    throw toWriteError(path, cause);
  }
}

/** The file is made in the background; what is appended meanwhile waits. */
export function openRecordingFile({ path, onFailed, openFile = createRecordingFile }: RecordingFileOptions): RecordingFile {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  /** Handed to the disk and not yet on it. */
  let writingBytes = 0;
  let takenBytes = 0;
  /** The length of the file, which ends with a line feed. */
  let wholeBytes = 0;
  let refusing = false;
  let failed = false;
  let ending = false;
  let work: Promise<void> | undefined;
  let writeTimer: NodeJS.Timeout | undefined;
  let syncTimer: NodeJS.Timeout | undefined;
  let handle: FileHandle | undefined;

  async function fail(thrown: unknown): Promise<void> {
    if (failed) return;
    failed = true;
    waiting = [];
    waitingBytes = 0;
    clearTimeout(writeTimer);
    clearTimeout(syncTimer);
    onFailed(toWriteError(path, thrown));
    try {
      await handle?.truncate(wholeBytes);
    } catch {
      // Half a line stays at the end; whoever reads the file leaves it out.
    }
    await handle?.close().catch(() => undefined);
  }

  async function writeAll(bytes: Buffer): Promise<void> {
    let written = 0;
    try {
      while (written < bytes.length) {
        const { bytesWritten } = await (handle ??= await openFile(path)).write(bytes, written);
        written += bytesWritten;
      }
      wholeBytes += bytes.length;
    } catch (thrown) {
      wholeBytes += bytes.subarray(0, written).lastIndexOf(LINE_FEED) + 1;
      throw thrown;
    }
  }

  async function writeWaiting(): Promise<void> {
    try {
      handle ??= await openFile(path);
      while (waiting.length > 0 && !failed) {
        const bytes = waiting.length === 1 && waiting[0] !== undefined ? waiting[0] : Buffer.concat(waiting, waitingBytes);
        waiting = [];
        writingBytes = waitingBytes;
        waitingBytes = 0;
        await writeAll(bytes);
        writingBytes = 0;
        if (waitingBytes < WRITE_AT_BYTES && !ending) break;
      }
      if (!failed && !ending) syncTimer ??= setTimeout(sync, SYNC_AFTER_MS);
    } catch (thrown) {
      await fail(thrown);
    }
  }

  function write(): void {
    clearTimeout(writeTimer);
    writeTimer = undefined;
    work ??= writeWaiting().finally(() => {
      work = undefined;
      if (waiting.length > 0) writeSoon();
    });
  }

  function writeSoon(): void {
    if (waitingBytes >= WRITE_AT_BYTES) write();
    else writeTimer ??= setTimeout(write, WRITE_AFTER_MS);
  }

  function sync(): void {
    syncTimer = undefined;
    handle?.datasync().catch((thrown: unknown) => {
      if (!ending) void fail(thrown);
    });
  }

  return {
    path,
    get takenBytes() {
      return takenBytes;
    },
    append(lines) {
      if (failed || ending) return true;
      const all = waitingBytes + writingBytes;
      if (all > (refusing ? TAKEN_AGAIN_BYTES : MAX_WAITING_BYTES)) {
        refusing = true;
        return false;
      }
      refusing = false;
      const bytes = Buffer.from(lines);
      waiting.push(bytes);
      waitingBytes += bytes.length;
      takenBytes += bytes.length;
      if (work === undefined) writeSoon();
      return true;
    },
    async end() {
      ending = true;
      clearTimeout(syncTimer);
      await work;
      write();
      await work;
      if (failed || handle === undefined) return;
      try {
        await handle.datasync();
        await handle.close();
      } catch (thrown) {
        await fail(thrown);
      }
    },
  };
}
