/** Keeps the list of hosts in step with accounts: read again when a prompt was answered or a profile was edited. */
import { scopeKey, type Profile, type Scope, type ScopeStatus } from '../contract/scope.ts';
import type { AccountServices } from './accounts.ts';
import type { AwsClients } from './aws/clients.ts';
import type { Inventory } from './aws/inventory.ts';
import type { Log } from './base/log.ts';
import type { ScopeChoice } from './scopeChoice.ts';

export interface AccountFollowers {
  readonly accounts: Pick<AccountServices, 'watch'>;
  readonly clients: Pick<AwsClients, 'forget'>;
  readonly inventory: Pick<Inventory, 'refresh' | 'statuses'>;
  readonly scopes: Pick<ScopeChoice, 'reread'>;
  readonly onProfiles: (profiles: Profile[]) => void;
  readonly log: Log;
}

export function followAccounts({ accounts, clients, inventory, scopes, onProfiles, log }: AccountFollowers): void {
  const listedOf = (profiles: ReadonlySet<string>): Scope[] => inventory.statuses().flatMap(({ scope }) => (profiles.has(scope.profile) ? [scope] : []));

  const stateOf = (scope: Scope): ScopeStatus['state'] | undefined => inventory.statuses().find((status) => scopeKey(status.scope) === scopeKey(scope))?.state;

  /** A reading that was under way had begun without the answer. */
  const readAnswered = async (scope: Scope): Promise<void> => {
    await inventory.refresh(scope);
    if (stateOf(scope) === 'needs-sign-in') await inventory.refresh(scope);
  };

  /** A reading that was under way had begun with the profile as it was, and may have ended well with it. */
  const readEdited = async (scope: Scope): Promise<void> => {
    if (stateOf(scope) === 'loading') await inventory.refresh(scope);
    await inventory.refresh(scope);
  };

  const handleEdit = async (profiles: ReadonlySet<string>): Promise<void> => {
    const listedBefore = listedOf(profiles);
    for (const scope of listedBefore) clients.forget(scope);
    onProfiles(await scopes.reread());
    await Promise.all(listedBefore.map(readEdited));
  };

  accounts.watch(
    (profiles) => void handleEdit(profiles).catch((cause: unknown) => log.warn('edited profiles could not be followed', { cause })),
    (profiles) => void Promise.all(listedOf(profiles).map(readAnswered)),
  );
}
