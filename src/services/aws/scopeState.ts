/** What the inventory holds of one scope, and what of it is told as its status. */
import type { ErrorReport } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import { say } from '../../contract/say.ts';
import { scopeKey, type Scope, type ScopeProblem, type ScopeStatus } from '../../contract/scope.ts';
import { createInstanceFacts, type InstanceFacts } from './instanceFacts.ts';
import { internChecks, internInstance, internSsm } from './internRow.ts';
import { featureOf } from './permissions.ts';

export interface ScopeState {
  status: ScopeStatus;
  network: NetworkFacts | undefined;
  readonly facts: InstanceFacts;
  readonly controller: AbortController;
  reading: Promise<void> | undefined;
  /** Ends the reading under way, and only that. */
  stop: AbortController | undefined;
  /** What an earlier run knew was looked for. */
  recalled: boolean;
}

/** What an earlier run knew of a scope. */
export interface RememberedScope {
  /** With the account, where it was known. */
  readonly scope: Scope;
  /** When the last complete answer arrived; ISO 8601. */
  readonly refreshedAt?: string;
  readonly network?: NetworkFacts;
  /** In slices, so that other work gets its turn. */
  readonly instances: AsyncIterable<readonly Instance[]>;
}

export function createState(scope: Scope): ScopeState {
  return { status: { scope, state: 'loading', instanceCount: 0, problems: [] }, network: undefined, facts: createInstanceFacts(), controller: new AbortController(), reading: undefined, stop: undefined, recalled: false };
}

export function emptyNetwork(scope: Scope): NetworkFacts {
  return { scope, vpcs: [], subnets: [], securityGroups: [] };
}

/** An instance of an earlier run, taken apart into the facts that each call will replace. */
export function recall(facts: InstanceFacts, instance: Instance): void {
  internInstance(instance);
  const { statusChecks, ssm, ...listed } = instance;
  (instance.managedNode === undefined ? facts.instances : facts.managedNodes).set(instance.instanceId, listed);
  if (statusChecks !== undefined) facts.statusChecks.set(instance.instanceId, internChecks(statusChecks));
  if (ssm !== undefined) facts.ssm.set(instance.instanceId, internSsm(ssm));
  facts.ssmKnown ||= instance.ssmKnown;
  for (const eni of instance.networkInterfaces) {
    facts.networkInterfaces.set(eni.networkInterfaceId, eni);
    for (const { association } of eni.privateIpAddresses) {
      if (association?.allocationId === undefined) continue;
      const { publicIp, allocationId, associationId, name } = association;
      facts.addresses.set(publicIp, { publicIp, allocationId, ...(associationId === undefined ? {} : { associationId }), ...(name === undefined ? {} : { name }) });
    }
  }
}

/** The problems, and those of them that a policy is the reason for. */
export function withProblem(status: ScopeStatus, problem: ScopeProblem): Pick<ScopeStatus, 'problems' | 'denied'> {
  const problems = [...status.problems, problem];
  const denied = problems.flatMap(({ action, error }) => toDenied(action, error));
  return { problems, ...(denied.length === 0 ? {} : { denied }) };
}

/** The list itself is denied: nothing of the scope can be shown. */
export function toDenied(action: string, error: ErrorReport): NonNullable<ScopeStatus['denied']> {
  const feature = featureOf(action);
  return error.code !== 'aws.access-denied' || feature === undefined ? [] : [{ permission: action, feature }];
}

/** What a person mends outside of Postern: the files are read again at the next refresh. */
export function needsNewCredentials({ error, problems }: ScopeStatus): boolean {
  return [error, ...problems.map((problem) => problem.error)].some((report) => report !== undefined && /^aws\.(no-credentials|credentials-|profile-not-found|region-unknown)/.test(report.code));
}

/** Waits for a person, and goes on when they answered. */
export function waitsForPerson(error: ErrorReport): boolean {
  return error.code === 'aws.sign-in-needed' || error.code === 'aws.mfa-needed' || error.code === 'aws.consent-needed';
}

/** A reading was stopped by the person: what was known before stands as it did, and what was never read says so. */
export function cancelled({ scope, refreshedAt }: ScopeStatus): Partial<ScopeStatus> {
  if (refreshedAt !== undefined) return { state: 'ready', problems: [] };
  return { state: 'failed', error: { code: 'cancelled', message: say`The reading of ${scopeKey(scope)} was stopped.`, remedy: say`Read it again when you want to see all of it.`, retryable: true } };
}
