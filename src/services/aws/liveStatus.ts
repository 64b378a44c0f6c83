/**
 * Keeps what a window shows fresh: status checks and agents at the rate AWS itself renews them, an instance that starts or
 * stops every few seconds until it stands. Without a window nothing is asked.
 */
import type { Instance } from '../../contract/instance.ts';
import { scopeKey, type Scope } from '../../contract/scope.ts';
import { INSTANCES_A_CALL } from './ec2.ts';

export interface LiveStatusRates {
  /** A window says again what it shows; one that is gone does not. */
  readonly leaseMs: number;
  readonly tickMs: number;
  /** An instance that is pending, stopping or shutting down. */
  readonly transitionMs: number;
  /** AWS runs its checks every minute. */
  readonly statusMs: number;
  /** An agent reports every five minutes. */
  readonly agentMs: number;
  /** How long after an action an instance is followed although it has not changed yet. */
  readonly followMs: number;
  /** When a permission that was missing is looked for again: policies are mended while Postern runs. */
  readonly deniedMs: number;
}

export const defaultRates: LiveStatusRates = { leaseMs: 60_000, tickMs: 1000, transitionMs: 3000, statusMs: 30_000, agentMs: 60_000, followMs: 15_000, deniedMs: 600_000 };

/** Asks AWS about some instances of one scope, and takes the answers in. Never rejects. */
export interface LiveReader {
  readInstances(scope: Scope, instanceIds: readonly string[]): Promise<void>;
  /** @returns false where that is not allowed: the state is then asked for by `readInstances` */
  readStatus(scope: Scope, instanceIds: readonly string[]): Promise<boolean>;
  readAgents(scope: Scope, instanceIds: readonly string[]): Promise<void>;
}

export interface LiveStatus {
  /** What a window shows, until its lease ends. */
  watch(watcher: string, instanceIds: readonly string[]): void;
  /** An action was taken on these: follow them closely, window or not. */
  follow(instanceIds: readonly string[]): void;
  close(): void;
}

type Kind = 'instances' | 'status' | 'agents';

export function createLiveStatus(options: {
  readonly reader: LiveReader;
  readonly instance: (instanceId: string) => Instance | undefined;
  /** Shown as long as any window is: the hosts of open tabs. */
  readonly alsoShown: () => readonly string[];
  readonly rates?: LiveStatusRates;
  readonly now?: () => number;
}): LiveStatus {
  const { reader, instance, alsoShown, rates = defaultRates, now = () => performance.now() } = options;
  const shown = new Map<string, { readonly instanceIds: readonly string[]; readonly untilMs: number }>();
  const followed = new Map<string, number>();
  /** When each kind was last asked for, by kind and instance id. */
  const askedAtMs = new Map<string, number>();
  const underway = new Set<string>();
  /** When a scope's status was denied. */
  const deniedAtMs = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;

  function isDue(kind: Kind, instanceId: string, everyMs: number): boolean {
    return now() - (askedAtMs.get(`${kind}/${instanceId}`) ?? Number.NEGATIVE_INFINITY) >= everyMs;
  }

  /** One question about instances of one scope; the next of that kind waits for its answer. */
  async function ask(kind: Kind, scope: Scope, instances: readonly Instance[]): Promise<void> {
    const key = `${kind}/${scopeKey(scope)}`;
    if (underway.has(key)) return;
    underway.add(key);
    const instanceIds = instances.map(({ instanceId }) => instanceId);
    for (const instanceId of instanceIds) askedAtMs.set(`${kind}/${instanceId}`, now());
    try {
      for (let start = 0; start < instanceIds.length; start += INSTANCES_A_CALL) {
        const some = instanceIds.slice(start, start + INSTANCES_A_CALL);
        if (kind === 'instances') await reader.readInstances(scope, some);
        else if (kind === 'agents') await reader.readAgents(scope, some);
        else if (!(await reader.readStatus(scope, some))) deniedAtMs.set(scopeKey(scope), now());
      }
    } finally {
      underway.delete(key);
    }
  }

  function tick(): void {
    timer = undefined;
    for (const [watcher, { untilMs }] of shown) if (untilMs <= now()) shown.delete(watcher);
    for (const [instanceId, sinceMs] of followed) {
      const found = instance(instanceId);
      if (found === undefined || (!isChanging(found) && now() - sinceMs >= rates.followMs)) followed.delete(instanceId);
    }
    const visible = shown.size === 0 ? [] : [...[...shown.values()].flatMap(({ instanceIds }) => instanceIds), ...alsoShown()];
    const wanted = [...new Set([...visible, ...followed.keys()])].flatMap((instanceId) => instance(instanceId) ?? []);
    for (const instances of Map.groupBy(wanted, ({ scope }) => scopeKey(scope)).values()) {
      const [first] = instances;
      if (first === undefined) continue;
      const { scope } = first;
      const denied = now() - (deniedAtMs.get(scopeKey(scope)) ?? Number.NEGATIVE_INFINITY) < rates.deniedMs;
      // EC2 refuses a question that names what is not EC2's, and all of it.
      const ofEc2 = instances.filter(({ managedNode }) => managedNode === undefined);
      const close = ofEc2.filter((one) => isChanging(one) || followed.has(one.instanceId));
      const steady = ofEc2.filter((one) => !isChanging(one));
      // Due a moment early: they are asked for together and not one by one.
      const due = (kind: Kind, some: readonly Instance[], everyMs: number): Instance[] => (some.some(({ instanceId }) => isDue(kind, instanceId, everyMs)) ? some.filter(({ instanceId }) => isDue(kind, instanceId, everyMs / 2)) : []);
      const asked = [...due('instances', close, rates.transitionMs), ...(denied ? due('instances', steady, rates.statusMs) : [])];
      if (asked.length > 0) void ask('instances', scope, asked);
      const checked = denied ? [] : due('status', steady, rates.statusMs);
      if (checked.length > 0) void ask('status', scope, checked);
      const agents = due('agents', instances.filter(({ state, managedNode }) => state === 'running' || managedNode !== undefined), rates.agentMs);
      if (agents.length > 0) void ask('agents', scope, agents);
    }
    start();
  }

  function start(): void {
    if (timer !== undefined || (shown.size === 0 && followed.size === 0)) return;
    timer = setTimeout(tick, rates.tickMs);
    // A command that has nothing else to do ends.
    timer.unref();
  }

  return {
    watch(watcher, instanceIds) {
      if (instanceIds.length === 0) shown.delete(watcher);
      else shown.set(watcher, { instanceIds, untilMs: now() + rates.leaseMs });
      start();
    },
    follow(instanceIds) {
      for (const instanceId of instanceIds) {
        followed.set(instanceId, now());
        askedAtMs.delete(`instances/${instanceId}`);
      }
      start();
    },
    close() {
      clearTimeout(timer);
      shown.clear();
      followed.clear();
    },
  };
}

/** On its way to another state. */
export function isChanging({ state }: Pick<Instance, 'state'>): boolean {
  return state === 'pending' || state === 'stopping' || state === 'shutting-down';
}
