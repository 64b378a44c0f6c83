/** `npm run bench [-- --only ssh,inventory]`: builds what is stale, then runs bench/bench.ts, which runs every benchmark or those named.
 * What is left is weighed after a collection, which Node allows only where it is told to. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildOrFail, prepare, root } from './bootstrap.mjs';

await prepare();
buildOrFail();
process.exit(spawnSync(process.execPath, ['--expose-gc', join(root, 'bench/bench.ts'), ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' }).status ?? 1);
