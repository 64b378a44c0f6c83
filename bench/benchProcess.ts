/** One benchmark in a process of its own: `node bench/benchProcess.ts NAME`. Tells its figures to the parent, or prints them where there is none. */
import { benches } from './benches.ts';
import { toLine } from './figure.ts';

const bench = await benches[process.argv[2] ?? '']?.();
if (bench === undefined) throw new Error(`no benchmark is named ${process.argv[2] ?? ''}`);
const figures = await bench();
if (process.send === undefined) for (const figure of figures) process.stdout.write(`${toLine(figure)}\n`);
else await new Promise<void>((resolve) => process.send?.({ figures }, () => resolve()));
// What a library keeps open must not hold up the next benchmark.
process.exit(0);
