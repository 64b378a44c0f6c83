/** A value that changes at most every so often, and is made ready before it is shown: the first change at once, the last one always. */
import { useEffect, useRef, useState } from 'react';

/** Left of an idle period when preparing stops, so that input never waits. */
const SPARE_MS = 4;
/** A page that is never idle goes on so long after it could not. */
const AT_LATEST_MS = 100;
const BUSY_STEP_MS = 4;

/**
 * @param everyMs 0: every change at once, without preparing
 * @param prepare makes a value ready while there is time. @returns whether it is
 */
export function useCalm<T>(value: T, everyMs: number, prepare: (value: T, hasTime: () => boolean) => boolean): T {
  const [shown, setShown] = useState(value);
  const told = useRef({ value, everyMs });
  const calm = useRef<Calm>(undefined);

  useEffect(() => {
    told.current = { value, everyMs };
    calm.current?.look();
  }, [value, everyMs]);

  useEffect(() => {
    const started = startCalm({ told: () => told.current, prepare, show: (next) => setShown(() => next) });
    calm.current = started;
    return () => started.stop();
  }, [prepare]);

  return everyMs === 0 ? value : shown;
}

export interface Calm {
  /** What is told may be another value. */
  look(): void;
  stop(): void;
}

export interface CalmOptions<T> {
  readonly told: () => { readonly value: T; readonly everyMs: number };
  readonly prepare: (value: T, hasTime: () => boolean) => boolean;
  readonly show: (value: T) => void;
}

/** One value at a time: what is being made ready is shown, even when the next has been told meanwhile. */
export function startCalm<T>({ told, prepare, show }: CalmOptions<T>): Calm {
  let shown = told().value;
  let shownAtMs = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let idle: number | undefined;

  const finish = (value: T): void => {
    shown = value;
    shownAtMs = performance.now();
    show(value);
    look();
  };
  const prepareSome = (value: T, deadline: IdleDeadline): void => {
    const untilMs = performance.now() + BUSY_STEP_MS;
    idle = undefined;
    if (prepare(value, () => deadline.timeRemaining() > SPARE_MS || (deadline.didTimeout && performance.now() < untilMs))) finish(value);
    else prepareSoon(value);
  };
  const prepareSoon = (value: T): void => {
    idle = requestIdleCallback((deadline) => prepareSome(value, deadline), { timeout: AT_LATEST_MS });
  };
  // In a task of its own, where it is much to arrange: what brought the change took its time already.
  const begin = (): void => {
    timer = undefined;
    const { value, everyMs } = told();
    if (everyMs === 0 || !('requestIdleCallback' in globalThis)) finish(value);
    else prepareSoon(value);
  };
  const look = (): void => {
    const { value, everyMs } = told();
    if (value !== shown && timer === undefined && idle === undefined) timer = setTimeout(begin, everyMs === 0 ? 0 : Math.max(0, shownAtMs + everyMs - performance.now()));
  };

  look();
  return {
    look,
    stop() {
      clearTimeout(timer);
      if (idle !== undefined) cancelIdleCallback(idle);
    },
  };
}
