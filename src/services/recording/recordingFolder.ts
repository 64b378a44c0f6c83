/** Where recordings are and what they are called; and what is left of one whose writer was stopped in the middle. */
import { open, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordingFormat, RecordingRule, RecordingSettings } from '../../contract/recording.ts';
import type { Instance } from '../../contract/instance.ts';
import { fits } from '../../contract/osUser.ts';
import { toWriteError } from '../base/writeFileAtomically.ts';

const ENDINGS: Readonly<Record<RecordingFormat, string>> = { asciicast: 'cast', text: 'log' };
const MAX_NAME_CHARACTERS = 60;
/** No line of a recording is longer than its writer's largest piece, by far. */
const LAST_LINE_BYTES = 16 * 1024 * 1024;

/** The moment in UTC, the host, and enough of the id: `2026-11-22T14-03-11Z web-1 3f2a9c01.cast`. Nothing a host chose but letters, digits and `-_.` gets in. */
export function recordingPath(folder: string, startedAt: string, hostName: string, recordingId: string, format: RecordingFormat): string {
  const moment = startedAt.replace(/\.\d+Z$/, 'Z').replaceAll(':', '-');
  const name = hostName.replaceAll(/[^A-Za-z0-9_-]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, MAX_NAME_CHARACTERS);
  return join(folder, `${moment} ${name === '' ? 'host' : name} ${recordingId.slice(0, 8)}.${ENDINGS[format]}`);
}

/** Why a host is always recorded: the first rule that fits, production, or nothing. */
export function ruleFor({ rules, production }: RecordingSettings, host: Instance, isProduction: boolean): Pick<RecordingRule, 'format' | 'kept'> | undefined {
  const rule = rules.find((candidate) => (candidate.accountId === undefined || candidate.accountId === host.scope.accountId) && fits(candidate, host));
  return rule ?? (production && isProduction ? {} : undefined);
}

/** Bytes now; undefined where there is no such file. */
export async function fileSize(path: string): Promise<number | undefined> {
  return stat(path).then(({ size }) => size, () => undefined);
}

/** Cuts off a last line that has no end: Postern was killed, or the machine stopped, while it was written. */
export async function mendRecording(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - LAST_LINE_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    const whole = from + buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1;
    if (whole > from && whole < size) await file.truncate(whole);
  } finally {
    await file.close();
  }
}

/**
 * A file that is not there is as good as deleted.
 *
 * @throws PosternError `data.write-failed`
 */
export async function deleteRecording(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw toWriteError(path, cause);
  }
}
