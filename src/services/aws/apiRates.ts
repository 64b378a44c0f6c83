/**
 * How often AWS takes a call, as far as it publishes that: a token bucket for each action, account and region.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html (request token bucket sizes and refill rates)
 */

export interface ApiRate {
  /** Calls that may be made at once after a pause. */
  readonly capacity: number;
  readonly refillPerSecond: number;
  /** How fast it may become where AWS publishes no rate and takes every call; absent: the refill is the published one. */
  readonly mostPerSecond?: number;
}

/** What is left to the person's other tools, which take from the same buckets. */
const OUR_SHARE = 0.8;

const NON_MUTATING: ApiRate = { capacity: 100, refillPerSecond: 20 };
/** Without MaxResults and without a filter. */
const WHOLE_LIST: ApiRate = { capacity: 50, refillPerSecond: 10 };
const MUTATING: ApiRate = { capacity: 50, refillPerSecond: 5 };
/** Systems Manager and the others publish nothing: a start that nobody minds; what is taken makes it faster, a throttled call slower. */
const UNPUBLISHED: ApiRate = { capacity: 40, refillPerSecond: 25, mostPerSecond: 125 };

const wholeLists: ReadonlySet<string> = new Set(['DescribeInstances', 'DescribeInstanceStatus', 'DescribeNetworkInterfaces', 'DescribeSecurityGroups', 'DescribeSnapshots', 'DescribeSpotInstanceRequests', 'DescribeVolumes']);

/**
 * The rate to start with.
 *
 * @param service as in an endpoint's name, e.g. `ec2`
 * @param narrowed whether the call asks for a page or by a filter
 */
export function apiRate(service: string, operation: string, narrowed: boolean): ApiRate {
  const rate = published(service, operation, narrowed);
  return { capacity: Math.max(1, Math.floor(rate.capacity * OUR_SHARE)), refillPerSecond: rate.refillPerSecond * OUR_SHARE, ...(rate.mostPerSecond === undefined ? {} : { mostPerSecond: rate.mostPerSecond * OUR_SHARE }) };
}

function published(service: string, operation: string, narrowed: boolean): ApiRate {
  if (service !== 'ec2') return UNPUBLISHED;
  if (!/^(Describe|List|Search|Get)/.test(operation)) return MUTATING;
  return narrowed || !wholeLists.has(operation) ? NON_MUTATING : WHOLE_LIST;
}
