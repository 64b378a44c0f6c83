/** Turns for work that nobody waits for: one at a time, each when the page has nothing else to do, or after half a second. */

const LONGEST_MS = 500;

const waiting = new Set<() => void>();
let isAsked = false;

/** @returns gives the turn back */
export function takeTurn(work: () => void): () => void {
  // A function of its own: the same work may wait twice.
  const turn = (): void => work();
  waiting.add(turn);
  ask();
  return () => void waiting.delete(turn);
}

function ask(): void {
  if (isAsked || waiting.size === 0) return;
  isAsked = true;
  const next = (): void => {
    isAsked = false;
    const [first] = waiting;
    if (first === undefined) return;
    waiting.delete(first);
    try {
      first();
    } finally {
      ask();
    }
  };
  if ('requestIdleCallback' in globalThis) requestIdleCallback(next, { timeout: LONGEST_MS });
  else setTimeout(next, 0);
}
