/** `npm run dev`: rebuilds the window and the `postern` bundle on every change, and restarts the web app with the demo cloud. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildOrFail, prepare, root } from './bootstrap.mjs';

await prepare();
buildOrFail();
const run = (...args) => spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
run(join(root, 'build', 'build.ts'), '--watch', '--quiet');
run('--watch-path=out/postern', join(root, 'out', 'postern', 'postern.js'), 'serve', '--demo', ...process.argv.slice(2));
