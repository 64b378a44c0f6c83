/**
 * Runs every benchmark, each in a process of its own, and prints its figures: `node bench/bench.ts [--only window,echo] [--json FILE]`.
 *
 * A figure that misses its goal is printed as such and is no failure; the status is 1 only when a benchmark did not end well.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benches } from './benches.ts';
import type { BenchFigure } from './figure.ts';
import { isMet, toLine } from './figure.ts';
import { machineLoopMs } from './machine.ts';

/** memory.ts, the longest, waits for 140 s alone; one that hangs is ended, with everything it started. */
const ONE_BENCH_LIMIT_MS = 240_000;

type Outcome = { readonly figures: readonly BenchFigure[] } | { readonly crash: string };

const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } });
const names = values.only?.split(',') ?? Object.keys(benches);
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0) {
  process.stderr.write(`No benchmark is named ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.\n`);
  process.exit(2);
}

const started = performance.now();
const facts = { cores: cpus().length, processor: cpus()[0]?.model ?? 'unknown', memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.versions.node, platform: `${process.platform} ${process.arch}`, loadAtStart: loadavg()[0] ?? 0, date: new Date().toISOString() };
say(`${facts.cores} cores (${facts.processor}), ${facts.memoryGiB} GiB, ${facts.platform}, Node ${facts.node}, load ${facts.loadAtStart.toFixed(2)} at the start, ${facts.date}`);
if (facts.loadAtStart > facts.cores / 2) say('The machine is busy with other work: wall-clock figures are provisional, ratios and CPU times less so.');
const figures: (BenchFigure & { readonly bench: string })[] = [];
const crashed: string[] = [];
for (const name of names) {
  const began = performance.now();
  const loadBefore = loadavg()[0] ?? 0;
  const loopBeforeMs = machineLoopMs();
  const outcome = await runApart(name);
  say(`\n${name} (${((performance.now() - began) / 1000).toFixed(0)} s, load ${loadBefore.toFixed(1)} before; the machine's loop ${loopBeforeMs.toFixed(0)} ms before, ${machineLoopMs().toFixed(0)} after)`);
  if ('crash' in outcome) {
    crashed.push(name);
    say(`  did not end well: ${outcome.crash}`);
    continue;
  }
  for (const figure of outcome.figures) {
    figures.push({ bench: name, ...figure });
    say(`  ${toLine(figure)}`);
  }
}
const withGoal = figures.filter(({ goal }) => goal !== undefined);
say(`\n${withGoal.filter((figure) => isMet(figure) === true).length} of ${withGoal.length} goals met in ${((performance.now() - started) / 1000).toFixed(0)} s${crashed.length === 0 ? '' : `; did not end well: ${crashed.join(', ')}`}`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ facts, figures }, undefined, 2)}\n`);
process.exitCode = crashed.length === 0 ? 0 : 1;

/** A process of its own, and a process group of its own: a benchmark leaves nothing behind for the next one. */
async function runApart(name: string): Promise<Outcome> {
  const child = fork(fileURLToPath(new URL('./benchProcess.ts', import.meta.url)), [name], { detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const endGroup = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // ESRCH: nothing of it is left.
    }
  };
  process.once('exit', endGroup);
  const interrupt = (): void => process.exit(130);
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  let outcome: Outcome | undefined;
  let late = false;
  child.on('message', (message) => (outcome = message as Outcome));
  const limit = setTimeout(() => {
    late = true;
    endGroup();
  }, ONE_BENCH_LIMIT_MS);
  await once(child, 'exit');
  clearTimeout(limit);
  endGroup();
  process.removeListener('exit', endGroup);
  process.removeListener('SIGINT', interrupt);
  process.removeListener('SIGTERM', interrupt);
  return outcome ?? { crash: late ? `no end after ${ONE_BENCH_LIMIT_MS / 1000} s` : `it ended with ${child.signalCode ?? `status ${child.exitCode}`} and no figures` };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
