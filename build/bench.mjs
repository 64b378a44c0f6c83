/** `npm run bench [-- ssh inventory]`: runs every benchmark of bench/ (or those named), one after another. `*Process.ts` are their children. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildOrFail, fail, prepare, root, say } from './bootstrap.mjs';

await prepare();
buildOrFail();
const all = readdirSync(join(root, 'bench')).filter((file) => file.endsWith('.ts') && !file.endsWith('Process.ts')).map((file) => basename(file, '.ts'));
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !all.includes(name));
if (unknown.length > 0) fail(`no benchmark is named ${unknown.join(', ')}; there are ${all.join(', ')}`);
const failed = (asked.length > 0 ? asked : all).filter((name) => {
  say(`\n== ${name}`);
  return spawnSync(process.execPath, [join(root, 'bench', `${name}.ts`)], { cwd: root, stdio: 'inherit' }).status !== 0;
});
if (failed.length > 0) fail(`did not end well: ${failed.join(', ')}`);
