/** ssh2 at its first use: it takes 45 ms to load, a quarter of the time `postern ls` or the start of an app takes without it. */
import { createRequire } from 'node:module';
import type ssh2 from 'ssh2';

const load = createRequire(import.meta.url);

/** Kept by Node after the first call. */
export function loadSsh2(): typeof ssh2 {
  return load('ssh2') as typeof ssh2;
}
