/**
 * The list of instances of the chosen scopes, kept as facts arrive: what an earlier run knew is there at once, the first page
 * before anything else is asked, one scope's failure harms no other, and only instances that look different are told.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PosternError, toPosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import { say } from '../../contract/say.ts';
import { ALL_REGIONS, scopeKey, type Scope, type ScopeStatus } from '../../contract/scope.ts';
import { isoTime, type Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { createAnswerScanner } from './answerScanner.ts';
import type { AwsClients } from './clients.ts';
import { composeInstance, isSameInstance, listedIds } from './instanceFacts.ts';
import type { InventoryEvent } from './inventoryEvent.ts';
import { createOutbox } from './inventoryOutbox.ts';
import { createLiveReader } from './liveReading.ts';
import { createLiveStatus, type LiveStatusRates } from './liveStatus.ts';
import { createRegionChoice, type RegionMemory } from './regionChoice.ts';
import { readScope } from './scopeReading.ts';
import { cancelled, createState, emptyNetwork, needsNewCredentials, recall, toDenied, waitsForPerson, withProblem, type RememberedScope, type ScopeState } from './scopeState.ts';
import { unlessAborted } from './unlessAborted.ts';

export type { InventoryEvent } from './inventoryEvent.ts';

/** Instances put together before other work gets its turn: about 3 ms. */
const INSTANCES_PER_TURN = 50;

export interface Inventory {
  /** Choose what is listed and start reading what is new; the region `*` is every enabled one. Reading of what is no longer chosen is cancelled. */
  select(scopes: readonly Scope[]): void;
  /** Read one scope or all again; joins a reading under way. Settles when read, never rejects: see `statuses`. */
  refresh(scope?: Scope): Promise<void>;
  /** Stop a reading under way. What arrived stays; what was known before stays as it was. */
  cancel(scope: Scope): void;
  /** In the order of the scopes, then as AWS lists them. */
  instances(): Instance[];
  instance(instanceId: string): Instance | undefined;
  statuses(): ScopeStatus[];
  /** The facts of each scope that has been read. */
  network(): NetworkFacts[];
  /** @returns ends the listening */
  on(listener: (event: InventoryEvent) => void): () => void;
  /** What a window shows right now: kept fresh until it has not said so for a minute. */
  watch(watcher: string, instanceIds: readonly string[]): void;
  /** An action was taken on these: their state is followed closely until it stands. */
  follow(instanceIds: readonly string[]): void;
  /** When nothing is being read any more. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface InventoryOptions {
  readonly clients: AwsClients;
  readonly clock: Clock;
  readonly log: Log;
  /** What an earlier run knew. Neither rejects. */
  readonly memory?: RegionMemory & { recall(scope: Scope): Promise<RememberedScope | undefined> };
  /** The region a profile names as its own. */
  readonly homeRegion?: (profile: string) => Promise<string | undefined>;
  /** Instances with an open tab. */
  readonly openInstances?: () => readonly string[];
  /** Until it settles AWS is not asked about scopes of which an earlier run knew something. */
  readonly quiet?: Promise<void>;
  readonly rates?: LiveStatusRates;
}

