/** `npm run bench [-- --only ssh,inventory]`: builds what is stale, then runs bench/bench.ts, which runs every benchmark or those named. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildOrFail, prepare, root } from './bootstrap.mjs';

await prepare();
buildOrFail();
process.exit(spawnSync(process.execPath, [join(root, 'bench/bench.ts'), ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' }).status ?? 1);
