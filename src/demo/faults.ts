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

/** A token bucket for each action of each account in each region, as EC2 throttles. */
export interface Throttle {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

/**
 * `documented`: what AWS publishes for EC2, and a guess on the safe side for the others, of which it publishes nothing.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html (request token bucket sizes and refill rates)
 */
export type ThrottleSwitch = Throttle | 'documented' | undefined;

const NON_MUTATING: Throttle = { capacity: 100, refillPerSecond: 20 };
const UNFILTERED_AND_UNPAGINATED: Throttle = { capacity: 50, refillPerSecond: 10 };
const MUTATING: Throttle = { capacity: 50, refillPerSecond: 5 };
const UNPUBLISHED: Throttle = { capacity: 20, refillPerSecond: 10 };
/** Have a smaller bucket for calls without MaxResults and without a filter. */
const wholeLists: ReadonlySet<string> = new Set(['ec2:DescribeInstances', 'ec2:DescribeInstanceStatus', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSecurityGroups', 'ec2:DescribeSnapshots', 'ec2:DescribeSpotInstanceRequests', 'ec2:DescribeVolumes']);

/** Whose bucket a call takes from, besides its action and region. */
export interface Taker {
  readonly accountId: string;
  /** It asks for a page or by a filter. */
  readonly narrowed: boolean;
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
  throttle: ThrottleSwitch;
  /** Every call answers that the security token has expired. */
  expiredToken: boolean;
  failures: readonly CallFailure[];
  /** Calls that the caller's policy does not allow. */
  deniedActions: readonly ActionName[];
  /** The caller's policy: nothing else is allowed. Absent: everything is. `*` at the end is any text. */
  allowedActions?: readonly string[] | undefined;
}

export class Faults implements FaultSwitches {
  latencyMs = 0;
  throttle: ThrottleSwitch;
  expiredToken = false;
  deniedActions: readonly ActionName[] = [];
  allowedActions: readonly string[] | undefined;
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

  /** Whether the caller's policy forbids the call. Who one is may always be asked. */
  isDenied(action: ActionName): boolean {
    if (this.deniedActions.includes(action)) return true;
    if (this.allowedActions === undefined || action === 'sts:GetCallerIdentity') return false;
    return !this.allowedActions.some((allowed) => (allowed.endsWith('*') ? action.startsWith(allowed.slice(0, -1)) : allowed === action));
  }

  /** Takes a token; false when the bucket is empty. A full bucket at first sight. */
  takeToken(action: ActionName, region: string, nowMs: number, { accountId, narrowed }: Taker = { accountId: '', narrowed: true }): boolean {
    if (this.throttle === undefined) return true;
    const small = !narrowed && wholeLists.has(action);
    const { capacity, refillPerSecond } = this.throttle === 'documented' ? documented(action, small) : this.throttle;
    const key = `${action}/${region}/${accountId}${small ? '/whole' : ''}`;
    const bucket = this.#buckets.get(key) ?? { tokens: capacity, atMs: nowMs };
    const tokens = Math.min(capacity, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * refillPerSecond);
    const allowed = tokens >= 1;
    this.#buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, atMs: nowMs });
    return allowed;
  }
}

function documented(action: ActionName, small: boolean): Throttle {
  if (!action.startsWith('ec2:')) return UNPUBLISHED;
  if (!/^ec2:(Describe|List|Search|Get)/.test(action)) return MUTATING;
  return small ? UNFILTERED_AND_UNPAGINATED : NON_MUTATING;
}
