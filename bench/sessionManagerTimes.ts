/** What bench/sessionManager.ts times: a transfer up, transfers down, the first byte, and keystrokes. All in milliseconds. */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Line } from './sessionManagerClients.ts';

const CHUNK = Buffer.alloc(64 * 1024, 'bench ');
const KEYS = 200;
/** The kernel's terminal echoes, and nothing of the shell takes part. The prompt never contains the word in one piece. */
const READY_COMMAND = "echo rea''dy; exec cat >/dev/null\r";

/** From the first byte written to the answer of the far end that it has read the last one. */
export async function timeUpload(line: Line, byteCount: number): Promise<number> {
  const stream = await connected(line);
  const startedMs = performance.now();
  const answered = once(stream, 'data');
  stream.write(`U ${byteCount}\n`);
  for (let left = byteCount; left > 0; left -= CHUNK.length) {
    if (!stream.write(CHUNK.subarray(0, Math.min(left, CHUNK.length)))) await once(stream, 'drain');
  }
  await answered;
  const timeMs = performance.now() - startedMs;
  await end(stream, line);
  return timeMs;
}

/** From the orders on all connections to the last byte of all of them; each carries so many. */
export async function timeDownloads(line: Line, byteCount: number, connections: number): Promise<number> {
  const streams = await Promise.all(Array.from({ length: connections }, () => connected(line)));
  const startedMs = performance.now();
  await Promise.all(
    streams.map(async (stream) => {
      const arrived = Promise.withResolvers<void>();
      let missing = byteCount;
      stream.on('data', (bytes: Buffer) => {
        missing -= bytes.length;
        if (missing === 0) arrived.resolve();
      });
      stream.once('close', () => arrived.reject(new Error(`${missing} bytes did not come`)));
      stream.write(`D ${byteCount}\n`);
      await arrived.promise;
    }),
  );
  const timeMs = performance.now() - startedMs;
  for (const stream of streams) await end(stream);
  await line.close();
  return timeMs;
}

/** From before StartSession. */
export async function timeFirstByte(open: () => Promise<Duplex>): Promise<number> {
  const startedMs = performance.now();
  const stream = await open();
  await once(stream, 'data');
  const timeMs = performance.now() - startedMs;
  await end(stream);
  return timeMs;
}

export async function timeKeys(shell: Duplex): Promise<number[]> {
  const prompt = watch(shell, (seen) => seen.includes('$ '));
  await prompt;
  const ready = watch(shell, (seen) => /ready\r?\n/.test(seen));
  shell.write(READY_COMMAND);
  await ready;
  const times: number[] = [];
  for (let key = 0; key < KEYS; key += 1) {
    const startedMs = performance.now();
    const echoed = once(shell, 'data');
    shell.write('x');
    await echoed;
    times.push(performance.now() - startedMs);
  }
  await end(shell);
  return times;
}

/** The far port says something as soon as it is connected to: until then the session is being started. */
async function connected(line: Line): Promise<Duplex> {
  const stream = await line.connect();
  await once(stream, 'data');
  return stream;
}

async function end(stream: Duplex, line?: Line): Promise<void> {
  const closed = once(stream, 'close');
  stream.destroy();
  await closed;
  await line?.close();
}

function watch(stream: Duplex, isThere: (seen: string) => boolean): Promise<void> {
  let seen = '';
  return new Promise((resolve) => {
    const look = (bytes: Buffer): void => {
      seen += bytes.toString();
      if (!isThere(seen)) return;
      stream.off('data', look);
      resolve();
    };
    stream.on('data', look);
  });
}
