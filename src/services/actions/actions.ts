/**
 * Runs actions over hosts: every host on its own, each call sent once and sent again only when AWS says it was not done (throttled),
 * then followed until its state stands.
 */
import type { ActionHost, ActionKind, ActionRun, RunAction } from '../../contract/action.ts';
import { PosternError, toPosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import { inState, say, toDo } from '../../contract/say.ts';
import { isoTime, type Clock } from '../base/clock.ts';
import type { AwsClients } from '../aws/clients.ts';
import { sendAction } from '../aws/instanceActions.ts';
import type { Inventory } from '../aws/inventory.ts';
import { readProtection } from '../aws/ec2Facts.ts';
import { isTypedName, nameToType, needsTypedName } from './actionCosts.ts';

/** Doubles, with a part of chance, so that hosts of one run do not come back together. */
const FIRST_BACK_OFF_MS = 500;
const LAST_BACK_OFF_MS = 15_000;
const MAX_ATTEMPTS = 8;
/** Hosts asked for at once. */
const AT_ONCE = 4;
const CALL_TIMEOUT_MS = 30_000;
/** Where AWS still tells the state from before, it is looked at further. */
const FOLLOW_AGAIN_MS = 10_000;
/** A stop may take long; after this it is no longer waited for. */
const SETTLE_TIMEOUT_MS = 15 * 60_000;
/** Runs kept for whoever opens a window later. */
const MAX_RUNS = 50;

/** Where a host arrives; a reboot is done when AWS has taken it, since its state does not change. */
const goals = { start: 'running', stop: 'stopped', hibernate: 'stopped', reboot: undefined, terminate: 'terminated' } as const satisfies Record<ActionKind, string | undefined>;

export interface ActionsOptions {
  readonly clients: AwsClients;
  readonly inventory: Pick<Inventory, 'on' | 'follow' | 'instance'>;
  /** @throws PosternError `instance.not-found` */
  readonly instanceOf: (instanceId: string) => Instance;
  readonly isProduction: (instance: Instance) => boolean;
  readonly clock: Clock;
  readonly onChanged: (run: ActionRun) => void;
  /** Told what is done to each host; the answer is told how it ended. */
  readonly record: (kind: ActionKind, instance: Instance) => (error: PosternError | undefined) => void;
  /** Shorter in tests. */
  readonly firstBackOffMs?: number;
}

export interface Actions {
  /**
   * Returns at once; the rest is told.
   *
   * @throws PosternError `instance.not-found`, `action.not-confirmed` (nothing was done)
   */
  run(request: RunAction): ActionRun;
  list(): ActionRun[];
  close(): void;
}

export function createActions({ clients, inventory, instanceOf, isProduction, clock, onChanged, record, firstBackOffMs = FIRST_BACK_OFF_MS }: ActionsOptions): Actions {
  const runs = new Map<string, ActionRun>();
  const busy = new Map<string, ActionKind>();
  const closing = new AbortController();

  function check({ kind, typedNames }: RunAction, instances: readonly Instance[]): void {
    for (const instance of instances) {
      if (!needsTypedName(kind, isProduction(instance)) || isTypedName(instance, typedNames[instance.instanceId])) continue;
      throw new PosternError({ code: 'action.not-confirmed', message: say`To ${toDo(kind)} ${nameToType(instance)}, its name must be typed. Nothing was done.`, remedy: say`Type its name, or ${instance.instanceId}.` });
    }
  }

  function change(actionId: string, instanceId: string, facts: Partial<ActionHost>): void {
    const run = runs.get(actionId);
    if (run === undefined) return;
    const hosts = run.hosts.map((host) => (host.instanceId === instanceId ? { ...host, ...facts } : host));
    const over = hosts.every(({ phase }) => phase === 'done' || phase === 'failed');
    const changed: ActionRun = { ...run, hosts, ...(over ? { endedAt: isoTime(clock) } : {}) };
    runs.set(actionId, changed);
    onChanged(changed);
  }

  async function act(actionId: string, kind: ActionKind, before: Instance): Promise<void> {
    const { instanceId, scope } = before;
    const other = busy.get(instanceId);
    if (other !== undefined) {
      change(actionId, instanceId, { phase: 'failed', error: new PosternError({ code: 'action.refused', message: say`${nameToType(before)} is being asked to ${toDo(other)} already.`, remedy: say`Wait until that is done.` }).toReport() });
      return;
    }
    busy.set(instanceId, kind);
    const ended = record(kind, before);
    try {
      const state = await throttledAgain(actionId, instanceId, async () => {
        const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(CALL_TIMEOUT_MS)]);
        const scoped = await clients.ready(scope, signal);
        // AWS refuses it too; asked first, so that nothing but a free host is ever named in the call.
        if (kind === 'terminate') await refuseProtected(before, scoped, signal);
        return sendAction(scoped, kind, instanceId, signal);
      });
      inventory.follow([instanceId]);
      change(actionId, instanceId, { phase: goals[kind] === undefined ? 'done' : 'changing', ...(state === undefined ? {} : { state }) });
      if (goals[kind] !== undefined) await settled(actionId, kind, before);
      ended(undefined);
    } catch (thrown) {
      const error = toPosternError(thrown);
      // Whatever came of it is shown.
      inventory.follow([instanceId]);
      change(actionId, instanceId, { phase: 'failed', error: withDoubt(error).toReport() });
      ended(error);
    } finally {
      busy.delete(instanceId);
    }
  }

  async function throttledAgain<T>(actionId: string, instanceId: string, send: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      change(actionId, instanceId, { phase: 'asking', attempts: attempt });
      try {
        return await send();
      } catch (thrown) {
        if (!(thrown instanceof PosternError) || thrown.code !== 'aws.throttled' || attempt >= MAX_ATTEMPTS) throw thrown;
        const waitMs = Math.min(LAST_BACK_OFF_MS, firstBackOffMs * 2 ** (attempt - 1)) * (0.75 + Math.random() / 2);
        change(actionId, instanceId, { phase: 'retrying', retryAt: new Date(clock.now() + waitMs).toISOString() });
        await pause(waitMs, closing.signal);
      }
    }
  }

  /** @throws PosternError `action.refused` where it comes to rest elsewhere, with AWS's reason */
  function settled(actionId: string, kind: ActionKind, before: Instance): Promise<void> {
    const { instanceId } = before;
    const goal = goals[kind];
    return new Promise((resolve, reject) => {
      let moved = false;
      const finish = (error?: PosternError): void => {
        stop();
        clearTimeout(limit);
        clearInterval(again);
        closing.signal.removeEventListener('abort', handleClose);
        if (error !== undefined) reject(error);
        else resolve();
      };
      const look = (instance: Instance): void => {
        const { state, publicIpAddress } = instance;
        // AWS's first answers may still be those from before. A start that came to nothing has a launch time of its own.
        moved ||= state !== before.state || (kind === 'start' && instance.launchTime !== before.launchTime);
        const arrived = state === goal;
        if (!moved && !arrived) return;
        change(actionId, instanceId, { state, publicIp: publicIpAddress, ...(arrived ? { phase: 'done' } : {}) });
        if (arrived) finish();
        else if (moved && isRest(state)) finish(new PosternError({ code: 'action.refused', message: say`${nameToType(before)} was taken for ${toDo(kind)}, and is ${inState(state)}${instance.stateReason?.message === undefined ? '' : `: ${instance.stateReason.message}`}.`, remedy: say`Look at the reason AWS gives, mend it, and try again.` }));
      };
      const stop = inventory.on((event) => {
        if (event.type === 'changed') for (const instance of event.instances) if (instance.instanceId === instanceId) look(instance);
        // A terminated instance goes from the list sooner or later.
        if (event.type === 'removed' && event.instanceIds.includes(instanceId) && kind === 'terminate') {
          change(actionId, instanceId, { phase: 'done', state: 'terminated', publicIp: undefined });
          finish();
        }
      });
      const handleClose = (): void => finish(new PosternError({ code: 'cancelled', message: say`Postern was closed; AWS goes on with it.` }));
      closing.signal.addEventListener('abort', handleClose, { once: true });
      const limit = setTimeout(() => finish(new PosternError({ code: 'action.refused', message: say`${nameToType(before)} is still not ${inState(goal ?? '')} after ${SETTLE_TIMEOUT_MS / 60_000} minutes; AWS may go on with it.`, remedy: say`Look at its state and its console output.` })), SETTLE_TIMEOUT_MS);
      const again = setInterval(() => inventory.follow([instanceId]), FOLLOW_AGAIN_MS);
      const now = inventory.instance(instanceId);
      if (now !== undefined && (now.state !== before.state || now.state === goal)) look(now);
    });
  }

  async function actOnAll(actionId: string, kind: ActionKind, instances: readonly Instance[]): Promise<void> {
    const waiting = [...instances];
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await act(actionId, kind, next);
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, instances.length) }, worker));
  }

  return {
    run(request) {
      const { actionId, kind } = request;
      const known = runs.get(actionId);
      if (known !== undefined) return known;
      const instances = [...new Set(request.instanceIds)].map(instanceOf);
      check(request, instances);
      const run: ActionRun = { actionId, kind, startedAt: isoTime(clock), hosts: instances.map(toHost) };
      runs.set(actionId, run);
      for (const [oldest, { endedAt }] of runs) {
        if (runs.size <= MAX_RUNS) break;
        if (endedAt !== undefined) runs.delete(oldest);
      }
      onChanged(run);
      void actOnAll(actionId, kind, instances);
      return run;
    },
    list: () => [...runs.values()],
    close: () => closing.abort(),
  };
}

