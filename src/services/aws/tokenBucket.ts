/**
 * A token bucket that learns: throttled, it halves its rate; let through, it finds back to where it began, or beyond where AWS
 * publishes no rate, but never again to what was too fast. Pure but for the clock.
 */
import type { ApiRate } from './apiRates.ts';

/** A bucket is never slower than this, or a scope that was throttled once would not come back. */
const LEAST_PER_SECOND = 0.5;
/** Share of the first rate that a call which was let through gives back. */
const RECOVERY = 0.05;
/** Share of a rate that was too fast which it stays below from then on, so that not every fiftieth call is tried again. */
const BELOW_TOO_FAST = 0.8;

export interface TokenBucket {
  /** Take a token if there is one. @returns 0, or milliseconds until there may be one */
  take(nowMs: number): number;
  /** AWS said that it was too often. */
  throttled(nowMs: number): void;
  /** AWS answered. */
  passed(): void;
  /** Tokens a second right now. */
  rate(): number;
}

export function createTokenBucket({ capacity, refillPerSecond, mostPerSecond = refillPerSecond }: ApiRate, nowMs: number): TokenBucket {
  let tokens = capacity;
  let atMs = nowMs;
  let rate = refillPerSecond;
  let most = mostPerSecond;

  const fill = (now: number): void => {
    tokens = Math.min(capacity, tokens + (Math.max(0, now - atMs) / 1000) * rate);
    atMs = Math.max(atMs, now);
  };

  return {
    take(now) {
      fill(now);
      if (tokens >= 1) {
        tokens -= 1;
        return 0;
      }
      return Math.ceil(((1 - tokens) / rate) * 1000);
    },
    throttled(now) {
      fill(now);
      // Others take from the same bucket at AWS's side: what was thought to be there is not.
      tokens = Math.min(tokens, 0);
      // A rate that is published was right: somebody else took from it. One that was only tried was not.
      if (rate > refillPerSecond) most = Math.max(refillPerSecond, rate * BELOW_TOO_FAST);
      rate = Math.max(LEAST_PER_SECOND, rate / 2);
    },
    passed() {
      rate = Math.min(most, rate + refillPerSecond * RECOVERY);
    },
    rate: () => rate,
  };
}
