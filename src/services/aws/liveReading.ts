/** The calls behind the live status: a few instances of one scope, by id, taken into what is known of the scope. */
import { PosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import { scopeKey, type Scope } from '../../contract/scope.ts';
import { isoTime, type Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { AnswerScanner } from './answerScanner.ts';
import type { AwsClients } from './clients.ts';
import { describe, type Reading } from './ec2.ts';
import { isSameInstance } from './instanceFacts.ts';
import type { LiveReader } from './liveStatus.ts';
import type { ScopeState } from './scopeState.ts';
import { toManagedInstance } from './managedNodes.ts';
import { describeInstanceInformation } from './ssm.ts';

export interface LiveReadingOptions {
  readonly clients: AwsClients;
  readonly scanner: AnswerScanner;
  readonly clock: Clock;
  readonly log: Log;
  /** Absent: no longer listed. */
  readonly stateOf: (scope: Scope) => ScopeState | undefined;
  /** These may look different now. */
  readonly onInstances: (instanceIds: Iterable<string>) => void;
}

export function createLiveReader({ clients, scanner, clock, log, stateOf, onInstances }: LiveReadingOptions): LiveReader {
  /** @returns the failure's code, absent: none */
  async function read(scope: Scope, instanceIds: readonly string[], work: (state: ScopeState, reading: Reading) => Promise<void>): Promise<string | undefined> {
    const state = stateOf(scope);
    // A reading of the whole scope says the same, and later.
    if (state === undefined || state.controller.signal.aborted || state.reading !== undefined) return undefined;
    try {
      await work(state, { clients: await clients.forScope(scope), scanner, scope: state.status.scope, signal: state.controller.signal, instanceIds });
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof PosternError)) throw thrown;
      log.debug('live status was not read', { scope: scopeKey(scope), code: thrown.code });
      return thrown.code;
    }
  }

  const readInstances = async (scope: Scope, instanceIds: readonly string[]): Promise<void> => {
    const gone = new Set(instanceIds);
    const code = await read(scope, instanceIds, async ({ facts }, reading) => {
      await describe('DescribeInstances', reading, (rows) => {
        for (const row of rows) {
          gone.delete(row.instanceId);
          const before = facts.instances.get(row.instanceId);
          if (before !== undefined && !isSameInstance(withoutFacts(before), row)) forgetDetails(facts, row);
          facts.instances.set(row.instanceId, row);
        }
      });
      for (const instanceId of gone) facts.instances.delete(instanceId);
      onInstances(instanceIds);
    });
    if (code === 'aws.credentials-expired') clients.forget(scope);
  };

  return {
    readInstances,
    async readStatus(scope, instanceIds) {
      const moved: string[] = [];
      const code = await read(scope, instanceIds, async ({ facts }, reading) => {
        const seenAt = isoTime(clock);
        await describe('DescribeInstanceStatus', reading, (rows) => {
          for (const { instanceId, state, checks } of rows) {
            if (state === undefined || state === 'running') facts.statusChecks.set(instanceId, { ...checks, seenAt });
            else facts.statusChecks.delete(instanceId);
            if (state !== undefined && state !== facts.instances.get(instanceId)?.state) moved.push(instanceId);
          }
        });
        onInstances(instanceIds);
      });
      // Another state brings other addresses; an id that is not found is an instance that is gone.
      if (moved.length > 0) await readInstances(scope, moved);
      else if (code !== undefined && code !== 'aws.access-denied') await readInstances(scope, instanceIds);
      return code !== 'aws.access-denied';
    },
    async readAgents(scope, instanceIds) {
      await read(scope, instanceIds, async (state, reading) => {
        if (!state.facts.ssmKnown) return;
        const seenAt = isoTime(clock);
        const gone = new Set(instanceIds);
        await describeInstanceInformation(
          reading.clients,
          (agents) => {
            for (const { instanceId, facts, node } of agents) {
              gone.delete(instanceId);
              state.facts.ssm.set(instanceId, { ...facts, seenAt });
              if (node !== undefined) state.facts.managedNodes.set(instanceId, toManagedInstance(instanceId, state.status.scope, node, facts));
            }
          },
          reading.signal,
          instanceIds,
        );
        for (const instanceId of gone) {
          state.facts.ssm.delete(instanceId);
          // It was deregistered.
          state.facts.managedNodes.delete(instanceId);
        }
        onInstances(instanceIds);
      });
    },
  };
}

/** What DescribeNetworkInterfaces said is older than this: an address that is gone must not be shown from it. */
function forgetDetails(facts: ScopeState['facts'], { networkInterfaces, instanceId, state }: Instance): void {
  for (const { networkInterfaceId } of networkInterfaces) facts.networkInterfaces.delete(networkInterfaceId);
  if (state !== 'running') facts.statusChecks.delete(instanceId);
}

/** As DescribeInstances alone tells it. */
function withoutFacts({ statusChecks: _checks, ssm: _ssm, ...listed }: Instance): Instance {
  return listed;
}