function toHost({ instanceId, name, scope, state, publicIpAddress }: Instance): ActionHost {
  return { instanceId, ...(name === undefined ? {} : { instanceName: name }), scope, phase: 'waiting', attempts: 0, stateBefore: state, state, ...(publicIpAddress === undefined ? {} : { publicIpBefore: publicIpAddress, publicIp: publicIpAddress }) };
}

function isRest(state: string): boolean {
  return state === 'running' || state === 'stopped' || state === 'terminated';
}

async function refuseProtected(instance: Instance, clients: Parameters<typeof sendAction>[0], signal: AbortSignal): Promise<void> {
  const protection = await readProtection({ clients, signal }, instance.instanceId);
  if (protection.known && protection.value.termination) throw new PosternError({ code: 'action.protected', message: say`${nameToType(instance)} is protected against termination. Nothing was done.`, remedy: say`Switch its termination protection off first, if it is meant.` });
  if (!protection.known && !protection.denied) throw new PosternError(protection.error);
}

/** A call without an answer may have been done: it is not sent again. */
function withDoubt(error: PosternError): PosternError {
  if (error.code !== 'aws.endpoint-unreachable' && error.code !== 'aws.endpoint-not-aws' && !(error.code === 'action.refused' && error.retryable)) return error;
  return new PosternError({ ...error.toReport(), message: say`${error.message} Whether AWS did it is not known; it was not asked again.`, remedy: say`Look at the state of the host before you try again.` }, { cause: error });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const handleAbort = (): void => {
      clearTimeout(timer);
      reject(new PosternError({ code: 'cancelled', message: say`Postern was closed before AWS took it.` }));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', handleAbort);
      resolve();
    }, ms);
    if (signal.aborted) handleAbort();
    else signal.addEventListener('abort', handleAbort, { once: true });
  });
}
