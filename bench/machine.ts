/** How fast this machine is right now: one and the same loop of one processor. Machines that are shared differ by the factor of two within minutes. */
import type { BenchFigure } from './figure.ts';

/** Long enough that a timer's grain and a short interruption do not count. */
const STEPS = 30_000_000;
const TRIES = 3;

/** @returns milliseconds by the clock, the least of a few tries */
export function machineLoopMs(): number {
  return Math.min(...Array.from({ length: TRIES }, () => {
    const start = performance.now();
    let value = 0;
    for (let step = 0; step < STEPS; step += 1) value = (Math.imul(value, 31) + step) | 0;
    // Its result is looked at, so that it is computed.
    return value === 0 ? Number.NaN : performance.now() - start;
  }));
}

/** The figures of a bench, and the machine's before and after it. */
export async function besideMachine(bench: () => Promise<readonly BenchFigure[]>): Promise<BenchFigure[]> {
  const beforeMs = machineLoopMs();
  const figures = await bench();
  const afterMs = machineLoopMs();
  return [...figures, { name: 'the machine: one and the same loop, before', value: beforeMs, unit: 'ms' }, { name: 'the machine: one and the same loop, after', value: afterMs, unit: 'ms', ratio: afterMs / beforeMs, peer: 'before' }];
}
