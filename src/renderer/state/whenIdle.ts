/** Work in small steps for when the page has nothing else to do. */

/** Left of an idle period when the work stops, so that input never waits. */
const SPARE_MS = 4;

/** @returns what ends it before it is done. A browser that tells nobody when it is idle does none of it */
export function whenIdle(steps: Iterator<unknown>): () => void {
  if (!('requestIdleCallback' in globalThis)) return () => undefined;
  let idle = 0;
  const takeSome = (deadline: IdleDeadline): void => {
    while (deadline.timeRemaining() > SPARE_MS) if (steps.next().done === true) return;
    idle = requestIdleCallback(takeSome);
  };
  idle = requestIdleCallback(takeSome);
  return () => cancelIdleCallback(idle);
}
