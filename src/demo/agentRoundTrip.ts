/**
 * The agent's estimate of how long an acknowledgement takes, and so when to send again. Pure. All times in milliseconds.
 *
 * Written apart from the client's, from session-manager-protocol.md section 4.3, so that the two check each other.
 */
export interface AgentRoundTrip {
  readonly rttMs: number;
  readonly rttvarMs: number;
  readonly rtoMs: number;
}

export const initialRoundTrip: AgentRoundTrip = { rttMs: 100, rttvarMs: 0, rtoMs: 200 };

const MAX_RTO_MS = 1000;
const CLOCK_GRANULARITY_MS = 10;

/** The variation is taken from the old average, then the average moves. */
export function afterSample(before: AgentRoundTrip, sampleMs: number): AgentRoundTrip {
  const rttvarMs = 0.75 * before.rttvarMs + 0.25 * Math.abs(before.rttMs - sampleMs);
  const rttMs = 0.875 * before.rttMs + 0.125 * sampleMs;
  return { rttMs, rttvarMs, rtoMs: Math.min(MAX_RTO_MS, rttMs + Math.max(CLOCK_GRANULARITY_MS, 4 * rttvarMs)) };
}
