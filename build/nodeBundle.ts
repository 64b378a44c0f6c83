/**
 * How the services are bundled for Node: one folder for all chunks, the AWS SDK inside (81 ms to import instead of 468),
 * native packages outside, and every worker thread's file beside the chunk that starts it (see src/services/base/workerFile.ts).
 */
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Packages with native code, and the optional natives of ws, which it does without. */
export const external = ['electron', 'ssh2', 'cpu-features', '@napi-rs/keyring', '@lydell/node-pty', 'bufferutil', 'utf-8-validate'];

/** Entry name -> file, for one main file and all workers. */
export function entries(name: string, main: string): Record<string, string> {
  const found: Record<string, string> = { [name]: join(root, main) };
  for (const file of globSync('src/**/*.worker.ts', { cwd: root })) {
    const worker = basename(file, '.ts');
    if (found[worker] !== undefined) throw new Error(`two workers are named ${worker}.ts, and a bundle has one folder for all`);
    found[worker] = join(root, file);
  }
  return found;
}

export const output = { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' } as const;
