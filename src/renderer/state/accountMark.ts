/** How the account of an instance is shown. */
import type { AccountMark } from '../../contract/account.ts';
import type { Instance } from '../../contract/instance.ts';
import type { Settings } from '../../contract/settings.ts';

export function markOf(instance: Pick<Instance, 'scope'> | undefined, settings: Pick<Settings, 'accounts'>): AccountMark | undefined {
  const accountId = instance?.scope.accountId;
  return accountId === undefined ? undefined : settings.accounts[accountId];
}

/** Inline style that gives an element the account's colour as `--account`; nothing without one. */
export function markStyle(mark: AccountMark | undefined): Record<`--${string}`, string> | undefined {
  if (mark?.colour === undefined && mark?.production !== true) return undefined;
  return { '--account': `var(--account-${mark.colour ?? 'red'})` };
}

/** What the account is called: its label, else its profile. */
export function markLabel(mark: AccountMark | undefined, instance: Pick<Instance, 'scope'>): string {
  return mark?.label === undefined || mark.label === '' ? instance.scope.profile : mark.label;
}
