/**
 * What several connections of one sign-in have learnt of a host: which keys it does not want, and after how many it hangs up.
 *
 * sshd ends a connection at MaxAuthTries, 6 unless configured, and every refused key is a try. The number is told nowhere:
 * it shows when the server hangs up.
 */

export interface TriedKeys {
  isRefused(line: string): boolean;
  addRefused(line: string): void;
  /** How many keys one connection may offer. */
  readonly maxOffers: number | undefined;
  setMaxOffers(count: number): void;
}

export function createTriedKeys(): TriedKeys {
  const refused = new Set<string>();
  let maxOffers: number | undefined;
  return {
    isRefused: (line) => refused.has(line),
    addRefused: (line) => void refused.add(line),
    get maxOffers() {
      return maxOffers;
    },
    // One is always offered, or nothing would ever change.
    setMaxOffers: (count) => void (maxOffers = Math.max(1, count)),
  };
}
