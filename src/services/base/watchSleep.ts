/** Notices that the machine slept: a timer that is due comes late by the clock on the wall. */
import type { Clock } from './clock.ts';

const CHECK_EVERY_MS = 5_000;
/** A busy process is late too, but never by so much. */
const SLEPT_FOR_MS = 15_000;

/**
 * Also told when the process was stopped, and when the clock was set forward: each is a reason to look whether connections
 * still live, and harmless where they do.
 *
 * @returns how to stop
 */
export function watchSleep(clock: Clock, onWake: () => void, checkEveryMs: number = CHECK_EVERY_MS): () => void {
  let lastMs = clock.now();
  const timer = setInterval(() => {
    const nowMs = clock.now();
    const slept = nowMs - lastMs - checkEveryMs > SLEPT_FOR_MS;
    lastMs = nowMs;
    if (slept) onWake();
  }, checkEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
