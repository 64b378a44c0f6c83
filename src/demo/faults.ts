/**
 * The demo cloud's switches: what goes wrong, set by tests and by hand, changed while it runs. An action is named as IAM names it, e.g. `ec2:DescribeInstances`.
 */

export type ActionName = `${string}:${string}`;

/** A chosen call answers with this error. */
export interface CallFailure {
  readonly action: ActionName;
  /** Absent: in every region. */
  readonly region?: string;
  /** AWS's error code, e.g. `InternalError`. */
  readonly code: string;
  /** HTTP status. */
  readonly status: number;
  readonly message?: string;
  /** How often it fails before it works again; absent: always. */
  readonly times?: number;
}

/** A token bucket for each action in each region, as EC2 throttles. */
export interface Throttle {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

export interface DemoCall {
  readonly action: ActionName;
  readonly region: string;
  /** `ok`, or the error code that was sent. */
  readonly outcome: string;
}

export interface FaultSwitches {
  /** Added before every answer. */
  latencyMs: number;
  throttle: Throttle | undefined;
  /** Every call answers that the security token has expired. */
  expiredToken: boolean;
  failures: readonly CallFailure[];
  /** Calls that the caller's policy does not allow. */
  deniedActions: readonly ActionName[];
}

export class Faults implements FaultSwitches {
  latencyMs = 0;
  throttle: Throttle | undefined;
  expiredToken = false;
  deniedActions: readonly ActionName[] = [];
  /** Every answered call, in order. */
  readonly calls: DemoCall[] = [];
  #failures: readonly CallFailure[] = [];
  readonly #failedTimes = new Map<CallFailure, number>();
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  constructor(switches: Partial<FaultSwitches> = {}) {
    Object.assign(this, switches);
  }

  get failures(): readonly CallFailure[] {
    return this.#failures;
  }

  set failures(failures: readonly CallFailure[]) {
    this.#failures = failures;
    this.#failedTimes.clear();
  }

  /** The failure this call must answer with, if any; counts it against its `times`. */
  takeFailure(action: ActionName, region: string): CallFailure | undefined {
    for (const failure of this.#failures) {
      const failedTimes = this.#failedTimes.get(failure) ?? 0;
      if (failure.action !== action || (failure.region ?? region) !== region || failedTimes >= (failure.times ?? Infinity)) continue;
      this.#failedTimes.set(failure, failedTimes + 1);
      return failure;
    }
    return undefined;
  }

  /** Takes a token; false when the bucket is empty. A full bucket at first sight. */
  takeToken(action: ActionName, region: string, nowMs: number): boolean {
    if (this.throttle === undefined) return true;
    const { capacity, refillPerSecond } = this.throttle;
    const key = `${action}/${region}`;
    const bucket = this.#buckets.get(key) ?? { tokens: capacity, atMs: nowMs };
    const tokens = Math.min(capacity, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * refillPerSecond);
    const allowed = tokens >= 1;
    this.#buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, atMs: nowMs });
    return allowed;
  }
}
