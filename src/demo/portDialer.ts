/** What both transports of a Port session share: the way to the target, and what the agent's version knows. */
import type { Duplex } from 'node:stream';

export interface PortDialer {
  /** @throws SessionFailure */
  dial(signal: AbortSignal): Promise<Duplex>;
  readonly knowsTerminateFlag: boolean;
}
