/**
 * Asks the service for a token to resume a session, again and again while only the network is in the way.
 *
 * The waits are the official client's: none, then 100 to 199 ms, doubling, starting over past five seconds.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { toPosternError, type PosternError } from '../../contract/error.ts';
import type { Secret } from '../base/secret.ts';
import { endedThere } from './channelErrors.ts';

export interface ResumedSession {
  /** Not used: the official client reconnects to the original URL, and whether this one works is not known. */
  readonly streamUrl: string;
  readonly tokenValue: Secret;
}

const MAX_WAIT_MS = 5_000;
/** The longest idle timeout that Session Manager can be set to: after it no session can be left. */
const GIVE_UP_AFTER_MS = 60 * 60_000;

export class Resumption {
  readonly #resume: (signal: AbortSignal) => Promise<ResumedSession | undefined>;
  #attempts = 0;
  #waitMs = 0;
  #sinceMs = 0;

  constructor(resume: (signal: AbortSignal) => Promise<ResumedSession | undefined>) {
    this.#resume = resume;
  }

  /** The session works: the next drop is resumed without waiting. */
  reset(): void {
    this.#attempts = 0;
  }

  /**
   * @returns the new token
   * @throws PosternError `ssm.session-ended`, or what stands in the way and is not the network; the signal's reason
   */
  async nextToken(signal: AbortSignal): Promise<Secret> {
    if (this.#attempts === 0) this.#sinceMs = performance.now();
    for (;;) {
      await this.#wait(signal);
      try {
        const resumed = await this.#resume(signal);
        if (resumed === undefined) throw endedThere();
        return resumed.tokenValue;
      } catch (thrown) {
        signal.throwIfAborted();
        const error = toPosternError(thrown);
        if (!mayPass(error) || performance.now() - this.#sinceMs > GIVE_UP_AFTER_MS) throw error;
      }
    }
  }

  async #wait(signal: AbortSignal): Promise<void> {
    this.#attempts += 1;
    if (this.#attempts === 1) return;
    const doubled = this.#waitMs * 2;
    this.#waitMs = this.#attempts === 2 || doubled > MAX_WAIT_MS ? 100 + Math.floor(Math.random() * 100) : doubled;
    await sleep(this.#waitMs, undefined, { signal });
  }
}

/** Expired credentials may be renewed by the person while the session lives on. */
function mayPass(error: PosternError): boolean {
  if (error.code === 'ssm.session-ended') return false;
  return error.retryable || error.code === 'aws.endpoint-unreachable' || error.code === 'aws.credentials-expired';
}
