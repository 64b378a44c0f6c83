/** Turns for work that nobody waits for: one at a time, each when the page has nothing else to do, or after half a second. */

const LONGEST_MS = 500;

/** Work by whose it is. */
const waiting = new Map<() => void, string>();
let isAsked = false;

/**
 * @param of whose work it is, for who cannot wait
 * @returns gives the turn back
 */
export function takeTurn(work: () => void, of = ''): () => void {
  // A function of its own: the same work may wait twice.
  const turn = (): void => work();
  waiting.set(turn, of);
  ask();
  return () => void waiting.delete(turn);
}

/** Does what waits of these now: somebody waits for it. */
export function haveTurns(of: readonly string[]): void {
  for (const [turn, whose] of waiting) {
    if (!of.includes(whose)) continue;
    waiting.delete(turn);
    turn();
  }
}

function ask(): void {
  if (isAsked || waiting.size === 0) return;
  isAsked = true;
  const next = (): void => {
    isAsked = false;
    const [first] = waiting.keys();
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
