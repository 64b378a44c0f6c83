/** What the inventory tells. */
import type { Instance } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import type { ScopeStatus } from '../../contract/scope.ts';

export type InventoryEvent =
  /** New or different, whole. */
  | { readonly type: 'changed'; readonly instances: readonly Instance[]; /** Ids of those that are as an earlier run left them: whoever keeps them has them. */ readonly recalled?: ReadonlySet<string> }
  | { readonly type: 'removed'; readonly instanceIds: readonly string[] }
  | { readonly type: 'scopes'; readonly statuses: readonly ScopeStatus[] }
  /** One scope's facts, whole. */
  | { readonly type: 'network'; readonly facts: NetworkFacts };
