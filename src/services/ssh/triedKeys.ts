/**
 * What several connections of one sign-in have learnt of a host: which keys it does not want, and after how many it hangs up.
 *
 * sshd ends a connection at MaxAuthTries, 6 unless configured, and every refused key is a try. The number is told nowhere:
 * it shows when the server hangs up.
 */

export interface TriedKeys {
  isRefused(line: string): boolean;
  addRefused(line: string): void;
  /** How many keys one connection may offer; known once the host has hung up. */
  readonly maxOffers: number | undefined;
  /** Whether the host ended the connection because of the keys, and there are some it has not seen. */
  readonly hasMore: boolean;
  /** @param left how many keys it has not seen */
  setHungUp(offered: number, left: number): void;
}

export function createTriedKeys(): TriedKeys {
  const refused = new Set<string>();
  let maxOffers: number | undefined;
  let left = 0;
  return {
    isRefused: (line) => refused.has(line),
    addRefused: (line) => void refused.add(line),
    get maxOffers() {
      return maxOffers;
    },
    get hasMore() {
      return left > 0;
    },
    setHungUp(offered, notSeen) {
      // One is always offered, or nothing would ever change.
      maxOffers = Math.max(1, offered);
      left = notSeen;
    },
  };
}
