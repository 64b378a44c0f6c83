/**
 * How long to wait for an acknowledgement: the arithmetic that the official client and the agent share. Pure.
 *
 * Numbers: session-manager-protocol.md section 4.3.
 */

export interface RoundTrip {
  readonly rttMs: number;
  readonly rttvarMs: number;
  /** Retransmission timeout. */
  readonly rtoMs: number;
}

export const initialRoundTrip: RoundTrip = { rttMs: 100, rttvarMs: 0, rtoMs: 200 };

const CLOCK_GRANULARITY_MS = 10;
const MAX_RTO_MS = 1_000;

/** @param sampleMs from sending to acknowledgement, of a message that was sent once: which sending a resent one answers is not known */
export function sampleRoundTrip(before: RoundTrip, sampleMs: number): RoundTrip {
  const rttvarMs = 0.75 * before.rttvarMs + 0.25 * Math.abs(before.rttMs - sampleMs);
  const rttMs = 0.875 * before.rttMs + 0.125 * sampleMs;
  return { rttMs, rttvarMs, rtoMs: Math.min(MAX_RTO_MS, rttMs + Math.max(CLOCK_GRANULARITY_MS, 4 * rttvarMs)) };
}