export function createInventory({ clients, clock, log, memory, homeRegion, openInstances = () => [], quiet, rates }: InventoryOptions): Inventory {
  const scanner = createAnswerScanner();
  const listeners = new Set<(event: InventoryEvent) => void>();
  let chosen: readonly Scope[] = [];
  /** In the order chosen: where two scopes see the same instance, the first has it. */
  let states = new Map<string, ScopeState>();
  /** As last told. */
  const told = new Map<string, Instance>();
  let starting: Promise<void> = Promise.resolve();
  const closing = new AbortController();
  /** Profiles whose regions are those an earlier run knew: AWS has not said yet whether they still are. */
  const rememberedRegions = new Set<string>();
  /** By profile: asked beside the reading of what was remembered. */
  const regionReadings = new Map<string, Promise<void>>();

  const tell = (event: InventoryEvent): void => listeners.forEach((listener) => listener(event));
  const statuses = (): ScopeStatus[] => [...states.values()].map(({ status }) => status);

  const outbox = createOutbox(tell, statuses);
  const regionChoice = createRegionChoice({ clients, scanner, ...(homeRegion === undefined ? {} : { homeRegion }), ...(memory === undefined ? {} : { memory }) });

  function update(state: ScopeState, status: Partial<ScopeStatus>): void {
    state.status = { ...state.status, ...status };
    outbox.statusesChanged();
  }

  /** @param state the one that has news of it: mostly the one that told it, so that the others need not be looked at */
  function compose(instanceId: string, before: Instance | undefined, state: ScopeState | undefined): Instance | undefined {
    if (state !== undefined && (before === undefined || scopeKey(before.scope) === scopeKey(state.status.scope))) {
      const instance = composeInstance(instanceId, state.facts);
      if (instance !== undefined) return instance;
    }
    for (const { facts } of states.values()) {
      const instance = composeInstance(instanceId, facts);
      if (instance !== undefined) return instance;
    }
    return undefined;
  }

  /** @param closely these are looked at: see isSameInstance */
  function retell(instanceIds: Iterable<string>, state?: ScopeState, { closely = false, isRecalled = false }: { readonly closely?: boolean; readonly isRecalled?: boolean } = {}): void {
    for (const instanceId of instanceIds) {
      const before = told.get(instanceId);
      const now = compose(instanceId, before, state);
      if (now === undefined) {
        if (told.delete(instanceId)) outbox.removed(instanceId);
        continue;
      }
      if (before !== undefined && isSameInstance(before, now, closely)) continue;
      told.set(instanceId, now);
      outbox.changed(now, isRecalled);
    }
  }

  async function retellAll(state: ScopeState): Promise<void> {
    const instanceIds = listedIds(state.facts);
    for (let start = 0; start < instanceIds.length && !state.controller.signal.aborted; start += INSTANCES_PER_TURN) {
      retell(instanceIds.slice(start, start + INSTANCES_PER_TURN), state);
      await nextTurn();
    }
  }

  /** What an earlier run knew, shown until AWS says how it is. */
  async function recallOnce(state: ScopeState): Promise<void> {
    if (state.recalled) return;
    state.recalled = true;
    const known = await memory?.recall(state.status.scope);
    if (known === undefined) return;
    // Before the hosts, so that not even the first of them is shown without its age.
    update(state, { scope: known.scope, remembered: true, ...(known.refreshedAt === undefined ? {} : { refreshedAt: known.refreshedAt }) });
    for await (const instances of known.instances) {
      if (state.controller.signal.aborted) return;
      for (const instance of instances) recall(state.facts, instance);
      retell(instances.map(({ instanceId }) => instanceId), state, { isRecalled: true });
    }
    if (known.network !== undefined) {
      state.network = known.network;
      tell({ type: 'network', facts: known.network });
    }
    update(state, { instanceCount: listedIds(state.facts).length });
  }

  /** One scope begins in a turn: making the clients of 170 in one would hold up every terminal. */
  const nextStart = (): Promise<void> => (starting = starting.then(() => nextTurn()));

  async function read(state: ScopeState): Promise<void> {
    const stop = new AbortController();
    state.stop = stop;
    await recallOnce(state);
    const { facts } = state;
    const gone = state.controller.signal;
    const signal = AbortSignal.any([gone, stop.signal]);
    if (state.status.remembered === true) await unlessAborted(quiet, signal);
    await nextStart();
    if (gone.aborted) return;
    const { scope } = state.status;
    const { error: _error, denied: _denied, ...status } = state.status;
    state.status = { ...status, state: 'loading', problems: [] };
    outbox.statusesChanged();
    try {
      await readScope({
        clients: await clients.forScope(scope),
        scanner,
        scope,
        signal,
        facts,
        clock,
        network: state.network ?? emptyNetwork(scope),
        onInstances: (instanceIds) => retell(instanceIds, state),
        onAllInstances: () => retellAll(state),
        onAccount: (accountId) => {
          clients.setAccount(scope.profile, accountId);
          update(state, { scope: { ...state.status.scope, accountId } });
        },
        onPage: () => update(state, { instanceCount: listedIds(facts).length }),
        onProblem: (problem) => {
          log.warn('a call failed', { scope: scopeKey(scope), ...problem });
          update(state, withProblem(state.status, problem));
        },
        onNetwork: (network) => {
          state.network = network;
          tell({ type: 'network', facts: network });
        },
      });
      signal.throwIfAborted();
      const { remembered: _remembered, ...confirmed } = state.status;
      state.status = confirmed;
      update(state, { state: 'ready', instanceCount: listedIds(facts).length, refreshedAt: isoTime(clock) });
    } catch (thrown) {
      if (gone.aborted) return;
      if (stop.signal.aborted) {
        update(state, { ...cancelled(state.status), instanceCount: listedIds(facts).length });
        return;
      }
      const error = toPosternError(thrown);
      log.warn('a scope failed', { scope: scopeKey(scope), ...error.toReport() });
      if (error.code === 'internal') log.warn('the scope failed for a reason of our own', { stack: error.cause instanceof Error ? error.cause.stack : undefined });
      const denied = toDenied('ec2:DescribeInstances', error.toReport());
      // What is listed is what an earlier reading told, or some of both: its age is said with it.
      const seen = state.status.refreshedAt === undefined ? {} : { remembered: true };
      update(state, { state: waitsForPerson(error) ? 'needs-sign-in' : 'failed', ...seen, instanceCount: listedIds(facts).length, error: error.toReport(), ...(denied.length === 0 ? {} : { denied }) });
    }
    if (needsNewCredentials(state.status)) clients.forget(scope);
  }

  /** The regions of a profile whose scope is `*`: they take its place. */
  async function readRegions(state: ScopeState): Promise<void> {
    const { scope } = state.status;
    const { signal } = state.controller;
    update(state, { state: 'loading', problems: [] });
    try {
      if (await regionChoice.recall(scope.profile)) {
        if (signal.aborted) return;
        rememberedRegions.add(scope.profile);
        apply();
        void askRegions(scope.profile);
        return;
      }
      await regionChoice.find(scope.profile, signal);
      if (!signal.aborted) apply();
    } catch (thrown) {
      if (signal.aborted) return;
      const error = toPosternError(thrown);
      log.warn('the regions of a profile were not found', { profile: scope.profile, ...error.toReport() });
      const denied = toDenied('ec2:DescribeRegions', error.toReport());
      update(state, { state: waitsForPerson(error) ? 'needs-sign-in' : 'failed', error: error.toReport(), ...(denied.length === 0 ? {} : { denied }) });
    }
  }

  /** Whether the regions that were remembered are still those of the profile: with each reading, until AWS says. Never rejects: where it does not say, they stay. */
  async function askRegions(profile: string): Promise<void> {
    if (!rememberedRegions.has(profile) || !chosen.some((scope) => scope.profile === profile && scope.region === ALL_REGIONS)) return;
    const asking = regionReadings.get(profile) ?? findRegions(profile).finally(() => regionReadings.delete(profile));
    regionReadings.set(profile, asking);
    await asking;
  }

  async function findRegions(profile: string): Promise<void> {
    const { signal } = closing;
    await unlessAborted(quiet, signal);
    try {
      signal.throwIfAborted();
      await regionChoice.find(profile, signal);
      rememberedRegions.delete(profile);
      if (!signal.aborted) apply();
    } catch (thrown) {
      if (!signal.aborted) log.warn('the regions of a profile were not found', { profile, ...toPosternError(thrown).toReport() });
    }
  }

  function startReading(state: ScopeState): Promise<void> {
    state.reading ??= (state.status.scope.region === ALL_REGIONS ? readRegions(state) : read(state)).finally(() => (state.reading = undefined));
    return state.reading;
  }

  /** Make the states those of what is chosen, as far as its regions are known. */
  function apply(): void {
    const before = states;
    states = new Map(regionChoice.expand(chosen).map((scope) => [scopeKey(scope), before.get(scopeKey(scope)) ?? createState(scope)]));
    const gone = new Set<string>();
    for (const [key, state] of before) {
      if (states.has(key)) continue;
      state.controller.abort(new PosternError({ code: 'cancelled', message: say`${key} is no longer listed.` }));
      for (const instanceId of listedIds(state.facts)) gone.add(instanceId);
    }
    retell(gone);
    outbox.statusesChanged();
    outbox.flush();
    for (const [key, state] of states) if (!before.has(key)) void startReading(state);
  }

  async function settled(): Promise<void> {
    for (;;) {
      const readings = [...regionReadings.values(), ...[...states.values()].flatMap(({ reading }) => reading ?? [])];
      if (readings.length === 0) {
        outbox.flush();
        return;
      }
      await Promise.all(readings);
    }
  }

  const reader = createLiveReader({ clients, scanner, clock, log, stateOf: (scope) => states.get(scopeKey(scope)), onInstances: (instanceIds) => retell(instanceIds, undefined, { closely: true }) });
  const live = createLiveStatus({ reader, instance: (instanceId) => told.get(instanceId), alsoShown: openInstances, ...(rates === undefined ? {} : { rates }) });

  return {
    select(scopes) {
      chosen = scopes;
      apply();
    },
    async refresh(scope) {
      const wanted = [...states].flatMap(([key, state]) => (scope === undefined || key === scopeKey(scope) ? [state] : []));
      const profiles = new Set(wanted.map(({ status }) => status.scope.profile));
      await Promise.all([...wanted.map(startReading), ...[...profiles].map(askRegions)]);
      outbox.flush();
    },
    cancel(scope) {
      const state = states.get(scopeKey(scope));
      if (state?.reading !== undefined) state.stop?.abort(new PosternError({ code: 'cancelled', message: say`The reading of ${scopeKey(scope)} was stopped.` }));
    },
    instances() {
      const listed = new Map<string, Instance>();
      for (const { facts } of states.values()) {
        for (const instanceId of listedIds(facts)) {
          const instance = told.get(instanceId);
          if (instance !== undefined) listed.set(instanceId, instance);
        }
      }
      return [...listed.values()];
    },
    instance: (instanceId) => told.get(instanceId),
    statuses,
    network: () => [...states.values()].flatMap(({ network }) => network ?? []),
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    watch: (watcher, instanceIds) => live.watch(watcher, instanceIds),
    follow: (instanceIds) => live.follow(instanceIds),
    settled,
    async close() {
      live.close();
      listeners.clear();
      closing.abort(new PosternError({ code: 'cancelled', message: say`Postern is closing.` }));
      for (const { controller } of states.values()) controller.abort(new PosternError({ code: 'cancelled', message: say`Postern is closing.` }));
      await settled();
      outbox.close();
      await scanner.close();
    },
  };
}
