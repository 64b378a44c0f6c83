/**
 * Builds the four outputs below out/: main, preload and renderer through electron-vite, and `postern` (CLI + web),
 * a Node build of its own so that it holds no reference to Electron.
 *
 * `node build/build.ts [--quiet] [--watch]` on Node 24; `--watch` keeps the window and `postern` fresh and leaves Electron's alone.
 */
import { build as buildElectron } from 'electron-vite';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import electronConfig from '../electron.vite.config.ts';
import { posternBundle, root } from './nodeBundle.ts';

const logLevel = process.argv.includes('--quiet') ? 'error' : 'info';
const watch = process.argv.includes('--watch') ? {} : null;

const postern = posternBundle(join(root, 'out/postern'));
await build({ ...postern, logLevel, build: { ...postern.build, watch } });
if (watch !== null) {
  await build({ configFile: false, logLevel, ...electronConfig.renderer, build: { ...electronConfig.renderer?.build, watch } });
} else {
  process.chdir(root);
  await buildElectron({ configFile: join(root, 'electron.vite.config.ts'), logLevel });
  // The date of this file says when all four were complete: build/bootstrap.mjs compares it with the sources.
  writeFileSync(join(root, 'out/built'), `${new Date().toISOString()}\n`);
}
