/** `npm run -s postern -- ls`: the command line of this checkout. stdout carries nothing but its answer. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildOrFail, prepare, root } from './bootstrap.mjs';

await prepare();
buildOrFail();
const program = join(root, 'out', 'postern', 'postern.js');
process.argv = [process.execPath, program, ...process.argv.slice(2)];
await import(pathToFileURL(program).href);
