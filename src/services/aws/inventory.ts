/**
 * The list of instances of the chosen scopes, kept as facts arrive: the first page is there before anything else is asked, one
 * scope's failure harms no other, and only instances that look different are told.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PosternError, toPosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import { scopeKey, type Scope, type ScopeStatus } from '../../contract/scope.ts';
import { isoTime, type Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { createAnswerScanner } from './answerScanner.ts';
import type { AwsClients } from './clients.ts';
import { composeInstance, createInstanceFacts, isSameInstance, type InstanceFacts } from './instanceFacts.ts';
import { readScope } from './scopeReading.ts';

/** Scopes read at the same time: each has up to nine calls under way. */
const SCOPES_AT_ONCE = 8;
/** Instances put together before other work gets its turn: about 3 ms. */
const INSTANCES_PER_TURN = 50;

export type InventoryEvent =
  /** New or different, whole. */
  | { readonly type: 'changed'; readonly instances: readonly Instance[] }
  | { readonly type: 'removed'; readonly instanceIds: readonly string[] }
  | { readonly type: 'scopes'; readonly statuses: readonly ScopeStatus[] }
  /** One scope's facts, whole. */
  | { readonly type: 'network'; readonly facts: NetworkFacts };

export interface Inventory {
  /** Choose what is listed and start reading what is new. Reading of what is no longer chosen is cancelled. */
  select(scopes: readonly Scope[]): void;
  /** Read one scope or all again; joins a reading under way. Settles when read, never rejects: see `statuses`. */
  refresh(scope?: Scope): Promise<void>;
  /** In the order of the scopes, then as AWS lists them. */
  instances(): Instance[];
  instance(instanceId: string): Instance | undefined;
  statuses(): ScopeStatus[];
  /** The facts of each scope that has been read. */
  network(): NetworkFacts[];
  /** @returns ends the listening */
  on(listener: (event: InventoryEvent) => void): () => void;
  /** When nothing is being read any more. */
  settled(): Promise<void>;
  /** When there is an instance to show, or nothing is being read any more. */
  firstPage(): Promise<void>;
  close(): Promise<void>;
}

interface ScopeState {
  status: ScopeStatus;
  network: NetworkFacts | undefined;
  readonly facts: InstanceFacts;
  readonly controller: AbortController;
  reading: Promise<void> | undefined;
}

