/** `postern replay FILE`: plays an asciicast on this terminal. */
import { createReadStream } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { BadCast, CastReader, type Cast, type CastFault } from '../../asciicast/readAsciicast.ts';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { HarmlessOutput, LEAVE_REPLAY } from './harmlessOutput.ts';

export interface ReplayOptions {
  readonly speed: number;
  /** Seconds that a pause lasts at most; absent: as the file asks. */
  readonly idle?: number | undefined;
}

const faults: Readonly<Record<CastFault, string>> = {
  empty: 'is empty',
  'no-asciicast': 'is no asciicast recording',
  'unknown-version': 'is an asciicast of a version that Postern does not know',
  'too-big': 'is too big to be played',
};

/** @throws PosternError `data.unreadable`, `input.invalid` */
export async function replayCommand(file: string, { speed, idle }: ReplayOptions): Promise<number> {
  const cast = await readCast(file);
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  process.stdout.once('error', stop);
  if (process.stdout.isTTY && (process.stdout.columns < cast.columns || process.stdout.rows < cast.rows)) process.stderr.write(`postern: recorded with ${cast.columns}x${cast.rows}, this terminal is smaller\n`);
  const idleSeconds = idle ?? cast.idleLimit ?? Number.POSITIVE_INFINITY;
  const harmless = new HarmlessOutput();
  let before = 0;
  try {
    for (const { at, code, data } of cast.events) {
      const pauseMs = (Math.min(at - before, idleSeconds) / speed) * 1000;
      before = at;
      // Shorter than a timer can wait.
      if (pauseMs >= 1) await wait(pauseMs, undefined, { signal: stopped.signal });
      if (stopped.signal.aborted) break;
      if (code === 'o') await write(harmless.filter(data));
    }
  } catch (thrown) {
    if (!stopped.signal.aborted) throw thrown;
  } finally {
    if (process.stdout.isTTY) await write(LEAVE_REPLAY);
  }
  return stopped.signal.aborted ? 130 : 0;
}

async function readCast(file: string): Promise<Cast> {
  const reader = new CastReader();
  try {
    const stream = createReadStream(file, 'utf8');
    for await (const text of stream) reader.read(String(text));
    return reader.end();
  } catch (cause) {
    if (cause instanceof BadCast) throw new PosternError({ code: 'input.invalid', message: `${file} ${faults[cause.fault]}.` }, { cause });
    throw new PosternError({ code: 'data.unreadable', message: say`${file} could not be read.`, remedy: say`Check that it is a file and that you may read it.` }, { cause });
  }
}

function write(text: string): Promise<void> {
  return new Promise((resolve) => {
    if (text === '') resolve();
    else process.stdout.write(text, () => resolve());
  });
}
