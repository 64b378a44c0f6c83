/**
 * Which trusted host keys belong to instances that are no more. Pure, and careful: a scope that could not be read, or that shows
 * another account than the one the key was seen in, says nothing about its instances.
 */
import type { HostKey } from '../../contract/key.ts';
import type { Instance } from '../../contract/instance.ts';
import type { ScopeStatus } from '../../contract/scope.ts';
import { scopeKey } from '../../contract/scope.ts';

/** @returns whether the instance of a key is terminated, or missing in a whole list of its own account's instances */
export function createIsGone(instances: readonly Instance[], statuses: readonly ScopeStatus[]): (hostKey: HostKey) => boolean {
  const states = new Map(instances.map(({ instanceId, state }) => [instanceId, state]));
  /** Read whole: scope and account, the latter as its instances tell it now. */
  const read = new Set<string>();
  const ready = new Set(statuses.filter(({ state, remembered }) => state === 'ready' && remembered !== true).map(({ scope }) => scopeKey(scope)));
  for (const { scope } of instances) if (scope.accountId !== undefined && ready.has(scopeKey(scope))) read.add(`${scopeKey(scope)} ${scope.accountId}`);
  return (hostKey) => {
    const state = states.get(hostKey.instanceId);
    if (state !== undefined) return state === 'terminated';
    // That a managed node is missing may be because Systems Manager could not be asked.
    if (!hostKey.instanceId.startsWith('i-')) return false;
    return hostKey.accountId !== undefined && read.has(`${hostKey.scopeKey} ${hostKey.accountId}`);
  };
}