export function createInventory({ clients, clock, log }: { readonly clients: AwsClients; readonly clock: Clock; readonly log: Log }): Inventory {
  const scanner = createAnswerScanner();
  const listeners = new Set<(event: InventoryEvent) => void>();
  /** In the order chosen: where two scopes see the same instance, the first has it. */
  let states = new Map<string, ScopeState>();
  /** As last told. */
  const told = new Map<string, Instance>();
  const turns = createTurns(SCOPES_AT_ONCE);
  const firstInstance = Promise.withResolvers<void>();

  const tell = (event: InventoryEvent): void => listeners.forEach((listener) => listener(event));
  const statuses = (): ScopeStatus[] => [...states.values()].map(({ status }) => status);

  function update(state: ScopeState, status: Partial<ScopeStatus>): void {
    state.status = { ...state.status, ...status };
    tell({ type: 'scopes', statuses: statuses() });
  }

  function compose(instanceId: string): Instance | undefined {
    for (const { facts } of states.values()) {
      const instance = composeInstance(instanceId, facts);
      if (instance !== undefined) return instance;
    }
    return undefined;
  }

  function retell(instanceIds: Iterable<string>): void {
    const changed: Instance[] = [];
    const removed: string[] = [];
    for (const instanceId of instanceIds) {
      const before = told.get(instanceId);
      const now = compose(instanceId);
      if (now === undefined) {
        if (told.delete(instanceId)) removed.push(instanceId);
        continue;
      }
      told.set(instanceId, now);
      if (before === undefined || !isSameInstance(before, now)) changed.push(now);
    }
    if (changed.length > 0) tell({ type: 'changed', instances: changed });
    if (removed.length > 0) tell({ type: 'removed', instanceIds: removed });
    if (changed.length > 0) firstInstance.resolve();
  }

  async function retellAll(state: ScopeState): Promise<void> {
    const instanceIds = [...state.facts.instances.keys()];
    for (let start = 0; start < instanceIds.length && !state.controller.signal.aborted; start += INSTANCES_PER_TURN) {
      retell(instanceIds.slice(start, start + INSTANCES_PER_TURN));
      await nextTurn();
    }
  }

  async function read(state: ScopeState): Promise<void> {
    const { facts } = state;
    const { signal } = state.controller;
    const { scope } = state.status;
    const { error: _error, ...status } = state.status;
    state.status = { ...status, state: 'loading', problems: [] };
    tell({ type: 'scopes', statuses: statuses() });
    try {
      await readScope({
        clients: await clients.forScope(scope),
        scanner,
        scope,
        signal,
        facts,
        clock,
        network: state.network ?? emptyNetwork(scope),
        onInstances: retell,
        onAllInstances: () => retellAll(state),
        onAccount: (accountId) => update(state, { scope: { ...state.status.scope, accountId } }),
        onPage: () => update(state, { instanceCount: facts.instances.size }),
        onProblem: (problem) => {
          log.warn('a call failed', { scope: scopeKey(scope), ...problem });
          update(state, { problems: [...state.status.problems, problem] });
        },
        onNetwork: (network) => {
          state.network = network;
          tell({ type: 'network', facts: network });
        },
      });
      if (!signal.aborted) update(state, { state: 'ready', instanceCount: facts.instances.size, refreshedAt: isoTime(clock) });
    } catch (thrown) {
      if (signal.aborted) return;
      const error = toPosternError(thrown);
      log.warn('a scope failed', { scope: scopeKey(scope), ...error.toReport() });
      if (error.code === 'internal') log.warn('the scope failed for a reason of our own', { stack: error.cause instanceof Error ? error.cause.stack : undefined });
      update(state, { state: 'failed', instanceCount: facts.instances.size, error: error.toReport() });
    }
    if (needsNewCredentials(state.status)) clients.forget(scope);
  }

  function startReading(state: ScopeState): Promise<void> {
    state.reading ??= turns(() => (state.controller.signal.aborted ? Promise.resolve() : read(state))).finally(() => (state.reading = undefined));
    return state.reading;
  }

  async function settled(): Promise<void> {
    for (;;) {
      const readings = [...states.values()].flatMap(({ reading }) => reading ?? []);
      if (readings.length === 0) return;
      await Promise.all(readings);
    }
  }

  return {
    select(scopes) {
      const before = states;
      states = new Map(scopes.map((scope) => [scopeKey(scope), before.get(scopeKey(scope)) ?? createState(scope)]));
      const gone = new Set<string>();
      for (const [key, state] of before) {
        if (states.has(key)) continue;
        state.controller.abort(new PosternError({ code: 'cancelled', message: `${key} is no longer listed.` }));
        for (const instanceId of state.facts.instances.keys()) gone.add(instanceId);
      }
      retell(gone);
      tell({ type: 'scopes', statuses: statuses() });
      for (const [key, state] of states) if (!before.has(key)) void startReading(state);
    },
    async refresh(scope) {
      const chosen = scope === undefined ? [...states.values()] : [states.get(scopeKey(scope))];
      await Promise.all(chosen.flatMap((state) => (state === undefined ? [] : startReading(state))));
    },
    instances() {
      const listed = new Map<string, Instance>();
      for (const { facts } of states.values()) {
        for (const instanceId of facts.instances.keys()) {
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
    settled,
    firstPage: () => (told.size > 0 ? Promise.resolve() : Promise.race([firstInstance.promise, settled()])),
    async close() {
      listeners.clear();
      for (const { controller } of states.values()) controller.abort(new PosternError({ code: 'cancelled', message: 'Postern is closing.' }));
      await settled();
      await scanner.close();
    },
  };
}

function createState(scope: Scope): ScopeState {
  return { status: { scope, state: 'loading', instanceCount: 0, problems: [] }, network: undefined, facts: createInstanceFacts(), controller: new AbortController(), reading: undefined };
}

function emptyNetwork(scope: Scope): NetworkFacts {
  return { scope, vpcs: [], subnets: [], securityGroups: [], ec2KeyPairs: [] };
}

/** What a person mends outside of Postern: the files are read again at the next refresh. */
function needsNewCredentials({ error, problems }: ScopeStatus): boolean {
  return [error, ...problems.map((problem) => problem.error)].some((report) => report !== undefined && /^aws\.(no-credentials|credentials-|profile-not-found|region-unknown)/.test(report.code));
}

/** Runs at most so many at once, the others in the order they came. */
function createTurns(atOnce: number): (work: () => Promise<void>) => Promise<void> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      await work();
    } finally {
      // The turn goes straight to the next in line, or back.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
