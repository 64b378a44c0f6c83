/**
 * Lets calls to AWS through as fast as AWS takes them, and the list of instances before everything else.
 *
 * Each attempt of the SDK takes a token of its bucket (account, region, action) and one of the places for calls under way. It
 * sits inside the SDK's retries, so that a retry waits too, and knows each call that was throttled.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FinalizeRequestMiddleware, MiddlewareStack } from '@smithy/types';
import { apiRate } from './apiRates.ts';
import { isThrottling } from './awsErrors.ts';
import { createTokenBucket, type TokenBucket } from './tokenBucket.ts';

/** Calls under way at once over all scopes: more would only wait for this thread. */
const CALLS_AT_ONCE = 64;

export interface GatedCall {
  readonly profile: string;
  readonly region: string;
  /** As in an endpoint's name, e.g. `ec2`. */
  readonly service: string;
  readonly operation: string;
  /** It asks for a page or by a filter. */
  readonly narrowed: boolean;
}

export interface CallGate {
  /** Run one attempt of a call when it is its turn. */
  run<T>(call: GatedCall, send: () => Promise<T>): Promise<T>;
  /** Profiles of one account share its buckets. */
  setAccount(profile: string, accountId: string): void;
}

interface Waiting { readonly urgency: number; go(): void }

export function createCallGate(now: () => number = () => performance.now()): CallGate {
  const buckets = new Map<string, TokenBucket>();
  const accounts = new Map<string, string>();
  /** By urgency, then in the order they came. */
  const waiting: Waiting[][] = [[], [], []];
  let underway = 0;
  let beginning: Promise<void> = Promise.resolve();

  function bucketOf({ profile, region, service, operation, narrowed }: GatedCall): TokenBucket {
    const key = `${accounts.get(profile) ?? profile}/${region}/${service}:${operation}${narrowed ? '' : '/whole'}`;
    let bucket = buckets.get(key);
    if (bucket === undefined) {
      bucket = createTokenBucket(apiRate(service, operation, narrowed), now());
      buckets.set(key, bucket);
    }
    return bucket;
  }

  async function takePlace(urgency: number): Promise<void> {
    if (underway < CALLS_AT_ONCE) {
      underway += 1;
      return;
    }
    // The place goes straight from who leaves to who waits.
    await new Promise<void>((resolve) => waiting[urgency]?.push({ urgency, go: resolve }));
  }

  function leavePlace(): void {
    const next = waiting.find((queue) => queue.length > 0)?.shift();
    if (next === undefined) underway -= 1;
    else next.go();
  }

  return {
    async run(call, send) {
      const urgency = urgencyOf(call);
      // What a person waits for in front of a prompt is never held up here.
      if (urgency === undefined) return send();
      await takeToken(() => bucketOf(call), now);
      await takePlace(urgency);
      // Signing takes a millisecond: one call begins in a turn, or as many as were answered together would hold up everything else.
      await (beginning = beginning.then(() => nextTurn()));
      try {
        const answer = await send();
        bucketOf(call).passed();
        return answer;
      } catch (thrown) {
        if (isThrottling(thrown)) bucketOf(call).throttled(now());
        throw thrown;
      } finally {
        leavePlace();
      }
    },
    setAccount(profile, accountId) {
      accounts.set(profile, accountId);
    },
  };
}

async function takeToken(bucket: () => TokenBucket, now: () => number): Promise<void> {
  for (let waitMs = bucket().take(now()); waitMs > 0; waitMs = bucket().take(now())) await new Promise((resolve) => setTimeout(resolve, waitMs));
}

/** 0 first; absent: at once. */
function urgencyOf({ operation }: GatedCall): number | undefined {
  if (operation === 'DescribeInstances' || operation === 'DescribeRegions') return 0;
  if (operation === 'DescribeInstanceInformation') return 2;
  return operation.startsWith('Describe') ? 1 : undefined;
}

/** Put the gate into a client of the SDK. */
export function throughGate<I extends object, O extends object, C extends { readonly middlewareStack: MiddlewareStack<I, O> }>(client: C & { readonly middlewareStack: MiddlewareStack<I, O> }, gate: CallGate, place: Pick<GatedCall, 'profile' | 'region' | 'service'>): C {
  const middleware: FinalizeRequestMiddleware<I, O> = (next, context) => (args) => {
    const operation = String(context['commandName'] ?? '').replace(/Command$/, '');
    const { input } = args;
    return gate.run({ ...place, operation, narrowed: 'MaxResults' in input || 'Filters' in input }, () => next(args));
  };
  client.middlewareStack.addRelativeTo(middleware, { relation: 'after', toMiddleware: 'retryMiddleware', name: 'posternCallGate' });
  return client;
}
