/**
 * 32 random bytes kept in the data folder, from which the demo's host keys are derived: a demo host has the same key in the
 * next run, so it is not reported as changed.
 */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const SEED_BYTES = 32;

/** @param dataDir an existing folder */
export async function demoSeed(dataDir: string): Promise<Uint8Array> {
  const path = join(dataDir, 'demo-seed');
  const kept = await readSeed(path);
  if (kept !== undefined) return kept;
  const seed = randomBytes(SEED_BYTES);
  try {
    await writeFile(path, seed, { mode: 0o600, flag: 'wx' });
    return seed;
  } catch {
    // Another Postern wrote it just now, or the folder cannot be written: then the keys last for this run only.
    return (await readSeed(path)) ?? seed;
  }
}

async function readSeed(path: string): Promise<Uint8Array | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes?.byteLength === SEED_BYTES ? bytes : undefined;
}
