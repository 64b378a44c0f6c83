/** The command line and the web app bundled as they are shipped, into a folder of the benchmark's own; without a window. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { posternBundle, root } from '../build/nodeBundle.ts';

export interface OwnBundle {
  /** `postern.js`, beside all of its chunks and workers. */
  readonly program: string;
  remove(): Promise<void>;
}

export async function buildOwnBundle(): Promise<OwnBundle> {
  // Below the checkout: packages with native code are found from there.
  const folder = await mkdtemp(join(root, 'out', 'bench-'));
  await build({ ...posternBundle(folder), logLevel: 'error' });
  return { program: join(folder, 'postern.js'), remove: () => rm(folder, { recursive: true, force: true }) };
}
